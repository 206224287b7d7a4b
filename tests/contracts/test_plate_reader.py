"""The PlateReader port: PP-OCR, PaddleOCR behind its pipes and the scripted one keep the same promises."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.paddle import PaddleReader
from edge.inference.ppocr import PpOcrReader, find_model, open_ppocr
from edge.inference.scripted import CannedEngine, ScriptedReader
from edge.ports import PlateReader, TensorSpec
from edge.types import U8, PlateRead

WHERE = (150, 190)


def vehicle(*rows: str, wide: int = 150) -> U8:
    """Paint the back of a grey vehicle, 420x320, with a plate of one or two rows; no rows, no plate."""
    picture = Image.new("RGB", (420, 320), (70, 80, 95))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=wide / 5.2)
    row_high = wide // 4.6
    if rows:
        pen.rectangle([*WHERE, WHERE[0] + wide, WHERE[1] + row_high * len(rows) + 4], fill=(235, 235, 230))
    for number, row in enumerate(rows):
        aside = (wide - pen.textlength(row, font=font)) / 2
        pen.text((WHERE[0] + aside, WHERE[1] + number * row_high), row, fill=(15, 15, 15), font=font)
    return np.array(picture, np.uint8)


FAKE_PACKAGE = """
import runpy, sys, types
package = types.ModuleType("paddleocr")
class PaddleOCR:
    def __init__(self, **options):
        print("a chatty package")  # must not reach the answers
        assert options["text_detection_model_dir"].endswith("det"), options
    def predict(self, picture):
        word = {text!r}
        if picture.shape[:2] == (13, 13):
            raise RuntimeError("no memory\\nleft")
        if picture.shape[:2] == (17, 17):
            import os; os._exit(3)
        if picture[:, :, 0].max() < 200:
            return [{{"rec_polys": [], "rec_texts": [], "rec_scores": []}}]
        quad = [[150, 190], [300, 190], [300, 222], [150, 222]]
        return [{{"rec_polys": [quad], "rec_texts": [word], "rec_scores": [0.93]}}]
package.PaddleOCR = PaddleOCR
sys.modules["paddleocr"] = package
import importlib.metadata as metadata
metadata.version = lambda name: "3.9"
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _fake_python(folder: Path, text: str = "CF 207-358") -> Path:
    """Write an interpreter in whose environment a stand-in for paddleocr is installed."""
    (folder / "site.py").write_text(textwrap.dedent(FAKE_PACKAGE.format(text=text)), encoding="utf-8")
    python = folder / "python"
    # It is called as `python -I child.py models`.
    python.write_text(f'#!/bin/sh\nshift\nexec "{sys.executable}" "{folder}/site.py" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return python


def _ppocr(folder: Path, stack: ExitStack) -> PlateReader:
    del folder
    reader = open_ppocr(Models(threads=1))
    stack.callback(reader.close)
    return reader


def _paddle(folder: Path, stack: ExitStack) -> PlateReader:
    reader = PaddleReader(_fake_python(folder), folder)
    stack.callback(reader.close)
    return reader


def _scripted(folder: Path, stack: ExitStack) -> PlateReader:
    del folder, stack
    read = PlateRead("CF207358", (0.9,) * 8, (150, 190, 300, 222), 0.5, 150, 32)
    return ScriptedReader(lambda picture: [read] if np.max(picture) > 200 else [])


@pytest.fixture(params=[_ppocr, _paddle, _scripted])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlateReader]:
    make: Callable[[Path, ExitStack], PlateReader] = request.param
    with ExitStack() as stack:
        yield make(tmp_path, stack)


def test_a_plate_is_read_where_it_is_in_capitals_and_digits_only(reader: PlateReader) -> None:
    (read,) = reader.read(vehicle("CF 207-358"))
    assert read.text == "CF207358"
    assert len(read.char_confidence) == 8
    assert 0.8 < read.confidence <= 1
    np.testing.assert_allclose(read.box, [150, 190, 300, 225], atol=12)
    assert 120 < read.width_px < 180


def test_a_vehicle_without_a_plate_gives_none(reader: PlateReader) -> None:
    assert reader.read(vehicle()) == ()


def test_the_picture_is_left_as_it_was(reader: PlateReader) -> None:
    picture = vehicle("CF 207-358")
    before = picture.copy()
    reader.read(picture)
    np.testing.assert_array_equal(picture, before)


def test_it_has_a_name_to_print(reader: PlateReader) -> None:
    assert reader.label


@pytest.fixture(scope="module")
def ppocr() -> Iterator[PpOcrReader]:
    reader = open_ppocr(Models(threads=1))
    yield reader
    reader.close()


@pytest.mark.parametrize("text", ["CF 207-358", "BB 12 CC GP", "ND 344 292", "KR 5GX68", "B 21 GSB"])
def test_usual_layouts_are_read(ppocr: PpOcrReader, text: str) -> None:
    assert [read.text for read in ppocr.read(vehicle(text))] == [text.replace(" ", "").replace("-", "")]


def test_two_rows_are_read_from_the_top(ppocr: PpOcrReader) -> None:
    assert [read.text for read in ppocr.read(vehicle("CA 123", "456 GP", wide=100))] == ["CA123456GP"]


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (2000, 40)])
def test_pictures_of_any_shape_are_read(ppocr: PpOcrReader, shape: tuple[int, int]) -> None:
    assert ppocr.read(np.full((*shape, 3), 120, np.uint8)) == ()


def test_noise_is_no_plate(ppocr: PpOcrReader) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (240, 320, 3), np.uint8)
    assert ppocr.read(noise) == ()


def test_the_cost_of_both_networks_is_counted(ppocr: PpOcrReader) -> None:
    pictures, lines, detect_ns, recognise_ns = ppocr.pictures, ppocr.lines, ppocr.detect_ns, ppocr.recognise_ns
    ppocr.read(vehicle("CF 207-358"))
    assert (ppocr.pictures - pictures, ppocr.lines - lines) == (1, 1)
    assert ppocr.detect_ns > detect_ns
    assert ppocr.recognise_ns > recognise_ns


def _canned(characters: str, detector_shape: tuple[int, ...] = (1, 1, 8, 8)) -> tuple[CannedEngine, CannedEngine]:
    free = [TensorSpec("x", (-1, 3, -1, -1), "float32")]
    out = [TensorSpec("y", (-1, -1, -1), "float32")]
    detector = CannedEngine(free, out, {"y": np.zeros(detector_shape, np.float32)})
    return detector, CannedEngine(free, out, {"y": np.zeros((1, 5, 3), np.float32)}, {"character": characters})


def test_a_recogniser_that_names_no_characters_is_refused() -> None:
    with pytest.raises(ModelError, match="names no characters"):
        PpOcrReader(*_canned(""))


def test_a_recogniser_for_another_script_is_refused() -> None:
    with pytest.raises(ModelError, match="its characters lack ABC"):
        PpOcrReader(*_canned("浙\n苏"))


def test_networks_of_another_kind_fail_and_read_nothing() -> None:
    letters = "\n".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    reader = PpOcrReader(*_canned(letters))
    with pytest.raises(EngineFailed, match="the text detector gave"):
        reader.read(vehicle("CF 207-358"))
    with pytest.raises(EngineFailed, match="the recogniser gave"):
        reader.read_line(vehicle("CF 207-358"), np.array([[0, 0], [9, 0], [9, 9], [0, 9]], np.float32))


def test_a_closed_reader_fails() -> None:
    reader = open_ppocr(Models(threads=1))
    reader.close()
    reader.close()
    with pytest.raises(EngineFailed):
        reader.read(vehicle("CF 207-358"))


def test_a_missing_package_names_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.inference.ppocr.PACKAGE", "no-such-package")
    with pytest.raises(ModelError, match=r"install edge-gate\[ocr\]"):
        find_model("det")


def test_a_package_without_the_models_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.inference.ppocr.PACKAGE", "numpy")
    with pytest.raises(ModelError, match="holds 0 models like"):
        find_model("rec")


def test_paddles_own_failure_is_one_line_and_the_next_picture_is_read(tmp_path: Path) -> None:
    reader = PaddleReader(_fake_python(tmp_path), tmp_path)
    with pytest.raises(EngineFailed, match="no memory left"):
        reader.read(np.full((13, 13, 3), 255, np.uint8))
    assert [read.text for read in reader.read(vehicle("CF 207-358"))] == ["CF207358"]
    reader.close()


def test_a_dead_paddle_is_a_failure_that_says_how_it_died(tmp_path: Path) -> None:
    reader = PaddleReader(_fake_python(tmp_path), tmp_path)
    with pytest.raises(EngineFailed, match=r"has died \(status 3: a chatty package\)"):
        reader.read(np.full((17, 17, 3), 255, np.uint8))
    with pytest.raises(EngineFailed, match="has died"):
        reader.read(vehicle("CF 207-358"))
    reader.close()
    reader.close()
    with pytest.raises(EngineFailed, match="is closed"):
        reader.read(vehicle())


def test_a_line_break_in_a_reading_breaks_no_answer(tmp_path: Path) -> None:
    reader = PaddleReader(_fake_python(tmp_path, "CF\n207358"), tmp_path)
    assert [read.text for read in reader.read(vehicle("x"))] == ["CF207358"]
    reader.close()
