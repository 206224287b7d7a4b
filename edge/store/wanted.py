"""Which events and visits are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edge.errors import UsageError
from edge.store.search import bare, searchable
from edge.types import EventKind, Visit, VisitState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events or visits are asked for; nothing given means all. `kinds` may name a family: `pass`, `visit`.

    `plate` matches any part, by letters and digits. `limit` keeps the newest. `open_only`: of visits, those that wait
    for their other side.
    """

    since_ns: int | None = None
    until_ns: int | None = None
    kinds: tuple[str, ...] = ()
    plate: str = ""
    camera: str = ""
    limit: int | None = None
    open_only: bool = False


def conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    """Return what must hold for an event as SQL, and its bindings. Raises UsageError for a kind that does not exist."""
    clauses, bindings = ["1"], list[Any]()
    for clause, value in (
        ("wall_ns >= ?", wanted.since_ns),
        ("wall_ns < ?", wanted.until_ns),
        ("camera_id = ?", wanted.camera or None),
        ("plates <> '' AND plates LIKE ?", f"%{bare(wanted.plate)}%" if wanted.plate else None),
    ):
        if value is not None:
            clauses.append(clause)
            bindings.append(value)
    kinds = [kind for asked in wanted.kinds for kind in _family(asked)]
    if kinds:
        clauses.append(f"kind IN ({', '.join('?' * len(kinds))})")
        bindings += kinds
    return " AND ".join(clauses), bindings


def _family(asked: str) -> list[str]:
    found = [kind.value for kind in EventKind if kind.value == asked or kind.value.startswith(f"{asked}.")]
    if not found:
        raise UsageError(f"--kind {asked}: no such kind; there are {', '.join(kind.value for kind in EventKind)}")
    return found


def matches(visit: Visit, wanted: Wanted) -> bool:
    """Return whether a visit is asked for; times and cameras may be those of either side, kinds do not count."""
    sides = visit.sides
    return (
        (not wanted.open_only or visit.state is VisitState.OPEN)
        and (wanted.since_ns is None or any(side.wall_ns >= wanted.since_ns for side in sides))
        and (wanted.until_ns is None or any(side.wall_ns < wanted.until_ns for side in sides))
        and (not wanted.camera or any(side.camera_id == wanted.camera for side in sides))
        and (not wanted.plate or bare(wanted.plate) in searchable(plate for side in sides for plate in side.plates))
    )
