"""Days at a site as they are written down: who drives where and when, what must be told of it, and what is told."""
