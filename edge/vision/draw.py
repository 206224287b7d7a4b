"""Draws what was understood onto a picture: boxes, ids, plates and lines, for people to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from edge.types import U8, Box, Point, TrackSnapshot

_COLOURS = ((86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167), (240, 228, 66), (213, 94, 0))
"""One a class, RGB: the palette of Okabe and Ito (2008), told apart with any colour vision."""
_LINE_COLOUR = (255, 64, 64)
_INK = (16, 16, 16)


def draw_tracks(picture: U8, tracks: Sequence[TrackSnapshot], plates: Mapping[int, str]) -> None:
    """Draw each track's box, class, id and plate (by track id) into `picture` (H,W,3) uint8 RGB, in place."""
    for track in tracks:
        colour = _COLOURS[track.class_id % len(_COLOURS)]
        text = " ".join(filter(None, (f"{track.class_name} {track.track_id}", plates.get(track.track_id))))
        draw_box(picture, track.box, text, colour)


def draw_box(picture: U8, box: Box, text: str, colour: tuple[int, int, int]) -> None:
    """Draw one box with its text above it into `picture` (H,W,3) uint8 RGB, in place."""
    x1, y1, x2, y2 = (round(v) for v in box)
    cv2.rectangle(picture, (x1, y1), (x2, y2), colour, 2)
    _label(picture, text, (x1, y1), colour)


def draw_lines(picture: U8, lines: Sequence[tuple[str, Sequence[Point]]]) -> None:
    """Draw named tripwires, given by normalised points, into `picture` (H,W,3) uint8 RGB, in place."""
    height, width = picture.shape[:2]
    for name, points in lines:
        corners = [(round(x * width), round(y * height)) for x, y in points]
        cv2.polylines(picture, [np.array(corners, np.int32)], isClosed=False, color=_LINE_COLOUR, thickness=2)
        _label(picture, name, corners[0], _LINE_COLOUR)


def draw_caption(picture: U8, lines: Sequence[str]) -> None:
    """Write the newest facts at the top left of `picture` (H,W,3) uint8 RGB, in place."""
    for row, text in enumerate(lines):
        _label(picture, text, (8, 28 + 24 * row), (235, 235, 235))


def _label(picture: U8, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    x = min(max(at[0], 0), max(picture.shape[1] - width - 4, 0))
    y = max(at[1], height + base + 2)
    cv2.rectangle(picture, (x, y - height - base - 2), (x + width + 4, y), colour, cv2.FILLED)
    cv2.putText(picture, text, (x + 2, y - base), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
