"""The boom at a scripted gate: recorded first and opened then, and shut while anything fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from edge.boompost import BoomPost
from edge.clock import ManualClock, make_id
from edge.config import Boom, Rule, Zone
from edge.errors import BoomFailed, EngineFailed, StoreFailed, WireError
from edge.gate.guard import Guard
from edge.gate.opening import Openings
from edge.gate.registry import Entry, Registry
from edge.pipeline import Pipeline
from edge.ports import EventStore
from edge.sitebook import Moment, Proven
from edge.store.sqlite import SqliteStore
from edge.types import BoomChange, Decision, Direction, Draft, Event, EventKind, Opening, Pass, Plate, Stage
from edge.vision.frame import PlanarFrame
from edge.wire import decode_event
from tests.scripted_gate import CAMERA, FPS, NOON_NS, drive, make_gate

ZONE = Zone("barrier", ((0.0, 0.0), (1.0, 0.0), (1.0, 0.59), (0.0, 0.59)), "boom")
STOPS = 20
"""The frame at which the car stops: it stands in the zone, its anchor above the line."""
TERMS = Boom(output="simulate:///nowhere/chip/12", open_s=2.0, stale_s=5.0, direction="both")


def come(stands_s: float = 3.0, until_s: float = 99.0) -> Iterator[PlanarFrame]:
    """Yield frames of a car that comes down the picture, waits in the zone, and drives on over the line."""
    frames = list(drive())
    shown = [*frames[:STOPS], *[frames[STOPS]] * round(stands_s * FPS), *frames[STOPS:]]
    for seq, frame in enumerate(shown):
        at_ns = round(seq / FPS * 1e9)
        if at_ns < until_s * 1e9:
            yield replace(frame, seq=seq, wall_ns=NOON_NS + at_ns, mono_ns=at_ns, pts_ns=at_ns)


class Line:
    """Stands in for the process that holds the line: notes what is ordered, at what time of the gate."""

    fails = ""

    def __init__(self, _output: str, clock: ManualClock, *, active_low: bool) -> None:
        del active_low
        self.clock = clock
        self.opened: list[tuple[float, float]] = []
        self.trouble = ""
        self.closed = False

    def open(self, for_s: float) -> None:
        if self.fails:
            raise BoomFailed(self.fails)
        self.opened.append((self.clock.mono_ns() / 1e9, for_s))

    def beat(self) -> None:
        """Nobody looks."""

    def close(self) -> None:
        self.closed = True


class Gate:
    """The scripted gate with a boom: a car comes down the picture, plate CF207358."""

    def __init__(self, listed: str = "allow", *, zoned: bool = True, terms: Boom = TERMS, **gate: object) -> None:
        camera = replace(CAMERA, zones=(ZONE,) if zoned else ())
        known = Registry([Entry(("CF 207-358",), listed)], ZoneInfo("UTC"))
        self.pipeline: Pipeline
        self.store: SqliteStore
        self.pipeline, self.store = make_gate(camera=camera, guard=Guard(known), **gate)  # type: ignore[arg-type]  # the test names them
        self.clock = ManualClock(NOON_NS)
        openings = Openings(terms, ["cam"] if zoned else [], make_id)
        self.site = self.pipeline._site
        self.post = BoomPost(terms, openings, self.site, self.clock)
        self.lag_s = 0.0

    @property
    def line(self) -> Line:
        boom: object = self.post._boom
        assert isinstance(boom, Line)
        return boom

    def run(self, frames: Iterable[PlanarFrame] | None = None) -> None:
        for frame in come() if frames is None else frames:
            due_ns = frame.mono_ns + round(self.lag_s * 1e9)
            self.clock.advance(max(0, due_ns - self.clock.mono_ns()))
            self.pipeline.step(frame, self.clock.quality())

    def events(self) -> list[Event]:
        return [decode_event(row.payload) for row in self.store.outbox(0, 100)]

    def told(self, kind: EventKind) -> list[Opening]:
        return [event.body for event in self.events() if event.kind is kind and isinstance(event.body, Opening)]

    def close(self) -> None:
        self.post.stop()
        self.store.close()


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.boompost.Boom", Line)


def test_it_opens_at_the_approach_before_the_line_is_crossed_and_each_opening_has_its_event() -> None:
    with closing(Gate()) as gate:
        gate.run()
        kinds = [event.kind for event in gate.events()]
        assert [for_s for _, for_s in gate.line.opened] == [2.0]
        assert kinds.index(EventKind.BOOM_OPENED) < kinds.index(EventKind.PASS_PROVISIONAL)
        (told,) = gate.told(EventKind.BOOM_OPENED)
        assert (told.zone_id, told.access.decision, told.plates[0].text) == ("barrier", Decision.ALLOW, "CF207358")


@pytest.mark.parametrize("zoned", [True, False])
@pytest.mark.parametrize("listed", ["deny", "watch"])
def test_it_stays_shut_for_whom_it_is_not_allowed(listed: str, *, zoned: bool) -> None:
    with closing(Gate(listed, zoned=zoned)) as gate:
        gate.run()
        assert gate.line.opened == []
        assert gate.told(EventKind.BOOM_OPENED) == []


def test_it_stays_shut_for_a_plate_that_cannot_be_read() -> None:
    with closing(Gate(read=lambda _picture: [])) as gate:
        gate.run()
        assert gate.line.opened == []


@pytest.mark.parametrize(("text", "opened"), [("CF207358", 1), ("XK7PWZ", 0)])
def test_without_a_zone_it_opens_with_the_pass(text: str, opened: int) -> None:
    with closing(Gate(zoned=False)) as gate:
        told = replace(in_by(1, 0.0), stage=Stage.PROVISIONAL, plates=(Plate(text, 0.9, 3, 3),))
        gate.site.settle([Proven(told)], gate.clock.quality(), Moment("cam", NOON_NS, 0))
        assert len(gate.line.opened) == opened
        assert [opening.road_id for opening in gate.told(EventKind.BOOM_OPENED)] == ["main"] * opened


def test_a_crossing_that_happened_too_long_ago_opens_nothing() -> None:
    with closing(Gate(zoned=False)) as gate:
        told = replace(in_by(1, -6.0), plates=(Plate("CF207358", 0.9, 3, 3),))
        gate.site.settle([Proven(told)], gate.clock.quality(), Moment("cam", NOON_NS, 0))
        assert gate.line.opened == []
        assert len(gate.told(EventKind.BOOM_FAILED)) == 1


def test_what_was_seen_too_long_ago_opens_nothing_and_that_is_recorded() -> None:
    with closing(Gate()) as gate:
        gate.lag_s = 6.0
        gate.run()
        assert gate.line.opened == []
        (failed,) = gate.told(EventKind.BOOM_FAILED)
        assert "stale" in failed.failed


FULL_NS = 3_000_000_000


class Full:
    """A store that cannot write between two times of the gate."""

    def __init__(self, real: EventStore) -> None:
        self.real = real
        self.full = False

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        if self.full:
            raise StoreFailed("events.db: the disk is full; free some room")
        return self.real.record(drafts)


def test_while_nothing_can_be_recorded_it_stays_shut_and_opens_when_it_can_be_again() -> None:
    with closing(Gate()) as gate:
        full = Full(gate.store)
        gate.site._store = full  # type: ignore[assignment]  # stands in for the store
        full.full = True
        refused = 0
        for frame in come():
            gate.clock.advance(max(0, frame.mono_ns - gate.clock.mono_ns()))
            full.full = frame.mono_ns < FULL_NS
            try:
                gate.pipeline.step(frame, gate.clock.quality())
            except StoreFailed:
                refused += 1
                assert gate.line.opened == []
        assert refused > 0
        assert [at_s * 1e9 >= FULL_NS for at_s, _ in gate.line.opened] == [True]
        assert len(gate.told(EventKind.BOOM_OPENED)) == 1


def test_a_dead_engine_opens_nothing() -> None:
    with closing(Gate()) as gate:

        def die(_frame: object) -> None:
            raise EngineFailed("detector: no answer")

        gate.pipeline._detector.detect = die  # type: ignore[method-assign,assignment]  # the engine dies
        with pytest.raises(EngineFailed):
            gate.run()
        assert gate.line.opened == []


def test_a_camera_that_is_lost_before_the_plates_are_agreed_opens_nothing() -> None:
    with closing(Gate()) as gate:
        gate.run()
        opened_s = gate.line.opened[0][0]
    with closing(Gate()) as gate:
        gate.run(come(until_s=opened_s))
        gate.pipeline.finish(gate.clock.quality(), 3_000_000_000)
        assert gate.line.opened == []


def test_a_line_that_fails_is_recorded_as_such() -> None:
    with closing(Gate()) as gate:
        gate.line.fails = "boom: gpiochip0/12: gone; put it back"
        gate.run()
        (failed,) = gate.told(EventKind.BOOM_FAILED)
        assert failed.failed.startswith("boom: gpiochip0/12")


def test_after_it_was_stopped_nobody_is_opened_for() -> None:
    with closing(Gate()) as gate:
        line = gate.line
        gate.post.stop()
        gate.run()
        assert (line.closed, line.opened) == (True, [])


def input_terms(**changes: object) -> Boom:
    return replace(Boom(input="mqtt:yard/boom"), **changes)  # type: ignore[arg-type]  # as above


def test_an_input_by_topic_becomes_events_and_nonsense_is_refused() -> None:
    with closing(Gate(terms=input_terms())) as gate:
        gate.post.hear(b"open")
        gate.clock.advance(7_000_000_000)
        gate.post.hear(b'{"state": "closed"}')
        with pytest.raises(WireError):
            gate.post.hear(b"ajar")
        changes = [event.body for event in gate.events() if isinstance(event.body, BoomChange)]
        assert [change.in_words for change in changes] == [
            "boom open, not by us",
            "boom shut after 7.0 s, nobody was seen",
        ]


def in_by(number: int, at_s: float) -> Pass:
    wall_ns = NOON_NS + round(at_s * 1e9)
    return Pass(f"p{number}", Stage.FINAL, 2, "cam", number, "gate", "main", Direction.IN, 0.9, wall_ns, "car")


OPENINGS: list[tuple[str, list[tuple[float, bytes]], float, str]] = [
    (
        "one opening, though far apart",
        [(0, b"open"), (12, b"closed")],
        9.0,
        "one opening of the boom that lasted 12",
    ),
    ("one opening that lasts", [(0, b"open")], 9.0, "through one opening of the boom."),
    ("two openings, though close", [(0, b"open"), (1.9, b"closed"), (3.2, b"open"), (9, b"closed")], 3.5, ""),
    ("never seen open, close", [], 3.5, "the boom was not seen open, one opening is taken to be 4 s"),
    ("never seen open, far", [], 9.0, ""),
]


@pytest.mark.parametrize(
    ("senses", "second_s", "expected"), [one[1:] for one in OPENINGS], ids=[one[0] for one in OPENINGS]
)
def test_one_opening_is_what_the_input_says_it_is(
    senses: list[tuple[float, bytes]], second_s: float, expected: str
) -> None:
    with closing(Gate(terms=input_terms(), rules=(Rule("tailgating"),))) as gate:
        for at_s, payload in senses:
            gate.clock.advance(round(at_s * 1e9) - gate.clock.mono_ns())
            gate.post.hear(payload)
        told = [
            draft.body
            for number, at_s in ((1, 1.0), (2, second_s))
            for draft in gate.site._site.take(in_by(number, at_s), gate.clock.quality())
            if draft.kind is EventKind.ANOMALY_RAISED
        ]
        explained = "".join(getattr(anomaly, "explanation", "") for anomaly in told)
        assert (expected in explained, bool(explained)) == (True, bool(expected))
