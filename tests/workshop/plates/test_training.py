"""The recogniser learns, is cut off and taken up again, and is exported as what torch computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.inference.reader_card import load_reader_card
from edge.inference.slots import END, SLOTS, encode, open_recogniser
from edge.workshop.network import largest_difference, read_weights
from edge.workshop.plates import network
from edge.workshop.plates.batches import Mix
from edge.workshop.plates.calibrate import asked_slots, calibrate, calibration_error, judge_regions
from edge.workshop.plates.export import export
from edge.workshop.plates.layouts import REGIONS
from edge.workshop.plates.samples import Fonts
from edge.workshop.plates.training import Stage, places, seen_centres, train
from edge.workshop.schedule import Progress

CARD = f"""name = "plate-ocr"
task = "read"
file = "plate-ocr.onnx"
sha256 = "{"0" * 64}"
characters = "characters"
region = "region"
regions = {list(REGIONS)!r}
licence = "Apache-2.0"
temperature = 1.5
version = "0"
[input]
name = "image"
width = 160
height = 64
""".replace("'", '"')


def test_a_slot_must_look_where_its_character_stands() -> None:
    centres = np.full((1, SLOTS, 2), np.nan, np.float32)
    centres[0, 0] = (0.5 / 20, 7.5 / 8)
    shares = places(centres)
    assert shares.shape == (1, SLOTS, 160)
    assert int(shares[0, 0].argmax()) == 7 * 20
    assert shares[0].sum(axis=1).tolist() == pytest.approx([1.0] + [0.0] * (SLOTS - 1), abs=1e-5)


def test_an_overconfident_network_gets_a_temperature_above_one() -> None:
    rng = np.random.default_rng(1)
    slots = np.array([encode("AB12")] * 200, np.int64)
    scores = rng.normal(0, 1, (200, SLOTS, END + 1)).astype(np.float32)
    said = np.where(rng.random(slots.shape) < 0.7, slots, 7)  # three in ten are wrong
    np.put_along_axis(scores, said[..., None], 5.0, axis=2)
    fitted = calibrate(scores[None], slots)
    assert calibrate(scores[None] * 3, slots).temperature == pytest.approx(3 * fitted.temperature, rel=0.05)
    assert fitted.characters == 200 * 5
    assert fitted.error < 0.08


def test_glances_that_disagree_are_less_sure_so_they_need_less_temperature() -> None:
    slots = np.array([encode("AB12")] * 50, np.int64)
    alike = np.zeros((2, 50, SLOTS, END + 1), np.float32)
    np.put_along_axis(alike, slots[None, ..., None], 3.0, axis=3)
    apart = alike.copy()
    np.put_along_axis(apart[1], (slots[..., None] + 1) % (END + 1), 2.9, axis=2)
    assert calibrate(apart, slots).temperature <= calibrate(alike, slots).temperature
    assert calibrate(apart, slots).error > calibrate(alike, slots).error


def test_regions_are_counted_where_the_country_is_known() -> None:
    told = np.zeros((4, len(REGIONS)), np.float32)
    for row, region in enumerate(("gb", "eu", "us", "za")):
        told[row, REGIONS.index(region)] = 1
    found = judge_regions(told, ["GB", "DE", "KE", ""])
    assert (found.right, found.plates) == (2, 3)
    assert found.error == pytest.approx(1 / 3)
    assert judge_regions(told, [""] * 4).plates == 0


def test_only_characters_and_the_first_end_are_asked() -> None:
    assert asked_slots(np.array([encode("AB")], np.int64))[0].tolist() == [True] * 3 + [False] * 9


def test_the_calibration_error_is_how_far_confidence_is_from_truth() -> None:
    right = np.array([True, True, True, False])
    assert calibration_error(np.full(4, 0.75), right) == pytest.approx(0)
    assert calibration_error(np.full(4, 0.95), right) == pytest.approx(0.2)


@pytest.fixture
def torch() -> object:
    pytest.importorskip("safetensors", reason="safetensors is not installed; it comes with the train extra")
    return pytest.importorskip("torch", reason="torch is not installed; it comes with the train extra")


@pytest.mark.slow
def test_two_steps_are_trained_cut_off_taken_up_again_and_exported(torch: object, tmp_path: Path) -> None:  # noqa: ARG001 - skips
    onnx = pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    out = tmp_path / "last.safetensors"
    stage = Stage(Mix(4), steps=2, warm_up=1, save_every=1)
    assert train(None, out, [], Fonts(), stage, fresh=False) == Progress(2, 0, 2)
    assert train(out, out, [], Fonts(), stage, fresh=False) == Progress(4, 2, 4)
    assert out.stat().st_size < 6_000_000
    (tmp_path / "model.toml").write_text(CARD, encoding="utf-8")
    sha256, found = export(out, load_reader_card(tmp_path), "1", [])
    card = load_reader_card(tmp_path)
    assert (card.sha256, card.version, card.temperature) == (sha256, "1", 1.5)
    assert found is None
    graph = onnx.load(str(card.file))
    shapes = [
        (value.name, [axis.dim_value for axis in value.type.tensor_type.shape.dim])
        for value in (*graph.graph.input, *graph.graph.output)
    ]
    assert shapes == [("image", [1, 1, 64, 160]), ("characters", [1, SLOTS, END + 1]), ("region", [1, len(REGIONS)])]
    read = open_recogniser(card).read(np.full((30, 90, 3), 128, np.uint8))
    assert read.region in REGIONS


@pytest.mark.slow
def test_the_exported_file_says_what_torch_says(torch: object, tmp_path: Path) -> None:  # noqa: ARG001 - skips
    pytest.importorskip("onnx", reason="onnx is not installed; it comes with the train extra")
    network.write_onnx(network.build(3), tmp_path / "a.onnx", 1.3)
    image = np.random.default_rng(2).random((1, 1, 64, 160), np.float32)
    zeros = [np.zeros((1, SLOTS, END + 1), np.float32), np.zeros((1, len(REGIONS)), np.float32)]
    assert largest_difference(tmp_path / "a.onnx", image, zeros) > 0.01


@pytest.mark.slow
def test_weights_survive_the_file(torch: object, tmp_path: Path) -> None:  # noqa: ARG001 - skips
    out = tmp_path / "last.safetensors"
    train(None, out, [], Fonts(), Stage(Mix(2), steps=1, warm_up=1), fresh=True)
    assert read_weights(out, network.build())["step"] == "1"


def test_a_network_tells_where_it_looked_for_what_it_read_rightly() -> None:
    torch = pytest.importorskip("torch", reason="torch, which trains, is not installed")

    class Sure:
        """Reads AB of everything, A in the second cell of the upper row and B in the last of the lower one."""

        training = True

        def eval(self) -> None: ...
        def train(self, mode: bool) -> None: ...  # noqa: FBT001 - as torch has it

        def __call__(self, image: object) -> tuple[object, object, tuple[object, ...]]:
            del image
            scores = torch.full((1, SLOTS, END + 1), -9.0)
            for slot, kind in enumerate(encode("AB")):
                scores[0, slot, kind] = 9.0
            looked = torch.zeros((1, SLOTS, 160))
            looked[0, 0, 1] = looked[0, 1, 159] = 1
            return scores, None, (looked, looked)

    picture = np.zeros((64, 160), np.uint8)
    right, wrong = seen_centres(Sure(), [picture] * 2, ["AB", "AC"])
    assert wrong is None
    assert right is not None
    assert right.tolist() == [pytest.approx([1.5 / 20, 0.5 / 8]), pytest.approx([19.5 / 20, 7.5 / 8])]
