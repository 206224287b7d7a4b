"""How a file of ours is known, whichever engine looks at it."""

from __future__ import annotations

APPLICATION_ID = 0x45444745
"""`EDGE` in ASCII, as PRAGMA application_id."""
SCHEMA_VERSION = 2
"""PRAGMA user_version of the newest schema."""
