"""Tiles cover a frame and overlap; a plate that several of them show counts once, and whole."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from edge.plates.areas import OVERLAP, SHRUNK, TILE_SCALE, merged, search_areas
from edge.types import F32, Box, PlateQuads
from edge.vision.quads import bounds

INPUT_WH = (384, 256)


def found(*plates: tuple[Box, float]) -> PlateQuads:
    quads = [np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32) for (x1, y1, x2, y2), _ in plates]
    sure = np.array([sure for _, sure in plates], np.float32)
    return PlateQuads(np.array(quads, np.float32).reshape(-1, 4, 2), sure)


def boxes(plates: PlateQuads) -> list[Box]:
    return [bounds(quad) for quad in plates.quads]


@pytest.mark.parametrize("frame_wh", [(384, 256), (100, 60), (420, 270)])
def test_a_frame_hardly_larger_than_the_input_is_seen_as_a_whole(frame_wh: tuple[int, int]) -> None:
    assert search_areas(frame_wh, INPUT_WH) == ((0.0, 0.0, float(frame_wh[0]), float(frame_wh[1])),)


@pytest.mark.parametrize("frame_wh", [(1280, 720), (1920, 1080), (640, 960), (3840, 300), (705, 470)])
def test_tiles_cover_the_frame_and_neighbours_overlap(frame_wh: tuple[int, int]) -> None:
    whole, *tiles = search_areas(frame_wh, INPUT_WH)
    assert whole == (0.0, 0.0, float(frame_wh[0]), float(frame_wh[1]))
    covered = np.zeros((frame_wh[1], frame_wh[0]), bool)
    for x1, y1, x2, y2 in tiles:
        assert 0 <= x1 < x2 <= frame_wh[0]
        assert 0 <= y1 < y2 <= frame_wh[1]
        assert min(INPUT_WH[0] / (x2 - x1), INPUT_WH[1] / (y2 - y1)) <= TILE_SCALE
        covered[int(y1) : int(y2), int(x1) : int(x2)] = True
    assert covered.all()
    starts = sorted({(x1, x2) for x1, _, x2, _ in tiles})
    for (_, end), (start, _) in itertools.pairwise(starts):
        assert end - start >= OVERLAP * INPUT_WH[0] / TILE_SCALE - 2
    assert len(tiles) <= (12 if max(frame_wh) > 960 else 25)


def test_the_tiles_of_a_small_frame_are_enlarged_more() -> None:
    zooms = []
    for frame_wh in ((640, 480), (960, 640), (1280, 720)):
        x1, _, x2, _ = search_areas(frame_wh, INPUT_WH)[1]
        zooms.append(INPUT_WH[0] / (x2 - x1))
    assert zooms == pytest.approx([1.78, 1.0, 0.75], abs=0.02)


def test_tiles_begin_where_the_whole_is_shrunk_too_much() -> None:
    limit = int(INPUT_WH[0] / SHRUNK)
    assert len(search_areas((limit, 100), INPUT_WH)) == 1
    assert len(search_areas((limit + 4, 100), INPUT_WH)) > 1


def test_of_two_finds_of_one_plate_the_surer_stays() -> None:
    whole, tile = (0.0, 0.0, 800.0, 600.0), (0.0, 0.0, 400.0, 300.0)
    plates = merged(
        [(whole, found(((100, 100, 160, 120), 0.6))), (tile, found(((102, 100, 161, 121), 0.9)))], (800, 600)
    )
    assert boxes(plates) == [(102, 100, 161, 121)]


@pytest.mark.parametrize("ends", [399.0, 389.0, 406.0])
def test_a_plate_cut_by_a_tile_gives_way_to_the_whole_one(ends: float) -> None:
    whole, tile = (0.0, 0.0, 800.0, 600.0), (0.0, 0.0, 400.0, 300.0)
    plates = merged(
        [(whole, found(((350, 100, 440, 120), 0.5))), (tile, found(((350, 100, ends, 120), 0.9)))], (800, 600)
    )
    assert boxes(plates) == [(350, 100, 440, 120)]


def test_a_cut_plate_that_nobody_else_found_stays() -> None:
    tile = (0.0, 0.0, 400.0, 300.0)
    assert len(merged([(tile, found(((370, 100, 399, 120), 0.9)))], (800, 600))) == 1


def test_the_edge_of_the_frame_itself_cuts_nothing_off() -> None:
    whole, tile = (0.0, 0.0, 800.0, 600.0), (400.0, 300.0, 800.0, 600.0)
    plates = merged(
        [(whole, found(((740, 500, 799, 520), 0.5))), (tile, found(((741, 500, 799, 520), 0.9)))], (800, 600)
    )
    assert plates.confidence.tolist() == pytest.approx([0.9])


def test_different_plates_all_stay_surest_first() -> None:
    whole, tile = (0.0, 0.0, 800.0, 600.0), (0.0, 0.0, 400.0, 300.0)
    plates = merged(
        [(whole, found(((100, 100, 160, 120), 0.6))), (tile, found(((200, 200, 260, 220), 0.9)))], (800, 600)
    )
    assert plates.confidence.tolist() == pytest.approx([0.9, 0.6])


def test_nothing_found_is_no_plate() -> None:
    nothing: F32 = merged([((0.0, 0.0, 9.0, 9.0), PlateQuads.empty())], (9, 9)).quads
    assert nothing.shape == (0, 4, 2)
    assert len(merged([], (9, 9))) == 0
