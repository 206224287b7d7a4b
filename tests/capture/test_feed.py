"""CameraFeed: survives its camera, loses nothing of a file, keeps the newest of a live picture, counts its drops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest

from edge.capture.feed import CameraFeed, FeedSettings
from edge.capture.framing import Order
from edge.capture.scripted import Hang, Happening, ScriptedSource, Shot, Silence
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import ConfigError, SourceBroken, SourceEnded, SourceLost, SourceRefused
from edge.ports import Frame
from edge.types import CameraStatus

T = TypeVar("T")
QUICK = FeedSettings(
    stall_s=0.2,
    first_frame_s=0.5,
    first_retry_s=0.01,
    longest_retry_s=0.02,
    refused_retry_s=0.05,
    stable_s=0.5,
    hung_s=0.3,
)
CAMERA = Camera("gate", "test://gate")
CLOCK = SystemClock()
Script = Sequence[Happening]


def shots(count: int, side: int = 8) -> list[Happening]:
    return [Shot(np.full((side, side, 3), index % 256, np.uint8), index * 40_000_000) for index in range(count)]


class Day:
    """A feed over one script a connection (the last one repeats), and the states it went through."""

    def __init__(self, *scripts: Script, live: bool, settings: FeedSettings = QUICK) -> None:
        self.states: list[CameraStatus] = []
        self.sources: list[ScriptedSource] = []
        self._scripts = scripts
        self._live = live
        self.feed = CameraFeed("gate", self._make, CLOCK, settings, self.states.append)

    def _make(self, first_seq: int) -> ScriptedSource:
        script = self._scripts[min(len(self.sources), len(self._scripts) - 1)]
        source = ScriptedSource(Order(CAMERA, CLOCK, first_seq), script, live=self._live)
        self.sources.append(source)
        return source

    @property
    def names(self) -> list[str]:
        return [status.state for status in self.states]

    def take(self, patience_s: float = 5.0) -> Frame:
        return until(lambda: self.feed.take(0.05), patience_s)


@pytest.fixture
def start() -> Iterator[Callable[..., Day]]:
    days: list[Day] = []

    def started(*scripts: Script, live: bool, settings: FeedSettings = QUICK) -> Day:
        days.append(Day(*scripts, live=live, settings=settings))
        days[-1].feed.start()
        return days[-1]

    yield started
    for day in days:
        day.feed.stop()


def until(look: Callable[[], T | None], patience_s: float = 5.0) -> T:
    """Return the first true thing that `look` sees, or fail."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.002)
    pytest.fail("nothing came in time")


def test_a_file_loses_no_frame_however_slow_the_taker(start: Callable[..., Day]) -> None:
    day = start(shots(40), live=False)
    time.sleep(0.1)
    assert [day.take().seq for _ in range(40)] == list(range(40))
    with pytest.raises(SourceEnded):
        day.take()
    assert day.feed.dropped == 0
    assert day.names == ["connecting", "live", "ended"]


def test_a_live_taker_gets_the_newest_frame_and_the_gap_is_the_drop_count(start: Callable[..., Day]) -> None:
    day = start([*shots(50), Silence()], live=True)
    until(lambda: "stalled" in day.names)
    assert day.take().seq == 49
    assert day.feed.dropped == 49


def test_numbers_run_on_over_a_reconnection(start: Callable[..., Day]) -> None:
    day = start([*shots(3), SourceLost("cable")], [*shots(3), Silence()], live=True)
    until(lambda: len(day.sources) == 2 and day.feed.status.state == "stalled")
    assert day.take().seq == 5
    assert day.names[:4] == ["connecting", "live", "lost", "live"]


def test_a_silent_connection_is_a_stall_and_is_left(start: Callable[..., Day]) -> None:
    day = start([*shots(1), Silence()], live=True)
    until(lambda: len(day.sources) >= 2)
    assert day.names[:3] == ["connecting", "live", "stalled"]
    assert day.sources[0].closed


def test_a_camera_that_never_answered_is_lost_not_stalled(start: Callable[..., Day]) -> None:
    day = start([Silence()], live=True)
    until(lambda: "lost" in day.names)
    assert "stalled" not in day.names


def test_states_are_told_once_however_often_it_is_tried(start: Callable[..., Day]) -> None:
    day = start([SourceLost("no answer")], live=True)
    until(lambda: len(day.sources) > 5)
    assert day.names == ["connecting", "lost"]
    assert day.feed.status.reason == "no answer"


def test_the_service_never_gives_up_on_a_camera(start: Callable[..., Day]) -> None:
    failures: list[Script] = [[SourceLost("away")], [SourceRefused("wrong password")], [*shots(1), SourceLost("cut")]]
    day = start(*failures, [SourceLost("away")], [SourceLost("away")], [*shots(2), Silence()], live=True)
    until(lambda: len(day.sources) >= 6 and day.feed.status.state == "live")
    assert day.take().seq == 2


def test_a_refusal_is_retried_slowly(start: Callable[..., Day]) -> None:
    patient = replace(QUICK, refused_retry_s=60.0)
    day = start([SourceRefused("wrong password")], live=True, settings=patient)
    until(lambda: "refused" in day.names)
    time.sleep(0.1)
    assert len(day.sources) == 1


@pytest.mark.parametrize("error", [ConfigError("no decoder"), SourceBroken("no video")])
def test_what_trying_again_cannot_mend_reaches_the_taker(
    start: Callable[..., Day], error: ConfigError | SourceBroken
) -> None:
    day = start([error], live=False)
    with pytest.raises(type(error), match=str(error)):
        day.take()
    assert day.names == ["connecting", "refused"]


def test_a_live_stream_that_cannot_be_decoded_is_tried_again(start: Callable[..., Day]) -> None:
    day = start([*shots(1), SourceBroken("garbage")], [*shots(1), Silence()], live=True)
    until(lambda: len(day.sources) >= 2 and day.feed.status.state == "live")
    assert "refused" in day.names


def test_a_command_gives_up_when_no_picture_came_and_says_why(start: Callable[..., Day]) -> None:
    day = start([SourceLost("nobody there")], live=True, settings=replace(QUICK, give_up_s=0.3))
    with pytest.raises(SourceLost, match=r"no picture within 0.3 s: nobody there"):
        day.take()


def test_giving_up_is_for_the_first_picture_only(start: Callable[..., Day]) -> None:
    day = start([*shots(1), SourceLost("cut")], [SourceLost("cut")], live=True, settings=replace(QUICK, give_up_s=0.2))
    day.take()
    time.sleep(0.3)
    assert day.feed.take(0.05) is None


def test_a_library_that_hangs_is_left_behind(start: Callable[..., Day]) -> None:
    day = start([*shots(1), Hang()], [*shots(1), Silence()], live=True)
    day.take()
    assert day.take().seq == 1
    assert day.sources[0].closed


def test_a_change_of_resolution_shows_in_the_frames(start: Callable[..., Day]) -> None:
    day = start([*shots(2, side=8), *shots(2, side=16)], live=False)
    assert [day.take().size_wh for _ in range(4)] == [(8, 8), (8, 8), (16, 16), (16, 16)]


@pytest.mark.parametrize("live", [True, False])
def test_stopping_ends_the_thread_and_closes_the_source(start: Callable[..., Day], live: bool) -> None:  # noqa: FBT001 - a parameter of the test
    before = threading.active_count()
    day = start([*shots(100), Silence()], live=live)
    day.take()
    day.feed.stop()
    assert all(source.closed for source in day.sources)
    assert threading.active_count() <= before


def test_a_fault_of_our_own_reaches_the_taker_instead_of_silence() -> None:
    class Bug(Exception):
        pass

    def trip(status: CameraStatus) -> None:
        if status.state == "live":
            raise Bug

    day = Day(shots(1), live=True)
    day.feed = CameraFeed("gate", day._make, CLOCK, QUICK, trip)
    caught: list[type[BaseException]] = []
    before, threading.excepthook = threading.excepthook, lambda fault: caught.append(fault.exc_type)
    try:
        day.feed.start()
        day.take()
        with pytest.raises(SourceBroken, match="fault of its own"):
            day.take()
    finally:
        threading.excepthook = before
        day.feed.stop()
    assert caught == [Bug]
