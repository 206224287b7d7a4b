"""Where frames come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from edge.ports.device import DeviceTensor
from edge.types import F32, U8, Box


@dataclass(frozen=True, slots=True, eq=False)
class Letterboxed:
    """A picture fitted into a network input: `picture` (H,W,3) uint8 RGB.

    Exact inverse: x_frame = (x_input - pad_x) / scale, likewise y. `scale` is input pixels per display pixel.
    """

    picture: U8
    scale: float
    pad_x: float
    pad_y: float


@dataclass(frozen=True, slots=True)
class TensorOrder:
    """How a network wants its one picture: (1,3,height,width) float32, value = pixel * gain + offset for each plane.

    `centre` says whether bars of value `pad` (before gain) lie on both sides or right and below; `colour` is the order
    of the planes, `rgb` or `bgr`, and of `gain` and `offset`.
    """

    width: int
    height: int
    centre: bool = True
    pad: int = 114
    colour: str = "rgb"
    gain: tuple[float, ...] = (1 / 255, 1 / 255, 1 / 255)
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Tensorised:
    """A network input and how the picture lies in it, see `Letterboxed`; `value` is where the frame's pixels are."""

    value: F32 | DeviceTensor
    scale: float
    pad_x: float
    pad_y: float


class Frame(Protocol):
    """One frame: identity, time, and views made on demand from the native planes, privacy masks already applied.

    `seq` counts the frames a source delivered, from 0; a gap is a drop. `size_wh` is in display pixels (square).
    `mono_ns` is the monotonic clock at arrival, or media time for a file; `pts_ns` is the stream's own stamp.
    Views never change the frame and may be asked for in any order and from any thread.
    """

    @property
    def camera_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def size_wh(self) -> tuple[int, int]: ...
    @property
    def wall_ns(self) -> int: ...
    @property
    def mono_ns(self) -> int: ...
    @property
    def pts_ns(self) -> int: ...

    def luma(self, width: int, height: int) -> U8:
        """Return the brightness as (height,width) uint8, scaled without keeping the aspect."""
        ...

    def tint(self, width: int, height: int) -> U8:
        """Return the blue and red difference as (height,width,2) uint8 around 128 (gray), scaled as `luma` is."""
        ...

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        """Return the whole frame fitted into (height,width,3) RGB, bars of value `pad` around it or right and below."""
        ...

    def tensor(self, order: TensorOrder) -> Tensorised:
        """Return the whole frame as a network's input; a new array or tensor every time."""
        ...

    def crop(self, box: Box) -> U8:
        """Return the part inside `box` (display pixels, clipped) as (h,w,3) uint8 RGB at full resolution.

        Raises:
            ValueError: when nothing of the box lies inside the frame.
        """
        ...


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What a source turned out to be; `fps` is 0 when unknown, `frames` is None when unknown or endless.

    `wall_start_ns` is the wall time of a file's first frame and `wall_from` where it comes from: `start` (it was
    stated), `file` (its own date) or `now`; None and empty when live.
    """

    live: bool
    backend: str
    decoder: str
    codec: str
    size_wh: tuple[int, int]
    fps: float
    frames: int | None = None
    wall_start_ns: int | None = None
    wall_from: str = ""


class FrameSource(Protocol):
    """Frames of one camera or file, in order.

    Used by one thread at a time; `close` may be called from another to unblock `read`.
    """

    def open(self) -> SourceSpec:
        """Connect and deliver nothing yet.

        Raises:
            SourceLost: cannot be reached now; try again later.
            SourceBroken: can be reached but not decoded.
            ConfigError: the address, an option or a missing decoder makes every attempt useless.
        """
        ...

    def read(self, timeout_s: float) -> Frame:
        """Return the next frame; the first after `open` is decodable by itself, corrupt ones are left out.

        Raises:
            SourceLost: no frame within `timeout_s`, or the connection broke.
            SourceEnded: a finite source is through.
            SourceBroken: the stream cannot be decoded.
        """
        ...

    def close(self) -> None:
        """Let go of everything; may be called twice, and again after a failed `open`."""
        ...
