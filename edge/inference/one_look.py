"""The plates in one picture, looked at once: vehicles are found, their plates are read, as on any frame of a camera."""

from __future__ import annotations

import numpy as np

from edge.plates.choice import plate_region
from edge.plates.vote import single_look
from edge.ports import Detector, Frame, FramePlateReader, PlateReader
from edge.types import CLASSES, VEHICLES, Box, PlateRead
from edge.vision.boxes import part_of_smaller

SAME = 0.5
"""Share of the smaller box in the larger one from which two reads are of one plate."""


class OneLook:
    """Reads whole pictures. One caller at a time.

    Args:
        detector: finds the vehicles.
        reader: reads the plates in a picture of one vehicle, and in whole frames.
    """

    def __init__(self, detector: Detector, reader: PlateReader) -> None:
        self._detector = detector
        self._reader = reader
        self.label = reader.label

    def read(self, frame: Frame) -> tuple[PlateRead, ...]:
        """Return at most one text for every plate in the frame, surest first; boxes in its display pixels.

        A plate that was seen and could not be read has an empty text. A frame says less than a track: what `edge watch`
        publishes must be read alike in two looks.

        Raises:
            EngineFailed: passed on from the engines.
        """
        whole = (0.0, 0.0, float(frame.size_wh[0]), float(frame.size_wh[1]))
        found = list(self._in_frame(frame, whole))
        for area in self._vehicles(frame):
            reads = single_look(self._reader.read(np.ascontiguousarray(frame.crop(area))))
            found += [_moved(read, area) for read in reads]
        kept: list[PlateRead] = []
        for read in sorted(found, key=lambda read: -read.confidence):
            if all(part_of_smaller(read.box, other.box) < SAME for other in kept):
                kept.append(read)
        return tuple(kept)

    def _in_frame(self, frame: Frame, whole: Box) -> tuple[PlateRead, ...]:
        """Read what no vehicle was found around."""
        picture = np.ascontiguousarray(frame.crop(whole))
        if isinstance(self._reader, FramePlateReader):
            return self._reader.read_frame(picture)
        return single_look(self._reader.read(picture))

    def _vehicles(self, frame: Frame) -> list[Box]:
        """Where to look closer: each vehicle without its roof."""
        detections = self._detector.detect(frame)
        return [
            plate_region((x1, y1, x2, y2), frame.size_wh)
            for (x1, y1, x2, y2), number in zip(detections.xyxy.tolist(), detections.class_id, strict=True)
            if CLASSES[number] in VEHICLES
        ]


def _moved(read: PlateRead, area: Box) -> PlateRead:
    """Bring a read from the picture of `area` to the frame: the crop begins at whole pixels."""
    left, top = int(area[0]), int(area[1])
    x1, y1, x2, y2 = read.box
    box = (x1 + left, y1 + top, x2 + left, y2 + top)
    return PlateRead(read.text, read.char_confidence, box, read.sharpness, read.width_px, read.height_px)
