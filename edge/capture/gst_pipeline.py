"""A GStreamer pipeline from an address to an appsink: rows linked once the stream is known, fed from a key frame on."""

from __future__ import annotations

import threading

from edge.capture import launch, rows
from edge.capture.address import Address, Kind
from edge.capture.framing import Order
from edge.capture.gst_runtime import GLib, Gst, GstApp, is_installed
from edge.errors import ConfigError, EdgeError

_TRANSPORTS = {"tcp": (0x4, 2000), "udp": (0x1, 500)}
"""By transport: GstRTSPLowerTrans, and the milliseconds of stream that may wait for a slow decoder.

Older packets are dropped, up to the next key frame: a picture of now after a gap, not one of a minute ago. Nothing is
held back while the decoder keeps up; over UDP the time is also how long a late packet is waited for.
"""
_DECODER_SETTINGS: tuple[rows.Setting, ...] = (
    ("output-corrupt", False),
    ("discard-corrupted-frames", True),
    ("qos", False),
)


class Pipeline:
    """One pipeline for one connection. What GStreamer's own threads find out is kept here for the reader's thread.

    `fault` is what went wrong while linking; `synced` says that the decoder has had a key frame and every picture
    since; `data_ns` is when coded data last came; `strangers` says that streams came which are no video. With `only`
    no other decoder is taken, see `launch.Choice`; `on_device` leaves pictures in the board's memory where the decoder
    can, and the tail says whether it does.
    """

    def __init__(
        self, address: Address, order: Order, only: rows.DecoderRow | None = None, *, on_device: bool = False
    ) -> None:
        self._address = address
        self._order = order
        self._choice = launch.Choice(order.camera.decoder, is_installed, order.distrusted, only, on_device)
        self._handlers: list[tuple[Gst.Element, int]] = []
        self._linking = threading.Lock()
        self._decoder_pad: Gst.Pad | None = None
        self._probe = 0
        self._left_out = 0
        self._whole: Gst.Pipeline | None = None
        self.row = rows.SOURCES[address.kind]
        self.tail: launch.Tail | None = None
        self.sink: GstApp.AppSink | None = None
        self.fault: EdgeError | None = None
        self.strangers = False
        self.synced = False
        self.data_ns = 0

    def start(self) -> None:
        """Build and set playing.

        Raises:
            ConfigError: an element that is not installed, or an option nobody knows.
        """
        row = self.row
        try:
            if row.pads:
                launch.require(row.chain, is_installed)
            else:
                self.tail = launch.local_camera(self._address, self._choice)
            whole = Gst.parse_launch(self.tail.text if self.tail is not None else row.chain)
        except (ConfigError, GLib.Error) as error:
            raise ConfigError(f"{self._address.shown}: {error}") from error
        if not isinstance(whole, Gst.Pipeline):  # a launch text of one element makes that element
            lone, whole = whole, Gst.Pipeline()
            whole.add(lone)
        self._whole = whole
        source = whole.get_by_name("source")
        target: str | int = int(self._address.target) if self._address.kind is Kind.CSI else self._address.target
        own = (*self._rtsp_settings(), *launch.camera_settings(self._address))
        _set(source, ((row.address_property, target), *row.settings, *own))
        if self.tail is None:
            self._connect(whole.get_by_name(row.pads), "pad-added", self._on_pad)
        else:
            self._adopt(whole, self.tail)
        if self._address.kind is Kind.RTSP:
            self._connect(source, "select-stream", _is_video)
        whole.set_state(Gst.State.PLAYING)

    def stop(self) -> None:
        """Take everything down; may be called twice and from any thread."""
        whole, self._whole = self._whole, None
        if whole is None:
            return
        whole.set_state(Gst.State.NULL)
        # Handlers and probes hold this object and it holds the pipeline, unseen by Python's collector: without this
        # every reconnection leaves both behind.
        for element, handler in self._handlers:
            element.disconnect(handler)
        self._handlers.clear()
        with self._linking:
            pad, self._decoder_pad, self.sink = self._decoder_pad, None, None
        if pad is not None:
            pad.remove_probe(self._probe)

    def message(self, wait_ns: int) -> Gst.Message | None:
        """Return the next error message, waiting up to `wait_ns`; None when there is none."""
        whole = self._whole
        return whole.get_bus().timed_pop_filtered(wait_ns, Gst.MessageType.ERROR) if whole is not None else None

    @property
    def gave_up(self) -> bool:
        """Whether a demuxer stopped reading before it had found a single stream.

        It reports an error then, but parsebin swallows what an element says while it is being linked: a demuxer that
        fails at once is heard or not, as the threads happen to run.
        """
        whole, elements = self._whole, list[Gst.Element]()
        if whole is not None:
            whole.iterate_recurse().foreach(elements.append)
        return any(not element.srcpads and any(map(_has_stopped, element.sinkpads)) for element in elements)

    @property
    def duration_ns(self) -> int:
        """Length of what is read, 0 when unknown or endless."""
        whole = self._whole
        known, duration_ns = whole.query_duration(Gst.Format.TIME) if whole is not None else (False, 0)
        return max(duration_ns, 0) if known else 0

    @property
    def coded_caps(self) -> Gst.Structure | None:
        """What the decoder is fed, once its size is known."""
        pad = self._decoder_pad  # which `stop` may take away meanwhile
        caps = pad.get_current_caps() if pad is not None else None
        shape = caps.get_structure(0) if caps is not None and caps.get_size() else None
        return shape if shape is not None and shape.has_field("width") else None

    @property
    def file_date(self) -> str | None:
        """Creation date that the container carries, as ISO 8601."""
        pad, number = self._decoder_pad, 0
        while pad is not None:
            event = pad.get_sticky_event(Gst.EventType.TAG, number)
            if event is None:
                return None
            found, date = event.parse_tag().get_date_time(Gst.TAG_DATE_TIME)
            if found and date.has_second():
                return str(date.to_iso8601_string())
            number += 1
        return None

    def take_left_out(self) -> int:
        """Return how many coded pictures were kept from the decoder since the last call."""
        count, self._left_out = self._left_out, 0
        return count

    def _rtsp_settings(self) -> tuple[rows.Setting, ...]:
        if self._address.kind is not Kind.RTSP:
            return ()
        limit_us = round(self._order.open_timeout_s * 1e6)
        protocols, backlog_ms = _TRANSPORTS[self._order.camera.transport]
        return (("protocols", protocols), ("latency", backlog_ms), ("tcp-timeout", limit_us), ("timeout", limit_us))

    def _connect(self, element: Gst.Element, signal: str, call: object) -> None:
        self._handlers.append((element, element.connect(signal, call)))

    def _on_pad(self, _element: Gst.Element, pad: Gst.Pad) -> None:
        # Called from GStreamer's own thread: what goes wrong here is kept for the reader to raise.
        caps = pad.get_current_caps() or pad.query_caps(None)
        shape = caps.get_structure(0)
        name = shape.get_name()
        encoding = shape.get_string("encoding-name") if name == "application/x-rtp" else None
        if not (encoding or name.startswith(("video/", "image/"))):
            self.strangers = True
            return
        with self._linking:
            whole = self._whole
            if self.tail is not None or whole is None:
                return
            try:
                tail = self.tail = launch.tail_for(name, encoding, self._choice)
                chain = Gst.parse_bin_from_description(tail.text, True)  # noqa: FBT003 - the binding takes no keywords
            except (ConfigError, GLib.Error) as error:
                self.fault = ConfigError(f"{self._address.shown}: {error}")
                return
        whole.add(chain)
        self._adopt(chain, tail)
        chain.sync_state_with_parent()
        pad.link(chain.get_static_pad("sink"))

    def _adopt(self, chain: Gst.Bin, tail: launch.Tail) -> None:
        decoder, sink = chain.get_by_name("decode"), chain.get_by_name("sink")
        _set(decoder, (*_DECODER_SETTINGS, *tail.decoder.settings))
        if tail.on_device:
            _set(chain.get_by_name("home") or decoder, rows.CONVERTER)
        sink.set_property("sync", self.row.paced)
        pad = decoder.get_static_pad("sink")
        self._probe = pad.add_probe(Gst.PadProbeType.BUFFER, self._on_coded)
        self.sink, self._decoder_pad = sink, pad

    def _on_coded(self, _pad: Gst.Pad, probe: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
        self.data_ns = self._order.clock.mono_ns()
        flags = probe.get_buffer().get_flags()
        if not flags & Gst.BufferFlags.DELTA_UNIT:
            self.synced = True
        elif self.row.live and flags & (Gst.BufferFlags.DISCONT | Gst.BufferFlags.CORRUPTED):
            # Packets were lost: what follows was predicted from what is missing.
            self.synced = False
        if self.synced:
            return Gst.PadProbeReturn.OK
        self._left_out += 1
        return Gst.PadProbeReturn.DROP


def _set(element: Gst.Element, settings: tuple[rows.Setting, ...]) -> None:
    # Versions differ in what their elements can be told.
    for name, value in settings:
        if element.find_property(name) is not None:
            element.set_property(name, value)


def _has_stopped(pad: Gst.Pad) -> bool:
    return bool(pad.get_task_state() == Gst.TaskState.PAUSED)


def _is_video(_source: Gst.Element, _number: int, caps: Gst.Caps) -> bool:
    return bool(caps.get_structure(0).get_string("media") == "video")
