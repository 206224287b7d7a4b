"""The proof table asks every reader about the same plates, and its conditions are what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from edge.cli import main
from edge.types import U8
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
