"""Capture through GStreamer: the door to hardware decoders and to every kind of camera."""

from __future__ import annotations

import threading

from edge.capture.address import Address, Kind
from edge.capture.files import check_file, wall_start
from edge.capture.framing import KEY_FRAME_WAIT_S, RESYNC_WAIT_S, Framing, MakeMemory, Order
from edge.capture.gst_device import DeviceTaker
from edge.capture.gst_errors import explained
from edge.capture.gst_pipeline import Pipeline
from edge.capture.gst_planes import Unpacker
from edge.capture.gst_runtime import Gst, version
from edge.capture.rows import DecoderRow
from edge.errors import (
    ConfigError,
    EdgeError,
    EngineFailed,
    ModelError,
    SourceBroken,
    SourceCut,
    SourceEnded,
    SourceLost,
    SourceStalled,
)
from edge.logs import get_log
from edge.ports import DevicePicture, Frame, SourceSpec
from edge.vision.planes import Planes, display_wh

SLICE_NS = 50_000_000
"""How long one wait inside GStreamer lasts before the bus and the time are looked at again."""
CUT_SHORT_NS = 1_000_000_000
"""A file whose last picture lies so far before its announced end has lost its end."""


class GstSource:
    """The FrameSource port over a GStreamer pipeline that ends in an appsink.

    Where the order has a way to make memory and the decoder one to fill it, pictures stay on the device; nothing of the
    GPU is opened before that is known. Whether it works shows with the first picture, so `open` takes it; if it does
    not, the log says why and the connection is made once more with pictures in the processor's memory. The spec tells
    which of the two it came to. `only` is the decoder of a trial.
    """

    def __init__(self, address: Address, order: Order, only: DecoderRow | None = None) -> None:
        self._address = address
        self._order = order
        self._only = only
        self._pipeline = Pipeline(address, order, only)
        self._framing = Framing(order)
        self._unpacker = Unpacker()
        self._delivered = 0
        self._duration_ns = 0
        self._last_pts_ns = 0
        self._live = True
        self._closed = threading.Event()
        self._taker: DeviceTaker | None = None
        self._first: Frame | None = None
        self._log = get_log(order.camera.id)

    def open(self) -> SourceSpec:
        if self._address.kind is Kind.FILE:
            check_file(self._address.target)
        make = self._order.make_memory
        try:
            spec = self._connect(on_device=make is not None)
            if make is not None:
                self._take_first(make)
        except EdgeError as error:
            if not self._blames_device(error):
                raise
            self._leave_device(str(error))
            self._pipeline.stop()
            spec = self._connect(on_device=False)
        return spec

    def _take_first(self, make: MakeMemory) -> None:
        tail = self._pipeline.tail
        if tail is None or not tail.on_device:
            self._leave_device(f"{tail.decoder.element if tail else 'the decoder'} hands them out in plain memory")
            return
        taker = self._taker = DeviceTaker(make(self._order.masks))
        self._first = self.read(KEY_FRAME_WAIT_S)
        self._log.info("pictures stay on the device: %s", taker.label)

    def _blames_device(self, error: EdgeError) -> bool:
        """Say whether a first picture that did not come may come another way: the camera sent, and it was lost here."""
        tail, pipeline = self._pipeline.tail, self._pipeline
        if tail is None or not tail.on_device or self._closed.is_set():
            return False
        # Where streams are announced, a tail is made only for one that came; a local camera's is made before.
        sent = bool(pipeline.row.pads or pipeline.data_ns) and not isinstance(error, SourceStalled)
        return sent or isinstance(error, EngineFailed | ModelError | ConfigError)

    def _connect(self, *, on_device: bool) -> SourceSpec:
        self._pipeline = Pipeline(self._address, self._order, self._only, on_device=on_device)
        self._pipeline.start()
        limit_s = self._order.open_timeout_s
        deadline_ns = self._order.clock.mono_ns() + round(limit_s * 1e9)
        while (caps := self._pipeline.coded_caps) is None:
            # The time is taken before the look: a machine that stood still must not turn a waiting answer into silence.
            late = self._order.clock.mono_ns() > deadline_ns
            self._check_bus(wait_ns=SLICE_NS)
            if self._closed.is_set():
                raise SourceLost(f"{self._address.shown}: closed while opening")
            if self._pipeline.gave_up:
                raise SourceBroken(
                    f"{self._address.shown}: holds no stream that can be found; it is no video, or damaged: "
                    "record or copy it again"
                )
            if late:
                raise self._stalled(f"no data within {limit_s:g} s")
        return self._spec(caps)

    def read(self, timeout_s: float) -> Frame:
        frame, self._first = self._first, None
        if frame is not None and not self._closed.is_set():
            return frame
        sink, wait_ns = self._pipeline.sink, min(SLICE_NS, round(timeout_s * 1e9))
        began_ns = self._order.clock.mono_ns()
        while sink is not None and not self._closed.is_set():
            sample = sink.try_pull_sample(wait_ns)
            frame = self._framed(sample) if sample is not None else None
            if frame is not None:
                return frame
            if sample is None and not self._closed.is_set():  # a sink that was shut down says it is at its end
                if sink.is_eos():
                    raise self._ended()
                self._check_bus(wait_ns=0)
                self._check_silence(began_ns, timeout_s)
        raise SourceLost(f"{self._address.shown}: closed while reading")

    def close(self) -> None:
        self._closed.set()
        self._first = None
        self._pipeline.stop()
        if self._taker is not None:
            self._taker.close()

    def _leave_device(self, reason: str) -> None:
        taker, self._taker = self._taker, None
        if taker is not None:
            taker.close()
        self._log.warning("pictures are letterboxed by the processor: %s", reason)

    def _spec(self, caps: Gst.Structure) -> SourceSpec:
        row, tail, sink = self._pipeline.row, self._pipeline.tail, self._pipeline.sink
        if tail is None or sink is None:
            raise SourceLost(f"{self._address.shown}: closed while opening")
        self._duration_ns = self._pipeline.duration_ns
        # A segmented stream of known length is a recording and is read like a file.
        self._live = row.live and not (self._address.kind is Kind.HLS and self._duration_ns)
        start_ns, start_from = None, ""
        if not self._live:
            sink.set_property("sync", False)  # noqa: FBT003 - the binding takes no keywords
            start_ns, start_from = wall_start(self._order, self._pipeline.file_date)
            self._framing.count_from(start_ns)
        over, under = _ratio(caps, "framerate", (0, 1))
        (_, width), (_, height) = caps.get_int("width"), caps.get_int("height")
        return SourceSpec(
            live=self._live,
            backend=f"gstreamer {version()}",
            decoder=tail.shown,
            codec=tail.codec,
            size_wh=display_wh((width, height), _ratio(caps, "pixel-aspect-ratio", (1, 1))),
            fps=over / under,
            frames=None if self._live else round(self._duration_ns * over / under / 1e9) or None,
            wall_start_ns=start_ns,
            wall_from=start_from,
        )

    def _framed(self, sample: Gst.Sample) -> Frame | None:
        content = self._content(sample)
        if content is None:
            self._framing.skip()
            return None
        left_out = self._pipeline.take_left_out()
        if self._delivered:  # what came before the first key frame was never a frame of ours
            self._framing.skip(left_out)
        stamp = sample.get_segment().to_stream_time(Gst.Format.TIME, sample.get_buffer().pts)
        self._last_pts_ns = stamp if stamp != Gst.CLOCK_TIME_NONE else self._last_pts_ns
        self._delivered += 1
        if isinstance(content, Planes):
            return self._framing.frame(content, self._last_pts_ns)
        return self._framing.device_frame(content, self._last_pts_ns)

    def _content(self, sample: Gst.Sample) -> Planes | DevicePicture | None:
        if self._taker is None:
            return self._unpacker.planes(sample)
        try:
            return self._taker.picture(sample)
        except EngineFailed as error:
            if not self._delivered:  # for `open` to decide
                raise
            if self._live:
                raise SourceLost(f"{self._address.shown}: {error}; connecting anew") from error
            # A file that began anew would be analysed twice.
            raise SourceBroken(f"{self._address.shown}: {error}; set decoder = software and begin anew") from error

    def _check_bus(self, *, wait_ns: int) -> None:
        message = self._pipeline.message(wait_ns)
        # A stream that could not be linked makes its source complain too: the fault says why.
        if self._pipeline.fault is not None:
            raise self._pipeline.fault
        if message is None:
            return
        fault, detail = message.parse_error()
        if self._address.kind is Kind.FILE and self._delivered:
            raise self._ended()
        if self._pipeline.strangers and self._pipeline.tail is None:
            raise SourceBroken(f"{self._address.shown}: holds no video stream; name a video")
        raise explained(self._address, fault, detail or "", frames=self._delivered)

    def _check_silence(self, began_ns: int, timeout_s: float) -> None:
        now_ns = self._order.clock.mono_ns()
        waited_s = (now_ns - began_ns) / 1e9
        if not self._live or waited_s < min(timeout_s, self._order.read_timeout_s):
            return
        if (now_ns - max(self._pipeline.data_ns, began_ns)) / 1e9 >= self._order.read_timeout_s:
            raise self._stalled(f"no data for {self._order.read_timeout_s:g} s")
        if self._pipeline.synced and waited_s >= timeout_s:
            raise self._stalled(f"no picture for {timeout_s:g} s")
        limit_s = RESYNC_WAIT_S if self._delivered else KEY_FRAME_WAIT_S
        if not self._pipeline.synced and waited_s >= limit_s:
            raise self._stalled(f"data but no key frame for {limit_s:g} s; set its key frame interval to 2 s")

    def _stalled(self, what: str) -> SourceStalled:
        return SourceStalled(f"{self._address.shown}: {what}; check the camera and the network to it")

    def _ended(self) -> EdgeError:
        shown = self._address.shown
        if self._live:
            return SourceLost(f"{shown}: the camera ended the stream")
        if not self._delivered:
            return SourceBroken(f"{shown}: holds no picture that can be decoded; record or copy it again")
        short_ns = self._duration_ns - self._last_pts_ns
        if self._duration_ns and short_ns > CUT_SHORT_NS:
            return SourceCut(
                f"{shown}: ended after {self._delivered} frames, {short_ns / 1e9:.1f} s before the end it announces; "
                "the file is cut short: copy it again"
            )
        return SourceEnded(f"{shown}: ended after {self._delivered} frames")


def _ratio(caps: Gst.Structure, name: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    found, over, under = caps.get_fraction(name)
    return (over, under) if found and under > 0 else otherwise
