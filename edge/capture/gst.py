"""Capture through GStreamer: the door to hardware decoders and to every kind of camera."""

from __future__ import annotations

import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import GLib, Gst, GstApp  # noqa: E402 - versions first; GstApp gives the appsink its methods

from edge.capture import launch  # noqa: E402 - as above
from edge.capture.address import Address, Kind  # noqa: E402 - as above
from edge.capture.files import check_file, wall_start  # noqa: E402 - as above
from edge.capture.framing import Framing, Order  # noqa: E402 - as above
from edge.capture.gst_errors import explained  # noqa: E402 - as above
from edge.capture.gst_planes import Unpacker  # noqa: E402 - as above
from edge.errors import ConfigError, EdgeError, SourceBroken, SourceEnded, SourceLost, SourceStalled  # noqa: E402
from edge.ports import SourceSpec  # noqa: E402 - as above
from edge.vision.frame import PlanarFrame  # noqa: E402 - as above
from edge.vision.planes import display_wh  # noqa: E402 - as above

SLICE_NS = 50_000_000
"""How long one wait inside GStreamer lasts before the bus and the time are looked at again."""
KEY_FRAME_WAIT_S = 10.0
_WATCHED = Gst.MessageType.ERROR | Gst.MessageType.TAG


class GstSource:
    """The FrameSource port over a GStreamer pipeline that ends in an appsink."""

    def __init__(self, address: Address, order: Order) -> None:
        Gst.init(None)
        self._address = address
        self._order = order
        self._row = launch.SOURCES[address.kind]
        camera = order.camera
        wanted = "nvv4l2" if camera.backend == "jetson" and camera.decoder == "auto" else camera.decoder
        self._choice = launch.Choice(wanted, is_installed)
        self._framing = Framing(order)
        self._unpacker = Unpacker()
        self._pipeline: Gst.Element | None = None
        self._handlers: list[tuple[Gst.Element, int]] = []
        self._sink: GstApp.AppSink | None = None
        self._decoder_pad: Gst.Pad | None = None
        self._tail: launch.Tail | None = None
        self._fault: EdgeError | None = None
        self._strangers = False
        self._file_date: str | None = None
        self._synced = False
        self._left_out = 0
        self._data_ns = 0
        self._delivered = 0
        self._duration_ns = 0
        self._last_pts_ns = 0
        self._live = True
        self._closed = threading.Event()
        self._linking = threading.Lock()

    def open(self) -> SourceSpec:
        if self._address.kind is Kind.FILE:
            check_file(self._address.target)
        pipeline = self._built()
        self._pipeline = pipeline
        pipeline.set_state(Gst.State.PLAYING)
        deadline_ns = self._order.clock.mono_ns() + round(self._order.open_timeout_s * 1e9)
        while (caps := self._coded_caps()) is None:
            self._check_bus(wait_ns=SLICE_NS)
            if self._order.clock.mono_ns() > deadline_ns:
                raise SourceStalled(
                    f"{self._address.shown}: no data within {self._order.open_timeout_s:g} s; "
                    "check the camera and the network to it"
                )
        return self._spec(pipeline, caps)

    def read(self, timeout_s: float) -> PlanarFrame:
        sink, timeout_ns = self._sink, round(timeout_s * 1e9)
        if sink is None:
            raise SourceLost(f"{self._address.shown}: read before it was opened")
        began_ns = self._order.clock.mono_ns()
        while not self._closed.is_set():
            sample = sink.try_pull_sample(min(SLICE_NS, timeout_ns))
            if sample is not None:
                frame = self._framed(sample)
                if frame is not None:
                    return frame
                continue
            if sink.is_eos():
                raise self._ended()
            self._check_bus(wait_ns=0)
            self._check_silence(began_ns, timeout_s)
        raise SourceLost(f"{self._address.shown}: closed while reading")

    def close(self) -> None:
        self._closed.set()
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is None:
            return
        pipeline.set_state(Gst.State.NULL)
        for element, handler in self._handlers:
            element.disconnect(handler)
        self._handlers.clear()

    def _built(self) -> Gst.Element:
        row = self._row
        try:
            if row.pads:
                launch.require(row.chain, is_installed)
                text = row.chain
            else:
                self._tail = launch.local_camera(self._address, self._choice)
                text = self._tail.text
        except ConfigError as error:
            raise ConfigError(f"{self._address.shown}: {error}") from error
        pipeline = Gst.parse_launch(text)
        if not isinstance(pipeline, Gst.Pipeline):
            whole = Gst.Pipeline()
            whole.add(pipeline)
            pipeline = whole
        source = pipeline.get_by_name("source")
        target: str | int = int(self._address.target) if self._address.kind is Kind.CSI else self._address.target
        for name, value in ((row.address_property, target), *row.settings, *self._rtsp_settings()):
            if source.find_property(name) is not None:
                source.set_property(name, value)
        if row.pads:
            self._connect(pipeline.get_by_name(row.pads), "pad-added", self._on_pad)
        else:
            self._adopt(pipeline)
        if self._address.kind is Kind.RTSP:
            self._connect(source, "select-stream", _is_video)
        return pipeline

    def _rtsp_settings(self) -> tuple[launch.Setting, ...]:
        if self._address.kind is not Kind.RTSP:
            return ()
        limit_us = round(self._order.open_timeout_s * 1e6)
        protocols = 0x4 if self._order.camera.transport == "tcp" else 0x1  # GstRTSPLowerTrans: UDP 1, TCP 4
        return (("protocols", protocols), ("tcp-timeout", limit_us), ("timeout", limit_us))

    def _connect(self, element: Gst.Element, signal: str, call: object) -> None:
        self._handlers.append((element, element.connect(signal, call)))

    def _on_pad(self, _element: Gst.Element, pad: Gst.Pad) -> None:
        # Called from GStreamer's own thread: what goes wrong here is raised by `open`.
        caps = pad.get_current_caps() or pad.query_caps(None)
        shape = caps.get_structure(0)
        name = shape.get_name()
        encoding = shape.get_string("encoding-name") if name == "application/x-rtp" else None
        with self._linking:
            if self._tail is not None:
                return
            if not (encoding or name.startswith(("video/", "image/"))):
                self._strangers = True
                return
            try:
                self._tail = launch.tail_for(name, encoding, self._choice)
            except ConfigError as error:
                self._fault = ConfigError(f"{self._address.shown}: {error}")
                return
        pipeline = self._pipeline
        if pipeline is None:
            return
        try:
            chain = Gst.parse_bin_from_description(self._tail.text, True)  # noqa: FBT003 - the binding takes no keywords
        except GLib.Error as error:
            self._fault = ConfigError(
                f"{self._address.shown}: {error.message}; install a newer GStreamer or choose pyav"
            )
            return
        pipeline.add(chain)
        self._adopt(chain)
        chain.sync_state_with_parent()
        pad.link(chain.get_static_pad("sink"))

    def _adopt(self, chain: Gst.Bin) -> None:
        decoder = chain.get_by_name("decode")
        for name, value in (("output-corrupt", False), ("discard-corrupted-frames", True), ("qos", False)):
            if decoder.find_property(name) is not None:
                decoder.set_property(name, value)
        self._sink = chain.get_by_name("sink")
        self._sink.set_property("sync", self._row.paced)
        pad = decoder.get_static_pad("sink")
        pad.add_probe(Gst.PadProbeType.BUFFER, self._on_coded)
        self._decoder_pad = pad

    def _on_coded(self, _pad: Gst.Pad, probe: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
        self._data_ns = self._order.clock.mono_ns()
        flags = probe.get_buffer().get_flags()
        if not flags & Gst.BufferFlags.DELTA_UNIT:
            self._synced = True
        elif self._row.live and flags & (Gst.BufferFlags.DISCONT | Gst.BufferFlags.CORRUPTED):
            # Packets were lost: what follows was predicted from what is missing.
            self._synced = False
        if self._synced:
            return Gst.PadProbeReturn.OK
        self._left_out += 1
        return Gst.PadProbeReturn.DROP

    def _coded_caps(self) -> Gst.Structure | None:
        caps = self._decoder_pad.get_current_caps() if self._decoder_pad is not None else None
        shape = caps.get_structure(0) if caps is not None and caps.get_size() else None
        return shape if shape is not None and shape.has_field("width") else None

    def _spec(self, pipeline: Gst.Element, caps: Gst.Structure) -> SourceSpec:
        if self._tail is None or self._sink is None:
            raise SourceLost(f"{self._address.shown}: closed while opening")
        known, duration_ns = pipeline.query_duration(Gst.Format.TIME)
        self._live = self._row.live and not (self._address.kind is Kind.HLS and known and duration_ns > 0)
        start_ns, start_from = None, ""
        if not self._live:
            self._sink.set_property("sync", False)  # noqa: FBT003 - the binding takes no keywords
            self._duration_ns = max(duration_ns, 0) if known else 0
            self._check_bus(wait_ns=0)
            start_ns, start_from = wall_start(self._order, self._file_date)
            self._framing.count_from(start_ns)
        fps = _ratio(caps, "framerate", (0, 1))
        rate = fps[0] / fps[1] if fps[1] else 0.0
        (_, width), (_, height) = caps.get_int("width"), caps.get_int("height")
        sar = _ratio(caps, "pixel-aspect-ratio", (1, 1))
        decoder = self._tail.decoder
        return SourceSpec(
            live=self._live,
            backend=f"gstreamer {'.'.join(str(part) for part in Gst.version()[:3])}",
            decoder=f"{decoder.element} ({decoder.family})",
            codec=self._tail.codec,
            size_wh=display_wh((width, height), sar),
            fps=rate,
            frames=round(self._duration_ns * rate / 1e9) or None,
            wall_start_ns=start_ns,
            wall_from=start_from,
        )

    def _framed(self, sample: Gst.Sample) -> PlanarFrame | None:
        planes = self._unpacker.planes(sample)
        if planes is None:
            self._framing.skip()
            return None
        if self._delivered:  # what came before the first key frame was never a frame of ours
            self._framing.skip(self._left_out)
        self._left_out = 0
        stamp = sample.get_segment().to_stream_time(Gst.Format.TIME, sample.get_buffer().pts)
        self._last_pts_ns = stamp if stamp != Gst.CLOCK_TIME_NONE else self._last_pts_ns
        self._delivered += 1
        return self._framing.frame(planes, self._last_pts_ns)

    def _check_bus(self, *, wait_ns: int) -> None:
        if self._fault is not None:
            raise self._fault
        pipeline = self._pipeline
        if pipeline is None:
            raise SourceLost(f"{self._address.shown}: closed while opening")
        bus = pipeline.get_bus()
        while (message := bus.timed_pop_filtered(wait_ns, _WATCHED)) is not None:
            wait_ns = 0
            if message.type == Gst.MessageType.TAG:
                self._note_date(message.parse_tag())
                continue
            fault, detail = message.parse_error()
            if self._address.kind is Kind.FILE and self._delivered:
                raise self._ended()
            if self._strangers and self._tail is None:
                raise SourceBroken(f"{self._address.shown}: holds no video stream; name a video")
            raise explained(self._address, fault, detail or "", frames=self._delivered)

    def _note_date(self, tags: Gst.TagList) -> None:
        found, date = tags.get_date_time(Gst.TAG_DATE_TIME)
        if found and date.has_second():
            self._file_date = date.to_iso8601_string()

    def _check_silence(self, began_ns: int, timeout_s: float) -> None:
        now_ns = self._order.clock.mono_ns()
        if not self._live or now_ns - began_ns < timeout_s * 1e9:
            return
        shown = self._address.shown
        if self._synced:
            raise SourceStalled(f"{shown}: no picture for {timeout_s:g} s; check the camera and the network to it")
        if now_ns - self._data_ns > self._order.read_timeout_s * 1e9:
            raise SourceStalled(f"{shown}: no data in time; check the camera and the network to it")
        if now_ns - began_ns > KEY_FRAME_WAIT_S * 1e9:
            raise SourceStalled(
                f"{shown}: sends data but no key frame for {KEY_FRAME_WAIT_S:g} s; "
                "set the camera's key frame interval to 2 s"
            )

    def _ended(self) -> EdgeError:
        shown = self._address.shown
        if self._live:
            return SourceLost(f"{shown}: the camera ended the stream")
        if not self._delivered:
            return SourceBroken(f"{shown}: holds no picture that can be decoded; record or copy it again")
        short_ns = self._duration_ns - self._last_pts_ns
        cut = "; the file is cut short" if self._duration_ns and short_ns > CUT_SHORT_NS else ""
        return SourceEnded(f"{shown}: ended after {self._delivered} frames{cut}")


CUT_SHORT_NS = 1_000_000_000
"""A file whose last picture lies so far before its announced end has lost its end."""


def is_installed(element: str) -> bool:
    """Say whether GStreamer here has an element of this name."""
    Gst.init(None)  # asked before any source was made; a second call does nothing
    return Gst.ElementFactory.find(element) is not None


def _is_video(_source: Gst.Element, _number: int, caps: Gst.Caps) -> bool:
    return bool(caps.get_structure(0).get_string("media") == "video")


def _ratio(caps: Gst.Structure, name: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    found, over, under = caps.get_fraction(name)
    return (over, under) if found and under > 0 else otherwise
