"""How sharp a picture is, whatever its light and contrast."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import U8


def sharpness(picture: U8) -> float:
    """Return how much of a picture's contrast lies in its finest detail: 0 for a flat one, up to about 10.

    Variance of the Laplacian (Pech-Pacheco et al., Diatom autofocusing, 2000) over the variance of brightness, so that
    dusk and dirt do not count as blur. Compare only pictures of about the same size of the same thing.

    Args:
        picture: (H,W) or (H,W,3) uint8, RGB.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - colour has planes
    contrast = float(np.var(grey))
    if contrast < 1:
        return 0.0
    return float(np.var(cv2.Laplacian(grey, cv2.CV_32F))) / contrast
