"""Capture through jetson-utils' videoSource, which comes with the board: NVIDIA's own way to its cameras.

Its RTSP has no recovery and its calls may hang, so they are made in a thread of their own: a reader waits for the
pictures, never for the library. What is learnt of it here stems from its sources (github.com/dusty-nv/jetson-utils,
python/bindings/PyVideo.cpp, codec/gstDecoder.cpp): `Capture` opens the stream by itself; after its time-out it returns
None, in older versions it raises, as it does when the stream has ended, and then `IsStreaming` tells the two apart; the
picture lies in a ring of buffers and is overwritten by later ones. `Open` is never called: when it fails, it reports
that without holding the interpreter's lock.
"""

from __future__ import annotations

import threading
from collections import deque
from types import ModuleType
from typing import Any

import numpy as np

from edge.capture.address import Address, Kind
from edge.capture.framing import KEY_FRAME_WAIT_S, Framing, Order
from edge.errors import ConfigError, EdgeError, SourceLost, SourceStalled
from edge.ports import SourceSpec
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes

SLICE_MS = 200
"""How long one `Capture` may wait: so long a closed source may take to let go of the camera."""
WAITING = 2
"""Pictures that may wait for the reader; the ring behind the library drops what comes meanwhile."""
BACKLOG_MS = 500
"""RTSP's jitter buffer; the library's own 2000 would show every vehicle two seconds late."""
_CAMERAS = frozenset({Kind.RTSP, Kind.CSI, Kind.V4L2})
_CURE = "it comes with the board (github.com/dusty-nv/jetson-utils), not from the package index; or set backend = gst"


class JetsonSource:
    """The FrameSource port over a videoSource that runs in a thread of its own."""

    def __init__(self, address: Address, order: Order) -> None:
        if address.kind not in _CAMERAS:
            raise ConfigError(
                f"{address.shown}: jetson-utils passes over pictures that are not fetched in time, so it is for "
                "cameras alone (rtsp, csi, v4l2); set backend = gst"
            )
        self._address = address
        self._order = order
        self._framing = Framing(order)
        self._pump: _Pump | None = None

    def open(self) -> SourceSpec:
        library = load_library()
        self._pump = _Pump(library, self._address, arguments(self._address))
        self._pump.start()
        # Its size is known for certain with the first picture alone.
        height, width = self._pump.wait_for_first(self._order.open_timeout_s + KEY_FRAME_WAIT_S).shape[:2]
        version = getattr(library, "__version__", "of the board")
        return SourceSpec(
            live=True,
            backend=f"jetson-utils {version}",
            decoder="videoSource (jetson), letterboxed by the processor",
            codec=self._pump.codec,
            size_wh=(width, height),
            fps=self._pump.fps,
        )

    def read(self, timeout_s: float) -> PlanarFrame:
        if self._pump is None:
            raise SourceLost(f"{self._address.shown}: read before it was opened")
        picture = self._pump.take(min(timeout_s, self._order.read_timeout_s))
        planes = Planes(PixelFormat.RGB, (picture,), Matrix.BT601, full_range=True)
        # The library's stamps are the pictures' arrival or their stream's, as its version likes; ours are of one kind.
        return self._framing.frame(planes, self._order.clock.mono_ns())

    def close(self) -> None:
        if self._pump is not None:
            self._pump.stop()


class _Pump:
    """Runs a videoSource and keeps its newest pictures; hangs alone when the library hangs."""

    def __init__(self, library: ModuleType, address: Address, arguments: list[str]) -> None:
        self._library = library
        self._address = address
        self._arguments = arguments
        self._pictures: deque[U8] = deque()
        self._turn = threading.Condition()
        self._end: EdgeError | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"videoSource {address.shown}", daemon=True)
        self.fps = 0.0
        self.codec = "unknown"

    def start(self) -> None:
        self._thread.start()

    def wait_for_first(self, timeout_s: float) -> U8:
        """Wait for a picture and leave it to be taken."""
        with self._turn:
            self._wait(timeout_s)
            return self._pictures[0]

    def take(self, timeout_s: float) -> U8:
        """Return the next picture, (H,W,3) uint8 RGB, the caller's own."""
        with self._turn:
            self._wait(timeout_s)
            picture = self._pictures.popleft()
            self._turn.notify_all()
            return picture

    def stop(self) -> None:
        """Tell the thread to end; does not wait for a library that may never come back."""
        with self._turn:
            self._stopped = True
            self._pictures.clear()
            self._turn.notify_all()

    def _wait(self, timeout_s: float) -> None:
        self._turn.wait_for(lambda: self._pictures or self._end or self._stopped, timeout_s)
        if self._stopped:
            raise SourceLost(f"{self._address.shown}: closed while reading")
        if self._pictures:
            return
        raise self._end or SourceStalled(
            f"{self._address.shown}: no picture for {timeout_s:g} s; check the camera and the network to it"
        )

    def _run(self) -> None:
        source = None
        try:
            source = self._library.videoSource(self._address_text, argv=self._arguments)
            while not self._stopped:
                picture = self._captured(source)
                if picture is not None:
                    self._keep(picture)
        except Exception as error:  # noqa: BLE001 - the library raises the root class, whatever happened
            cause = self._address.hide(" ".join(str(error).split()))
            self._fail(
                SourceLost(f"{self._address.shown}: {cause}; check that the camera is on and the address is right")
            )
        finally:
            if source is not None:
                source.Close()

    def _captured(self, source: Any) -> U8 | None:
        try:
            image = source.Capture(format="rgb8", timeout=SLICE_MS)
        except Exception:  # its root class again
            if not source.IsStreaming():
                raise
            return None
        if image is None:
            return None
        self._library.cudaDeviceSynchronize()  # the conversion to RGB may still run
        if not self.fps:
            self.fps = float(source.GetFrameRate())
        return np.array(self._library.cudaToNumpy(image), np.uint8)

    def _keep(self, picture: U8) -> None:
        with self._turn:
            self._turn.wait_for(lambda: len(self._pictures) < WAITING or self._stopped)
            if not self._stopped:
                self._pictures.append(picture)
                self._turn.notify_all()

    def _fail(self, error: EdgeError) -> None:
        with self._turn:
            self._end = error
            self._turn.notify_all()

    @property
    def _address_text(self) -> str:
        kind, target = self._address.kind, self._address.target
        return target if kind is Kind.RTSP else f"{kind.value}://{target}"


def arguments(address: Address) -> list[str]:
    """Return what videoSource is told beside the address, as words of its command line, which all versions take.

    Raises:
        ConfigError: an option that is not known.
    """
    if address.kind is Kind.RTSP:
        return [f"--input-latency={BACKLOG_MS}", f"--input-rtsp-latency={BACKLOG_MS}"]
    names = {"width": "--input-width", "height": "--input-height", "fps": "--input-rate", "format": "--input-codec"}
    option = address.option
    if set(option) - set(names):
        raise ConfigError(f"{address.shown}: options are {', '.join(names)}")
    return [f"{names[key]}={value}" for key, value in option.items()]


def load_library() -> ModuleType:
    """Return the board's jetson_utils.

    Raises:
        ConfigError: it is not installed, or what is installed bears the same name and is something else.
    """
    try:
        import jetson_utils  # noqa: PLC0415 - there is one on a board alone
    except ImportError as error:
        raise ConfigError(f"backend = jetson: jetson_utils is not installed ({error}); {_CURE}") from error
    lacking = [
        name for name in ("videoSource", "cudaToNumpy", "cudaDeviceSynchronize") if not hasattr(jetson_utils, name)
    ]
    if lacking:
        raise ConfigError(
            f"backend = jetson: the installed jetson_utils has no {lacking[0]}; it is another author's package of that "
            f"name: pip uninstall jetson-utils; {_CURE}"
        )
    return jetson_utils
