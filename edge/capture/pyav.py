"""Capture through PyAV: needs no system package. Files, RTSP, HLS, and SRT where its FFmpeg was built with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Protocol

import av
import av.container
import av.error
import av.packet
import av.video.frame
import av.video.stream

from edge.capture.address import Address, Kind
from edge.capture.backlog import Backlog
from edge.capture.files import check_file, wall_start
from edge.capture.framing import KEY_FRAME_WAIT_S, RESYNC_WAIT_S, Framing, Order
from edge.capture.pyav_errors import SILENT, explained
from edge.capture.pyav_planes import planes_of
from edge.errors import EdgeError, SourceBroken, SourceCut, SourceEnded, SourceLost, SourceStalled
from edge.logs import get_log
from edge.ports import SourceSpec
from edge.vision.frame import PlanarFrame
from edge.vision.planes import display_wh

LATE_NS = 2_000_000_000
"""A paced stream further behind than this is not hurried but paced anew."""
LOSSES_BELIEVED = 5
"""So many key frames in a row marked as damaged, and nothing whole between: the marks are wrong, not the camera."""
LIVE_THREADS = 2
"""Each decoder thread more delays a live picture by one frame."""


CUT_SHORT_SHARE = 0.02
"""A file may lack so much of the frames it announces: edit lists and the last half group of pictures are no damage."""
_LOG = get_log("capture")


class PyAvSource:
    """The FrameSource port over FFmpeg's libraries."""

    def __init__(self, address: Address, order: Order) -> None:
        self._address = address
        self._order = order
        self._framing = Framing(order)
        self._container: av.container.InputContainer | None = None
        self._stream: av.video.stream.VideoStream | None = None
        self._packets: Iterator[av.packet.Packet[av.video.stream.VideoStream]] = iter(())
        self._ready: list[av.video.frame.VideoFrame] = []
        self._unsynced_since_ns: int | None = order.clock.mono_ns()
        self._delivered = 0
        self._backlog = Backlog()
        self._lost = 0
        self._losses = 0
        self._lenient = False
        self._live = False
        self._paced_from: tuple[int, int] | None = None
        self._silence: SourceStalled | None = None
        self._closed = threading.Event()
        self._reading = threading.Lock()

    def open(self) -> SourceSpec:
        if self._address.kind is Kind.FILE:
            check_file(self._address.target)
        with self._reading:
            try:
                container = av.open(self._address.target, options=self._options(), timeout=self._timeouts())
            except av.FFmpegError as error:
                raise explained(self._address, error, "cannot be opened") from error
            self._container = container
            if not container.streams.video:
                raise SourceBroken(f"{self._address.shown}: holds no video stream; name a video")
            return self._set_up(container, container.streams.video[0])

    def read(self, timeout_s: float) -> PlanarFrame:
        with self._reading:
            deadline_ns = self._order.clock.mono_ns() + round(timeout_s * 1e9)
            while not self._ready:
                if self._closed.is_set():
                    raise SourceLost(f"{self._address.shown}: closed while reading")
                self._ready = self._decoded(self._next_packet())
                if not self._ready and self._unsynced_since_ns is None and self._order.clock.mono_ns() > deadline_ns:
                    raise SourceStalled(f"{self._address.shown}: data comes but no picture for {timeout_s:g} s")
            picture = self._ready.pop(0)
            frame = self._framing.frame(planes_of(picture, self._sar()), self._pts_ns(picture))
            self._delivered += 1
        self._keep_pace(frame.pts_ns)
        return frame

    def close(self) -> None:
        """Let go. From another thread this tells a running call to end, and whoever runs it closes when it has."""
        self._closed.set()
        if self._reading.acquire(blocking=False):  # closing a container amid a read ends the process
            try:
                self._packets, self._ready = iter(()), []
                if self._container is not None:
                    self._container.close()
                    self._container = None
            finally:
                self._reading.release()

    def _options(self) -> dict[str, str]:
        if self._address.kind is not Kind.RTSP:
            return {}
        # A short probe: cameras state their codec in the session description.
        return {
            "rtsp_transport": self._order.camera.transport,
            "allowed_media_types": "video",
            "timeout": str(round(self._order.open_timeout_s * 1e6)),
            "analyzeduration": "300000",
            "probesize": "500000",
        }

    def _timeouts(self) -> tuple[float, float] | None:
        if self._address.kind is Kind.FILE:
            return None
        return self._order.open_timeout_s, self._order.read_timeout_s

    def _set_up(self, container: av.container.InputContainer, stream: av.video.stream.VideoStream) -> SourceSpec:
        self._stream = stream
        self._live = self._address.kind is not Kind.FILE and container.duration is None
        stream.thread_type = "AUTO"
        if self._live:
            stream.thread_count = LIVE_THREADS
        start_ns, start_from = None, ""
        if not self._live:
            start_ns, start_from = wall_start(self._order, container.metadata.get("creation_time"))
            self._framing.count_from(start_ns)
        elif self._address.kind is Kind.HLS:
            self._paced_from = (0, 0)
        self._packets = container.demux(stream)
        codec = stream.codec_context
        return SourceSpec(
            live=self._live,
            backend=f"pyav {version()}",
            decoder=f"{codec.name} (software)",
            codec={"hevc": "h265"}.get(codec.name, codec.name),
            size_wh=display_wh((codec.width, codec.height), self._sar()),
            fps=float(stream.average_rate or 0),
            frames=stream.frames or None if not self._live else None,
            wall_start_ns=start_ns,
            wall_from=start_from,
        )

    def _next_packet(self) -> av.packet.Packet[av.video.stream.VideoStream]:
        if self._silence is not None:
            raise self._silence
        asked_ns = self._order.clock.mono_ns()
        try:
            packet = next(self._packets)
        except StopIteration:
            raise self._ended() from None
        except av.FFmpegError as error:
            if self._address.kind is Kind.FILE and self._delivered:
                raise self._ended() from error
            raise explained(self._address, error, "stopped delivering") from error
        now_ns = self._order.clock.mono_ns()
        waited_ns = now_ns - asked_ns
        if self._live and self._paced_from is None and packet.pts is not None:
            self._backlog.note(now_ns, _in_ns(packet.pts, packet.time_base), waited_ns)
        if self._live and waited_ns >= self._order.read_timeout_s * 1e9:
            # A read that timed out first gives out what the parser held back: the silence is told by the next one.
            self._silence = SourceStalled(f"{self._address.shown}: {SILENT}")
        return packet

    def _decoded(self, packet: av.packet.Packet[av.video.stream.VideoStream]) -> list[av.video.frame.VideoFrame]:
        if self._backlog.behind and self._unsynced_since_ns is None:
            self._lose_sync()
        if self._unsynced_since_ns is not None and packet.size:
            if not packet.is_keyframe or self._backlog.behind:
                self._wait_for_key(self._unsynced_since_ns)
                return []
            self._unsynced_since_ns = None
        try:
            pictures = None if packet.is_corrupt else packet.decode()
        except av.error.InvalidDataError:
            pictures = None
        except av.FFmpegError as error:
            raise explained(self._address, error, "cannot be decoded") from error
        if pictures is None:
            held_back = self._drained()
            self._leave_out_damage()
            return held_back
        if self._lenient:
            return pictures
        whole = list(takewhile(lambda picture: not picture.is_corrupt, pictures))
        if whole:
            self._losses = 0
        if len(whole) < len(pictures):
            self._leave_out_damage()
        return whole

    def _drained(self) -> list[av.video.frame.VideoFrame]:
        """Return what the decoder still holds of the pictures before a damaged one."""
        if self._stream is None:
            return []
        try:
            pictures = self._stream.codec_context.decode(None)
        except av.FFmpegError:
            return []
        return list(takewhile(lambda picture: not picture.is_corrupt, pictures))

    def _wait_for_key(self, since_ns: int) -> None:
        if self._lost:
            self._lost += 1
            self._framing.skip()
        limit_s = RESYNC_WAIT_S if self._delivered else KEY_FRAME_WAIT_S
        if self._live and self._order.clock.mono_ns() - since_ns > limit_s * 1e9:
            raise SourceStalled(
                f"{self._address.shown}: sends data but no key frame for {limit_s:g} s; "
                "set the camera's key frame interval to 2 s"
            )

    def _leave_out_damage(self) -> None:
        self._losses += 1
        if self._live and self._losses >= LOSSES_BELIEVED:
            self._lenient = True
            _LOG.warning("%s: every picture is marked as damaged; showing them all the same", self._address.shown)
        self._lose_sync()

    def _lose_sync(self) -> None:
        # What follows was predicted from what is damaged or passed over: wait for a picture that stands by itself.
        self._unsynced_since_ns = self._order.clock.mono_ns()
        self._lost += 1
        self._framing.skip()
        if self._stream is not None:
            self._stream.codec_context.flush_buffers()

    def _ended(self) -> EdgeError:
        shown = self._address.shown
        if self._live:
            return SourceLost(f"{shown}: the camera ended the stream")
        if not self._delivered:
            return SourceBroken(f"{shown}: holds no picture that can be decoded; record or copy it again")
        expected = self._stream.frames if self._stream is not None else 0
        if expected - self._delivered <= CUT_SHORT_SHARE * expected:
            return SourceEnded(f"{shown}: ended after {self._delivered} frames")
        cause = "damaged parts were left out" if self._lost else "the file is cut short"
        return SourceCut(
            f"{shown}: ended after {self._delivered} of the {expected} frames it announces; {cause}: copy it again"
        )

    def _sar(self) -> tuple[int, int]:
        ratio = self._stream.sample_aspect_ratio if self._stream is not None else None
        return (int(ratio.numerator), int(ratio.denominator)) if ratio and ratio.numerator > 0 else (1, 1)

    def _pts_ns(self, picture: av.video.frame.VideoFrame) -> int:
        if picture.pts is not None and picture.time_base:
            return _in_ns(picture.pts, picture.time_base)
        rate = self._stream.average_rate if self._stream is not None else None
        return round(self._delivered * 1e9 / float(rate or 25))

    def _keep_pace(self, pts_ns: int) -> None:
        # Segmented streams come in bursts; the stamps say when each picture is due.
        if self._paced_from is None:
            return
        now_ns = self._order.clock.mono_ns()
        base_ns, base_pts_ns = self._paced_from
        wait_ns = base_ns + pts_ns - base_pts_ns - now_ns
        if abs(wait_ns) > LATE_NS or base_ns == 0:
            self._paced_from = (now_ns, pts_ns)
        elif wait_ns > 0:
            self._closed.wait(wait_ns / 1e9)


class _Ratio(Protocol):
    """What a time base is in every version of PyAV."""

    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def _in_ns(ticks: int, tick_s: _Ratio) -> int:
    return ticks * 1_000_000_000 * tick_s.numerator // tick_s.denominator


def decoders(codecs: Sequence[str]) -> tuple[str, ...]:
    """Return those of the codecs, named as FFmpeg names them, that this build decodes."""
    return tuple(codec for codec in codecs if codec in av.codecs_available)


def version() -> str:
    """Return the version of PyAV that runs here."""
    return av.__version__
