"""One camera's capture that survives the camera: it opens, reads, notices silence, waits and tries again.

Live sources leave only the newest frame for the taker; files wait for it and lose nothing. A frame whose `size_wh`
differs from the one before is the first after a change of resolution; the taker starts its tracks anew on it.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from edge.capture.backoff import Backoff
from edge.clock import Clock
from edge.errors import (
    EdgeError,
    SourceBroken,
    SourceEnded,
    SourceLost,
    SourceRefused,
    SourceStalled,
)
from edge.logs import get_log
from edge.ports import Frame, FrameSource, SourceSpec
from edge.types import CameraStatus


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """How patient a feed is; all times in seconds.

    `stall_s`: silence on an open connection that counts as a stall. `first_frame_s`: longest wait for the first picture
    after opening, which needs a key frame. `first_retry_s` doubles up to `longest_retry_s` and falls back after
    `stable_s` of pictures; `refused_retry_s` is for cameras that say no. `hung_s`: a library call that takes so much
    longer than it was allowed to is abandoned. `give_up_s`: without any picture by then `take` raises; None never does.
    """

    stall_s: float = 1.5
    first_frame_s: float = 10.0
    first_retry_s: float = 0.25
    longest_retry_s: float = 2.0
    refused_retry_s: float = 30.0
    stable_s: float = 10.0
    hung_s: float = 10.0
    give_up_s: float | None = None
    queue_frames: int = 8


class CameraFeed:
    """Frames of one camera for one taker, whatever the camera does.

    `make_source` is called for every connection with the number its first frame shall have. `on_state` is called from
    the feed's own thread whenever the state changes: connecting, live, stalled, lost, refused, ended.
    """

    def __init__(
        self,
        camera_id: str,
        make_source: Callable[[int], FrameSource],
        clock: Clock,
        settings: FeedSettings | None = None,
        on_state: Callable[[CameraStatus], None] | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._make_source = make_source
        self._clock = clock
        self._settings = settings or FeedSettings()
        self._on_state = on_state or _ignore
        self._log = get_log(camera_id)
        self._mail: deque[Frame] = deque()
        self._turn = threading.Condition()
        self._stop = threading.Event()
        self._end: EdgeError | None = None
        self._next_seq = 0
        self._taken_seq = -1
        self._source: FrameSource | None = None
        self._thread: threading.Thread | None = None
        self._started_ns = 0
        self._call_until_ns = 0
        self._live_since_ns: int | None = None
        self.status = CameraStatus(camera_id, "connecting")
        self.spec: SourceSpec | None = None
        self.dropped = 0
        """Frames that came and nobody took: the gaps in `seq`. The only place that counts them."""

    def start(self) -> None:
        """Begin to capture in a thread of its own."""
        self._started_ns = self._clock.mono_ns()
        self._on_state(self.status)
        self._launch()

    def take(self, timeout_s: float) -> Frame | None:
        """Return the next frame (the newest of a live source), or None when none came in time.

        Raises:
            SourceEnded: a file is through and all its frames were taken.
            ConfigError: trying again cannot help.
            SourceBroken: as above; it cannot be decoded.
            SourceLost: only with `give_up_s`: no picture by then.
        """
        with self._turn:
            self._turn.wait_for(lambda: self._mail or self._end, timeout_s)
            if self._mail:
                frame = self._mail.popleft()
                self._turn.notify_all()
                self.dropped += frame.seq - self._taken_seq - 1
                self._taken_seq = frame.seq
                return frame
            if self._end is not None:
                raise self._end
        self._check_patience()
        self._check_hung()
        return None

    def stop(self) -> None:
        """End the capture; returns when its thread has ended, or is given up as hung."""
        self._stop.set()
        with self._turn:
            self._turn.notify_all()
        source, thread = self._source, self._thread
        if source is not None:
            source.close()
        if thread is not None:
            thread.join(self._settings.hung_s)

    def _launch(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"capture {self._camera_id}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        backoff = Backoff(self._settings.first_retry_s, self._settings.longest_retry_s, random.random)
        while self._mine() and not self._stop.is_set():
            self._live_since_ns = None
            pause_s: float | None = None
            source: FrameSource | None = None
            try:
                source = self._source = self._make_source(self._next_seq)
                self._follow(source)
            except EdgeError as error:
                # Said before the connection is closed: a camera that does not answer makes closing slow.
                pause_s = self._pause_after(error, backoff)
            finally:
                if source is not None:
                    source.close()
            if pause_s is None:
                return
            self._stop.wait(pause_s)

    def _pause_after(self, error: EdgeError, backoff: Backoff) -> float | None:
        """Say what became of a connection; returns the wait before the next one, None when there will be none."""
        if self._stop.is_set():
            return None
        if isinstance(error, SourceRefused) or (isinstance(error, SourceBroken) and self.spec and self.spec.live):
            self._say("refused", str(error))
            return self._settings.refused_retry_s
        if not isinstance(error, SourceLost):
            self._finish("ended" if isinstance(error, SourceEnded) else "refused", error)
            return None
        since_ns = self._live_since_ns
        if since_ns is not None and self._clock.mono_ns() - since_ns > self._settings.stable_s * 1e9:
            backoff.reset()
        # A camera that has not answered at all is not stalled, whatever the library calls its silence.
        self._say("stalled" if isinstance(error, SourceStalled) and since_ns is not None else "lost", str(error))
        return backoff.next_s()

    def _follow(self, source: FrameSource) -> None:
        """Read one connection to its end; returns only when stopped."""
        settings = self._settings
        self._allow(settings.first_frame_s)
        self.spec = source.open()
        wait_s = settings.first_frame_s
        while self._mine() and not self._stop.is_set():
            self._allow(wait_s)
            frame = source.read(wait_s)
            wait_s = settings.stall_s
            self._hand_over(frame, live=self.spec.live)
            if self._live_since_ns is None:
                self._live_since_ns = self._clock.mono_ns()
                self._say("live", "", self.spec.decoder)

    def _hand_over(self, frame: Frame, *, live: bool) -> None:
        with self._turn:
            if not self._mine():
                return
            self._next_seq = frame.seq + 1
            if live:
                self._mail.clear()
            else:
                self._call_until_ns = 0
                self._turn.wait_for(lambda: len(self._mail) < self._settings.queue_frames or self._stop.is_set())
            self._mail.append(frame)
            self._turn.notify_all()

    def _finish(self, state: str, error: EdgeError) -> None:
        self._say(state, str(error))
        with self._turn:
            self._end = error
            self._turn.notify_all()

    def _say(self, state: str, reason: str, decoder: str = "") -> None:
        before, self.status = self.status, CameraStatus(self._camera_id, state, reason, decoder)
        if before.reason != reason:
            level = logging.INFO if state in {"live", "ended"} else logging.WARNING
            self._log.log(level, "%s%s", state, f": {reason}" if reason else "")
        if before.state != state:
            self._on_state(self.status)

    def _mine(self) -> bool:
        return threading.current_thread() is self._thread

    def _allow(self, seconds: float) -> None:
        self._call_until_ns = self._clock.mono_ns() + round((seconds + self._settings.hung_s) * 1e9)

    def _check_patience(self) -> None:
        limit_s = self._settings.give_up_s
        if limit_s is None or self._taken_seq >= 0 or self._clock.mono_ns() - self._started_ns < limit_s * 1e9:
            return
        reason = f": {self.status.reason}" if self.status.reason else "; check the address and the camera"
        raise SourceLost(f"{self._camera_id}: no picture within {limit_s:g} s{reason}")

    def _check_hung(self) -> None:
        """Leave a reader whose library does not come back, and start a new one: the service must outlive a driver."""
        thread, until_ns = self._thread, self._call_until_ns
        if thread is None or self._stop.is_set():
            return
        if not thread.is_alive() and self._end is None:
            raise SourceBroken(f"{self._camera_id}: capture ended by a fault of its own; the log has its trace")
        if not until_ns or self._clock.mono_ns() < until_ns:
            return
        self._call_until_ns = 0
        self._log.error("the capture library has not come back from a call; leaving it behind and starting anew")
        if self._source is not None:
            threading.Thread(target=self._source.close, name=f"close {self._camera_id}", daemon=True).start()
        self._launch()


def _ignore(status: CameraStatus) -> None:
    del status
