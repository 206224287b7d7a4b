"""Merging and splitting visits, by a person or because a plate was corrected. Nothing is deleted.

Merged, the visit of the entry takes the exit over and the other one is left without a side; split, the exit goes back
to the visit that gave it up, or to a new one. Who is told of it reads the events in their order: the word first, then
each visit as it is now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from edge.errors import UsageError
from edge.gate.alike import closest
from edge.gate.pairing import HAND, NEAR_PLATE, PLATE, find_partner
from edge.gate.visits import Ledger, MakeId, is_before, with_side
from edge.types import RULE, Correction, EventKind, Regrouping, Visit, VisitSide, VisitState

Told: TypeAlias = tuple[EventKind, "Regrouping | Visit"]
Regrouped: TypeAlias = tuple[Ledger, tuple[Told, ...]]
FindEmptied: TypeAlias = Callable[[str], "Visit | None"]
"""Returns the visit that gave its side up to the visit of this id."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says so, why and when."""

    who: str
    why: str
    wall_ns: int


def merge(ledger: Ledger, first: Visit, second: Visit, said: Saying, paired_by: str = HAND) -> Regrouped:
    """Make one visit of two halves, whichever is named first.

    Raises:
        UsageError: they are no two halves of one visit.
    """
    one, other = (first, second) if first.entry is not None else (second, first)
    _check_halves(first, second)
    entry, exit_ = one.entry, other.exit
    if entry is None or exit_ is None:
        which = "entries" if entry is not None else "exits"
        names = f"visits {first.number} and {second.number}"
        raise UsageError(f"{names}: are both {which}; name one that came in and one that went out")
    if not is_before(entry, exit_):
        raise UsageError(
            f"visits {one.number} and {other.number}: {other.number} went out before {one.number} came in;"
            " name the exit that came after"
        )
    word = _word(one, other, exit_.pass_id, said)
    whole = _next(one, exit=exit_, state=VisitState.CLOSED, paired_by=paired_by)
    emptied = _next(other, exit=None, state=VisitState.CLOSED, merged_into=one.visit_id)
    told: tuple[Told, ...] = (
        (EventKind.VISIT_MERGED, word),
        (EventKind.VISIT_CLOSED, whole),
        (EventKind.VISIT_REVISED, emptied),
    )
    return ledger.put(emptied).put(whole), told


def split(ledger: Ledger, visit: Visit, emptied: Visit | None, said: Saying, make_id: MakeId) -> Regrouped:
    """Make two half visits of one; `emptied` is the visit that its exit came from, None where there was none.

    Raises:
        UsageError: it has no two sides.
    """
    if visit.entry is None or visit.exit is None:
        raise UsageError(f"visit {visit.number}: has no two sides; `edge visits show {visit.number}` tells what it has")
    if emptied is None:
        number, kind = ledger.last_number + 1, EventKind.VISIT_OPENED
        other = Visit(make_id(visit.exit.wall_ns), number, VisitState.OPEN, 1, None, visit.exit)
        ledger = replace(ledger, last_number=number)
    else:
        kind = EventKind.VISIT_REVISED
        other = _next(emptied, exit=visit.exit, state=VisitState.OPEN, merged_into=None)
    half = _next(visit, exit=None, state=VisitState.OPEN, paired_by=None)
    word = _word(visit, other, visit.exit.pass_id, said)
    told: tuple[Told, ...] = ((EventKind.VISIT_SPLIT, word), (EventKind.VISIT_REVISED, half), (kind, other))
    return ledger.put(half).put(other), told


def correct(
    ledger: Ledger, visit: Visit, known: VisitSide, said: Correction, find_emptied: FindEmptied, make_id: MakeId
) -> Regrouped:
    """Take `known`, what a correction says of one side of a visit, and pair that side anew where its plate now tells.

    A side whose plate was corrected goes to the open half that clearly has the same plate, and leaves another half
    whose plate fits less.
    """
    learnt = with_side(visit, known)
    if learnt == visit:
        return ledger, ()
    learnt = replace(learnt, revision=visit.revision + 1)
    ledger, told = ledger.put(learnt), ((EventKind.VISIT_REVISED, learnt),)
    if said.plate is None:
        return ledger, told
    ledger, more = _pair_anew(ledger, learnt, known, said, find_emptied, make_id)
    return ledger, (*told, *more)


def _pair_anew(
    ledger: Ledger, visit: Visit, side: VisitSide, said: Correction, find_emptied: FindEmptied, make_id: MakeId
) -> Regrouped:
    entering = visit.entry is not None and visit.entry.pass_id == side.pass_id
    found = _clear_partner(ledger, visit, side, entering=entering)
    if found is None or not _fits_better(visit, side, found[0], entering=entering):
        return ledger, ()
    half, why = found
    told: tuple[Told, ...] = ()
    because = Saying(RULE, f"the plate was corrected to {said.plate} by {said.who}", said.wall_ns)
    alone = visit
    if visit.entry is not None and visit.exit is not None:
        ledger, told = split(ledger, visit, find_emptied(visit.visit_id), because, make_id)
        alone = next(one for _, one in told if isinstance(one, Visit) and side in one.sides)
    ledger, more = merge(ledger, alone, half, because, why)
    return ledger, (*told, *more)


def _clear_partner(ledger: Ledger, visit: Visit, side: VisitSide, *, entering: bool) -> tuple[Visit, str] | None:
    """Return the open half whose plate clearly belongs to `side`, with the reason; each must be the other's choice."""
    entries = [one for one in ledger.open if one.entry and not one.exit and one.visit_id != visit.visit_id]
    exits = [one for one in ledger.open if one.exit and not one.entry and one.visit_id != visit.visit_id]
    halves = [
        one
        for one in (exits if entering else entries)
        if (is_before(side, one.sides[0]) if entering else is_before(one.sides[0], side))
    ]
    partner = find_partner(side, [one.sides[0] for one in halves])
    if partner is None or partner.why not in {PLATE, NEAR_PLATE}:
        return None
    half = halves[partner.index]
    rivals = [side, *(one.sides[0] for one in (entries if entering else exits))]
    back = find_partner(half.sides[0], rivals)
    return (half, partner.why) if back is not None and back.index == 0 else None


def _fits_better(visit: Visit, side: VisitSide, half: Visit, *, entering: bool) -> bool:
    """Return whether an open half is nearer to `side` by its plate than the side that it is paired with now."""
    mate = visit.exit if entering else visit.entry
    if mate is None:
        return True
    now, then = closest(side.plates, mate.plates), closest(side.plates, half.sides[0].plates)
    return then is not None and (now is None or then < now)


def _check_halves(first: Visit, second: Visit) -> None:
    if first.visit_id == second.visit_id:
        raise UsageError(f"visit {first.number}: is named twice; name two")
    for visit in (first, second):
        show = f"`edge visits show {visit.number}` tells how"
        if visit.entry is not None and visit.exit is not None:
            raise UsageError(f"visit {visit.number}: has both sides already; split it first, {show}")
        if not visit.sides:
            raise UsageError(f"visit {visit.number}: was merged already; {show}")


def _word(one: Visit, other: Visit, pass_id: str, said: Saying) -> Regrouping:
    return Regrouping(one.visit_id, one.number, other.visit_id, other.number, pass_id, said.who, said.why, said.wall_ns)


def _next(
    visit: Visit,
    *,
    exit: VisitSide | None,  # noqa: A002 - the side's own name
    state: VisitState,
    paired_by: str | None = None,
    merged_into: str | None = None,
) -> Visit:
    return replace(
        visit, exit=exit, state=state, paired_by=paired_by, merged_into=merged_into, revision=visit.revision + 1
    )
