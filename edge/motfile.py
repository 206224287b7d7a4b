"""Turns what was understood of the frames into the results list of the MOT challenge, which any referee can score."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from edge.errors import UsageError
from edge.pipeline import Step
from edge.ports import Frame
from edge.types import TrackSnapshot

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on


class MotFile:
    """Writes `frame,id,left,top,width,height,confidence,-1,-1,-1` for each vehicle in sight; a context manager.

    Frames count from 1, boxes are pixels, classes are not told apart. A frame that nobody looked at, because nothing
    moved or it was not its turn, repeats the boxes of the one before: what stands is still there.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._vehicles: tuple[TrackSnapshot, ...] = ()
        try:
            self._file = path.open("w", encoding="ascii", newline="\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def add(self, frame: Frame, step: Step) -> None:
        """Write the lines of one frame."""
        if step.analysed:
            self._vehicles = step.tracks.vehicles
        try:
            # In one piece: whoever stops the analysis never finds half a frame.
            self._file.write("".join(_line(frame.seq + 1, track) for track in self._vehicles))
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(f"{self._path}: cannot be written ({error.strerror or error}); give another path")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as late:
            raise self._unwritable(late) from late


def _line(frame: int, track: TrackSnapshot) -> str:
    x1, y1, x2, y2 = track.box
    return f"{frame},{track.vehicle_id},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{track.confidence:.4f},-1,-1,-1\n"
