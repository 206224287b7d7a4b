"""The guard: the first to see a pass. Says whether its vehicle may pass, and keeps back plates that are nobody's.

Hash: HMAC-SHA-256 (RFC 2104, FIPS 198-1) of a plate's letters and digits, its first 64 bits in hex behind a `#`. The
same plate under the same key is the same hash, so entry and exit still pair; two hashes are never nearly the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace

from edge.gate.alike import plain
from edge.gate.registry import Registry
from edge.types import Access, Evidence, Pass, Plate

HASH_MARK = "#"
"""Begins every hash and no plate."""
_DIGITS = 16
_HASH = re.compile(rf"{HASH_MARK}[0-9a-f]{{{_DIGITS}}}")


class Guard:
    """`registry` None: there is none, and passes carry no decision. `key` None: unknown plates stay in clear."""

    def __init__(self, registry: Registry | None = None, key: bytes | None = None) -> None:
        self._registry = registry
        self._key = key

    def recognise(self, pass_: Pass, evidence: Sequence[Evidence]) -> tuple[Pass, tuple[Evidence, ...]]:
        """Return the pass with the decision on it, and its pictures, as they may be recorded.

        Where unknown plates are kept back, so is every picture of a plate unless all plates of the pass are registered.
        """
        pass_ = replace(pass_, access=self.access(pass_.plates, pass_.wall_ns) or pass_.access)
        if self._key is None or (pass_.plates and all(self._is_open(plate.text) for plate in pass_.plates)):
            return replace(pass_, plates=self.veiled(pass_.plates)), tuple(evidence)
        refs = tuple(ref for ref in pass_.evidence if ref.kind != "plate")
        shown = tuple(picture for picture in evidence if picture.ref.kind != "plate")
        return replace(pass_, plates=self.veiled(pass_.plates), evidence=refs), shown

    @property
    def known(self) -> frozenset[str]:
        """The letters and digits of every registered plate, whatever its dates."""
        return self._registry.plates if self._registry is not None else frozenset()

    def access(self, plates: Sequence[Plate], wall_ns: int) -> Access | None:
        """Return what the registry says of a vehicle with these plates, None where there is none."""
        return None if self._registry is None else self._registry.answer(plates, wall_ns)

    def veiled(self, plates: Sequence[Plate]) -> tuple[Plate, ...]:
        """Return plates as they may be recorded."""
        return tuple(map(self._veil, plates))

    def shown(self, text: str) -> str:
        """Return a plate's text, or its hash where it is unknown and kept back; what is a hash already stays one."""
        if self._key is None or self._is_open(text) or _HASH.fullmatch(text):
            return text
        digest = hmac.new(self._key, plain(text).encode(), hashlib.sha256).hexdigest()
        return HASH_MARK + digest[:_DIGITS]

    def _veil(self, plate: Plate) -> Plate:
        if self._key is None:
            return plate
        # What else the looks may have read is another plate, which nobody registered either.
        other = plate.runner_up if plate.runner_up and self._is_open(plate.runner_up) else None
        return replace(plate, text=self.shown(plate.text), runner_up=other)

    def _is_open(self, text: str) -> bool:
        return not plain(text) or (self._registry is not None and self._registry.knows(text))
