"""The rules of a site at work: facts in, anomalies and their ends out, each once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from edge.clock import ClockQuality
from edge.config import Camera, Road, Rule, Site
from edge.config.kinds import CLOCK, CUSTOM, KINDS
from edge.gate.hours import OpeningHours
from edge.gate.rules.facts import BoomSpan, Finding, PassFacts, VisitFacts
from edge.gate.rules.table import TABLE
from edge.gate.rules.terms import applies, in_full, needs_clock
from edge.gate.rules.told import Told
from edge.gate.rules.words import lasting
from edge.gate.rules.zones import place
from edge.gate.stays import ZoneLook
from edge.gate.trust import ClockTrust
from edge.types import U8, Anomaly, AnomalyEnd, Box, CameraFinding, Evidence, EvidenceRef, Pass, Severity, Visit

_NEAR = 64  # passes remembered for who drives close behind whom
_SPANS = 64  # openings of the boom remembered
_LATE_NS = 60_000_000_000  # a pass may become final this long after it happened: only then the site is reconciled
_MOST_ENDS = 4096
_OF_VISITS = tuple(name for name, kind in TABLE.items() if kind.ends is not None)
"""Kinds that stand as long as a visit stays as it is."""
Crop: TypeAlias = Callable[[Box], U8]
"""Gives the picture inside a box, (H,W,3) uint8 RGB."""
Memory: TypeAlias = tuple[Told, dict[str, None], tuple[AnomalyEnd, ...]]
"""What a book has told, which visits it doubts, and which ends nobody has asked for yet."""


class RuleBook:
    """Judges passes, visits, zones and the clock by the rules of one site."""

    def __init__(self, make_id: Callable[[int], str], before: Iterable[Anomaly] = ()) -> None:
        """Take what an earlier run told about visits that are still open."""
        self._make_id = make_id
        self._told = Told(before)
        self._trust = ClockTrust()
        self._near: deque[Pass] = deque(maxlen=_NEAR)
        self._doubtful: dict[str, None] = {}
        self._spans: deque[BoomSpan] | None = None
        self._ends: deque[AnomalyEnd] = deque(maxlen=_MOST_ENDS)

    def reconfigure(self, site: Site, roads: Sequence[Road], rules: Sequence[Rule], cameras: Sequence[Camera]) -> None:
        """Take changed hours, roads, rules and lines. Raises ConfigError when a time or zone is wrong."""
        self.hours = OpeningHours(site)
        self._reconcile_at = site.reconcile_at
        self._roads = {road.id: road for road in roads}
        self._lines = {(camera.id, line.id): line for camera in cameras for line in camera.lines}
        held = any(needs_clock(rule) and rule.enabled for rule in rules)
        # Rules that are held back must not be silent about it; a rule of this kind says otherwise where it is wanted.
        unsaid = held and all(rule.kind != CLOCK for rule in rules)
        self._rules = tuple(in_full(rule) for rule in (*rules, *([Rule(CLOCK)] if unsaid else ())))
        of_visits = (rule for rule in self._rules if rule.enabled and (rule.kind != CUSTOM or rule.about == "visit"))
        self._of_visits = tuple(
            (rule, needs_clock(rule), judge) for rule in of_visits if (judge := TABLE[rule.kind].on_visit) is not None
        )

    def memory(self) -> Memory:
        """Return what has been told, for `recall`."""
        return self._told.copy(), dict(self._doubtful), tuple(self._ends)

    def recall(self, memory: Memory) -> None:
        """Go back to what had been told then."""
        told, doubtful, ends = memory
        self._told, self._doubtful, self._ends = told, doubtful, deque(ends, maxlen=_MOST_ENDS)

    def learn(self, unresolved: Iterable[Anomaly]) -> None:
        """Take in what waits for somebody about visits that were closed long ago."""
        for anomaly in unresolved:
            if anomaly.visit_id is not None and anomaly.kind in _OF_VISITS:
                self._told.note(anomaly, anomaly.visit_id, standing=True)

    def merged(self, told_id: str, visit: Visit, wall_ns: int) -> None:
        """End what was told of the visit `told_id` and is untrue of `visit`, which it is now a side of."""
        self._end_untrue(told_id, VisitFacts(visit, self.hours, wall_ns, wall_ns))

    def split(self, visits: Iterable[Visit], wall_ns: int) -> None:
        """End what a split makes untrue, and let its halves be judged as if never before."""
        for visit in visits:
            self.merged(visit.visit_id, visit, wall_ns)
            self.set_aside(visit)

    @property
    def doubtful(self) -> Collection[str]:
        """The ids of visits that were booked while nobody vouched for the clock."""
        return self._doubtful.keys()

    def set_aside(self, visit: Visit) -> None:
        """Forget a visit; what was told of it waits for somebody all the same."""
        self._told.forget(visit.visit_id, _OF_VISITS)

    def reconciled_ns(self, wall_ns: int) -> int:
        """Return when the site reconciled last: late passes were waited for."""
        return self.hours.last(self._reconcile_at, wall_ns - _LATE_NS)

    @property
    def clock_trusted(self) -> bool:
        """Whether time may be judged by."""
        return self._trust.trusted

    def ends(self) -> tuple[AnomalyEnd, ...]:
        """Return what is over by itself since the last call."""
        ends = tuple(self._ends)
        self._ends.clear()
        return ends

    def on_clock(self, wall_ns: int, quality: ClockQuality) -> list[Anomaly]:
        """Follow the clock, before anything is judged by it."""
        rule = next((rule for rule in self._rules if rule.kind == CLOCK), None) or in_full(Rule(CLOCK, enabled=False))
        if self._trust.step(wall_ns, quality, rule.for_s):
            self._end(CLOCK, "clock", "the clock is synchronised again", wall_ns)
            return []
        if not rule.enabled or self._trust.untrusted_s < rule.for_s:
            return []
        held = sorted({_kind(rule) for rule in self._rules if rule.enabled and needs_clock(rule)})
        lasted = f"The clock has not been synchronised for {lasting(self._trust.untrusted_s)}"
        waiting = f"; not judged meanwhile: {', '.join(held)}" if held else ""
        return self._raise(rule, [Finding("clock", f"{lasted}{waiting}.")], wall_ns)

    def on_pass(self, pass_: Pass, visit: Visit | None, inside: Sequence[Visit]) -> list[Anomaly]:
        """Judge a final pass; `inside` are the open visits."""
        rules = [rule for rule in self._rules if applies(rule, pass_)]
        near = [other for other in self._near if other.pass_id != pass_.pass_id]
        facts = PassFacts(
            pass_,
            self._roads.get(pass_.road_id),
            self.hours,
            self._lines.get((pass_.camera_id, pass_.line_id)),
            visit,
            tuple(one for one in near if (one.camera_id, one.line_id) == (pass_.camera_id, pass_.line_id)),
            tuple(one for one in inside if one.exit is None and (visit is None or one.visit_id != visit.visit_id)),
            frozenset(rule.kind for rule in rules),
            None if self._spans is None else tuple(self._spans),
        )
        self._near = deque((*near, pass_), _NEAR)
        raised = []
        for rule in rules:
            judge = TABLE[rule.kind].on_pass
            if judge is not None and self._judged(rule):
                raised += self._raise(rule, judge(rule, facts), pass_.wall_ns)
        return raised

    def follow_boom(self, *, known: bool) -> None:
        """Count openings of the boom as its input tells them, or by stated times where nothing does."""
        self._spans = (self._spans or deque(maxlen=_SPANS)) if known else None

    def on_boom(self, wall_ns: int, *, on: bool) -> None:
        """Note that the boom opened or shut, or that its loop was entered or left."""
        if self._spans is None:
            return
        if on:
            self._spans.append(BoomSpan(wall_ns))
        elif self._spans and self._spans[-1].until_ns is None:
            self._spans[-1].until_ns = wall_ns

    def on_visits(self, visits: Iterable[Visit], wall_ns: int, *, changed: bool = False) -> list[Anomaly]:
        """Judge visits as they stand at `wall_ns`; `changed`: they have just become so."""
        reconciled_ns = self.reconciled_ns(wall_ns)
        raised = []
        for visit in visits:
            facts = VisitFacts(visit, self.hours, wall_ns, reconciled_ns)
            if changed:
                self._follow(facts)
            doubted = not self._trust.trusted or visit.visit_id in self._doubtful
            for rule, timed, judge in self._of_visits:
                # Asked once a second: what was told is not put into words again.
                if not (timed and doubted) and self._told.may(_kind(rule), visit.visit_id, wall_ns, rule.cooldown_s):
                    side = visit.entry or visit.exit
                    if side is not None and applies(rule, side):
                        raised += self._raise(rule, judge(rule, facts), wall_ns)
        return raised

    def on_zone(self, look: ZoneLook, wall_ns: int, crop: Crop | None) -> list[tuple[Anomaly, tuple[Evidence, ...]]]:
        """Judge a zone as it stands; `crop` gives the pictures that prove what is told."""
        raised: list[tuple[Anomaly, tuple[Evidence, ...]]] = []
        for name, kind in TABLE.items():
            if kind.on_zone is None:
                continue
            found: set[str] = set()
            for rule in (rule for rule in self._rules if rule.kind == name and _watches(rule, look)):
                for finding in kind.on_zone(rule, look):
                    found.add(finding.subject)
                    raised += self._prove(rule, finding, wall_ns, crop)
            here = [one for one in self._told.standing(name) if f"{one}/".startswith(f"{place(look)}/")]
            for subject in here:
                if subject not in found:
                    self._end(name, subject, kind.over, wall_ns)
        return raised

    def on_camera(self, camera_id: str, finding: CameraFinding, wall_ns: int) -> Anomaly:
        """Return the anomaly that something wrong with a camera's view is; it stands until `camera_over`."""
        found = self._anomaly(finding.kind, "alarm", Finding(camera_id, finding.explanation, camera_id), wall_ns)
        self._told.note(found, camera_id, standing=True)
        return found

    def camera_over(self, camera_id: str, finding: CameraFinding, wall_ns: int) -> AnomalyEnd | None:
        """Return that a camera's view is right again, or None where nothing was told of it."""
        return self._told.end(finding.kind, camera_id, finding.explanation, wall_ns)

    def _judged(self, rule: Rule) -> bool:
        return self._trust.trusted or not needs_clock(rule)

    def _follow(self, facts: VisitFacts) -> None:
        """Note a visit whose times may be wrong, and end what a changed visit makes untrue."""
        if not self._trust.trusted:
            self._doubtful[facts.visit.visit_id] = None
            for gone in list(self._doubtful)[: max(0, len(self._doubtful) - _MOST_ENDS)]:
                del self._doubtful[gone]
        self._end_untrue(facts.visit.visit_id, facts)

    def _end_untrue(self, told_id: str, facts: VisitFacts) -> None:
        """End what was told of the visit `told_id` and these facts make untrue."""
        for name, kind in TABLE.items():
            why = kind.ends(facts) if kind.ends else None
            if why is not None:
                self._end(name, told_id, why, facts.wall_ns)

    def _prove(
        self, rule: Rule, finding: Finding, wall_ns: int, crop: Crop | None
    ) -> list[tuple[Anomaly, tuple[Evidence, ...]]]:
        if not self._told.may(rule.kind, finding.subject, wall_ns, rule.cooldown_s):
            return []
        pictures: tuple[Evidence, ...] = ()
        if crop is not None and finding.box is not None:
            picture = crop(finding.box)
            ref = EvidenceRef(self._make_id(wall_ns), "vehicle", picture.shape[1], picture.shape[0])
            pictures = (Evidence(ref, picture),)
        proven = replace(finding, evidence=tuple(evidence.ref for evidence in pictures))
        return [(anomaly, pictures) for anomaly in self._raise(rule, [proven], wall_ns)]

    def _raise(self, rule: Rule, findings: Iterable[Finding], wall_ns: int) -> list[Anomaly]:
        name, kind, raised = _kind(rule), TABLE[rule.kind], []
        for finding in findings:
            at_ns = wall_ns if finding.wall_ns is None else finding.wall_ns
            if self._told.may(name, finding.subject, at_ns, rule.cooldown_s):
                raised.append(self._anomaly(name, rule.severity, finding, at_ns))
                standing = kind.ends is not None or bool(kind.over) or rule.kind == CLOCK
                self._told.note(raised[-1], finding.subject, standing=standing)
        return raised

    def _anomaly(self, name: str, severity: str, finding: Finding, wall_ns: int) -> Anomaly:
        return Anomaly(
            anomaly_id=self._make_id(wall_ns),
            kind=name,
            severity=Severity(severity),
            explanation=finding.explanation,
            wall_ns=wall_ns,
            camera_id=finding.camera_id,
            road_id=finding.road_id,
            pass_id=finding.pass_id,
            visit_id=finding.visit_id,
            evidence=finding.evidence,
        )

    def _end(self, kind: str, subject: str, why: str, wall_ns: int) -> None:
        end = self._told.end(kind, subject, why, wall_ns)
        if end is not None:
            self._ends.append(end)


def _kind(rule: Rule) -> str:
    return rule.name if rule.kind == CUSTOM else rule.kind


def _watches(rule: Rule, look: ZoneLook) -> bool:
    on_camera = not rule.cameras or look.camera_id in rule.cameras
    mine = KINDS[rule.kind].zone == look.kind and (not rule.zones or look.zone_id in rule.zones)
    return rule.enabled and on_camera and mine
