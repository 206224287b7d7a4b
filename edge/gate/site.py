"""The site: passes of every camera in, events out. Shared by all cameras; whoever shares it brings the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from edge.clock import ClockQuality
from edge.config import Camera, Road, Rule, Site
from edge.gate.guard import Guard
from edge.gate.rules.book import Crop, RuleBook
from edge.gate.stays import ZoneLook
from edge.gate.visits import Ledger
from edge.types import (
    RULE,
    Anomaly,
    AnomalyEnd,
    BoomChange,
    CameraFinding,
    Draft,
    EventKind,
    Evidence,
    Pass,
    Ruling,
    Stage,
    Visit,
)

_MOST_TOLD = 4096


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
        self.reconfigure(site, roads, rules, cameras)

    @property
    def open_visits(self) -> tuple[Visit, ...]:
        """The visits that wait for their other side, oldest first."""
        return self._ledger.open

    def reconfigure(
        self, site: Site, roads: Sequence[Road], rules: Sequence[Rule], cameras: Sequence[Camera] = ()
    ) -> None:
        """Take changed hours, roads, rules and lines; visits go on. Raises ConfigError as the constructor does."""
        self._rules.reconfigure(site, roads, rules, cameras)

    def place(self, guard: Guard) -> None:
        """Let `guard` judge the passes from now on."""
        self._guard = guard

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
