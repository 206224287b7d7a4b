"""Boxes: overlap, suppression and clipping, as rules that hold for any boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.types import F32
from edge.vision.boxes import areas, clip, iou_matrix, nms, nms_by_class, whole_pixels


@st.composite
def _some_boxes(draw: st.DrawFn, most: int = 20) -> F32:
    sizes = st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(1, 60), st.integers(1, 60))
    rows = draw(st.lists(sizes, min_size=0, max_size=most))
    return np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32).reshape(-1, 4)


def _confidences(count: int, seed: int) -> F32:
    return np.random.default_rng(seed).permutation(np.linspace(0.1, 0.9, count)).astype(np.float32)


def test_known_overlaps() -> None:
    box = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [2, 2, 4, 4], [3, 3, 3, 9]], np.float32)
    np.testing.assert_allclose(iou_matrix(box, others)[0], [1, 1 / 3, 0, 0.04, 0], rtol=1e-6)


def test_boxes_turned_inside_out_have_no_area_and_overlap_nothing() -> None:
    inside_out = np.array([[10, 10, 0, 0]], np.float32)
    assert areas(inside_out)[0] == 0
    assert iou_matrix(inside_out, inside_out)[0, 0] == 0


@given(_some_boxes(), _some_boxes())
@settings(deadline=None)
def test_overlap_is_symmetric_within_bounds_and_one_with_itself(first: F32, second: F32) -> None:
    overlap = iou_matrix(first, second)
    assert overlap.shape == (len(first), len(second))
    assert overlap.dtype == np.float32
    assert ((overlap >= 0) & (overlap <= 1)).all()
    np.testing.assert_array_equal(overlap, iou_matrix(second, first).T)
    np.testing.assert_allclose(np.diag(iou_matrix(first, first)), 1)


@given(_some_boxes(), st.integers(0, 99), st.floats(0.1, 0.9))
@settings(max_examples=60, deadline=None)
def test_what_is_kept_does_not_overlap_and_covers_what_is_dropped(xyxy: F32, seed: int, iou: float) -> None:
    confidence = _confidences(len(xyxy), seed)
    kept = nms(xyxy, confidence, iou, 100)
    assert (np.diff(confidence[kept]) < 0).all()
    among = iou_matrix(xyxy[kept], xyxy[kept])
    assert (among[~np.eye(len(kept), dtype=bool)] <= iou).all()
    for row in set(range(len(xyxy))) - set(kept.tolist()):
        surer = kept[confidence[kept] > confidence[row]]
        assert np.max(iou_matrix(xyxy[row : row + 1], xyxy[surer])) > iou


@given(_some_boxes(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_boxes_does_not_matter(xyxy: F32, seed: int) -> None:
    confidence = _confidences(len(xyxy), seed)
    label = np.random.default_rng(seed).integers(0, 3, len(xyxy))
    shuffled = np.random.default_rng(seed + 1).permutation(len(xyxy))
    kept = nms_by_class(xyxy, confidence, label, 0.5, 100)
    again = nms_by_class(xyxy[shuffled], confidence[shuffled], label[shuffled], 0.5, 100)
    np.testing.assert_array_equal(kept, shuffled[again])


@given(_some_boxes(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_suppressing_twice_changes_nothing(xyxy: F32, seed: int) -> None:
    confidence = _confidences(len(xyxy), seed)
    kept = nms(xyxy, confidence, 0.4, 100)
    np.testing.assert_array_equal(nms(xyxy[kept], confidence[kept], 0.4, 100), np.arange(len(kept)))


def test_classes_do_not_suppress_each_other_and_the_limit_takes_the_surest() -> None:
    xyxy = np.repeat(np.array([[0, 0, 10, 10]], np.float32), 4, axis=0)
    confidence = np.array([0.5, 0.9, 0.7, 0.8], np.float32)
    label = np.array([0, 0, 1, 2])
    np.testing.assert_array_equal(nms_by_class(xyxy, confidence, label, 0.5, 10), [1, 3, 2])
    np.testing.assert_array_equal(nms_by_class(xyxy, confidence, label, 0.5, 2), [1, 3])


def test_of_equally_sure_boxes_the_earlier_stays() -> None:
    xyxy = np.repeat(np.array([[0, 0, 10, 10]], np.float32), 3, axis=0)
    np.testing.assert_array_equal(nms(xyxy, np.full(3, 0.5, np.float32), 0.5, 10), [0])


@given(_some_boxes())
@settings(deadline=None)
def test_clipping_keeps_boxes_inside_and_touches_no_inner_one(xyxy: F32) -> None:
    inside = clip(xyxy, 80, 50)
    assert (inside >= 0).all()
    assert (inside[:, ::2] <= 80).all()
    assert (inside[:, 1::2] <= 50).all()
    untouched = (xyxy[:, 2] <= 80) & (xyxy[:, 3] <= 50)
    np.testing.assert_array_equal(inside[untouched], xyxy[untouched])


@pytest.mark.parametrize(
    ("box", "pixels"),
    [
        ((3.2, 4.0, 7.1, 6.0), (3, 4, 8, 6)),
        ((-5.0, -2.0, 40.0, 30.0), (0, 0, 20, 10)),
        ((25.0, 12.0, 30.0, 14.0), (19, 9, 20, 10)),  # beside the picture: the pixel next to it
        ((5.0, 5.0, 5.0, 5.0), (5, 5, 6, 6)),
    ],
)
def test_a_box_touches_whole_pixels_of_its_picture(
    box: tuple[float, float, float, float], pixels: tuple[int, int, int, int]
) -> None:
    assert whole_pixels(box, (20, 10)) == pixels
