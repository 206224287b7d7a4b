"""Any traffic, through tripwires, passes and the site together: every pass has a cause, one beginning and one end."""

from __future__ import annotations

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge.clock import ClockQuality
from edge.config import Line, Road, Rule, Site
from edge.gate.lines import Tripwires
from edge.gate.passes import PassBook
from edge.gate.site import GateSite
from edge.types import (
    CLASSES,
    Crossing,
    Direction,
    EventKind,
    Pass,
    Plate,
    Reading,
    Stage,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
    Visit,
)

SIZE = (1280, 720)
LINE = Line(id="gate", points=((0.0, 0.5), (1.0, 0.5)), road="main")
LOOKS = (0x00FF00FF00FF00FF, 0x0F0F0F0F0F0F0F0F, 0x3333333333333333)
CONFIRMED_HITS = 3
PLATES = ("CF207358", "GP991ZZ", "")


class Vehicle:
    """One scripted vehicle: where it is, which track it has, whether it is seen."""

    def __init__(self, number: int) -> None:
        self.x = 200.0 + 300 * number
        self.y = 200.0
        self.seen = True
        self.track_id = number
        self.hits = 0
        self.seen_ns = 0
        self.plate = PLATES[number]


class Traffic(RuleBasedStateMachine):
    """Three vehicles that drive, turn, vanish, return and change their ids while somebody watches a line."""

    @initialize()
    def begin(self) -> None:
        self.ids = itertools.count(1)
        self.tracks = itertools.count(10)
        self.now_ns = 0
        self.wires = Tripwires([LINE])
        self.book = PassBook("cam", lambda _: f"pass-{next(self.ids)}", cleared=self.wires.cleared)
        rules = (Rule(kind="wrong-road"),)
        self.site = GateSite(Site(id="s"), (Road(id="main", allows="in"),), rules, lambda _: f"id-{next(self.ids)}")
        self.vehicles = [Vehicle(number) for number in range(3)]
        self.crossed: list[Crossing] = []
        self.told: dict[str, list[Pass]] = {}
        self.events: list[tuple[EventKind, object]] = []
        self.leaving: list[TrackSnapshot] = []
        self.heirs: dict[int, int] = {}

    @rule(vehicle=st.integers(0, 2), speed=st.sampled_from((-300.0, -100.0, 100.0, 300.0)), steps=st.integers(3, 30))
    def drive(self, vehicle: int, speed: float, steps: int) -> None:
        for _ in range(steps):
            chosen = self.vehicles[vehicle]
            chosen.y = min(max(chosen.y + speed / 10, 110), 715)
            self.frame(100_000_000)

    @rule(seconds=st.integers(1, 6))
    def wait(self, seconds: int) -> None:
        for _ in range(seconds * 4):
            self.frame(250_000_000)

    @rule(vehicle=st.integers(0, 2))
    def hide_or_show(self, vehicle: int) -> None:
        self.vehicles[vehicle].seen = not self.vehicles[vehicle].seen

    @rule(vehicle=st.integers(0, 2))
    def change_id(self, vehicle: int) -> None:
        chosen = self.vehicles[vehicle]
        if chosen.seen and chosen.hits:
            self.leaving.append(self.snapshot(vehicle, TrackState.ENDED))
            known = chosen.hits >= CONFIRMED_HITS  # who never was confirmed leaves nothing: the one before does
            self.heirs[next_id := next(self.tracks)] = (
                chosen.track_id if known else self.heirs.get(chosen.track_id, chosen.track_id)
            )
            chosen.track_id, chosen.hits = next_id, 0
            self.frame(100_000_000)

    def snapshot(self, vehicle: int, state: TrackState) -> TrackSnapshot:
        v = self.vehicles[vehicle]
        box = (v.x - 70, v.y - 100, v.x + 70, v.y)
        return TrackSnapshot(v.track_id, state, box, CLASSES.index("car"), 0.9, LOOKS[vehicle], v.hits, 0, v.seen_ns)

    def frame(self, step_ns: int) -> None:
        self.now_ns += step_ns
        active = []
        for number, vehicle in enumerate(self.vehicles):
            if vehicle.seen:
                vehicle.hits, vehicle.seen_ns = vehicle.hits + 1, self.now_ns
                active.append(
                    self.snapshot(
                        number, TrackState.CONFIRMED if vehicle.hits >= CONFIRMED_HITS else TrackState.TENTATIVE
                    )
                )
        lost = [
            self.snapshot(number, TrackState.LOST)
            for number, vehicle in enumerate(self.vehicles)
            if not vehicle.seen and vehicle.hits >= CONFIRMED_HITS
        ]
        ended, self.leaving = tuple(self.leaving), []
        started = tuple(track for track in active if track.hits == CONFIRMED_HITS)
        joined = tuple((one.track_id, self.heirs[one.track_id]) for one in started if one.track_id in self.heirs)
        update = TrackUpdate(self.now_ns, tuple(active), started, ended, tuple(lost), joined)
        crossings = self.wires.step(update, self.now_ns, SIZE)
        self.crossed += crossings
        self.hear(self.book.step(update, crossings, self.now_ns, self.read))

    def read(self, track_id: int) -> Reading:
        plate = next((v.plate for v in self.vehicles if v.track_id == track_id), "")
        return Reading((Plate(plate, 0.9, 5, 5),) if plate else (), complete=plate == PLATES[0])

    def hear(self, passes: tuple[Pass, ...]) -> None:
        for pass_ in passes:
            history = self.told.setdefault(pass_.pass_id, [])
            history.append(pass_)
            assert [told.revision for told in history] == list(range(1, len(history) + 1))
            assert [told.stage is Stage.PROVISIONAL for told in history] == [True, False][: len(history)]
            drafts = self.site.take(pass_, ClockQuality.SYNCED)
            self.events += [(draft.kind, draft.body) for draft in drafts]

    @invariant()
    def every_pass_has_a_crossing_as_its_cause(self) -> None:
        causes = {(crossing.track_id, crossing.wall_ns, crossing.direction) for crossing in self.crossed}
        for first, *_ in self.told.values():
            assert (first.track_id, first.wall_ns, first.direction) in causes

    @invariant()
    def one_vehicle_alternates_in_and_out(self) -> None:
        for number in range(3):
            ways = [
                history[0].direction
                for history in self.told.values()
                if history[0].dhash == LOOKS[number] and history[-1].stage is not Stage.ANNULLED
            ]
            assert all(one is not other for one, other in itertools.pairwise(ways) if Direction.UNKNOWN is not one)

    @invariant()
    def withdrawn_passes_have_no_visit(self) -> None:
        gone = {pass_id for pass_id, history in self.told.items() if history[-1].stage is Stage.ANNULLED}
        for _, body in self.events:
            if isinstance(body, Visit):
                held = {side.pass_id for side in (body.entry, body.exit) if side is not None}
                assert not held & gone

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.hear(self.book.finish(self.read))
            assert all(len(history) == 2 for history in self.told.values())


TestTraffic = Traffic.TestCase
TestTraffic.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
