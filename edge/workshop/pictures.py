"""Pictures from disk, as the workshop reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import ConfigError
from edge.types import U8

if TYPE_CHECKING:
    from pathlib import Path


def read_rgb(path: Path) -> U8:
    """Decode a picture as (H,W,3) uint8 RGB.

    Raises:
        ConfigError: it cannot be decoded.
    """
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise ConfigError(f"{path}: is no picture that can be decoded; restore it or take it off the list")
    return np.asarray(pixels, np.uint8)
