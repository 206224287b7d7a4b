"""The site: passes of every camera in, events out. Shared by all cameras; whoever shares it brings the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from edge.clock import ClockQuality
from edge.config import Camera, Road, Rule, Site
from edge.gate.corrections import corrected
from edge.gate.guard import Guard
from edge.gate.occupancy import inside, reconcile_day
from edge.gate.regroup import FindEmptied, Regrouped, Saying, correct, merge, split
from edge.gate.rules.book import Crop, RuleBook
from edge.gate.stays import ZoneLook
from edge.gate.visits import Ledger
from edge.types import (
    RULE,
    Anomaly,
    AnomalyEnd,
    BoomChange,
    CameraFinding,
    ClassCount,
    Correction,
    DayCount,
    Draft,
    EventKind,
    Evidence,
    Pass,
    Regrouping,
    Ruling,
    Stage,
    Visit,
)

_DAY_NS = 86_400_000_000_000


class GateSite:
    """Visits and anomalies of one site."""

    def __init__(
        self,
        site: Site,
        roads: Sequence[Road],
        rules: Sequence[Rule],
        make_id: Callable[[int], str],
        open_visits: Sequence[Visit] = (),
        last_visit_number: int = 0,
        *,
        cameras: Sequence[Camera] = (),
        told: Sequence[Anomaly] = (),
    ) -> None:
        """Start from what the store remembers; `told`: the anomalies of the open visits.

        Raises:
            ConfigError: the time zone is unknown, or an opening hour or holiday is malformed.
        """
        self._make_id = make_id
        self._ledger = Ledger(last_visit_number, tuple(open_visits))
        self._rules = RuleBook(make_id, told)
        self._guard = Guard()
        self._reconciled_ns: int | None = None
        self.reconfigure(site, roads, rules, cameras)

    @property
    def open_visits(self) -> tuple[Visit, ...]:
        """The visits that wait for their other side, oldest first."""
        return self._ledger.open

    @property
    def inside(self) -> tuple[ClassCount, ...]:
        """How many are in and not out, by class."""
        return inside(self._ledger.open)

    def reconfigure(
        self, site: Site, roads: Sequence[Road], rules: Sequence[Rule], cameras: Sequence[Camera] = ()
    ) -> None:
        """Take changed hours, roads, rules and lines; visits go on. Raises ConfigError as the constructor does."""
        self._rules.reconfigure(site, roads, rules, cameras)
        self._site = site

    def place(self, guard: Guard) -> None:
        """Let `guard` judge the passes from now on."""
        self._guard = guard

    def resume(self, reconciled_ns: int | None) -> None:
        """Go on from the last reconciliation that was recorded; None: from the last night, which is not made up for."""
        self._reconciled_ns = reconciled_ns

    def take(self, pass_: Pass, quality: ClockQuality, evidence: Sequence[Evidence] = ()) -> tuple[Draft, ...]:
        """Return the events that a pass makes, in the order to record them: itself, its visit, what was wrong.

        Visits and anomalies come from final passes only; a provisional or annulled one gives just its own event.
        """
        pass_, evidence = self._guard.recognise(pass_, evidence)
        if pass_.stage is Stage.PROVISIONAL:
            return (Draft(EventKind.PASS_PROVISIONAL, pass_.wall_ns, quality, pass_, tuple(evidence)),)
        raised = self._rules.on_clock(pass_.wall_ns, quality)
        inside = self._ledger.open
        self._ledger, changes = self._ledger.take(pass_, self._make_id)
        known = replace(pass_, visit_id=self._ledger.visit_of(pass_)) if pass_.stage is Stage.FINAL else pass_
        drafts = [Draft(EventKind.PASS_FINAL, pass_.wall_ns, quality, known, tuple(evidence))]
        drafts += [Draft(change.kind, pass_.wall_ns, quality, change.visit) for change in changes]
        raised += self._rules.on_visits((change.visit for change in changes), pass_.wall_ns, changed=True)
        if pass_.stage is Stage.FINAL:
            raised += self._rules.on_pass(known, self._ledger.visit(known.visit_id), inside)
        return (*drafts, *_drafts(raised, quality))

    def tick(self, wall_ns: int, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return what has become wrong because time went by; to be called about once a second."""
        raised = self._rules.on_clock(wall_ns, quality)
        raised += self._rules.on_visits(self._ledger.open, wall_ns)
        return _drafts(raised, quality)

    def reconciliation_due(self, wall_ns: int) -> tuple[int, int] | None:
        """Return the day that is to be reconciled now, from and up to when, or None.

        A night that nobody was awake for is made up for, the last one only; not while the clock is in doubt.
        """
        at_ns = self._rules.reconciled_ns(wall_ns)
        if self._reconciled_ns is None:
            self._reconciled_ns = at_ns
        set_back = self._reconciled_ns > wall_ns
        if not self._rules.clock_trusted or (at_ns <= self._reconciled_ns and not set_back):
            return None
        return self._rules.hours.last(self._site.reconcile_at, at_ns - 1), at_ns

    def reconcile(self, due: tuple[int, int], day: DayCount, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return how the site stands, and the half visits that nobody waits for any longer; `day`: what it recorded."""
        since_ns, at_ns = due
        self._reconciled_ns = at_ns
        self._ledger, changes = self._ledger.set_aside(at_ns - self._site.wait_days * _DAY_NS, self._rules.doubtful)
        for change in changes:
            self._rules.set_aside(change.visit)
        told = reconcile_day(self._site.id, since_ns, at_ns, self._ledger.open, len(changes), day)
        drafts = [Draft(change.kind, at_ns, quality, change.visit) for change in changes]
        return (*drafts, Draft(EventKind.SITE_RECONCILED, at_ns, quality, told))

    def merge(self, first: Visit, second: Visit, said: Saying, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return the events of making one visit of two halves. Raises UsageError where they are none."""
        return self._regroup(merge(self._ledger, first, second, said), said.wall_ns, quality)

    def split(self, visit: Visit, emptied: Visit | None, said: Saying, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return the events of making two half visits of one; `emptied` had its exit before. Raises UsageError."""
        return self._regroup(split(self._ledger, visit, emptied, said, self._make_id), said.wall_ns, quality)

    def correct(
        self, visit: Visit, said: Correction, find_emptied: FindEmptied, quality: ClockQuality
    ) -> tuple[Draft, ...]:
        """Return the events of a correction to a side of a visit: the visit revised, and paired anew where it tells."""
        (side,) = (side for side in visit.sides if side.pass_id == said.pass_id)
        booked = correct(self._ledger, visit, corrected(side, (said,)), said, find_emptied, self._make_id)
        return self._regroup(booked, said.wall_ns, quality)

    def holding(self, pass_id: str) -> Visit | None:
        """Return the visit that has the pass as a side, while it may still change."""
        return self._ledger.holding(pass_id)

    def learn(self, unresolved: Iterable[Anomaly]) -> None:
        """Take in what waits for somebody about visits that are about to change."""
        self._rules.learn(unresolved)

    @contextmanager
    def undone_if_unrecorded(self) -> Iterator[None]:
        """Forget whatever was changed inside the context when it ends with an error."""
        ledger, memory = self._ledger, self._rules.memory()
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self._ledger = ledger
                self._rules.recall(memory)

    def _regroup(self, regrouped: Regrouped, wall_ns: int, quality: ClockQuality) -> tuple[Draft, ...]:
        self._ledger, told = regrouped
        now = {body.visit_id: body for _, body in told if isinstance(body, Visit)}
        for kind, body in told:
            if isinstance(body, Regrouping) and kind is EventKind.VISIT_MERGED:
                self._rules.merged(body.other_id, now[body.visit_id], wall_ns)
            elif isinstance(body, Regrouping):
                self._rules.split((now[body.visit_id], now[body.other_id]), wall_ns)
        raised = self._rules.on_visits((visit for visit in now.values() if visit.sides), wall_ns, changed=True)
        drafts = [Draft(kind, wall_ns, quality, body) for kind, body in told]
        ends = [resolution(end, quality) for end in self._rules.ends()]
        return (*drafts, *ends, *_drafts(raised, quality))

    def camera(self, camera_id: str, finding: CameraFinding, wall_ns: int, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return the anomaly that a finding of the watch over a camera's view raises, or that it is over."""
        if finding.raised:
            return _drafts([self._rules.on_camera(camera_id, finding, wall_ns)], quality)
        end = self._rules.camera_over(camera_id, finding, wall_ns)
        return () if end is None else (resolution(end, quality),)

    def watch(
        self, looks: Iterable[ZoneLook], wall_ns: int, quality: ClockQuality, crop: Crop | None = None
    ) -> tuple[Draft, ...]:
        """Return what is wrong in the zones of a camera after a frame; `crop` gives the pictures that prove it."""
        raised = [told for look in looks for told in self._rules.on_zone(look, wall_ns, crop)]
        return tuple(
            Draft(EventKind.ANOMALY_RAISED, anomaly.wall_ns, quality, anomaly, pictures) for anomaly, pictures in raised
        )

    def follow_boom(self, *, known: bool) -> None:
        """Say whether an input tells when the boom is open."""
        self._rules.follow_boom(known=known)

    def on_boom(self, change: BoomChange) -> None:
        """Take what the boom's input tells."""
        self._rules.on_boom(change.wall_ns, on=change.on)

    def ends(self) -> tuple[AnomalyEnd, ...]:
        """Return which anomalies have ended by themselves since the last call."""
        return self._rules.ends()


def _drafts(raised: Iterable[Anomaly], quality: ClockQuality) -> tuple[Draft, ...]:
    return tuple(Draft(EventKind.ANOMALY_RAISED, anomaly.wall_ns, quality, anomaly) for anomaly in raised)


def resolution(end: AnomalyEnd, quality: ClockQuality) -> Draft:
    """Return what takes an anomaly off the list that ended by itself."""
    ruling = Ruling(end.anomaly_id, RULE, end.why, end.wall_ns)
    return Draft(EventKind.ANOMALY_RESOLVED, end.wall_ns, quality, ruling)
