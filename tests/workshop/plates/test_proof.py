"""The proof table asks every reader about the same plates, and its conditions are what they are called."""

from __future__ import annotations

import json

import numpy as np
import pytest

from edge.cli import main
from edge.config.model import Models
from edge.types import U8, PlateRead
from edge.workshop.plates.layouts import is_proof_text
from edge.workshop.plates.proof import CONDITIONS, WIDTHS_PX, Condition, cell_sample, proof_table


def test_every_reader_sees_the_same_pictures_and_is_counted() -> None:
    seen: dict[str, list[U8]] = {"one": [], "two": []}
    truth = [cell_sample(condition, width, row * 1_000_000).text for row, condition in enumerate(CONDITIONS)
             for width in WIDTHS_PX]  # fmt: skip

    def one(picture: U8) -> str:
        seen["one"].append(picture)
        return truth[len(seen["one"]) - 1]

    def two(picture: U8) -> str:
        seen["two"].append(picture)
        return "WRONG"

    cells = list(proof_table({"one": one, "two": two}, 1))
    assert len(cells) == len(CONDITIONS) * len(WIDTHS_PX)
    assert all(cell.exact == {"one": 1, "two": 0} for cell in cells)
    assert all(np.array_equal(a, b) for a, b in zip(seen["one"], seen["two"], strict=True))


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda row: row.name)
def test_a_cell_shows_one_text_at_every_width(condition: Condition) -> None:
    samples = [cell_sample(condition, width, 7) for width in WIDTHS_PX]
    assert len({sample.text for sample in samples}) == 1
    assert is_proof_text(samples[0].text)
    assert [s.picture.shape[1] for s in samples] == sorted(s.picture.shape[1] for s in samples)


def test_a_count_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "proof", "plate-ocr", "--count", "0"]) == 2
    assert "give 1 or more" in capsys.readouterr().err


def test_a_part_of_the_table_shows_the_plates_of_the_whole() -> None:
    shown: list[U8] = []

    def read(picture: U8) -> str:
        shown.append(picture)
        return ""

    cells = list(proof_table({"one": read}, 2, ["dark"], [30, 40]))
    assert [(cell.condition, cell.width_px, cell.count) for cell in cells] == [("dark", 30, 2), ("dark", 40, 2)]
    place = [condition.name for condition in CONDITIONS].index("dark")
    whole = [cell_sample(CONDITIONS[place], 40, place * 1_000_000 + number).picture for number in range(2)]
    assert all(np.array_equal(one[..., 0], other) for one, other in zip(shown[2:], whole, strict=True))


@pytest.mark.parametrize(("option", "value"), [("--rows", "fog"), ("--widths", "35")])
def test_a_row_or_width_that_the_table_lacks_is_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "proof", "plate-ocr", option, value]) == 2
    assert f"{option} {value}: the table has none; give some of" in capsys.readouterr().err


class Answers:
    """A reader that says one text of everything."""

    label = "answers"

    def __init__(self) -> None:
        self.closed = False

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        del picture
        return ()

    def read_plate(self, picture: U8) -> PlateRead | None:
        high, wide = picture.shape[:2]
        return PlateRead("NONE0", (0.9,) * 5, (0, 0, wide, high), 1.0, wide, high)

    def close(self) -> None:
        self.closed = True


def test_the_product_is_measured_with_its_second_opinion_and_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[tuple[Models, Answers]] = []

    def open_one(models: Models) -> Answers:
        opened.append((models, Answers()))
        return opened[-1][1]

    monkeypatch.setattr("edge.inference.readers.open_reader", open_one)
    assert main(["models", "proof", "plate-ocr", "plate-ocr-alone", "pp-ocr", "--count", "1", "--json"]) == 0
    assert [(models.plates, models.second_opinion) for models, _ in opened] == [
        ("plate-ocr", "pp-ocr"),
        ("plate-ocr", "none"),
        ("pp-ocr", "pp-ocr"),
    ]
    assert all(reader.closed for _, reader in opened)
    cells = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(cells) == len(CONDITIONS) * len(WIDTHS_PX)
    assert all(cell["exact"] == {"plate-ocr": 0, "plate-ocr-alone": 0, "pp-ocr": 0} for cell in cells)


def test_a_reader_of_whole_pictures_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Whole:
        label = "whole"

        def read(self, picture: U8) -> tuple[PlateRead, ...]:
            del picture
            return ()

        def close(self) -> None:
            pass

    monkeypatch.setattr("edge.inference.readers.open_reader", lambda _: Whole())
    assert main(["models", "proof", "pp-ocr"]) == 2
    assert "cannot read pictures that are plates" in capsys.readouterr().err
