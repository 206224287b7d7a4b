"""What a pass really was, as people said: applied to what was seen, and made from what somebody says now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from edge.errors import UsageError
from edge.gate.alike import plain
from edge.types import CLASSES, Correction, Pass, Plate, VisitSide

Seen = TypeVar("Seen", bound=Pass | VisitSide)


def corrected(seen: Seen, told: Sequence[Correction]) -> Seen:
    """Return what is known of a pass now; a corrected plate has confidence 1 and no looks.

    What was taken in already changes nothing: the side of a visit knows its corrections, a pass does not.
    """
    for correction in told:
        plates = seen.plates if correction.plate is None else _exchanged(seen.plates, correction)
        seen = replace(seen, class_name=correction.class_name or seen.class_name, plates=plates)
    return seen


def correction_of(
    known: Pass | VisitSide, said: Correction, *, class_name: str | None, plate: str | None, was: str | None
) -> Correction | None:
    """Return `said` with what changes by it, None when all of it is known already.

    Raises:
        UsageError: no such class, no such plate to be corrected, or several and none of them named.
    """
    if class_name is not None and class_name not in CLASSES:
        raise UsageError(f"--type {class_name}: no such class; there are {', '.join(CLASSES)}")
    if class_name is not None and class_name != known.class_name:
        said = replace(said, class_name=class_name, was_class=known.class_name)
    if plate is not None and not (was is None and _has(known.plates, plate)):
        said = replace(said, plate=plate, was_plate=_meant(known, was))
    return None if said.class_name is said.plate is None else said


def _meant(known: Pass | VisitSide, was: str | None) -> str | None:
    texts = [plate.text for plate in known.plates if was is None or plain(plate.text) == plain(was)]
    have = f"pass {known.pass_id} has {', '.join(plate.text for plate in known.plates) or 'no plate'}"
    if was is not None and not texts:
        raise UsageError(f"--was {was}: {have}; name one of its plates, or leave it out for one nobody had read")
    if len(texts) > 1:
        raise UsageError(f"--plate: {have}; say with --was which one is wrong")
    return texts[0] if texts else None


def _has(plates: Sequence[Plate], text: str) -> bool:
    return any(plate.text == text for plate in plates)


def _exchanged(plates: Sequence[Plate], correction: Correction) -> tuple[Plate, ...]:
    right = Plate(correction.plate or "", 1.0, 0, 0)
    if correction.was_plate is None:
        return tuple(plates) if _has(plates, right.text) else (*plates, right)
    return tuple(right if plate.text == correction.was_plate else plate for plate in plates)
