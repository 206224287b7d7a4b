"""Turns frames and what was understood of them into an annotated video."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from edge.capture.encode import VideoWriter
from edge.pipeline import Step
from edge.ports import Frame
from edge.runtime import Analysis
from edge.tally import event_line
from edge.types import TrackState
from edge.vision.draw import draw_caption, draw_lines, draw_tracks

if TYPE_CHECKING:
    from typing_extensions import Self  # in the standard library from 3.11 on

CAPTION_LINES = 4


class Annotator:
    """Writes one picture a frame, with boxes, ids, plates, lines and the newest events drawn; a context manager.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, path: Path, analysis: Analysis) -> None:
        self._writer = VideoWriter(path, analysis.size_wh, analysis.spec.fps)
        self._lines = [(line.id, line.points) for line in analysis.lines]
        self._size_wh = analysis.size_wh
        self._caption: deque[str] = deque(maxlen=CAPTION_LINES)
        self._read = analysis.read
        self._zone = analysis.zone
        self._start_ns: int | None = None

    def add(self, frame: Frame, step: Step) -> None:
        """Draw one frame; a frame of another size than the first is left out, as the file holds one size."""
        if frame.size_wh != self._size_wh:
            return
        self._start_ns = frame.mono_ns if self._start_ns is None else self._start_ns
        self._caption.extend(event_line(event, self._zone) for event in step.events)
        picture = frame.crop((0, 0, *frame.size_wh)).copy()
        draw_lines(picture, self._lines)
        tracks = [track for track in step.tracks.active if track.state is TrackState.CONFIRMED]
        draw_tracks(picture, tracks, {track.track_id: self._plates_of(track.track_id) for track in tracks})
        draw_caption(picture, self._caption)
        self._writer.write(picture, frame.mono_ns - self._start_ns)

    def _plates_of(self, track_id: int) -> str:
        return " + ".join(plate.shown for plate in self._read(track_id).plates)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)
