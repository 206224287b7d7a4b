"""An engine that says something else than its network is refused: compared as numbers, and on broken builds."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.cli import main
from edge.errors import ModelError
from edge.inference import acceptance
from edge.inference.acceptance import FLOAT, INT8, Bound, compare, try_engine
from edge.inference.card import ModelCard, load_card
from edge.inference.engines import open_engine
from edge.inference.finder_card import load_finder_card
from edge.inference.golden import FRAMES, GoldenFrame, golden_frames
from edge.scene import random_scene
from edge.types import Detections
from edge.workshop.builds import listed, with_builds, write_fp16, write_int8
from tests.inference.broken_builds import BROKEN, broken, with_ranges

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
    figures = (verdict.objects, verdict.kept, verdict.change, verdict.drift, verdict.iou)
    assert figures == pytest.approx((18, 1.0, 0.0, 0.0, 1.0))
    assert verdict.accepted


def test_a_little_other_arithmetic_is_accepted_within_the_bound_alone() -> None:
    moved, bolder = said(ROWS + 0.1, 0.804), said(ROWS + 0.1, 0.82)
    assert judged(moved) == (True, "")
    assert judged(bolder) == (
        False,
        "scores differ by 0.020 (at most 0.01) scores drift by +0.020 (at most 0.005 either way)",
    )
    assert judged(bolder, INT8) == (True, "")


@pytest.mark.parametrize(
    ("candidate", "cause"),
    [
        (said(rows=0), "only 0.000 of the clear objects"),
        (said(rows=5), "only 0.909 of the clear objects"),
        (said(kinds=(1, 2, 3, 4, 5, 0)), "only 0.000 of the clear objects"),
        (said(ROWS + 4), "boxes overlap by 0.6"),
        (said(score=0.1), "scores drift by -0.7"),
        ([row[np.repeat(np.arange(6), 2)] for row in said()], "only 0.667 of the clear objects"),
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
    assert math.isnan(verdict.kept)


def test_golden_frames_are_the_same_every_time() -> None:
    first, second = (list(golden_frames(3)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.frame.luma(160, 90), other.frame.luma(160, 90))
        np.testing.assert_array_equal(one.plain, other.plain)
    assert sum(len(one.plain) for one in first) > 0


def test_a_trial_shows_every_scene_near_and_four_times_far(golden: tuple[GoldenFrame, ...]) -> None:
    near, far = golden[:FRAMES], golden[FRAMES:]
    assert len(near) == len(far) == FRAMES
    np.testing.assert_array_equal(near[1].frame.luma(160, 90), list(golden_frames(2))[1].frame.luma(160, 90))
    assert sum(len(one.plain) for one in far) == 0
    assert len({one.frame.luma(160, 90).tobytes() for one in golden}) == 2 * FRAMES


# --- builds of gate-n that were broken on purpose ---


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return load_card("gate-n")


@pytest.fixture(autouse=True)
def _rendered_once(golden: tuple[GoldenFrame, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third frame shows what is badly broken; the tests of finer differences ask for all of them."""
    monkeypatch.setattr(acceptance, "trial_frames", lambda: golden[::3])


@pytest.fixture(scope="module")
def int8(card: ModelCard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound INT8 build; rendered scenes of the training list stand in for real pictures."""
    path = tmp_path_factory.mktemp("int8") / "gate-n.int8.onnx"
    write_int8(card, [random_scene(seed, size_wh=(640, 360))[0] for seed in range(24)], path)
    return path


def test_a_sound_engine_is_accepted(card: ModelCard) -> None:
    trial = try_engine(card, open_engine(card.file))
    assert trial.verdict.kept == 1.0
    assert trial.verdict.change == 0.0
    assert trial.found > trial.plain / 2


def test_a_sound_fp16_build_is_accepted_by_the_narrow_bound(
    card: ModelCard, golden: tuple[GoldenFrame, ...], tmp_path: Path
) -> None:
    write_fp16(card, tmp_path / "half.onnx")
    trial = try_engine(card, open_engine(tmp_path / "half.onnx"), FLOAT, golden)
    assert trial.verdict.change < FLOAT.change / 4


def test_a_sound_int8_build_is_accepted_by_its_own_bound_alone(
    card: ModelCard, int8: Path, golden: tuple[GoldenFrame, ...]
) -> None:
    verdict = try_engine(card, open_engine(int8), INT8, golden).verdict
    assert verdict.accepted
    assert "scores differ" in " ".join(replace(verdict, bound=FLOAT).faults())


@pytest.mark.parametrize("share", [0.6, 0.5, 0.25])
def test_an_int8_build_with_ranges_too_narrow_is_refused(
    card: ModelCard, int8: Path, share: float, golden: tuple[GoldenFrame, ...], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"is refused: .*scores drift by -"):
        try_engine(card, open_engine(with_ranges(int8, share, tmp_path)), INT8, golden)


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_broken_build_ends_the_check_with_4_and_one_line(
    card: ModelCard, how: str, precision: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = broken(card.file, how, tmp_path)
    assert main(["models", "check", "gate-n", "--file", str(path), "--precision", precision]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    title = card.title + (" int8" if precision == "int8" else "")
    assert said.err.startswith(f"edge: {title} on onnxruntime")
    assert "is refused" in said.err


def test_a_file_of_another_network_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    other = load_finder_card("plate-n").file
    assert main(["models", "check", "gate-n", "--file", str(other)]) == 4
    assert capsys.readouterr().err.startswith(f"edge: {other} does not agree with ")


def test_a_card_that_misleads_its_own_network_is_refused(card: ModelCard) -> None:
    """Engine and reference agree here: that they find no vehicle gives the card away."""
    misled = replace(card, input=replace(card.input, scale=card.input.scale / 40))
    with pytest.raises(ModelError, match="plain vehicles: the card's colour order"):
        try_engine(misled, open_engine(card.file))


def test_a_listed_build_is_tried_by_its_kind_and_compared_with_the_card(
    card: ModelCard, int8: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for source, name in ((card.file, card.file.name), (int8, "gate-n.int8.onnx")):
        shutil.copyfile(source, tmp_path / name)
    lone = replace(card, builds=())  # its other files are not in this folder
    text = with_builds(lone, [listed("int8", tmp_path / "gate-n.int8.onnx", ("tensorrt",))])
    (tmp_path / "model.toml").write_text(text, encoding="utf-8")
    assert main(["models", "check", str(tmp_path), "--precision", "int8"]) == 0
    assert "sound: gate-n.int8.onnx" in capsys.readouterr().out
    (tmp_path / "gate-n.int8.onnx").write_bytes(b"damaged")
    assert main(["models", "check", str(tmp_path)]) == 4
    assert "gate-n.int8.onnx: its SHA-256 is" in capsys.readouterr().err
