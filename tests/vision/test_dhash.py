"""The hash of a crop is the reference library's hash, bit for bit."""

from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
import PIL
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edge.types import U8
from edge.vision.dhash import dhash, dhash_many, hamming, hamming_matrix

_VERTICAL_FIRST = int(PIL.__version__.split(".", maxsplit=1)[0]) >= 13


def _reference(picture: U8) -> int:
    """Return what imagehash says; before Pillow 13 tall pictures are shrunk in two steps, as 13 does it."""
    image = Image.fromarray(picture).convert("L")
    width, height = image.size
    if not _VERTICAL_FIRST and height > 8 and height - 8 > 2 * (width - 9):
        image = image.resize((width, 8), Image.Resampling.LANCZOS)
    return int(str(imagehash.dhash(image)), 16)


def _street(seed: int, width: int, height: int) -> U8:
    """Return a picture with the statistics of a photograph: smooth shades, hard edges and sensor noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    picture = np.full((height, width, 3), 110.0)
    for _ in range(6):
        left, top = rng.integers(0, width), rng.integers(0, height)
        inside = (x >= left) & (x < left + width // 3) & (y >= top) & (y < top + height // 3)
        picture[inside] = rng.uniform(0, 255, 3)
    picture += (x / width * rng.uniform(-60, 60))[..., None] + rng.normal(0, 4, picture.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def test_thousands_of_crops_hash_as_the_reference_library_hashes_them() -> None:
    rng = np.random.default_rng(7)
    scene = _street(1, 640, 480)
    for _ in range(2500):
        width, height = rng.integers(1, 320, 2)
        left, top = rng.integers(0, 640 - width + 1), rng.integers(0, 480 - height + 1)
        crop = np.ascontiguousarray(scene[top : top + height, left : left + width])
        assert dhash(crop) == _reference(crop), (width, height, left, top)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    width=st.integers(1, 700),
    height=st.integers(1, 200),
    depth=st.sampled_from(((), (3,))),
)
def test_noise_of_any_size_hashes_as_the_reference_library_hashes_it(
    seed: int, width: int, height: int, depth: tuple[int, ...]
) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, *depth), dtype=np.uint8)
    assert dhash(picture) == _reference(picture)


def test_a_crop_that_is_a_view_into_a_frame_hashes_like_its_copy() -> None:
    frame = _street(3, 320, 240)
    view = frame[40:140, 60:200]
    assert dhash(view) == dhash(view.copy())


def test_many_pictures_give_one_hash_each_in_their_order() -> None:
    pictures = [_street(seed, 90, 60) for seed in range(4)]
    hashes = dhash_many(pictures)
    assert hashes.dtype == np.uint64
    assert [int(value) for value in hashes] == [dhash(picture) for picture in pictures]
    assert dhash_many([]).shape == (0,)


@pytest.mark.parametrize(
    "picture",
    [np.zeros((0, 5, 3), np.uint8), np.zeros((5, 5, 4), np.uint8), np.zeros((5, 5)), np.zeros(5, np.uint8)],
    ids=["empty", "four channels", "float", "one axis"],
)
def test_what_is_no_picture_is_refused(picture: U8) -> None:
    with pytest.raises(ValueError, match="must be uint8"):
        dhash(picture)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.integers(0, 2**64 - 1), max_size=6), st.lists(st.integers(0, 2**64 - 1), max_size=6))
def test_the_matrix_holds_the_distance_of_every_pair(first: list[int], second: list[int]) -> None:
    matrix = hamming_matrix(np.array(first, np.uint64), np.array(second, np.uint64))
    assert matrix.shape == (len(first), len(second))
    assert matrix.dtype == np.uint8
    assert [[hamming(a, b) for b in second] for a in first] == matrix.tolist()


def test_distances_run_from_none_to_all_64_bits() -> None:
    assert hamming(0, 0) == 0
    assert hamming(0, 2**64 - 1) == 64


def test_the_module_needs_no_reference_library_at_run_time() -> None:
    source = Path(__file__).parents[2].joinpath("edge/vision/dhash.py").read_text(encoding="utf-8")
    assert "import PIL" not in source
    assert "import imagehash" not in source
