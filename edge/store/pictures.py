"""Evidence pictures as JPEG."""

from __future__ import annotations

import cv2

from edge.errors import StoreFailed
from edge.types import U8

QUALITY = 85


def to_jpeg(picture: U8) -> bytes:
    """Return `picture` (H,W,3) uint8 RGB as JPEG.

    Raises:
        StoreFailed: the picture is empty or not of that shape.
    """
    try:
        done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    except cv2.error as error:
        raise StoreFailed(
            f"evidence of shape {picture.shape}: cannot be encoded; this is a fault of the product"
        ) from error
    if not done:
        raise StoreFailed(f"evidence of shape {picture.shape}: cannot be encoded; this is a fault of the product")
    return jpeg.tobytes()
