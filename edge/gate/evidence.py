"""Which pictures prove a pass: the vehicle as it crossed, and its best plate."""

from __future__ import annotations

from collections.abc import Callable

from edge.types import U8, Evidence, EvidenceRef

MAX_OPEN_PASSES = 64
"""Passes whose references are remembered between the provisional and the final event."""


class EvidenceBook:
    """Gives every picture of a pass its id once, and remembers the ids until the pass is final."""

    def __init__(self, make_id: Callable[[int], str]) -> None:
        self._make_id = make_id
        self._passes: dict[str, list[EvidenceRef]] = {}

    def add(self, pass_id: str, kind: str, picture: U8, wall_ns: int) -> Evidence | None:
        """Keep `picture` (H,W,3) uint8 RGB for the pass, or return None when it already has one of that kind."""
        kept = self._passes.setdefault(pass_id, [])
        if any(ref.kind == kind for ref in kept):
            return None
        ref = EvidenceRef(self._make_id(wall_ns), kind, picture.shape[1], picture.shape[0])
        kept.append(ref)
        while len(self._passes) > MAX_OPEN_PASSES:
            del self._passes[next(iter(self._passes))]
        return Evidence(ref, picture)

    def refs(self, pass_id: str) -> tuple[EvidenceRef, ...]:
        """Return every reference the pass has so far."""
        return tuple(self._passes.get(pass_id, ()))

    def forget(self, pass_id: str) -> None:
        """Drop what is known of a pass that is final."""
        self._passes.pop(pass_id, None)
