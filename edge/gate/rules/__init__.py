"""What is wrong: a table of kinds, each with what it listens to, its judge, and a sentence with its numbers."""
