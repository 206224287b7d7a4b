"""Which entry belongs to which exit: a pure function, the same on the device and in the control room.

A plate decides where both sides have one. Without a plate the looks must speak clearly, or nobody else may be in
question; in doubt a vehicle stays unpaired, because a wrong pair hides two true visits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.gate.alike import closest
from edge.gate.paint import clearly_other
from edge.types import CLASSES, KIND, NoPlate, VisitSide

PLATE = "plate"
NEAR_PLATE = "near-plate"
APPEARANCE = "appearance"
ELIMINATION = "elimination"
HAND = "hand"
"""A person said so."""
WEAK = frozenset({APPEARANCE, ELIMINATION})
"""Pairs that a plate may undo later."""


@dataclass(frozen=True, slots=True)
class PairingSettings:
    """What counts as the same vehicle on both sides."""

    near: float = 1.0
    """Plates up to this far apart are one plate misread..."""
    margin: float = 0.5
    """... if the next best is at least this much worse."""
    other: float = 2.0
    """Plates this far apart are two plates."""
    alike_bits: int = 10
    """Crops up to this far apart look the same..."""
    margin_bits: int = 6
    """... if the next best is at least this much worse."""
    stay_s: float = 12 * 3600.0
    """Without a plate, a visit longer than this is not believed."""


@dataclass(frozen=True, slots=True)
class Partner:
    """The side at `index` of those offered is the other end of the visit, because of `why`."""

    index: int
    why: str


def find_partner(
    side: VisitSide,
    others: Sequence[VisitSide],
    settings: PairingSettings | None = None,
    *,
    apart: Sequence[float | None] | None = None,
) -> Partner | None:
    """Return which of `others`, the open other ends, belongs to `side`, or None where that is not clear.

    The caller offers only sides on the right side of time, and `apart` where it knows how far their plates are.
    """
    s = settings or PairingSettings()
    if apart is None:
        apart = [closest(side.plates, other.plates) for other in others]
    return _by_plate(side, others, apart, s) or _by_looks(side, others, apart, s)


def _by_plate(
    side: VisitSide, others: Sequence[VisitSide], apart: Sequence[float | None], s: PairingSettings
) -> Partner | None:
    known = sorted(
        (cost, abs(side.wall_ns - others[index].wall_ns), index) for index, cost in enumerate(apart) if cost is not None
    )
    if not known or known[0][0] > s.near:
        return None
    best, _, index = known[0]
    if best == 0:
        return Partner(index, PLATE)
    rivals = [cost for cost, _, _ in known[1:]]
    return None if rivals and rivals[0] - best < s.margin else Partner(index, NEAR_PLATE)


def _by_looks(
    side: VisitSide, others: Sequence[VisitSide], apart: Sequence[float | None], s: PairingSettings
) -> Partner | None:
    """Pair by class and hash, or because nobody else is in question."""
    possible = [
        index
        for index, other in enumerate(others)
        if _not_another(apart[index], s)
        and _kind(other) == _kind(side)
        and not clearly_other(side.colour, other.colour)
        and abs(side.wall_ns - other.wall_ns) <= s.stay_s * 1e9
    ]
    if side.no_plate is NoPlate.NOT_FOUND:
        # Clear pictures of a vehicle without a plate: it is rather one that had none on the other side either.
        possible = [index for index in possible if not others[index].plates] or possible
    alike = sorted((_bits(side, others[index]), index) for index in possible if _same_class(side, others[index]))
    if not alike:
        return None
    (bits, index), rivals = alike[0], alike[1:]
    if bits <= s.alike_bits and (not rivals or rivals[0][0] - bits >= s.margin_bits):
        return Partner(index, APPEARANCE)
    return Partner(index, ELIMINATION) if len(possible) == 1 else None


def _not_another(cost: float | None, s: PairingSettings) -> bool:
    return cost is None or cost < s.other


def _same_class(side: VisitSide, other: VisitSide) -> bool:
    return side.class_name == other.class_name


def _kind(side: VisitSide) -> int:
    """Four wheels or two: a detector may take a van for a lorry, but no motorcycle for a car."""
    return int(KIND[CLASSES.index(side.class_name)])


def _bits(side: VisitSide, other: VisitSide) -> int:
    return (side.dhash ^ other.dhash).bit_count()
