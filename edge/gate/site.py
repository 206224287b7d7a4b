"""The site: passes of every camera in, events out. Shared by all cameras; whoever shares it brings the lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.clock import ClockQuality
from edge.config import Road, Rule, Site
from edge.gate.hours import OpeningHours
from edge.gate.rules import RULES, Facts, applies
from edge.gate.visits import Ledger
from edge.types import Anomaly, CameraFinding, Draft, EventKind, Evidence, Pass, Severity, Stage, Visit

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
    ) -> None:
        """Start from what the store remembers.

        Raises:
            ConfigError: the time zone is unknown, or an opening hour or holiday is malformed.
        """
        self._make_id = make_id
        self._ledger = Ledger(last_visit_number, tuple(open_visits))
        self._told: dict[tuple[str, str], None] = {}
        self.reconfigure(site, roads, rules)

    @property
    def open_visits(self) -> tuple[Visit, ...]:
        """The visits that wait for their other side, oldest first."""
        return self._ledger.open

    def reconfigure(self, site: Site, roads: Sequence[Road], rules: Sequence[Rule]) -> None:
        """Take changed hours, roads and rules; visits go on. Raises ConfigError as the constructor does."""
        self._hours = OpeningHours(site)
        self._roads = {road.id: road for road in roads}
        self._rules = tuple(rules)

    def take(self, pass_: Pass, quality: ClockQuality, evidence: Sequence[Evidence] = ()) -> tuple[Draft, ...]:
        """Return the events that a pass makes, in the order to record them: itself, its visit, what was wrong.

        Visits and anomalies come from final passes only; a provisional or annulled one gives just its own event.
        """
        if pass_.stage is Stage.PROVISIONAL:
            return (Draft(EventKind.PASS_PROVISIONAL, pass_.wall_ns, quality, pass_, tuple(evidence)),)
        self._ledger, changes = self._ledger.take(pass_, self._make_id)
        known = replace(pass_, visit_id=self._ledger.visit_of(pass_)) if pass_.stage is Stage.FINAL else pass_
        drafts = [Draft(EventKind.PASS_FINAL, pass_.wall_ns, quality, known, tuple(evidence))]
        drafts += [Draft(change.kind, pass_.wall_ns, quality, change.visit) for change in changes]
        if pass_.stage is Stage.FINAL:
            drafts += [Draft(EventKind.ANOMALY_RAISED, pass_.wall_ns, quality, found) for found in self._judge(known)]
        return tuple(drafts)

    def camera(self, camera_id: str, finding: CameraFinding, wall_ns: int, quality: ClockQuality) -> tuple[Draft, ...]:
        """Return the anomaly that a finding of the watch over a camera's view raises; an end raises none."""
        if not finding.raised:
            return ()
        found = Anomaly(
            anomaly_id=self._make_id(wall_ns),
            kind=finding.kind,
            severity=Severity.ALARM,
            explanation=finding.explanation,
            wall_ns=wall_ns,
            camera_id=camera_id,
            road_id="",
        )
        return (Draft(EventKind.ANOMALY_RAISED, wall_ns, quality, found),)

    def _judge(self, pass_: Pass) -> list[Anomaly]:
        """Return what is wrong with a pass, each kind once, however often the pass is revised or seen again."""
        facts = Facts(pass_, self._roads.get(pass_.road_id), self._hours)
        found = []
        for rule in self._rules:
            explanation = RULES[rule.kind](facts) if applies(rule, pass_) else None
            if explanation is not None and self._first(rule.kind, pass_):
                found.append(self._anomaly(rule, pass_, explanation))
        return found

    def _first(self, kind: str, pass_: Pass) -> bool:
        subject = f"{pass_.visit_id or pass_.pass_id} {pass_.direction.value}"
        if (kind, subject) in self._told:
            return False
        self._told[kind, subject] = None
        while len(self._told) > _MOST_TOLD:
            del self._told[next(iter(self._told))]
        return True

    def _anomaly(self, rule: Rule, pass_: Pass, explanation: str) -> Anomaly:
        return Anomaly(
            anomaly_id=self._make_id(pass_.wall_ns),
            kind=rule.kind,
            severity=Severity(rule.severity),
            explanation=explanation,
            wall_ns=pass_.wall_ns,
            camera_id=pass_.camera_id,
            road_id=pass_.road_id,
            pass_id=pass_.pass_id,
            visit_id=pass_.visit_id,
            evidence=pass_.evidence,
        )
