"""What was told of a run of days beside what had to be: anomalies kind by kind, and passes and visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.types import Anomaly, Stage, VisitSide
from edge.workshop.gate.anomalies import KindScore
from edge.workshop.gate.scores import GateScore, ToldPass, score
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.expected import Expected, expected
from edge.workshop.gate.script.ground import NAMES, ZONES
from edge.workshop.gate.script.play import Told
from edge.workshop.gate.truth import ReplayTruth, TruePass


@dataclass(frozen=True, slots=True)
class _Said:
    """An anomaly as it was told: of whom, and when as the clock showed it."""

    kind: str
    who: str
    shown_s: float
    text: str


def judge(days: Days, told: Told) -> tuple[dict[str, KindScore], tuple[str, ...]]:
    """Return by kind how well what was told is what had to be, and a line for each that was missed or false."""
    wanted, said = expected(days), [_said(one, told) for one in told.anomalies]
    kinds = {one.kind for one in wanted} | {one.kind for one in said} | {scene.kind for scene in days.scenes} - {""}
    scores, wrong = {}, []
    for kind in sorted(kinds):
        mine, heard = [one for one in wanted if one.kind == kind], [one for one in said if one.kind == kind]
        missed, false = _compare(mine, heard)
        alike = sum(scene.kind == kind and not scene.shows for scene in days.scenes)
        scores[kind] = KindScore(len(mine), alike, len(mine) - len(missed), len(false))
        wrong += [f"{days.name}: {kind} of {one.who or 'nobody'} missed, {_when(days, one.shown_s)}" for one in missed]
        wrong += [f"{days.name}: false, {_when(days, one.shown_s)}: {one.text}" for one in false]
    return scores, tuple(wrong)


def _compare(wanted: Sequence[Expected], said: Sequence[_Said]) -> tuple[list[Expected], list[_Said]]:
    """Return what was missed and what is false: the nearest in time of the same one is it, each once."""
    missed, left = [], list(said)
    for one in sorted(wanted, key=lambda one: one.shown_s):
        near = [other for other in left if other.who == one.who and abs(other.shown_s - one.shown_s) <= one.within_s]
        if near:
            left.remove(min(near, key=lambda other: abs(other.shown_s - one.shown_s)))
        else:
            missed.append(one)
    return missed, left


def _said(anomaly: Anomaly, told: Told) -> _Said:
    kind = NAMES.get(anomaly.kind, anomaly.kind)
    zone = next((f"{zone}" for zone in ZONES if f"zone {zone} " in anomaly.explanation), "")
    side: VisitSide | None = None
    if anomaly.pass_id is None and anomaly.visit_id is not None:
        visit = told.visits[anomaly.visit_id]
        side = visit.entry or visit.exit
    known = told.passes.get(anomaly.pass_id or "") or side
    plate = known.plates[0].text if known is not None and known.plates else ""
    who = zone or ("clock" if kind == "clock-untrusted" else plate)
    return _Said(kind, who, anomaly.wall_ns / 1e9, f"{anomaly.kind}: {anomaly.explanation}")


def score_passes(days: Days, told: Told) -> GateScore:
    """Return how well passes and visits agree with the truth; the time of a pass is that of its camera's clock."""
    begin_s = days.clocks.shown(days.begin_s)
    rows = sorted(days.passes, key=lambda one: one.at_s)
    places = {one: place for place, one in enumerate(rows)}
    passes = tuple(
        TruePass(one.key, one.class_name, one.road, one.way, round((one.shown_s - begin_s) * 1e9), ()) for one in rows
    )
    visits = tuple(
        (places[stay.came] if stay.came else None, places[stay.out] if stay.out else None) for stay in days.stays
    )
    truth = ReplayTruth(days.name, "script", 12.5, days.end_s - days.begin_s, passes, visits, {})
    return score(truth, list(_told_passes(days, told, begin_s)), tuple(told.visits.values()))


def _told_passes(days: Days, told: Told, begin_s: float) -> Iterator[ToldPass]:
    """Yield the passes that were not annulled; how late they were told is counted in true time."""
    for key, one in told.passes.items():
        if one.stage is Stage.ANNULLED:
            continue
        shown_s = one.wall_ns / 1e9
        crossed_s = shown_s - begin_s
        at_s = shown_s - days.clocks.late_s.get(one.camera_id, 0.0) - days.clocks.span(told.first_s[key]).ahead_s
        late_s = crossed_s - at_s
        yield ToldPass(
            one, crossed_s, told.first_s[key] + late_s, told.final_s[key] + late_s, told.seen_s[key] + late_s
        )


def _when(days: Days, shown_s: float) -> str:
    return f"{datetime.fromtimestamp(shown_s, days.calendar.zone):%a %d %b %Y %H:%M:%S}"
