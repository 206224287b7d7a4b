"""Who drives a pipeline: an analysis passes errors on, a worker survives them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from edge.clock import ManualClock
from edge.errors import ConfigError, EdgeError, EngineFailed, SourceEnded, SourceLost, StoreFailed
from edge.inference.cuda.driver import DeviceLost
from edge.pipeline import Pipeline
from edge.ports import Frame, SourceSpec
from edge.relay import Report
from edge.runtime import Analysis, Post, Worker
from edge.sitebook import SiteBook
from edge.types import CameraStatus, Draft, Event
from tests.scripted_gate import CAMERA, NOON_NS, SIZE_WH, drive, make_gate


class ScriptedFeed:
    """Delivers what it was given: a frame, None for silence, or an error to raise; then the source has ended."""

    def __init__(self, script: Sequence[Frame | EdgeError | None], *, live: bool = False) -> None:
        self._script = deque(script)
        self.dropped = 0
        self.status = CameraStatus("cam", "live")
        self.spec: SourceSpec | None = SourceSpec(live, "scripted", "none", "raw", SIZE_WH, 12.5)

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def take(self, timeout_s: float) -> Frame | None:
        del timeout_s
        if not self._script:
            raise SourceEnded("through")
        item = self._script.popleft()
        if isinstance(item, EdgeError):
            raise item
        return item


def make_worker(feed: ScriptedFeed, pipelines: list[Pipeline], site: SiteBook) -> tuple[Worker, ManualClock]:
    clock = ManualClock(NOON_NS)
    ready = deque(pipelines)

    def next_pipeline(_stack: ExitStack) -> Pipeline:
        return ready.popleft()

    return Worker(feed, next_pipeline, site, clock, "cam"), clock


class Immediate(threading.Event):
    """A stop that never waits."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        return self.is_set()


def test_an_analysis_goes_through_the_whole_file() -> None:
    pipeline, store = make_gate()
    frames = list(drive())
    analysis = Analysis(ScriptedFeed(frames), lambda _size: pipeline, ManualClock())
    assert [frame.seq for frame, _ in analysis.steps()] == [frame.seq for frame in frames]
    analysis.finish()
    assert store.last_seq() == 3


def test_an_analysis_stops_after_the_seconds_asked_for() -> None:
    pipeline, _ = make_gate()
    analysis = Analysis(ScriptedFeed(list(drive())), lambda _size: pipeline, ManualClock())
    assert len(list(analysis.steps(1.0))) == 13


def test_an_analysis_without_a_first_frame_is_the_callers_error() -> None:
    with pytest.raises(SourceLost, match="no picture"):
        Analysis(ScriptedFeed([SourceLost("no picture")]), lambda _size: make_gate()[0], ManualClock())


def test_a_worker_replaces_a_pipeline_whose_engine_died_and_goes_on() -> None:
    broken, store = make_gate()
    sound, _ = make_gate(store=store)

    def die(_frame: Frame) -> None:
        raise EngineFailed("detector: no answer")

    broken._detector.detect = die  # type: ignore[method-assign,assignment]  # the engine dies
    worker, _ = make_worker(ScriptedFeed(list(drive())), [broken, sound], sound._site)
    worker.run(Immediate())
    assert worker.state.state == "ended"
    assert store.last_seq() == 3


def test_a_worker_does_not_try_again_on_a_gpu_that_is_lost_to_the_process() -> None:
    pipeline, _ = make_gate()

    def die(_frame: Frame) -> None:
        raise DeviceLost("cuStreamSynchronize", "CUDA_ERROR_LAUNCH_FAILED", "restart the service")

    pipeline._detector.detect = die  # type: ignore[method-assign,assignment]  # the device dies
    feed = ScriptedFeed(list(drive()), live=True)
    worker, _ = make_worker(feed, [pipeline], pipeline._site)
    worker.run(Immediate())
    post = Post(CAMERA, feed, worker)
    assert worker.state.state == "lost"
    assert post.lost == post.trouble
    assert "CUDA_ERROR_LAUNCH_FAILED" in post.lost


def test_a_worker_ends_when_the_configuration_makes_every_attempt_useless() -> None:
    pipeline, _ = make_gate()
    worker, _ = make_worker(ScriptedFeed([ConfigError("cam: no decoder")]), [pipeline], pipeline._site)
    worker.run(Immediate())
    assert (worker.state.state, worker.state.reason) == ("refused", "cam: no decoder")


def test_a_worker_stands_still_while_the_disk_is_full_and_loses_nothing() -> None:
    _, memory = make_gate()
    refusals = 4

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(memory, name)

        def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
            nonlocal refusals
            if refusals:
                refusals -= 1
                raise StoreFailed("events.db: disk full; free some room")
            return memory.record(drafts)

    pipeline, _ = make_gate(store=Full())  # type: ignore[arg-type]  # stands in for the store
    worker, _ = make_worker(ScriptedFeed(list(drive())), [pipeline], pipeline._site)
    worker.run(Immediate())
    assert refusals == 0
    assert memory.last_seq() == 3


def test_silence_makes_the_open_pass_final() -> None:
    pipeline, store = make_gate()
    clock = ManualClock(NOON_NS)
    seen: list[int] = []

    class Silent(ScriptedFeed):
        def take(self, timeout_s: float) -> Frame | None:
            frame = super().take(timeout_s)
            clock.advance(80_000_000 if frame else 1_000_000_000)
            seen.append(store.last_seq())
            return frame

    frames: list[Frame | None] = [*list(drive())[:45], *[None] * 8]
    worker = Worker(Silent(frames, live=True), lambda _stack: pipeline, pipeline._site, clock, "cam")
    worker.run(Immediate())
    assert seen[44] == 1
    assert seen[-1] == 3


def test_a_live_camera_that_cannot_see_says_so_and_the_device_is_degraded() -> None:
    feed = ScriptedFeed([])
    worker, _ = make_worker(feed, [], make_gate()[0]._site)
    post = Post(CAMERA, feed, worker)
    assert (post.status.reason, Report((post.status,)).state) == ("", "online")
    worker.view = "camera-covered"
    assert Report((post.status,)).reason == "cam live: camera-covered"
    feed.status = CameraStatus("cam", "lost", "no answer")
    assert post.status.reason == "no answer"
