"""How sharp a picture is, whatever its light and contrast."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import F32, U8

_REACH_PX = 11


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


def blur(picture: U8) -> float:
    """Return how blurred a picture is: about .2 for crisp detail, towards 1 for none; comparable between pictures.

    Crete et al., The blur effect (SPIE 6492, 2007): a sharp picture loses much of its differences between neighbours
    when it is blurred, a blurred one hardly any. A picture without detail counts as blurred.

    Args:
        picture: (H,W) or (H,W,3) uint8, RGB. The median of some moments keeps noise from passing for detail.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - colour has planes
    sharp = np.asarray(grey, np.float32)
    return max(_kept(sharp, _REACH_PX, 1, along=1), _kept(sharp, 1, _REACH_PX, along=0))


def _kept(sharp: F32, wide: int, high: int, along: int) -> float:
    """Return which share of the differences along an axis stays when the picture is blurred along it."""
    was, now = (np.abs(np.diff(values, axis=along)) for values in (sharp, cv2.blur(sharp, (wide, high))))
    whole = float(was.sum())
    return float(np.minimum(was, now).sum()) / whole if whole else 1.0
