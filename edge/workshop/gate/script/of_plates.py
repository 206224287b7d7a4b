"""Scenes of the registry: denied, watched and unknown plates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from edge.gate.registry import Entry
from edge.workshop.gate.script.of_stays import misread
from edge.workshop.gate.script.pen import Chapter, Pen, with_plate
from edge.workshop.gate.script.rides import Ride

_NUMBERS = ("10482", "29577", "38639", "47714", "56855", "65961", "74128", "83377", "92549")
DENIED, WATCHED, ALLOWED, EXPIRED = (tuple(name + one for one in _NUMBERS) for name in ("DBK", "WHL", "LKM", "XPR"))
"""Plates on the lists; the last were denied once, and are no longer."""


def entries() -> Sequence[Entry]:
    """Return the registry of the scripted site."""
    lists = (("deny", DENIED), ("watch", WATCHED), ("allow", ALLOWED))
    known = [Entry((plate,), listed) for listed, plates in lists for plate in plates]
    return (*known, *(Entry((plate,), "deny", valid_to="2020-01-31") for plate in EXPIRED))


def _visit(pen: Pen, plates: Sequence[str], road: str = "depot", class_name: str = "") -> Iterator[Ride]:
    body, at = pen.body(class_name, pen.unused(plates) if plates else None), pen.day()
    yield pen.drive(body, road, "in", at)
    yield pen.drive(body, road, "out", at + pen.some(600, 3000))


def _read_alike(pen: Pen, plates: Sequence[str]) -> Iterator[Ride]:
    return map(misread, _visit(pen, plates))


def _read_otherwise(pen: Pen, plates: Sequence[str], road: str = "main") -> Iterator[Ride]:
    """Two characters are others, and do not look alike: somebody else."""
    for ride in _visit(pen, plates, road):
        yield with_plate(ride, "JT" + ride.body.plate[2:])


def _unread(pen: Pen) -> Iterator[Ride]:
    body, at = pen.body("motorcycle", ""), pen.day()
    yield pen.drive(body, "depot", "in", at)
    yield pen.drive(body, "depot", "out", at + pen.some(600, 3000))


def _turned(pen: Pen, plates: Sequence[str]) -> Iterator[Ride]:
    yield pen.turn(pen.body("", pen.unused(plates)), "depot", "in", pen.day(), pen.some(0.36, 0.55))


def _chapter(mine: Sequence[str], others: Sequence[Sequence[str]]) -> Chapter:
    return (
        (("as it is listed", partial(_visit, plates=mine)), ("misread a little", partial(_read_alike, plates=mine))),
        (
            *((f"on another list: {one[0][:3]}", partial(_visit, plates=one)) for one in others),
            ("not listed any longer", partial(_visit, plates=EXPIRED, road="main")),
            ("nearly the plate, but another", partial(_read_otherwise, plates=mine)),
            ("turned back on the line", partial(_turned, plates=mine)),
            ("no plate read", _unread),
            ("nobody knows it", partial(_visit, plates=(), road="back")),
        ),
    )


CHAPTERS: dict[str, Chapter] = {
    "denied-plate": _chapter(DENIED, (WATCHED, ALLOWED)),
    "watched-plate": _chapter(WATCHED, (DENIED, ALLOWED)),
    "unknown-plate": (
        (
            ("nobody knows it", partial(_visit, plates=())),
            ("not listed any longer", partial(_visit, plates=EXPIRED)),
            ("nearly a plate that is known", partial(_read_otherwise, plates=ALLOWED, road="depot")),
        ),
        (
            ("allowed", partial(_visit, plates=ALLOWED)),
            ("allowed, misread a little", partial(_read_alike, plates=ALLOWED)),
            ("on a road where nobody need be known", partial(_visit, plates=(), road="back")),
            ("no plate read", _unread),
            ("watched", partial(_visit, plates=WATCHED)),
        ),
    ),
}
