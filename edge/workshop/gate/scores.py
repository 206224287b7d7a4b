"""How well passes, visits and plates that were told agree with the truth of a replay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from edge.gate.alike import plain
from edge.tracking.cost import NEVER, assign
from edge.types import Direction, Pass, Visit
from edge.workshop.gate.truth import ReplayTruth, TruePass

NEAR_S = 1.0
"""A told pass is a true one when it lies on its line and so near to it in time."""
_OTHER_WAY = 0.5  # of NEAR_S: two that pass each other on the line are told apart by their ways


@dataclass(frozen=True, slots=True)
class ToldPass:
    """A pass as it was told last, media times in s: `crossed_s`, `told_s` first, `final_s`, and `seen_s` last in sight.

    `reads` are the texts that single looks at its vehicle's plates gave, one list a look.
    """

    pass_: Pass
    crossed_s: float
    told_s: float
    final_s: float
    seen_s: float
    reads: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GateScore:
    """Counts over one replay, or several.

    `legible`: true passes with a legible plate; `voted`: those of which every legible plate was told exactly; `single`:
    the same for one look alone, on average over the looks; `stolen`: told plates that are another vehicle's; `claims`:
    distinct visits that claim true passes.
    """

    passes: int = 0
    found: int = 0
    false: int = 0
    right: int = 0
    unknown: int = 0
    visits: int = 0
    visits_told: int = 0
    visits_right: int = 0
    claims: int = 0
    legible: int = 0
    voted: int = 0
    single: float = 0.0
    stolen: int = 0
    provisional_s: tuple[float, ...] = ()
    final_s: tuple[float, ...] = ()
    missed: tuple[str, ...] = ()
    """What went wrong, a line each, for whoever wants to see it."""

    def __add__(self, other: GateScore) -> GateScore:
        """Return the counts of both."""
        return GateScore(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def figures(self) -> dict[str, float | int | None]:
        """The shares that `edge eval gate --json` ends with; None where nothing was there to be counted."""
        return {
            "passes": self.passes,
            "visit_precision": _share(self.visits_right, self.visits_told),
            "visit_recall": _share(self.visits_right, self.visits),
            "visits_per_pass": _share(self.claims, self.passes),
            "direction_accuracy": _share(self.right, self.passes),
            "direction_unknown": _share(self.unknown, self.passes),
            "false_passes": self.false,
            "plate_exact_single": _share(self.single, self.legible),
            "plate_exact_voted": _share(self.voted, self.legible),
            "plate_wrong_vehicle": self.stolen,
            "provisional_p95_s": _p95(self.provisional_s),
            "final_p95_s": _p95(self.final_s),
        }


def score(truth: ReplayTruth, told: Sequence[ToldPass], visits: Sequence[Visit]) -> GateScore:
    """Compare the passes of a replay that were not annulled, and the last word on its visits, with the truth."""
    pairs = _matched(truth.passes, told)
    got = {index: told[column] for index, column in pairs.items()}
    ways = [(truth.passes[index].direction, one.pass_.direction) for index, one in got.items()]
    sides = {one.pass_.pass_id: index for index, one in got.items()}
    booked = [_sides(visit, sides) for visit in visits]
    legible = [index for index, one in enumerate(truth.passes) if one.plates]
    voted = {index for index in legible if index in got and _all_told(truth.passes[index], got[index])}
    return GateScore(
        passes=len(truth.passes),
        found=len(got),
        false=len(told) - len(got),
        right=sum(true == way.value for true, way in ways),
        unknown=sum(way is Direction.UNKNOWN for _, way in ways),
        visits=len(truth.visits),
        visits_told=len(visits),
        visits_right=len(set(truth.visits) & set(booked)),
        claims=_claims(truth.passes, told, visits),
        legible=len(legible),
        voted=len(voted),
        single=sum(_single(truth.passes[index], got[index]) for index in legible if index in got),
        stolen=sum(_stolen(truth, index, one) for index, one in got.items()),
        provisional_s=tuple(one.told_s - one.crossed_s for one in got.values()),
        final_s=tuple(max(one.final_s - one.seen_s, 0.0) for one in got.values()),
        missed=(
            *_missed(truth, got, [one for one in told if one not in got.values()], voted),
            *_visits_missed(truth, booked),
        ),
    )


def _matched(true: Sequence[TruePass], told: Sequence[ToldPass]) -> dict[int, int]:
    """Return which told pass each true one is: same line, near in time, rather the same way."""
    costs = np.full((len(true), len(told)), NEVER)
    for row, one in enumerate(true):
        for column, other in enumerate(told):
            apart_s = abs(one.media_ns / 1e9 - other.crossed_s)
            if one.line == other.pass_.line_id and apart_s <= NEAR_S:
                costs[row, column] = apart_s + (one.direction != other.pass_.direction.value) * _OTHER_WAY * NEAR_S
    rows, columns = assign(costs, 2 * NEAR_S)
    return dict(zip(rows.tolist(), columns.tolist(), strict=True))


def _sides(visit: Visit, sides: Mapping[str, int]) -> tuple[int | None, int | None]:
    """Return the true passes that a visit holds; -1 for one that is none."""
    first, last = (None if side is None else sides.get(side.pass_id, -1) for side in (visit.entry, visit.exit))
    return first, last


def _claims(true: Sequence[TruePass], told: Sequence[ToldPass], visits: Sequence[Visit]) -> int:
    """Return how many distinct visits claim each true pass, summed: by any told pass on its line at its time."""
    visit_of = {
        side.pass_id: visit.visit_id for visit in visits for side in (visit.entry, visit.exit) if side is not None
    }
    claims: dict[int, set[str]] = {}
    for one in told:
        near = [
            (abs(other.media_ns / 1e9 - one.crossed_s) + (other.direction != one.pass_.direction.value), index)
            for index, other in enumerate(true)
            if other.line == one.pass_.line_id and abs(other.media_ns / 1e9 - one.crossed_s) <= NEAR_S
        ]
        if near and one.pass_.pass_id in visit_of:
            claims.setdefault(min(near)[1], set()).add(visit_of[one.pass_.pass_id])
    return sum(map(len, claims.values()))


def _all_told(true: TruePass, told: ToldPass) -> bool:
    return {plain(text) for text in true.plates} <= {plain(plate.text) for plate in told.pass_.plates}


def _single(true: TruePass, told: ToldPass) -> float:
    """Return the share of looks, of those that read anything, that read every legible plate they could: one of them."""
    wanted = {plain(text) for text in true.plates}
    looks = [look for look in told.reads if look]
    return sum(any(plain(text) in wanted for text in look) for look in looks) / len(looks) if looks else 0.0


def _stolen(truth: ReplayTruth, index: int, told: ToldPass) -> int:
    own = {plain(text) for text in truth.texts.get(truth.passes[index].vehicle, ())}
    others = {
        plain(text)
        for vehicle, texts in truth.texts.items()
        if vehicle != truth.passes[index].vehicle
        for text in texts
    }
    return sum(plain(plate.text) in others - own for plate in told.pass_.plates)


def _missed(
    truth: ReplayTruth, got: Mapping[int, ToldPass], false: Sequence[ToldPass], voted: set[int]
) -> tuple[str, ...]:
    lines = []
    for index, one in enumerate(truth.passes):
        name = f"{truth.name} {one.media_ns / 1e9:.1f} s {one.kind} {one.direction} by {one.line}"
        told = got.get(index)
        if told is None:
            lines.append(f"{name}: missed")
            continue
        if told.pass_.direction.value != one.direction:
            lines.append(f"{name}: told {told.pass_.direction.value}")
        if one.plates and index not in voted:
            texts = " ".join(plate.text for plate in told.pass_.plates) or "nothing"
            lines.append(f"{name}: plate {' '.join(one.plates)}, told {texts}")
    lines += [
        f"{truth.name} {one.crossed_s:.1f} s {one.pass_.class_name} {one.pass_.direction.value} by "
        f"{one.pass_.line_id}: false"
        for one in false
    ]
    return tuple(lines)


def _visits_missed(truth: ReplayTruth, booked: Sequence[tuple[int | None, int | None]]) -> Iterator[str]:
    for name, wrong in (("not told", set(truth.visits) - set(booked)), ("false", set(booked) - set(truth.visits))):
        for sides in sorted(wrong, key=str):
            yield f"{truth.name} visit {' to '.join(_side_named(truth, side) for side in sides)}: {name}"


def _side_named(truth: ReplayTruth, index: int | None) -> str:
    if index is None or index < 0:
        return "nobody" if index is None else "a false pass"
    one = truth.passes[index]
    return f"{one.kind} {one.vehicle} at {one.media_ns / 1e9:.1f} s"


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _p95(values: Sequence[float]) -> float | None:
    return round(float(np.percentile(values, 95)), 3) if values else None
