"""One picture of what a detector still gets wrong, for its card: the plainest faults on rendered scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import UsageError
from edge.types import U8, Box
from edge.vision.draw import draw_box
from edge.vision.frame import PlanarFrame
from edge.workshop.faults import COLOURS, Fault, faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from edge.ports import Detector
    from edge.workshop.labelled import Example

SHARES = {"miss": 6, "false": 3, "class": 3}
"""Tiles of each kind, where there are so many."""
COLUMNS = 4
TILE_WH = (280, 210)
AROUND = 2.5
"""Width of what a tile shows, in widths or heights of the box."""
LEAST_SHOWN_PX = 140
MOST_BYTES = 150_000
_QUALITIES = (88, 80, 70, 60, 50, 40)
_GAP_PX = 4

Tile = tuple[Fault, U8]


def find_failures(detector: Detector, examples: Iterable[Example], threshold: float) -> list[Tile]:
    """Return every fault at `threshold` with a tile (H,W,3) uint8 RGB that shows it.

    Raises:
        EngineFailed: passed on from the detector.
    """
    tiles = []
    for number, example in enumerate(examples):
        frame = PlanarFrame.from_rgb(example.picture, camera_id="failures", seq=number, wall_ns=0, mono_ns=0, pts_ns=0)
        wrong = faults(example, detector.detect(frame), threshold)
        tiles += [(fault, _tile(example.picture, fault)) for fault in wrong]
    return tiles


def plainest(tiles: Sequence[Tile]) -> list[Tile]:
    """Choose by SHARES: the largest that were missed, the surest that were false or of another class."""
    ranked = {kind: sorted((one for one in tiles if one[0].kind == kind), key=_plainness) for kind in SHARES}
    chosen = [one for kind, share in SHARES.items() for one in ranked[kind][:share]]
    left = [one for kind, share in SHARES.items() for one in ranked[kind][share:]]
    return chosen + left[: sum(SHARES.values()) - len(chosen)]


def write_sheet(tiles: Sequence[Tile], path: Path) -> int:
    """Write the tiles as one JPEG and return its size: at most MOST_BYTES, the last tiles left out if need be.

    Raises:
        UsageError: it cannot be written.
    """
    sheet = _sheet([shown for _, shown in tiles])
    sizes = (_coded(sheet, quality) for quality in _QUALITIES)
    coded = next((one for one in sizes if len(one) <= MOST_BYTES), b"")
    if not coded and len(tiles) > 1:
        return write_sheet(tiles[:-1], path)
    try:
        path.write_bytes(coded)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); give another --out") from error
    return len(coded)


def _sheet(tiles: Sequence[U8]) -> U8:
    wide, high = TILE_WH[0] + _GAP_PX, TILE_WH[1] + _GAP_PX
    sheet = np.full((-(-len(tiles) // COLUMNS) * high - _GAP_PX, COLUMNS * wide - _GAP_PX, 3), 255, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // COLUMNS * high, place % COLUMNS * wide
        sheet[top : top + TILE_WH[1], left : left + TILE_WH[0]] = tile
    return sheet


def _coded(sheet: U8, quality: int) -> bytes:
    done, coded = cv2.imencode(".jpg", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise UsageError("the picture cannot be coded as JPEG; check the OpenCV installation")
    return coded.tobytes()


def _plainness(one: Tile) -> float:
    fault = one[0]
    if fault.kind != "miss":
        return -fault.confidence
    x1, y1, x2, y2 = fault.box
    return -(x2 - x1) * (y2 - y1)


def _tile(picture: U8, fault: Fault) -> U8:
    """Cut the fault out with what is around it, scale it, and draw its box and what is wrong."""
    shown = _around(fault.box, (picture.shape[1], picture.shape[0]))
    left, top, right, bottom = (round(edge) for edge in shown)
    cut = picture[top:bottom, left:right]
    tile = np.asarray(cv2.resize(cut, TILE_WH, interpolation=cv2.INTER_AREA), np.uint8)
    scale_x, scale_y = TILE_WH[0] / (right - left), TILE_WH[1] / (bottom - top)
    x1, y1, x2, y2 = fault.box
    box = ((x1 - left) * scale_x, (y1 - top) * scale_y, (x2 - left) * scale_x, (y2 - top) * scale_y)
    draw_box(tile, box, fault.told(), COLOURS[fault.kind])
    return tile


def _around(box: Box, size_wh: tuple[int, int]) -> Box:
    """Return a part of the picture of TILE_WH's shape with the box in its middle, as far as the edges let it."""
    aspect = TILE_WH[0] / TILE_WH[1]
    wide = max(AROUND * (box[2] - box[0]), AROUND * (box[3] - box[1]) * aspect, LEAST_SHOWN_PX)
    wide = min(wide, size_wh[0], size_wh[1] * aspect)
    high = wide / aspect
    left = min(max((box[0] + box[2] - wide) / 2, 0), size_wh[0] - wide)
    top = min(max((box[1] + box[3] - high) / 2, 0), size_wh[1] - high)
    return (left, top, left + wide, top + high)
