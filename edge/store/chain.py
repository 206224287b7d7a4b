"""The chain that seals events: whoever changes, drops or inserts one has to change every later one.

The seal of an event is SHA-256 over the previous seal (its 64 hex digits as ASCII; 64 zeros before the first event)
followed by the event's bytes without its own `chain` attribute.
"""

from __future__ import annotations

import hashlib

GENESIS = "0" * 64


def link(previous: str, sealed: bytes) -> str:
    """Return the seal of an event: `previous` is the seal before it, `sealed` its bytes without `chain`."""
    return hashlib.sha256(previous.encode("ascii") + sealed).hexdigest()
