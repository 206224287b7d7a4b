"""Pictures and tensors that stay in a GPU's memory: capture fills them, frames show them, engines are fed from them.

Implemented by the CUDA adapter and handed to capture by the composition root: neither side knows the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy.typing as npt

from edge.types import U8, Box, Point

if TYPE_CHECKING:
    from edge.ports.capture import Letterboxed, Tensorised, TensorOrder


@dataclass(frozen=True, slots=True)
class PictureForm:
    """What a decoder says of the NV12 picture it leaves in device memory.

    `coded_wh` in coded pixels; `matrix` are the red and blue weights of brightness (0.2126, 0.0722 for BT.709); `sar`
    is a coded pixel's width over its height, as a ratio.
    """

    coded_wh: tuple[int, int]
    matrix: tuple[float, float]
    full_range: bool = False
    sar: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class DevicePlanes:
    """An NV12 picture in somebody else's device memory: addresses of brightness and colour, bytes from row to row."""

    luma: int
    chroma: int
    luma_pitch: int
    chroma_pitch: int


class DeviceTensor(Protocol):
    """A network input in device memory. Valid as long as it is referenced."""

    @property
    def address(self) -> int:
        """Device address of the first value, C-contiguous."""
        ...

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> str:
        """Return the numpy dtype's name."""
        ...

    def ready(self, stream: int) -> None:
        """Let what is put on `stream` from now on wait until the values stand there; does not block the caller."""
        ...

    def host(self) -> npt.NDArray[Any]:
        """Return a copy in the processor's memory.

        Raises:
            EngineFailed: the device failed.
        """
        ...


class DevicePicture(Protocol):
    """One picture in device memory that is our own copy, privacy masks applied. Its views are those of `Frame`.

    Valid as long as it is referenced; its memory is used again afterwards. Views may be asked for from any thread and
    raise EngineFailed when the device fails.
    """

    @property
    def form(self) -> PictureForm: ...
    def luma(self, width: int, height: int) -> U8: ...
    def tint(self, width: int, height: int) -> U8: ...
    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed: ...
    def tensor(self, order: TensorOrder) -> Tensorised: ...
    def crop(self, box: Box) -> U8: ...


class PictureMemory(Protocol):
    """Takes pictures of one camera over from whoever decoded them. Used by one thread at a time."""

    @property
    def label(self) -> str:
        """Binding and device, as `doctor` prints them."""
        ...

    def take(self, planes: DevicePlanes, form: PictureForm) -> DevicePicture:
        """Copy a picture, black out the masks, and return when the given memory may be used again.

        Raises:
            EngineFailed: the device failed, or has no memory left.
        """
        ...

    def take_egl(self, image: int, form: PictureForm) -> DevicePicture:
        """Do the same with an EGLImage of a pitch-linear NV12 surface, `image` being its handle.

        Raises:
            EngineFailed: as `take`, or the surface is laid out otherwise.
        """
        ...

    def close(self) -> None:
        """Let go of the memory once the last picture is gone; may be called twice."""
        ...


Masks = Sequence[Sequence[Point]]
"""Corners of the areas to black out, normalised to 0..1 of the picture."""
