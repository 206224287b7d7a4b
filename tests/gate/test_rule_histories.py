"""Whatever a day brings in whatever order: no anomaly without its cause, none twice, no end without a beginning."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge.clock import ClockQuality
from edge.config.load import parse_config
from edge.gate.site import GateSite
from edge.types import Anomaly, AnomalyEnd, Direction, Draft, EventKind, Pass, Plate, Stage, Visit, VisitState
from tests.gate.scenes import SITE

MINUTE = 60_000_000_000
START_NS = 1_549_519_200_000_000_000  # Thu 07 Feb 2019 08:00 in Johannesburg
KINDS = (
    "after-hours", "wrong-road", "wrong-way", "class-not-allowed", "tailgating", "plate-inside-twice",
    "plate-mismatch", "overstay", "never-left", "never-entered", "clock-untrusted",
)  # fmt: skip
CONFIG = parse_config(SITE + "".join(f'[[rule]]\nkind = "{kind}"\n' for kind in KINDS), "site.toml")
ROADS = {line.id: line.road for line in CONFIG.cameras[0].lines}
OF_VISITS = {"overstay", "never-left", "never-entered", "plate-mismatch"}


class Rules(RuleBasedStateMachine):
    """Passes of two cameras whose clocks differ, told in any order, among ticks, steps of the clock and restarts."""

    @initialize()
    def begin(self) -> None:
        self.ids = itertools.count(1)
        self.now_ns = START_NS
        self.visits: dict[str, Visit] = {}
        self.closed: set[str] = set()
        self.passes: dict[str, Pass] = {}
        self.raised: list[tuple[Anomaly, ClockQuality]] = []
        self.ended: list[AnomalyEnd] = []
        self.open_site()

    def open_site(self) -> None:
        self.clock_told = False
        open_ = [visit for visit in self.visits.values() if visit.state is VisitState.OPEN]
        ids = {visit.visit_id for visit in open_}
        told = [anomaly for anomaly, _ in self.raised if anomaly.visit_id in ids]
        last = max((visit.number for visit in self.visits.values()), default=0)
        self.site = GateSite(
            CONFIG.site, CONFIG.roads, CONFIG.rules, lambda _: f"id-{next(self.ids)}", open_, last,
            cameras=CONFIG.cameras, told=told,
        )  # fmt: skip

    @rule(
        way=st.sampled_from(tuple(Direction)),
        line=st.sampled_from(tuple(ROADS)),
        late_s=st.integers(-60, 600),
        plate=st.sampled_from(("CF207358", "GP991ZZ", "")),
        class_name=st.sampled_from(("car", "truck")),
        camera=st.sampled_from(("gate", "back")),
        quality=st.sampled_from((ClockQuality.SYNCED, ClockQuality.SYNCED, ClockQuality.UNSYNCED)),
    )
    def cross(
        self, way: Direction, line: str, late_s: int, plate: str, class_name: str, camera: str, quality: ClockQuality
    ) -> None:
        number = next(self.ids)
        plates = (Plate(plate, 0.95, 5, 5),) if plate else ()
        told = Pass(
            f"pass-{number}", Stage.FINAL, 2, camera, number, line, ROADS[line], way, 0.9,
            self.now_ns - late_s * 1_000_000_000, class_name, plates, number,
        )  # fmt: skip
        self.passes[told.pass_id] = told
        self.take(self.site.take(told, quality), quality)

    @rule(minutes=st.sampled_from((0, 1, 10, 60, 300, 1440)))
    def tick(self, minutes: int) -> None:
        self.now_ns += minutes * MINUTE
        self.take(self.site.tick(self.now_ns, ClockQuality.SYNCED), ClockQuality.SYNCED)

    @rule(minutes=st.sampled_from((-300, -1, 60)), quality=st.sampled_from(tuple(ClockQuality)))
    def step_clock(self, minutes: int, quality: ClockQuality) -> None:
        self.now_ns += minutes * MINUTE
        for second in range(70):
            self.take(self.site.tick(self.now_ns + second * 1_000_000_000, quality), quality)
        self.now_ns += MINUTE

    @rule()
    def restart(self) -> None:
        self.open_site()

    def take(self, drafts: tuple[Draft, ...], quality: ClockQuality) -> None:
        for draft in drafts:
            if isinstance(draft.body, Visit):
                self.change(draft.kind, draft.body)
            if isinstance(draft.body, Anomaly):
                self.judge(draft.body, quality)
        for end in self.site.ends():
            begun = [anomaly for anomaly, _ in self.raised if anomaly.anomaly_id == end.anomaly_id]
            assert [anomaly.kind for anomaly in begun] == [end.kind], "what ends was told before"
            self.ended.append(end)
            self.clock_told &= end.kind != "clock-untrusted"

    def change(self, kind: EventKind, visit: Visit) -> None:
        assert visit.dwell_s is None or visit.dwell_s >= 0
        if kind is EventKind.VISIT_CLOSED:
            assert visit.visit_id not in self.closed
            self.closed.add(visit.visit_id)
        self.visits[visit.visit_id] = visit

    def judge(self, anomaly: Anomaly, quality: ClockQuality) -> None:
        """Check that an anomaly has the cause it names."""
        self.raised.append((anomaly, quality))
        assert anomaly.explanation.endswith(".")
        if anomaly.kind == "clock-untrusted":
            assert quality is ClockQuality.UNSYNCED
            assert not self.clock_told, "it stands, or a run has not ended since"
            self.clock_told = True
            return
        visit, pass_ = self.visits.get(anomaly.visit_id or ""), self.passes.get(anomaly.pass_id or "")
        if anomaly.kind in OF_VISITS:
            assert visit is not None
            assert (anomaly.kind == "never-entered") == (visit.entry is None)
            assert (anomaly.kind == "plate-mismatch") == (visit.state is VisitState.CLOSED)
            return
        assert pass_ is not None
        assert (anomaly.road_id, anomaly.wall_ns) == (pass_.road_id, pass_.wall_ns)
        ways = {"wrong-way": {Direction.OUT}, "tailgating": {Direction.IN}, "plate-inside-twice": {Direction.IN}}
        assert pass_.direction in ways.get(anomaly.kind, set(Direction))
        if anomaly.kind == "plate-inside-twice":
            assert pass_.plates

    @invariant()
    def none_is_told_twice(self) -> None:
        of_visits = [(one.kind, one.visit_id) for one, _ in self.raised if one.kind in OF_VISITS]
        of_passes = [(one.kind, one.pass_id) for one, _ in self.raised if one.kind not in OF_VISITS and one.pass_id]
        assert len(of_visits) == len(set(of_visits))
        assert len(of_passes) == len(set(of_passes))
        assert len(self.ended) == len({end.anomaly_id for end in self.ended})


Rules.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestRules = Rules.TestCase


LINES = tuple(ROADS)
VEHICLES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(31, 400), st.sampled_from(LINES), st.sampled_from(("car", "truck"))),
    min_size=1,
    max_size=5,
)


def told_of(passes: list[Pass]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return which passes became one visit, and which anomalies of passes were told."""
    ids = itertools.count(1)
    of_passes = tuple(rule for rule in CONFIG.rules if rule.kind not in OF_VISITS)
    site = GateSite(CONFIG.site, CONFIG.roads, of_passes, lambda _: f"id-{next(ids)}", cameras=CONFIG.cameras)
    drafts = [draft for told in passes for draft in site.take(told, ClockQuality.SYNCED)]
    visits = {draft.body.visit_id: draft.body for draft in drafts if isinstance(draft.body, Visit)}
    pairs = {(visit.entry.pass_id, visit.exit.pass_id) for visit in visits.values() if visit.entry and visit.exit}
    anomalies = {(draft.body.kind, draft.body.pass_id or "") for draft in drafts if isinstance(draft.body, Anomaly)}
    return pairs, anomalies


@settings(max_examples=60, deadline=None)
@given(vehicles=VEHICLES, skew_s=st.integers(-20, 20), order=st.randoms(use_true_random=False))
def test_in_which_order_cameras_tell_and_how_their_clocks_differ_changes_no_pair_and_no_anomaly(
    vehicles: list[tuple[int, int, str, str]], skew_s: int, order: random.Random
) -> None:
    passes = []
    for number, (came, went, line, class_name) in enumerate(vehicles):
        plate = (Plate(f"{'ABCDE'[number] * 3}{number * 1111:04}", 0.95, 5, 5),)
        sides = (("gate", Direction.IN, came * 5), ("back", Direction.OUT, 60 + went * 5 + skew_s))
        passes += [
            Pass(
                f"{plate[0].text} {way.value}", Stage.FINAL, 2, camera, 2 * number + (way is Direction.OUT), line,
                ROADS[line], way, 0.9, START_NS + seconds * 1_000_000_000, class_name, plate, number,
            )
            for camera, way, seconds in sides
        ]  # fmt: skip
    shuffled = passes.copy()
    order.shuffle(shuffled)
    assert told_of(shuffled) == told_of(passes)
    assert len(told_of(passes)[0]) == len(vehicles)
