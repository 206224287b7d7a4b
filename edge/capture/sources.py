"""Which adapter opens which address."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from edge.capture.address import Address, Kind, parse_address
from edge.capture.framing import MakeMemory, Order
from edge.capture.launch import Distrusted, trust_all
from edge.clock import Clock
from edge.config.model import Camera
from edge.errors import ConfigError
from edge.logs import get_log
from edge.ports import Frame, FrameSource, SourceSpec

HLS_PATIENCE_S = 10.0
"""Segments come whole, so a healthy segmented stream may be silent for the length of one."""
TEST_SCENE = "gate"
NEEDS_GST = frozenset({Kind.V4L2, Kind.CSI})
_LOG = get_log("capture")


def open_source(
    camera: Camera,
    clock: Clock,
    *,
    first_seq: int = 0,
    wall_start_ns: int | None = None,
    open_timeout_s: float = 5.0,
    make_memory: MakeMemory | None = None,
    distrusted: Distrusted = trust_all,
) -> FrameSource:
    """Return the adapter for the camera's address, not yet opened.

    `first_seq` is the number of its first frame; `wall_start_ns` the wall time of a file's first frame, None for the
    file's own date. With `make_memory` pictures stay in the GPU's memory where the decoder can leave them there; the
    spec says whether they do, the log says why not. `distrusted` says which decoders failed their trial here, see
    `edge.capture.verdicts`.

    Raises:
        ConfigError: the address, or a backend or decoder that cannot serve it.
    """
    address = parse_address(camera.source)
    order = Order(camera, clock, first_seq, wall_start_ns, open_timeout_s, patience_s(camera), make_memory, distrusted)
    if address.kind is Kind.REPLAY:
        from edge.capture.replay import ReplaySource  # noqa: PLC0415 - each adapter's library only where it is used

        return ReplaySource(address, order)
    if address.kind is Kind.TEST:
        return _rendered(address, order)
    return _FirstThatOpens(_makers(address, order), address)


def patience_s(camera: Camera) -> float:
    """Return after how many silent seconds the camera counts as stalled: `stall_s`, longer for segmented streams."""
    kind = parse_address(camera.source).kind
    return max(camera.stall_s, HLS_PATIENCE_S) if kind is Kind.HLS else camera.stall_s


def _makers(address: Address, order: Order) -> list[Callable[[], FrameSource]]:
    camera, has_gst = order.camera, find_spec("gi") is not None
    if camera.backend == "jetson":
        return [lambda: _jetson(address, order)]
    wants_gst = camera.backend == "gst" or camera.decoder in {"nvv4l2", "nvdec"} or address.kind in NEEDS_GST
    if wants_gst and camera.backend == "pyav":
        raise ConfigError(f"{address.shown}: PyAV cannot serve this address or decoder; set backend = gst")
    if wants_gst and not has_gst:
        raise ConfigError(
            f"{address.shown}: needs GStreamer's Python bindings, which are not installed; "
            "apt install python3-gi gir1.2-gstreamer-1.0 and use --system-site-packages, or pip install PyGObject"
        )
    makers: list[Callable[[], FrameSource]] = []
    if wants_gst or (has_gst and camera.backend == "auto"):
        makers.append(lambda: _gst(address, order))
    if not wants_gst and find_spec("av") is not None:
        makers.append(lambda: _pyav(address, order))
    if not makers:
        raise ConfigError(f"{address.shown}: no capture library is installed; pip install av")
    return makers


def _gst(address: Address, order: Order) -> FrameSource:
    try:
        from edge.capture.gst import GstSource  # noqa: PLC0415 - each adapter's library only where it is used
    except (ImportError, ValueError) as error:  # ValueError: the bindings are there, GStreamer's descriptions are not
        raise ConfigError(
            f"{address.shown}: GStreamer cannot be used here ({error}); apt install gir1.2-gst-plugins-base-1.0"
        ) from error
    return GstSource(address, order)


def _pyav(address: Address, order: Order) -> FrameSource:
    from edge.capture.pyav import PyAvSource  # noqa: PLC0415 - each adapter's library only where it is used

    return PyAvSource(address, order)


def _jetson(address: Address, order: Order) -> FrameSource:
    from edge.capture.jetson import JetsonSource  # noqa: PLC0415 - each adapter's library only where it is used

    return JetsonSource(address, order)


def _rendered(address: Address, order: Order) -> FrameSource:
    if address.target != TEST_SCENE:
        raise ConfigError(f"{address.shown}: there is no such scene; write test://{TEST_SCENE}")
    from edge.capture.rendered import RenderedSource  # noqa: PLC0415 - the renderer only where it is used

    return RenderedSource(address, order)


class _FirstThatOpens:
    """Tries adapters in order of preference: the next only when one lacks a part on this machine, and it says so."""

    def __init__(self, makers: list[Callable[[], FrameSource]], address: Address) -> None:
        self._makers = makers
        self._address = address
        self._source: FrameSource | None = None

    def open(self) -> SourceSpec:
        *preferred, last = self._makers
        for make in preferred:
            try:
                self._source = make()
                return self._source.open()
            except ConfigError as error:
                self.close()
                _LOG.warning("%s; trying the next capture library", error)
        self._source = last()
        return self._source.open()

    def read(self, timeout_s: float) -> Frame:
        if self._source is None:
            raise ConfigError(f"{self._address.shown}: read before it was opened")
        return self._source.read(timeout_s)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
