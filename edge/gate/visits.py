"""The ledger of visits: who came in, who went out, and which two passes belong together.

A value: taking a pass returns the next ledger and what changed. Every change of a visit raises its revision by one, so
its history can be told from its events alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeAlias

from edge.gate.alike import closest, texts
from edge.gate.pairing import PLATE, WEAK, find_partner
from edge.types import Direction, EventKind, Pass, Stage, Visit, VisitSide, VisitState

ECHO_NS = 30_000_000_000
"""A vehicle that is told twice in the same direction within this is told of once."""
_MOST_OPEN = 5000
_MOST_RECENT = 256


@dataclass(frozen=True, slots=True)
class VisitChange:
    """A visit was opened, closed or revised; `visit` is what it is now."""

    kind: EventKind
    visit: Visit


@dataclass(frozen=True, slots=True)
class _Heard:
    """A pass that was booked a moment ago, and its visit: the same vehicle may be told twice."""

    track: tuple[str, int]
    direction: Direction
    wall_ns: int
    plates: frozenset[str]
    visit_id: str
    pass_id: str
    lines: tuple[tuple[int, str], ...]
    """Every line gone over since, with its time."""

    def tells_of(self, pass_: Pass) -> bool:
        """Say whether it was the vehicle of this pass: the same track, or a plate that is sure."""
        return self.track == _track(pass_) or bool(self.plates & texts(pass_.plates))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Visits that may still change: the open ones, oldest first, and the last closed ones."""

    last_number: int = 0
    open: tuple[Visit, ...] = ()
    recent: tuple[Visit, ...] = ()
    heard: tuple[_Heard, ...] = ()

    def take(self, pass_: Pass, make_id: MakeId) -> Booked:
        """Book a pass and return the next ledger with what changed.

        Only final passes whose direction is known count. A vehicle that crosses several lines in one go, or is seen by
        two cameras, is booked once, and the lines are its route.
        """
        if pass_.stage is not Stage.FINAL or pass_.direction is Direction.UNKNOWN:
            return self, ()
        side = _side(pass_)
        held = self.holding(pass_.pass_id)
        if held is not None:
            (known,) = (one for one in held.sides if one.pass_id == side.pass_id)
            return self.relearn(held, replace(side, route=known.route))
        echo = self._echo(pass_)
        if echo is not None:
            return self._on_route(echo, pass_)
        entering = pass_.direction is Direction.IN
        ledger, changes = self.enter(side, make_id) if entering else self.leave(side, make_id)
        return replace(ledger, heard=_heard(ledger, pass_)), changes

    def visit_of(self, pass_: Pass) -> str | None:
        """Return the id of the visit that tells of a booked pass, or None."""
        held, echo = self.holding(pass_.pass_id), self._echo(pass_)
        if held is not None:
            return held.visit_id
        if echo is None:
            return None
        told = self.holding(echo.pass_id)
        return told.visit_id if told is not None else echo.visit_id

    def holding(self, pass_id: str) -> Visit | None:
        """Return the visit that has the pass as one of its sides, or None."""
        held = (visit for visit in (*self.open, *reversed(self.recent)) if _holds(visit, pass_id))
        return next(held, None)

    def visit(self, visit_id: str | None) -> Visit | None:
        """Return the visit of that id while it may still change, or None."""
        return next((visit for visit in (*self.open, *reversed(self.recent)) if visit.visit_id == visit_id), None)

    def _echo(self, pass_: Pass) -> _Heard | None:
        for old in self.heard:
            near = old.direction is pass_.direction and abs(pass_.wall_ns - old.wall_ns) <= ECHO_NS
            if near and old.tells_of(pass_) and not self._went_the_other_way(pass_, old.wall_ns):
                return old
        return None

    def _went_the_other_way(self, pass_: Pass, since_ns: int) -> bool:
        """Say whether the vehicle drove the other way between `since_ns` and this pass, which is no echo then."""
        first_ns, last_ns = sorted((since_ns, pass_.wall_ns))
        between = (old for old in self.heard if first_ns < old.wall_ns < last_ns)
        return any(old.direction is not pass_.direction and old.tells_of(pass_) for old in between)

    def _on_route(self, echo: _Heard, pass_: Pass) -> Booked:
        """Note one more line that the vehicle of a booked pass went over."""
        lines = tuple(sorted((*echo.lines, (pass_.wall_ns, _line(pass_)))))
        later = replace(echo, lines=lines)
        ledger = replace(self, heard=tuple(later if old is echo else old for old in self.heard))
        held = self.holding(echo.pass_id)
        side = next((side for side in held.sides if side.pass_id == echo.pass_id), None) if held else None
        route = tuple(dict.fromkeys(line for _, line in lines))
        if held is None or side is None or route == side.route:
            return ledger, ()
        return ledger.relearn(held, replace(side, route=route))

    def relearn(self, visit: Visit, side: VisitSide) -> Booked:
        """Take what is known better of one side."""
        learnt = with_side(visit, side)
        if learnt == visit:
            return self, ()
        learnt = replace(learnt, revision=visit.revision + 1)
        return self.put(learnt), (VisitChange(EventKind.VISIT_REVISED, learnt),)

    def enter(self, side: VisitSide, make_id: MakeId) -> Booked:
        """Open a visit, or complete one whose exit was told first because the entering vehicle lingered in sight."""
        halves = [visit for visit in self.open if visit.entry is None and _after(visit.exit, side)]
        partner = find_partner(side, [visit.exit for visit in halves if visit.exit is not None])
        if partner is None or partner.why in WEAK:
            return self._open_new(side, None, make_id)
        return self._close(replace(halves[partner.index], entry=side), partner.why)

    def leave(self, side: VisitSide, make_id: MakeId) -> Booked:
        """Close the visit that the vehicle opened; an exit that belongs to none is half a visit of its own."""
        inside = [visit for visit in self.open if visit.exit is None and is_before(visit.entry, side)]
        partner = find_partner(side, [visit.entry for visit in inside if visit.entry is not None])
        if partner is not None and partner.why == PLATE:
            return self._close(replace(inside[partner.index], exit=side), partner.why)
        wronged = self._wrongly_closed(side)
        if wronged is not None:
            return self._swap_exit(wronged, side, make_id)
        if partner is not None:
            return self._close(replace(inside[partner.index], exit=side), partner.why)
        return self._open_new(None, side, make_id)

    def _wrongly_closed(self, side: VisitSide) -> Visit | None:
        """Return the visit that was closed without a plate by another vehicle, as the plate of this one now shows."""
        weak = [visit for visit in reversed(self.recent) if visit.paired_by in WEAK and is_before(visit.entry, side)]
        same = [visit for visit in weak if visit.entry and closest(visit.entry.plates, side.plates) == 0]
        return next((visit for visit in same if visit.exit and closest(visit.exit.plates, side.plates) != 0), None)

    def _swap_exit(self, visit: Visit, side: VisitSide, make_id: MakeId) -> Booked:
        """Give a visit the exit that is its own, and the other exit a visit of its own."""
        displaced = visit.exit
        mended = replace(visit, exit=side, paired_by=PLATE, revision=visit.revision + 1)
        ledger, changes = self.put(mended), (VisitChange(EventKind.VISIT_REVISED, mended),)
        if displaced is None:
            return ledger, changes
        ledger, more = ledger.leave(displaced, make_id)
        return ledger, (*changes, *more)

    def _open_new(self, entry: VisitSide | None, exit_: VisitSide | None, make_id: MakeId) -> Booked:
        wall_ns = max(side.wall_ns for side in (entry, exit_) if side is not None)
        visit = Visit(make_id(wall_ns), self.last_number + 1, VisitState.OPEN, 1, entry, exit_)
        ledger, crowded_out = self._without(self.open[: max(0, len(self.open) + 1 - _MOST_OPEN)])
        ledger = replace(ledger, last_number=visit.number, open=(*ledger.open, visit))
        return ledger, (VisitChange(EventKind.VISIT_OPENED, visit), *crowded_out)

    def set_aside(self, before_ns: int, spared: Collection[str] = ()) -> Booked:
        """Wait no longer for the other side of half visits that began before `before_ns`: they close as they are.

        `spared`: ids of visits whose times may be wrong.
        """
        old = (visit for visit in self.open if all(side.wall_ns < before_ns for side in visit.sides))
        return self._without(tuple(visit for visit in old if visit.visit_id not in spared))

    def _without(self, visits: tuple[Visit, ...]) -> Booked:
        closed = [replace(visit, state=VisitState.CLOSED, revision=visit.revision + 1) for visit in visits]
        gone = {visit.visit_id for visit in visits}
        left = tuple(visit for visit in self.open if visit.visit_id not in gone)
        ledger = replace(self, open=left, recent=(*self.recent, *closed)[-_MOST_RECENT:])
        return ledger, tuple(VisitChange(EventKind.VISIT_CLOSED, visit) for visit in closed)

    def _close(self, visit: Visit, why: str) -> Booked:
        closed = replace(visit, state=VisitState.CLOSED, paired_by=why, revision=visit.revision + 1)
        return self.put(closed), (VisitChange(EventKind.VISIT_CLOSED, closed),)

    def put(self, visit: Visit) -> Ledger:
        """Return the ledger with `visit` in place of its older self, if it knew one: open or among the last closed."""
        open_, recent = _replaced(self.open, visit), _replaced(self.recent, visit)
        if visit.state is VisitState.OPEN:
            known = any(one.visit_id == visit.visit_id for one in open_)
            return replace(self, open=open_ if known else _by_number((*open_, visit)), recent=_gone(recent, visit))
        known = any(one.visit_id == visit.visit_id for one in recent)
        return replace(self, open=_gone(open_, visit), recent=recent if known else (*recent, visit)[-_MOST_RECENT:])


MakeId: TypeAlias = Callable[[int], str]
Booked: TypeAlias = tuple[Ledger, tuple[VisitChange, ...]]


def _heard(ledger: Ledger, pass_: Pass) -> tuple[_Heard, ...]:
    fresh = tuple(old for old in ledger.heard if abs(pass_.wall_ns - old.wall_ns) <= ECHO_NS)
    visit = ledger.holding(pass_.pass_id)
    if visit is None:
        return fresh
    told = (_track(pass_), pass_.direction, pass_.wall_ns, texts(pass_.plates), visit.visit_id, pass_.pass_id)
    return (*fresh, _Heard(*told, ((pass_.wall_ns, _line(pass_)),)))


def _side(pass_: Pass) -> VisitSide:
    return VisitSide(
        pass_.pass_id,
        pass_.camera_id,
        pass_.road_id,
        pass_.wall_ns,
        pass_.class_name,
        pass_.plates,
        pass_.dhash,
        pass_.colour,
        pass_.no_plate,
        route=(_line(pass_),),
    )


def with_side(visit: Visit, side: VisitSide) -> Visit:
    """Return the visit with `side` in place of what was known of the same pass."""
    entering = visit.entry is not None and visit.entry.pass_id == side.pass_id
    return replace(visit, entry=side) if entering else replace(visit, exit=side)


def _track(pass_: Pass) -> tuple[str, int]:
    return pass_.camera_id, pass_.track_id


def _line(pass_: Pass) -> str:
    return f"{pass_.camera_id}/{pass_.line_id}"


def _holds(visit: Visit, pass_id: str) -> bool:
    return any(side.pass_id == pass_id for side in visit.sides)


def is_before(entry: VisitSide | None, exit_: VisitSide) -> bool:
    """Return whether there is an entry, and it lies before the exit or at the same moment."""
    return entry is not None and entry.wall_ns <= exit_.wall_ns


def _after(exit_: VisitSide | None, entry: VisitSide) -> bool:
    return exit_ is not None and exit_.wall_ns >= entry.wall_ns


def _replaced(visits: tuple[Visit, ...], visit: Visit) -> tuple[Visit, ...]:
    return tuple(visit if old.visit_id == visit.visit_id else old for old in visits)


def _gone(visits: tuple[Visit, ...], visit: Visit) -> tuple[Visit, ...]:
    return tuple(old for old in visits if old.visit_id != visit.visit_id)


def _by_number(visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    return tuple(sorted(visits, key=lambda visit: visit.number))
