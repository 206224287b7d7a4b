"""What goes into our plate recogniser and what its answer means: one slot for each character of a plate."""

from __future__ import annotations

import cv2
import numpy as np

from edge.types import F32, U8

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
END = len(CHARACTERS)
"""Class of a slot behind the last character."""
SLOTS = 12
INPUT_WH = (160, 64)


def prepare(picture: U8, size_wh: tuple[int, int] = INPUT_WH) -> U8:
    """Fit a plate's picture, (H,W,3) RGB or (H,W) gray uint8, into the network: (height,width) gray uint8, stretched.

    Each axis is shrunk by area before it is stretched, so that neither aliases.
    """
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - three axes
    least_wh = min(gray.shape[1], size_wh[0]), min(gray.shape[0], size_wh[1])
    if least_wh != (gray.shape[1], gray.shape[0]):
        gray = cv2.resize(gray, least_wh, interpolation=cv2.INTER_AREA)
    if least_wh != size_wh:
        gray = cv2.resize(gray, size_wh, interpolation=cv2.INTER_LINEAR)
    return np.asarray(gray, np.uint8)


def decode(characters: F32) -> tuple[str, tuple[float, ...]]:
    """Read the slots (SLOTS,37), probabilities, up to the first end: the text and each character's confidence."""
    best = characters.argmax(axis=1)
    ends = np.flatnonzero(best == END)
    count = int(ends[0]) if len(ends) else len(best)
    return (
        "".join(CHARACTERS[index] for index in best[:count]),
        tuple(float(characters[slot, index]) for slot, index in enumerate(best[:count])),
    )


def encode(text: str) -> tuple[int, ...]:
    """Return the class of every slot for a text.

    Raises:
        ValueError: the text is longer than the slots or holds another sign than A-Z and 0-9.
    """
    if len(text) > SLOTS:
        raise ValueError(f"{text!r} has {len(text)} characters, a plate has {SLOTS} at most")
    return tuple(CHARACTERS.index(character) for character in text) + (END,) * (SLOTS - len(text))
