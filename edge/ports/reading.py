"""Who finds plates and reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from edge.types import U8, Box, PlateQuads, PlateRead


class PlateFinder(Protocol):
    """Where the plates are in a picture of a vehicle, or in a part of a frame."""

    @property
    def label(self) -> str: ...

    def find(self, picture: U8) -> PlateQuads:
        """Return the plates in `picture` (H,W,3) uint8 RGB above the model card's threshold, corners in its pixels.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


class PlateReader(Protocol):
    """Plates in a picture of one vehicle."""

    @property
    def label(self) -> str: ...

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Return every plate that could be read in `picture` (H,W,3) uint8 RGB, surest first; boxes in its pixels.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@runtime_checkable
class PlateCropReader(Protocol):
    """The text of a plate that somebody else has found."""

    @property
    def label(self) -> str: ...

    def read_plate(self, picture: U8) -> PlateRead | None:
        """Return what stands on `picture` (H,W,3) uint8 RGB, which shows one plate and little else; None for nothing.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@runtime_checkable
class FramePlateReader(Protocol):
    """A reader that searches whole frames by itself."""

    def read_frame(self, picture: U8) -> tuple[PlateRead, ...]:
        """Return every plate seen in a whole frame (H,W,3) uint8 RGB; the text of one that cannot be read is empty.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """An order to read the plates in one picture of a track; `box` (display pixels) says where it lies in its frame."""

    track_id: int
    at_ns: int
    box: Box


@dataclass(frozen=True, slots=True)
class DeskCost:
    """What reading cost so far: `refused` looks found the queue full."""

    looks: int = 0
    refused: int = 0
    spent_ns: int = 0

    @property
    def look_ms(self) -> float:
        """Mean milliseconds a look."""
        return self.spent_ns / self.looks / 1e6 if self.looks else 0.0


class ReadingDesk(Protocol):
    """A bounded queue of looks beside the frame loop. The only thread-crossing part of reading plates."""

    @property
    def cost(self) -> DeskCost: ...

    def submit(self, look: Look, picture: U8) -> bool:
        """Hand over one picture (H,W,3) uint8 RGB; False when the queue is full and the look is given up.

        A desk for files waits instead of refusing, so that an analysis gives the same result at any speed.
        """
        ...

    def collect(self) -> tuple[tuple[Look, tuple[PlateRead, ...]], ...]:
        """Return what has been read since the last call, in the order submitted; boxes are in the look's picture.

        Raises:
            EngineFailed: the reader failed; said once, the desk goes on.
        """
        ...

    def settle(self) -> None:
        """Wait until everything submitted has been read or has failed."""
        ...

    def close(self) -> None:
        """Stop reading; may be called twice."""
        ...
