"""Where a picture lands when it is fitted into a network input without bending it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.types import Box


@dataclass(frozen=True, slots=True)
class Fit:
    """A picture inside an input: `scale` is input pixels per display pixel; corner and size are in input pixels."""

    scale: float
    pad_x: int
    pad_y: int
    inner_wh: tuple[int, int]


def fit_inside(picture_wh: tuple[int, int], input_wh: tuple[int, int], *, centre: bool) -> Fit:
    """Return how a picture lies in an input: as large as it can be, bars around it or at the right and bottom.

    Raises:
        ValueError: when a size is not positive.
    """
    if min(*picture_wh, *input_wh) <= 0:
        raise ValueError(f"letterbox: {picture_wh} into {input_wh}: sizes must be positive")
    scale = min(input_wh[0] / picture_wh[0], input_wh[1] / picture_wh[1])
    inner_w, inner_h = (min(max(round(side * scale), 1), room) for side, room in zip(picture_wh, input_wh, strict=True))
    pad_x, pad_y = ((input_wh[0] - inner_w) // 2, (input_wh[1] - inner_h) // 2) if centre else (0, 0)
    return Fit(scale, pad_x, pad_y, (inner_w, inner_h))


def to_input(box: Box, fit: Fit) -> Box:
    """Return a box of the picture in input pixels."""
    x1, y1, x2, y2 = (side * fit.scale for side in box)
    return (x1 + fit.pad_x, y1 + fit.pad_y, x2 + fit.pad_x, y2 + fit.pad_y)


def to_picture(box: Box, fit: Fit) -> Box:
    """Return a box of the input in the picture's display pixels: the exact inverse of `to_input`."""
    x1, y1, x2, y2 = box
    left, top, right, bottom = (x1 - fit.pad_x, y1 - fit.pad_y, x2 - fit.pad_x, y2 - fit.pad_y)
    return (left / fit.scale, top / fit.scale, right / fit.scale, bottom / fit.scale)
