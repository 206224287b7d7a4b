"""An engine that says something else than its network is refused: compared as numbers, and on broken builds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from edge.cli import main
from edge.errors import ModelError
from edge.inference.acceptance import FLOAT, INT8, Bound, compare, try_engine
from edge.inference.card import ModelCard, load_card
from edge.inference.engines import open_engine
from edge.inference.golden import golden_frames
from edge.types import Detections

ROWS = np.array([[10 + 40 * n, 20, 40 + 40 * n, 60] for n in range(6)], np.float32)


def said(
    xyxy: np.ndarray = ROWS, score: float = 0.8, kinds: tuple[int, ...] = (0, 1, 2, 3, 4, 5), rows: int = 6
) -> list[Detections]:
    found = Detections(np.asarray(xyxy, np.float32), np.full(len(xyxy), score, np.float32), np.array(kinds, np.int16))
    return [found[np.arange(rows)]] * 3


def judged(candidate: list[Detections], bound: Bound = FLOAT) -> tuple[bool, str]:
    verdict = compare(said(), candidate, 0.25, bound)
    return verdict.accepted, " ".join(verdict.faults())


def test_the_same_answer_is_accepted() -> None:
    verdict = compare(said(), said(), 0.25)
    assert (verdict.objects, verdict.agreement, verdict.score, verdict.iou) == pytest.approx((36, 1.0, 0.0, 1.0))
    assert verdict.accepted


def test_a_little_other_arithmetic_is_accepted_within_the_bound_alone() -> None:
    moved, bolder = said(ROWS + 0.1, 0.815), said(ROWS + 0.1, 0.84)
    assert judged(moved) == (True, "")
    assert judged(bolder) == (False, "scores differ by 0.040 (at most 0.02)")
    assert judged(bolder, INT8) == (True, "")


@pytest.mark.parametrize(
    ("candidate", "cause"),
    [
        (said(rows=0), "only 0.000 of the objects"),
        (said(rows=5), "only 0.909 of the objects"),
        (said(kinds=(1, 2, 3, 4, 5, 0)), "only 0.000 of the objects"),
        (said(ROWS + 4), "boxes overlap by 0.6"),
        (said(score=0.1), "scores differ by 0.7"),
        ([row[np.repeat(np.arange(6), 2)] for row in said()], "only 0.667 of the objects"),
    ],
    ids=["dead", "one missing", "permuted", "moved", "faint", "doubled"],
)
def test_another_answer_is_refused_with_its_reason(candidate: list[Detections], cause: str) -> None:
    accepted, faults = judged(candidate)
    assert not accepted
    assert cause in faults


def test_what_stands_at_the_threshold_is_no_difference() -> None:
    verdict = compare(said(score=0.251), said(score=0.249), 0.25)
    assert verdict.accepted


def test_where_nothing_was_found_nothing_is_proved() -> None:
    verdict = compare(said(rows=0), said(rows=0), 0.25)
    assert not verdict.accepted
    assert math.isnan(verdict.agreement)


def test_golden_frames_are_the_same_every_time() -> None:
    first, second = (list(golden_frames(3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.frame.luma(160, 90), other.frame.luma(160, 90))
        np.testing.assert_array_equal(one.plain, other.plain)
    assert sum(len(one.plain) for one in first) > 0


# --- builds of gate-n that were broken on purpose ---


def _exchange_red_and_blue(graph: onnx.GraphProto) -> None:
    graph.initializer.append(numpy_helper.from_array(np.array([2, 1, 0], np.int64), "bgr"))
    _feed_from(graph, "images", "swapped")
    graph.node.insert(0, helper.make_node("Gather", ["images", "bgr"], ["swapped"], axis=1))


def _saturate(graph: onnx.GraphProto) -> None:
    """Quantise the first layers' outputs to INT8 with a range far too narrow, as a bad calibration does."""
    graph.initializer.append(numpy_helper.from_array(np.array(0.5 / 127, np.float32), "narrow"))
    graph.initializer.append(numpy_helper.from_array(np.array(0, np.int8), "zero_point"))
    for number, conv in enumerate([node for node in graph.node if node.op_type == "Conv"][:6]):
        output = conv.output[0]
        _feed_from(graph, output, f"dq{number}")
        place = list(graph.node).index(conv) + 1
        graph.node.insert(
            place, helper.make_node("DequantizeLinear", [f"q{number}", "narrow", "zero_point"], [f"dq{number}"])
        )
        graph.node.insert(place, helper.make_node("QuantizeLinear", [output, "narrow", "zero_point"], [f"q{number}"]))


def _permute_classes(graph: onnx.GraphProto) -> None:
    """Name every class as the next one: `output0` is x1 y1 x2 y2 score class."""
    last = next(node for node in graph.node if "output0" in node.output)
    last.output[list(last.output).index("output0")] = "right"
    for name, values in (("table", [1, 2, 3, 4, 5, 0]), ("four", [5, 1])):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), name))
    graph.initializer.append(numpy_helper.from_array(np.array([1, 2, 3, 4, 5, 0], np.float32), "named"))
    graph.node.extend(
        [
            helper.make_node("Split", ["right", "four"], ["boxes", "label"], axis=2),
            helper.make_node("Cast", ["label"], ["number"], to=onnx.TensorProto.INT64),
            helper.make_node("Gather", ["named", "number"], ["other"], axis=0),
            helper.make_node("Concat", ["boxes", "other"], ["output0"], axis=2),
        ]
    )


def _feed_from(graph: onnx.GraphProto, name: str, instead: str) -> None:
    for node in graph.node:
        for place, fed in enumerate(node.input):
            if fed == name:
                node.input[place] = instead


BROKEN: dict[str, Callable[[onnx.GraphProto], None]] = {
    "red and blue exchanged": _exchange_red_and_blue,
    "saturated INT8": _saturate,
    "permuted classes": _permute_classes,
}


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return load_card("gate-n")


def _broken(card: ModelCard, how: str, folder: Path) -> Path:
    model = onnx.load(str(card.file))
    BROKEN[how](model.graph)
    path = folder / "broken.onnx"
    onnx.save(model, str(path))
    return path


def test_a_sound_engine_is_accepted(card: ModelCard) -> None:
    trial = try_engine(card, open_engine(card.file))
    assert trial.verdict.agreement == 1.0
    assert trial.found > trial.plain / 2


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("precision", ["float", "int8"])
def test_a_broken_build_ends_the_check_with_4_and_one_line(
    card: ModelCard, how: str, precision: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _broken(card, how, tmp_path)
    assert main(["models", "check", "gate-n", "--file", str(path), "--precision", precision]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "is refused" in said.err


def test_a_card_that_misleads_its_own_network_is_refused(card: ModelCard) -> None:
    """Engine and reference agree here: that they find no vehicle gives the card away."""
    misled = replace(card, input=replace(card.input, scale=card.input.scale / 40))
    with pytest.raises(ModelError, match="plain vehicles: the card's colour order"):
        try_engine(misled, open_engine(card.file))
