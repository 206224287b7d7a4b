"""The Detector port: every head on every kind of engine, and the scripted one, keep the same promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.card import HEADS, ModelCard, NetworkInput
from edge.inference.detector import YoloDetector, from_letterbox, open_detector
from edge.inference.engines import open_engine
from edge.inference.scripted import CannedEngine, ScriptedDetector
from edge.ports import Detector, Engine, Frame, Letterboxed, TensorSpec
from edge.types import CLASSES, F32, U8, Box, Detections
from edge.vision.frame import PlanarFrame
from edge.vision.letterbox import fit_inside, to_input

FRAME_WH = (640, 360)
INPUT_WH = (128, 96)
MODEL_CLASSES = ("person", "cat", "car", "truck")


def _frame(picture: U8) -> Frame:
    return PlanarFrame.from_rgb(picture, camera_id="cam", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)


TRUTH = Detections(
    np.array([[100, 40, 300, 200], [320, 100, 500, 340], [10, 200, 60, 350]], np.float32),
    np.array([0.9, 0.8, 0.7], np.float32),
    np.array([CLASSES.index(name) for name in ("car", "truck", "person")], np.int16),
)
NOTHING = Detections.empty()
FRAME = _frame(np.full((FRAME_WH[1], FRAME_WH[0], 3), 90, np.uint8))


def _card(head: str, tmp_path: Path) -> ModelCard:
    shape = NetworkInput(
        "images",
        *INPUT_WH,
        "rgb",
        1 / 255,
        (0.0, 0.0, 0.0),
        (1.0, 1.0, 1.0),
        "top-left" if head == "yolox" else "centre",
        114,
    )
    weights = tmp_path / "tiny.onnx"
    return ModelCard(
        path=tmp_path / "model.toml",
        file=weights,
        name="tiny",
        version="",
        sha256="0" * 64,
        head=head,
        classes=MODEL_CLASSES,
        input=shape,
        confidence=0.25,
        iou=0.6,
        max_detections=50,
        licence="none",
        description="",
    )


def _rows(truth: Detections, card: ModelCard) -> F32:
    """Truth as (N,6): x1 y1 x2 y2 of the network input, score, class of the model."""
    view = FRAME.letterbox(card.input.width, card.input.height, centre=card.input.letterbox == "centre")
    pad = np.array([view.pad_x, view.pad_y] * 2, np.float32)
    label = [MODEL_CLASSES.index(CLASSES[number]) for number in truth.class_id]
    return np.column_stack([truth.xyxy * view.scale + pad, truth.confidence, label]).astype(np.float32)


def _cells() -> F32:
    """(N,3): x, y, stride of every cell of the three grids."""
    found = []
    for stride in (8, 16, 32):
        y, x = np.mgrid[: INPUT_WH[1] // stride, : INPUT_WH[0] // stride]
        found.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], axis=1))
    return np.concatenate(found).astype(np.float32)


def encode(truth: Detections, card: ModelCard) -> dict[str, F32]:
    """Return the outputs with which a network of this head would say `truth`, each box found twice."""
    if card.head == "ssd":
        return _ssd(_rows(truth, card))
    return {"out": _yolo(_rows(truth, card), card)}


def _ssd(rows: F32) -> dict[str, F32]:
    anchors = np.zeros((1, 30, 4), np.float32)
    scores = np.zeros((1, 30, 1 + len(MODEL_CLASSES)), np.float32)
    scores[0, :, 0] = 1  # all background but what follows
    for twin in range(2):
        at = 2 * np.arange(len(rows)) + twin
        anchors[0, at] = rows[:, :4] / np.array(INPUT_WH * 2, np.float32)
        scores[0, at, 0] = 0
        scores[0, at, 1 + rows[:, 5].astype(int)] = rows[:, 4] - 0.05 * twin
    return {"scores": scores, "boxes": anchors}


def _yolo(rows: F32, card: ModelCard) -> F32:
    cells = _cells()
    if card.head == "yolo-end2end":
        out = np.zeros((1, 30, 6), np.float32)
        out[0, : len(rows)] = rows
        return out
    centre, size = (rows[:, :2] + rows[:, 2:4]) / 2, rows[:, 2:4] - rows[:, :2]
    out = np.zeros((1, len(cells), 5 + len(MODEL_CLASSES)), np.float32)
    for twin in range(2):
        at = 10 * np.arange(len(rows)) + twin
        grid, stride = cells[at, :2], cells[at, 2:]
        raw = card.head == "yolox"
        out[0, at, :2] = centre / stride - grid if raw else centre
        out[0, at, 2:4] = np.log(size / stride) if raw else size
        out[0, at, 4] = 1
        out[0, at, 5 + rows[:, 5].astype(int)] = rows[:, 4] - 0.05 * twin
    return out if card.head == "yolox" else np.delete(out, 4, axis=2).transpose(0, 2, 1)


def _canned(truth: Detections, card: ModelCard, path: Path) -> Engine:
    del path
    answer = encode(truth, card)
    image = TensorSpec("images", (1, 3, INPUT_WH[1], INPUT_WH[0]), "float32")
    outputs = [TensorSpec(name, array.shape, "float32") for name, array in answer.items()]
    return CannedEngine([image], outputs, answer)


def _onnx(truth: Detections, card: ModelCard, path: Path) -> Engine:
    """Write a network that looks at nothing and says `truth`."""
    answer = encode(truth, card)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        *(helper.make_node("Add", [f"{name}_said", "nothing"], [name]) for name in answer),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", 1, (1, 3, INPUT_WH[1], INPUT_WH[0]))],
        [helper.make_tensor_value_info(name, 1, array.shape) for name, array in answer.items()],
        [
            numpy_helper.from_array(np.zeros((), np.float32), "zero"),
            *(numpy_helper.from_array(array, f"{name}_said") for name, array in answer.items()),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return open_engine(path)


MakeEngine = Callable[[Detections, ModelCard, Path], Engine]
Make = Callable[[Detections], Detector]


def _named(variant: tuple[str, Callable[..., object] | None]) -> str:
    head, make = variant
    return head if make is None else f"{head}{make.__name__}"


@pytest.fixture(params=[*((head, make) for head in HEADS for make in (_canned, _onnx)), ("scripted", None)], ids=_named)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    head: str
    engine: MakeEngine | None
    head, engine = request.param

    def detector(truth: Detections) -> Detector:
        if engine is None:
            return ScriptedDetector(lambda _: truth)
        card = _card(head, tmp_path)
        return YoloDetector(card, engine(truth, card, card.file))

    return detector


def test_boxes_come_back_in_display_pixels_and_in_our_classes(make: Make) -> None:
    found = make(TRUTH).detect(FRAME)
    np.testing.assert_allclose(found.xyxy, TRUTH.xyxy, atol=0.05)
    np.testing.assert_allclose(found.confidence, TRUTH.confidence, atol=1e-6)
    np.testing.assert_array_equal(found.class_id, TRUTH.class_id)


def test_the_surest_comes_first_however_the_network_orders_them(make: Make) -> None:
    found = make(TRUTH[::-1]).detect(FRAME)
    np.testing.assert_allclose(found.confidence, TRUTH.confidence, atol=1e-6)


def test_an_empty_road_is_empty_detections(make: Make) -> None:
    found = make(NOTHING).detect(FRAME)
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)


def test_it_has_a_name_to_print(make: Make) -> None:
    assert make(NOTHING).label


@pytest.fixture(params=HEADS)
def card(request: pytest.FixtureRequest, tmp_path: Path) -> ModelCard:
    return _card(request.param, tmp_path)


def _detector(truth: Detections, card: ModelCard, confidence: float = 0.0) -> YoloDetector:
    return YoloDetector(card, _canned(truth, card, card.file), confidence)


def test_a_dead_engine_is_a_failure_and_no_empty_road(card: ModelCard) -> None:
    detector = _detector(TRUTH, card)
    detector.close()
    with pytest.raises(EngineFailed):
        detector.detect(FRAME)


def test_numbers_that_are_none_are_a_failure(card: ModelCard) -> None:
    truth = Detections(TRUTH.xyxy.copy() * np.float32(np.nan), TRUTH.confidence.copy(), TRUTH.class_id.copy())
    with pytest.raises(EngineFailed):
        _detector(truth, card).detect(FRAME)


def test_the_threshold_is_the_cards_unless_the_configuration_sets_one(card: ModelCard) -> None:
    assert len(_detector(TRUTH, replace(card, confidence=0.75)).detect(FRAME)) == 2
    assert len(_detector(TRUTH, card, 0.85).detect(FRAME)) == 1


def test_at_most_as_many_as_the_card_allows(card: ModelCard) -> None:
    np.testing.assert_allclose(_detector(TRUTH, replace(card, max_detections=1)).detect(FRAME).confidence, [0.9])


def test_boxes_are_cut_to_the_frame_and_those_beside_it_left_out(card: ModelCard) -> None:
    truth = Detections(
        np.array([[-50, 10, 100, 400], [650, 10, 700, 60]], np.float32),
        np.array([0.9, 0.8], np.float32),
        np.zeros(2, np.int16),
    )
    np.testing.assert_allclose(_detector(truth, card).detect(FRAME).xyxy, [[0, 10, 100, 360]], atol=0.05)


def test_a_class_that_is_not_ours_is_left_out(card: ModelCard) -> None:
    foreign = replace(card, classes=("person", "cat", "sheep", "truck"))
    detector = YoloDetector(foreign, _canned(TRUTH, card, card.file))
    names = [CLASSES[number] for number in detector.detect(FRAME).class_id]
    assert names == ["truck", "person"]


@pytest.mark.parametrize("kinds", [("car", "truck"), ("bicycle", "motorcycle")])
def test_one_vehicle_found_as_two_kinds_is_the_surer_one(card: ModelCard, kinds: tuple[str, str]) -> None:
    alike = replace(card, classes=("person", "cat", *kinds))
    twice = Detections(
        np.array([[100, 40, 300, 200], [102, 40, 300, 198], [102, 42, 300, 200]], np.float32),
        np.array([0.6, 0.8, 0.5], np.float32),
        np.array([CLASSES.index(name) for name in ("car", "truck", "person")], np.int16),
    )
    detector = YoloDetector(alike, _canned(twice, card, card.file))
    assert [CLASSES[number] for number in detector.detect(FRAME).class_id] == [kinds[1], "person"]


def test_the_network_sees_the_picture_as_the_card_says(card: ModelCard) -> None:
    picture = np.empty((FRAME_WH[1], FRAME_WH[0], 3), np.uint8)
    picture[:] = (10, 20, 30)
    shape = replace(card.input, colour="bgr", scale=0.5, mean=(1.0, 2.0, 3.0), std=(1.0, 2.0, 4.0), pad=7)
    engine = _canned(NOTHING, card, card.file)
    YoloDetector(replace(card, input=shape), engine).detect(_frame(picture))
    assert isinstance(engine, CannedEngine)
    (fed,) = (feeds["images"] for feeds in engine.fed)
    assert fed.shape == (1, 3, INPUT_WH[1], INPUT_WH[0])
    np.testing.assert_allclose(fed[0, :, INPUT_WH[1] // 3, 60], [(15 - 1) / 1, (10 - 2) / 2, (5 - 3) / 4], rtol=1e-6)
    np.testing.assert_allclose(fed[0, :, -1, -1], [(3.5 - 1) / 1, (3.5 - 2) / 2, (3.5 - 3) / 4], rtol=1e-6)


@given(
    size_wh=st.tuples(st.integers(16, 4000), st.integers(16, 3000)),
    blocks=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    centre=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_going_into_the_letterbox_and_back_changes_nothing(
    *, size_wh: tuple[int, int], blocks: tuple[int, int], centre: bool
) -> None:
    wide, high = size_wh
    fit = fit_inside(size_wh, (blocks[0] * 32, blocks[1] * 32), centre=centre)
    view = Letterboxed(np.zeros((1, 1, 3), np.uint8), fit.scale, fit.pad_x, fit.pad_y)
    truth: tuple[Box, ...] = ((0, 0, wide, high), (wide / 3, high / 4, wide / 2, high / 2))
    inside = np.array([to_input(box, fit) for box in truth], np.float32)
    # Single precision: a ten-thousandth of an input pixel, seen in display pixels.
    np.testing.assert_allclose(from_letterbox(inside, view), truth, atol=1e-4 / fit.scale)


@pytest.mark.parametrize("centre", [True, False])
def test_a_painted_box_is_found_where_it_was_painted(centre: bool) -> None:  # noqa: FBT001 - pytest names it
    picture = np.zeros((700, 500, 3), np.uint8)
    picture[210:420, 100:300] = 255
    view = _frame(picture).letterbox(160, 128, centre=centre, pad=0)
    y, x = np.nonzero(view.picture[:, :, 0] > 127)
    box = np.array([[np.min(x), np.min(y), np.max(x) + 1, np.max(y) + 1]], np.float32)
    np.testing.assert_allclose(from_letterbox(box, view), [[100, 210, 300, 420]], atol=0.5 / view.scale + 0.01)


def _disagreement(card: ModelCard, engine: Engine) -> str:
    with pytest.raises(ModelError) as caught:
        YoloDetector(card, engine)
    message = str(caught.value)
    assert str(card.file) in message
    assert str(card.path) in message
    assert "\n" not in message
    return message


def test_another_input_size_is_refused_naming_both(card: ModelCard) -> None:
    message = _disagreement(replace(card, input=replace(card.input, width=256)), _canned(TRUTH, card, card.file))
    assert "its input is images 1x3x96x128 float32, the card says images 1x3x96x256 float32" in message


def test_another_input_name_is_refused(card: ModelCard) -> None:
    message = _disagreement(replace(card, input=replace(card.input, name="x")), _canned(TRUTH, card, card.file))
    assert "the card says x 1x3x96x128" in message


def test_another_kind_of_head_is_refused(card: ModelCard) -> None:
    engine = _canned(TRUTH, card, card.file)
    for head in HEADS:
        if head != card.head:
            assert f"{head} with 4 classes gives" in _disagreement(replace(card, head=head), engine)


def test_another_number_of_classes_is_refused_where_the_head_shows_it(card: ModelCard) -> None:
    fewer = replace(card, classes=MODEL_CLASSES[:3])
    engine = _canned(TRUTH, card, card.file)
    if card.head == "yolo-end2end":
        with pytest.raises(EngineFailed, match="it found class 3, but there are only 3"):
            YoloDetector(fewer, engine).detect(FRAME)
    else:
        assert "with 3 classes gives" in _disagreement(fewer, engine)


def test_classes_in_another_order_than_the_models_own_are_refused(card: ModelCard) -> None:
    engine = _canned(TRUTH, card, card.file)
    own = dict(enumerate(reversed(MODEL_CLASSES)))
    told = CannedEngine(engine.inputs, engine.outputs, {}, {"names": str(own)})
    assert "the model's own classes are truck, car, cat, person" in _disagreement(card, told)


@pytest.mark.parametrize("names", ["", "{", "garbage", "[1, 2]", str(dict(enumerate(MODEL_CLASSES)))])
def test_a_models_own_classes_are_only_compared_where_it_tells_them(card: ModelCard, names: str) -> None:
    engine = _canned(TRUTH, card, card.file)
    answer = engine.infer({"images": np.zeros((1, 3, INPUT_WH[1], INPUT_WH[0]), np.float32)})
    told = CannedEngine(engine.inputs, engine.outputs, answer, {"names": names})
    assert len(YoloDetector(card, told).detect(FRAME)) == len(TRUTH)


def _free(answer: Mapping[str, np.ndarray]) -> list[TensorSpec]:
    return [TensorSpec(name, (-1, -1, -1), "float32") for name in answer]


def test_free_sizes_of_a_network_fit_any_card(card: ModelCard) -> None:
    engine = _canned(TRUTH, card, card.file)
    answer = engine.infer({"images": np.zeros((1, 3, INPUT_WH[1], INPUT_WH[0]), np.float32)})
    free = CannedEngine([TensorSpec("images", (-1, 3, -1, -1), "float32")], _free(answer), answer)
    assert len(YoloDetector(card, free).detect(FRAME)) == len(TRUTH)


def test_a_free_network_that_answers_in_another_shape_fails(card: ModelCard) -> None:
    free = CannedEngine(
        [TensorSpec("images", (-1, 3, -1, -1), "float32")],
        _free(encode(TRUTH, card)),
        {name: np.ones((1, 7, 7), np.float32) for name in encode(TRUTH, card)},
    )
    with pytest.raises(EngineFailed, match="gave 1x7x7"):
        YoloDetector(card, free).detect(FRAME)


def test_the_configured_detector_is_opened_by_name() -> None:
    detector = open_detector(Models(detector="gate-n", threads=1))
    assert "gate-n" in detector.label
    assert isinstance(detector.detect(FRAME), Detections)


def test_an_engine_that_is_not_here_is_an_error_of_the_model() -> None:
    with pytest.raises(ModelError, match="tensorrt"):
        open_detector(Models(engine="tensorrt"))
