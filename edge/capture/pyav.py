"""Capture through PyAV: needs no system package. Files, RTSP, HLS, and SRT where its FFmpeg was built with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile

import av
import av.container
import av.error
import av.packet
import av.video.frame
import av.video.stream
import numpy as np

from edge.capture.address import Address, Kind
from edge.capture.files import check_file, wall_start
from edge.capture.framing import Framing, Order
from edge.errors import ConfigError, EdgeError, SourceBroken, SourceEnded, SourceLost, SourceRefused, SourceStalled
from edge.ports import SourceSpec
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes, display_wh

KEY_FRAME_WAIT_S = 10.0
"""Longest wait for a picture that can be decoded by itself, while data flows; cameras send one every 1 to 10 s."""
LATE_NS = 2_000_000_000
"""A paced stream further behind than this is not hurried but paced anew."""
LIVE_THREADS = 2
"""Each decoder thread more delays a live picture by one frame."""
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_MATRICES = {1: Matrix.BT709, 5: Matrix.BT601, 6: Matrix.BT601, 9: Matrix.BT2020, 10: Matrix.BT2020}  # AVColorSpace
_SILENT = "no data in time; check the camera and the network to it"
_NETWORK_CAUSES: tuple[tuple[tuple[type[av.FFmpegError], ...], type[EdgeError], str], ...] = (
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        SourceRefused,
        "the camera refuses user or password; correct them in the source address",
    ),
    (
        (av.error.HTTPNotFoundError,),
        SourceLost,
        "the camera knows no such stream (404); check the path in the source address",
    ),
    (
        (av.error.ExitError, av.error.TimeoutError),
        SourceStalled,
        _SILENT,
    ),
)
_PLANAR_420 = {"yuv420p", "yuvj420p"}


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
        self._lost = 0
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
                raise self._explained(error, "cannot be opened") from error
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
            frame = self._framing.frame(_planes(picture, self._sar()), self._pts_ns(picture))
            self._delivered += 1
        self._keep_pace(frame.pts_ns)
        return frame

    def close(self) -> None:
        """Let go. From another thread this ends a running `read` at the latest when its time-out is over."""
        self._closed.set()
        if self._reading.acquire(timeout=self._order.open_timeout_s + self._order.read_timeout_s):
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
            backend=f"pyav {av.__version__}",
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
            raise self._explained(error, "stopped delivering") from error
        waited_ns = self._order.clock.mono_ns() - asked_ns
        if self._live and waited_ns >= self._order.read_timeout_s * 1e9:
            # A read that timed out first gives out what the parser held back: the silence is told by the next one.
            self._silence = SourceStalled(f"{self._address.shown}: {_SILENT}")
        return packet

    def _decoded(self, packet: av.packet.Packet[av.video.stream.VideoStream]) -> list[av.video.frame.VideoFrame]:
        if self._unsynced_since_ns is not None and packet.size:
            if not packet.is_keyframe:
                self._wait_for_key(self._unsynced_since_ns)
                return []
            self._unsynced_since_ns = None
        try:
            pictures = None if packet.is_corrupt else packet.decode()
        except av.error.InvalidDataError:
            pictures = None
        except av.FFmpegError as error:
            raise self._explained(error, "cannot be decoded") from error
        if pictures is None:
            held_back = self._drained()
            self._lose_sync()
            return held_back
        whole = list(takewhile(lambda picture: not picture.is_corrupt, pictures))
        if len(whole) < len(pictures):
            self._lose_sync()
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
        if self._live and self._order.clock.mono_ns() - since_ns > KEY_FRAME_WAIT_S * 1e9:
            raise SourceStalled(
                f"{self._address.shown}: sends data but no key frame for {KEY_FRAME_WAIT_S:g} s; "
                "set the camera's key frame interval to 2 s"
            )

    def _lose_sync(self) -> None:
        # What follows was predicted from what is damaged: wait for a picture that stands by itself.
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
        if expected <= self._delivered:
            return SourceEnded(f"{shown}: ended after {self._delivered} frames")
        cause = "damaged parts were left out" if self._lost else "the file is cut short"
        return SourceEnded(f"{shown}: ended after {self._delivered} frames of the {expected} it announces; {cause}")

    def _sar(self) -> tuple[int, int]:
        ratio = self._stream.sample_aspect_ratio if self._stream is not None else None
        return (int(ratio.numerator), int(ratio.denominator)) if ratio and ratio.numerator > 0 else (1, 1)

    def _pts_ns(self, picture: av.video.frame.VideoFrame) -> int:
        if picture.pts is not None and picture.time_base:
            return round(
                Fraction(picture.pts * 1_000_000_000)
                * Fraction(picture.time_base.numerator, picture.time_base.denominator)
            )
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

    def _explained(self, error: av.FFmpegError, what: str) -> EdgeError:
        shown, cause = self._address.shown, (error.strerror or type(error).__name__).lower()
        if isinstance(error, av.error.ProtocolNotFoundError):
            scheme = self._address.kind.value
            return ConfigError(f"{shown}: this PyAV cannot speak {scheme}; install GStreamer and set backend = gst")
        if isinstance(error, av.error.DecoderNotFoundError):
            return ConfigError(f"{shown}: PyAV has no decoder for this codec; set the camera to H.264 or H.265")
        if self._address.kind is Kind.FILE:
            return SourceBroken(f"{shown}: {what} ({cause}); it is no video, or damaged: record or copy it again")
        for kinds, made, text in _NETWORK_CAUSES:
            if isinstance(error, kinds):
                return made(f"{shown}: {text}")
        return SourceLost(f"{shown}: {what} ({cause}); check that the camera is on and the address is right")


def _planes(picture: av.video.frame.VideoFrame, sar: tuple[int, int]) -> Planes:
    name = picture.format.name
    full = picture.color_range == _FULL_RANGE or name.startswith("yuvj")
    matrix = _MATRICES.get(picture.colorspace, Matrix.usual_for(picture.height))
    if name not in _PLANAR_420 | {"nv12", "gray", "rgb24"}:
        # Deep, 4:2:2, 4:4:4 and RGB pictures become 8-bit planes of the same colour rules.
        name = "rgb24" if picture.format.is_rgb else "yuvj420p" if full else "yuv420p"
        picture = picture.reformat(format=name)
    height, width = picture.height, picture.width
    half = ((height + 1) // 2, (width + 1) // 2)
    if name == "rgb24":
        return Planes(
            PixelFormat.RGB, (_plane(picture, 0, (height, width, 3)),), Matrix.BT601, full_range=True, sar=sar
        )
    luma = _plane(picture, 0, (height, width))
    if name == "gray":
        return Planes(PixelFormat.GRAY8, (luma,), matrix, full, sar)
    if name == "nv12":
        return Planes(PixelFormat.NV12, (luma, _plane(picture, 1, (*half, 2))), matrix, full, sar)
    return Planes(PixelFormat.I420, (luma, _plane(picture, 1, half), _plane(picture, 2, half)), matrix, full, sar)


def _plane(picture: av.video.frame.VideoFrame, index: int, shape: tuple[int, ...]) -> U8:
    # A view: the array keeps the plane, the plane keeps the decoder's buffer.
    plane = picture.planes[index]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    width = shape[1] * (shape[2] if len(shape) > 2 else 1)  # noqa: PLR2004 - rows, columns and, where there are several, channels
    view = rows[: shape[0], :width].reshape(shape)
    view.flags.writeable = False
    return view
