"""Text that a camera burns into its pictures: its name and its clock, near the upper or lower border.

Drawn letters are strokes of one brightness with hard edges, as high as their neighbours and in a level row; and they
stay where they are, whatever else moves. Strokes by morphology, after Wu, Hsieh and Chen, Morphology-based text line
extraction (Machine Vision and Applications 2008). It proposes; a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge.types import F32, U8, Box
from edge.vision.boxes import iou_matrix

_HIGH_PX = 540
"""Higher pictures are looked at in this height: letters stay legible."""
_BAND = 0.16
"""Share of the height, above and below, in which overlays stand."""
_STROKES = (0.009, 0.018, 0.036)
"""What is narrower than these shares of the height is a stroke."""
_CONTRAST = 60
_SIZES = (0.014, 0.09)
"""Lowest and highest letter, as shares of the height."""
_WIDEST = 6.0
"""Slanting letters may touch: so many times as wide as high."""
_FILLED = (0.12, 0.95)
"""Share of its box that a letter covers."""
_LETTERS = 5
_LEVEL = 0.3
_GAP = 1.6
_WORDS = 4.0
"""Neighbours differ so much in height and level, letters and words lie so far apart: all in letter heights."""
_TONE = 40.0
_TONES = 18.0
"""Brightness of neighbours may differ so much, and a row's so much around its mean."""
_SAME_IOU = 0.5
_LASTING = 0.75
"""A row stands in this share of the snapshots: a lamp may blind one."""
_TURNED = 0.004
_STILL = 0.4
"""A clock changes at least this share of its pixels, and at most this share of its width."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Burnt-in text: `box` in parts of the picture's width and height; `changes`: it holds a clock."""

    box: Box
    changes: bool


def overlays(snapshots: Sequence[U8]) -> tuple[Overlay, ...]:
    """Return the burnt-in texts of a fixed camera, from above to below; nothing where nothing is sure.

    Args:
        snapshots: (H,W) or (H,W,3) uint8 RGB of one size, some seconds apart in all: a clock shows by its seconds.
    """
    if not snapshots:
        return ()
    greys = [_grey(picture) for picture in snapshots]
    height, width = greys[0].shape
    found = [_rows(grey) for grey in greys]
    lasting = [row for rows in found for row in rows if _times(row, found) >= _LASTING * len(found)]
    unit = np.array([width, height, width, height], np.float32)
    texts = [Overlay(_box(_padded(row) / unit), _changes(row, greys)) for row in _merged(lasting)]
    return tuple(sorted(texts, key=lambda text: (text.box[1], text.box[0])))


def _grey(picture: U8) -> U8:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - colour has planes
    high, wide = grey.shape
    if high > _HIGH_PX:
        grey = cv2.resize(grey, (round(wide * _HIGH_PX / high), _HIGH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)


def _rows(grey: U8) -> list[F32]:
    """Return the rows of letters in the upper and lower band, (4,) float32 xyxy each."""
    height = len(grey)
    band = round(height * _BAND)
    found: list[F32] = []
    for top, part in ((0, grey[:band]), (height - band, grey[height - band :])):
        for letters in _letters(part, height):
            found += [row + np.array([0, top, 0, top], np.float32) for row in _level_rows(letters)]
    return _merged(found)


def _letters(part: U8, height: int) -> Iterator[F32]:
    """Yield what may be letters, for each width of strokes the bright ones, then the dark: (N,5) xyxy, brightness."""
    for share in _STROKES:
        side = max(3, round(share * height)) | 1
        for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
            hat = cv2.morphologyEx(part, way, np.ones((side, side), np.uint8))
            yield _components(np.asarray(hat >= _CONTRAST, np.uint8), part, height)


def _components(strokes: U8, part: U8, height: int) -> F32:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    kept = []
    for label, (x, y, wide, high, area) in enumerate(stats.tolist()):
        low, most = (size * height for size in _SIZES)
        letter = low <= high <= most and wide <= _WIDEST * high and _FILLED[0] <= area / (wide * high) <= _FILLED[1]
        if label and letter:
            place = np.s_[y : y + high, x : x + wide]
            kept.append((x, y, x + wide, y + high, float(np.median(part[place][labels[place] == label]))))
    return np.array(kept, np.float32).reshape(-1, 5)


def _level_rows(letters: F32) -> list[F32]:
    """Chain letters of one height, level and brightness, from left to right; return the rows that read as text."""
    left: list[list[float]] = sorted(letters.tolist())
    rows: list[F32] = []
    while left:
        row = [left.pop(0)]
        for one in list(left):
            if _follows(row, one):
                row.append(one)
                left.remove(one)
        if _reads(row):
            boxes = np.array(row, np.float32)[:, :4]
            rows.append(_around(boxes))
    return rows


def _follows(row: list[list[float]], one: list[float]) -> bool:
    last = row[-1]
    high = _high(row)
    return (
        one[0] - last[2] <= _GAP * high
        and abs(one[3] - last[3]) <= _LEVEL * high
        and abs(one[3] - one[1] - high) <= _LEVEL * high
        and abs(one[4] - last[4]) <= _TONE
    )


def _reads(row: list[list[float]]) -> bool:
    """Say whether a row is text: enough letters, not one above the other, written in one brightness."""
    wide = row[-1][2] - row[0][0]
    return len(row) >= _LETTERS and wide >= 2 * _high(row) and float(np.std([box[4] for box in row])) <= _TONES


def _high(row: list[list[float]]) -> float:
    return float(np.median([box[3] - box[1] for box in row]))


def _merged(rows: Sequence[F32]) -> list[F32]:
    """Join rows that lie in one another or are words of one line."""
    left, joined = list(rows), list[F32]()
    while left:
        one = left.pop()
        while near := [at for at, other in enumerate(left) if _one_line(one, other)]:
            one = _around(np.stack([one, *(left[at] for at in near)]))
            left = [other for at, other in enumerate(left) if at not in near]
        joined.append(one)
    return joined


def _one_line(one: F32, other: F32) -> bool:
    high = min(one[3] - one[1], other[3] - other[1])
    shared = min(one[3], other[3]) - max(one[1], other[1])
    apart = max(one[0], other[0]) - min(one[2], other[2])
    return bool(shared >= high / 2 and apart <= _WORDS * high)


def _times(row: F32, found: Sequence[Sequence[F32]]) -> int:
    """Return in how many of the snapshots a row stands."""
    return sum(bool(rows) and bool((iou_matrix(row[None], np.stack(rows)) >= _SAME_IOU).any()) for rows in found)


def _changes(row: F32, greys: Sequence[U8]) -> bool:
    """Say whether some digits of a row change and the rest does not: what drives by behind a name changes more."""
    x1, y1, x2, y2 = (max(round(float(side)), 0) for side in row)
    turned = np.ptp(np.stack([grey[y1:y2, x1:x2] for grey in greys]), axis=0) >= _CONTRAST
    return bool(turned.mean() >= _TURNED and turned.any(axis=0).mean() <= _STILL)


def _around(boxes: F32) -> F32:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _padded(row: F32) -> F32:
    """Return the row with a margin: a letter at an end is missed sooner than a stroke above or below."""
    high = row[3] - row[1]
    return np.asarray(row + high * np.array([-1.0, -0.35, 1.0, 0.35], np.float32), np.float32)


def _box(sides: F32) -> Box:
    x1, y1, x2, y2 = (round(float(side), 4) for side in np.clip(sides, 0, 1))
    return (x1, y1, x2, y2)
