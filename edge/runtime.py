"""Who drives a pipeline: the one-shot analysis, and the worker that survives engines and disks that fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timezone, tzinfo
from functools import partial
from typing import Protocol

from edge.clock import Clock, ClockQuality
from edge.config import Camera
from edge.errors import (
    ConfigError,
    EdgeError,
    EngineFailed,
    EngineLost,
    ModelError,
    SourceBroken,
    SourceCut,
    SourceEnded,
    StoreFailed,
)
from edge.logs import get_log
from edge.pipeline import Pipeline, Step
from edge.ports import DeskCost, Frame, SourceSpec
from edge.sitebook import SiteBook
from edge.types import CameraStatus, Reading

HUNG_NS = 60_000_000_000
"""A worker that has not come round for so long hangs; the service lets systemd's watchdog start it anew."""
TAKE_S = 0.5
"""How long a worker waits for a frame before it looks at the clock."""
SILENCE_NS = 3_000_000_000
"""Without a frame for so long, what was on the road is gone for us: tracks end and passes become final."""
REST_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Waits between attempts of a failed engine or store; the last one repeats."""


class Feed(Protocol):
    """What is needed of a camera's capture."""

    dropped: int
    spec: SourceSpec | None

    def start(self) -> None:
        """Begin to capture."""
        ...

    def take(self, timeout_s: float) -> Frame | None:
        """Return the next frame to analyse, or None when none came in time; raises when there will be none."""
        ...


class CapturingFeed(Feed, Protocol):
    """A feed that runs until it is stopped and says how it is doing."""

    status: CameraStatus

    def stop(self) -> None:
        """End the capture."""
        ...


class Analysis:
    """One source from its first frame to its last, in the caller's thread; every error is the caller's.

    Raises:
        SourceLost, SourceBroken, ConfigError: there is no first frame.
    """

    def __init__(
        self,
        feed: Feed,
        make_pipeline: Callable[[tuple[int, int]], Pipeline],
        clock: Clock,
        zone: tzinfo = timezone.utc,
    ) -> None:
        self.zone = zone
        self._feed = feed
        self._clock = clock
        feed.start()
        self._first = self._take()
        if feed.spec is None:
            raise SourceBroken("the source delivered a frame without saying what it is")
        self.spec = feed.spec
        self.size_wh = self._first.size_wh
        self._pipeline = make_pipeline(self.size_wh)
        self.lines = self._pipeline.lines
        self.cut: SourceCut | None = None
        """Why the file ended too early, if it did: what it held has been analysed all the same."""
        self.detector = self._pipeline.detector

    @property
    def dropped(self) -> int:
        """Frames nobody had time for; always 0 for a file."""
        return self._feed.dropped

    def read(self, track_id: int) -> Reading:
        """Return what is known of a track's plates so far."""
        return self._pipeline.read(track_id)

    @property
    def reading_cost(self) -> DeskCost:
        """What reading plates cost so far."""
        return self._pipeline.reading_cost

    def steps(self, seconds: float | None = None) -> Iterator[tuple[Frame, Step]]:
        """Yield every frame with what it came to, until the source ends or `seconds` of it have passed."""
        frame = self._first
        until_ns = None if seconds is None else frame.mono_ns + round(seconds * 1e9)
        quality = self._clock.quality() if self.spec.live else ClockQuality.STATED
        try:
            while until_ns is None or frame.mono_ns < until_ns:
                yield frame, self._pipeline.step(frame, quality)
                frame = self._take()
        except SourceCut as error:
            self.cut = error
        except SourceEnded:
            return

    def finish(self) -> Step:
        """Make final what is still open; call once after the last step."""
        return self._pipeline.finish(self._clock.quality() if self.spec.live else ClockQuality.STATED)

    def _take(self) -> Frame:
        while True:
            frame = self._feed.take(TAKE_S)
            if frame is not None:
                return frame


@dataclass(frozen=True, slots=True)
class WorkerState:
    """How a worker is doing: `state` is working, resting, ended, refused or lost; `reason` says why it does not work.

    Lost is a GPU that this process can never use again.
    """

    state: str
    reason: str
    frames: int
    beat_ns: int


class Worker:
    """Analyses one camera until told to stop. `run` is the body of its thread."""

    def __init__(
        self, feed: Feed, open_pipeline: Callable[[ExitStack], Pipeline], site: SiteBook, clock: Clock, name: str
    ) -> None:
        self._feed = feed
        self._open_pipeline = open_pipeline
        self._site = site
        self._clock = clock
        self._log = get_log(name)
        self._failures = 0
        self.view = ""
        """What is wrong with what the camera sees, empty when nothing is."""
        self.state = WorkerState("working", "", 0, clock.mono_ns())

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, the source has ended, or its configuration makes every attempt useless."""
        while not stop.is_set():
            try:
                with ExitStack() as stack:
                    self._work(self._open_pipeline(stack), stop)
            except SourceEnded:
                self._say("ended", "the source is through")
                return
            except (ConfigError, SourceBroken) as error:
                self._say("refused", str(error))
                return
            except EngineLost as error:
                self._say("lost", str(error))  # no second try in this process can help: the service ends it
                return
            except (EngineFailed, ModelError) as error:
                self._rest(error, stop)

    def _work(self, pipeline: Pipeline, stop: threading.Event) -> None:
        frame_ns: int | None = None
        try:
            while not stop.is_set():
                frame = self._feed.take(TAKE_S)
                now_ns = self._clock.mono_ns()
                if frame is not None:
                    self._recorded(partial(pipeline.step, frame, self._clock.quality()), stop)
                    self.view = pipeline.view_trouble
                    frame_ns = now_ns
                elif frame_ns is not None and now_ns - frame_ns > SILENCE_NS:
                    self._recorded(partial(pipeline.finish, self._clock.quality(), now_ns - frame_ns), stop)
                    frame_ns = None
                self._beat(now_ns, frames=int(frame is not None))
        finally:
            self._recorded(partial(pipeline.finish, self._clock.quality()), stop)

    def _recorded(self, work: Callable[[], Step], stop: threading.Event) -> None:
        """Do a step; while the store fails, stand still and try again: nothing that happened goes unrecorded."""
        attempt: Callable[[], object] = work
        while True:
            try:
                attempt()
            except StoreFailed as error:
                self._rest(error, stop)
                attempt = self._site.flush
            else:
                return
            if stop.is_set():
                return

    def _rest(self, error: EdgeError, stop: threading.Event) -> None:
        self._say("resting", str(error))
        stop.wait(REST_S[min(self._failures, len(REST_S) - 1)])
        self._failures += 1

    def _beat(self, now_ns: int, frames: int) -> None:
        if frames:
            self._failures = 0
        self.state = WorkerState("working", "", self.state.frames + frames, now_ns)

    def _say(self, state: str, reason: str) -> None:
        if reason != self.state.reason:
            self._log.log(logging.INFO if state == "ended" else logging.ERROR, "%s: %s", state, reason)
        self.state = WorkerState(state, reason, self.state.frames, self._clock.mono_ns())


class Post:
    """One camera at work: its capture, its worker and their threads. Starts once, stops once."""

    def __init__(self, camera: Camera, feed: CapturingFeed, worker: Worker) -> None:
        self.camera = camera
        self._feed = feed
        self._worker = worker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=worker.run, args=(self._stop,), name=f"worker {camera.id}", daemon=True)

    @property
    def status(self) -> CameraStatus:
        """How the camera is doing."""
        status = self._feed.status
        return replace(status, reason=self._worker.view) if status.state == "live" else status

    @property
    def trouble(self) -> str:
        """Why the camera is not analysed although it may be live; empty when it is."""
        state = self._worker.state
        return (
            f"{self.camera.id} {state.state}: {state.reason}" if state.state in {"resting", "refused", "lost"} else ""
        )

    @property
    def lost(self) -> str:
        """Why the GPU is lost to this process; empty when it is not."""
        return self.trouble if self._worker.state.state == "lost" else ""

    def hangs(self, now_ns: int) -> bool:
        """Tell whether the worker should have come round long ago."""
        state = self._worker.state
        return state.state == "working" and now_ns - state.beat_ns > HUNG_NS

    def start(self) -> None:
        """Begin to capture and to analyse."""
        self._feed.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop capturing, make final what is open, and return when that is recorded (or hangs)."""
        self._stop.set()
        self._feed.stop()
        self._thread.join(HUNG_NS / 1e9)
