"""From a picture that fits to the numbers a network wants."""

from __future__ import annotations

import numpy as np

from edge.ports import TensorOrder
from edge.types import F32, U8


def to_tensor(picture: U8, order: TensorOrder) -> F32:
    """Return `picture` (H,W,3) uint8 RGB as (1,3,H,W) float32 with the order's planes, gain and offset."""
    tensor = np.empty((1, 3, *picture.shape[:2]), np.float32)
    for plane in range(3):
        channel = plane if order.colour == "rgb" else 2 - plane
        np.multiply(picture[:, :, channel], np.float32(order.gain[plane]), out=tensor[0, plane])
        if order.offset[plane]:
            tensor[0, plane] += np.float32(order.offset[plane])
    return tensor
