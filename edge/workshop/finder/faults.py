"""Pictures in which a finder missed a plate or saw one that is none, drawn for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import PlateQuads
    from edge.workshop.finder.scores import FinderExample

TRUE_RGB, FOUND_RGB = (255, 200, 0), (0, 255, 120)


def write_fault(folder: Path, example: FinderExample, answer: PlateQuads) -> None:
    """Write one picture with the true boxes in yellow and what was found in green, with its confidence.

    Raises:
        UsageError: the folder cannot be written.
    """
    picture = example.picture.copy()
    for x1, y1, x2, y2 in np.rint(example.boxes).astype(int).tolist():
        cv2.rectangle(picture, (x1, y1), (x2, y2), TRUE_RGB, 1)
    for quad, sure in zip(answer.quads, answer.confidence, strict=True):
        cv2.polylines(picture, [np.rint(quad).astype(np.int32)], isClosed=True, color=FOUND_RGB)
        at = (int(quad[0, 0]), int(quad[0, 1]) - 3)
        cv2.putText(picture, f"{sure:.2f}", at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, FOUND_RGB, 1, cv2.LINE_AA)
    path = folder / f"{example.name.rpartition('.')[0] or example.name.replace(' ', '_')}.jpg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done, coded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if not done:
            raise UsageError(f"{path}: the picture cannot be coded as JPEG; check the OpenCV installation")
        path.write_bytes(coded.tobytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error}); give another folder") from error
