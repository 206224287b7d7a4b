"""Evidence pictures as JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import U8

QUALITY = 85


def to_jpeg(picture: U8) -> bytes:
    """Return `picture` (H,W,3) uint8 RGB as JPEG.

    Raises:
        ValueError: the picture is empty or not of that shape.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or picture.size == 0:  # noqa: PLR2004
        raise ValueError(f"evidence must be (H,W,3) uint8, not {picture.dtype}{picture.shape}")
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return jpeg.tobytes()
