"""The boom: the line that opens it, held by a process of its own, and the line that says how it stands."""
