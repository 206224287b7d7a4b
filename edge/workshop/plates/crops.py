"""Real crops: pictures that show one plate each, with its text as a person read it.

A folder of crops holds `images/` and `plates.csv` (file, text, country, source_picture). The committed list puts every
crop of one source picture on the same side; a second list names the validation crops with two lines of text, a third
corrects texts that a second look proved wrong.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.plates.text import normalise
from edge.workshop.plate_lists import TABLE, check_may_train, check_pictures, list_pictures
from edge.workshop.texts import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from edge.workshop.dataset import Entry

COLUMNS = ("file", "text", "source_picture")


@dataclass(frozen=True, slots=True)
class Crop:
    """One picture of one plate. `text` holds A-Z and 0-9 alone, two lines top to bottom."""

    path: Path
    text: str
    country: str = ""


def read_table(data: Path) -> list[dict[str, str]]:
    """Read the rows of `plates.csv` in a folder of crops.

    Raises:
        ConfigError: the table is missing, lacks a column, or holds a text that is no plate.
    """
    path = data / TABLE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}; give the folder that holds it") from error
    for number, row in enumerate(rows, start=2):
        if any(not row.get(name) for name in COLUMNS) or normalise(row["text"]) != row["text"]:
            raise ConfigError(f"{path}:{number}: needs {', '.join(COLUMNS)}, the text in A-Z and 0-9; correct the line")
    return rows


def build_list(data: Path) -> list[Entry]:
    """List every crop with its source picture as group, a fifth of the groups, chosen by hash, for validation.

    `digest` begins the SHA-256 of the picture file and the text as published.

    Raises:
        ConfigError: the table is wrong, a picture is missing, or the folder must never be trained on.
    """
    check_may_train(data)
    rows = read_table(data)
    return list_pictures(data, {row["file"]: row["source_picture"] for row in rows}, _texts(rows), {})


def read_crops(data: Path, entries: Iterable[Entry], corrections: Mapping[str, str]) -> list[Crop]:
    """Return the listed crops with their texts, corrected where a correction is known.

    Raises:
        ConfigError: a crop is missing or not as listed; the message names the first and counts the rest.
    """
    rows = {row["file"]: row for row in read_table(data)}
    listed = list(entries)
    check_pictures(data, listed, _texts(rows.values()))
    return [
        Crop(
            data / "images" / entry.file,
            corrections.get(entry.file, rows[entry.file]["text"]),
            rows[entry.file].get("country") or "",
        )
        for entry in listed
    ]


def _texts(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    return {row["file"]: row["text"] for row in rows}


def read_corrections(path: Path) -> dict[str, str]:
    """Read `file,text` lines; no file is no correction.

    Raises:
        ConfigError: a line is not a file and a text in A-Z and 0-9.
    """
    corrections: dict[str, str] = {}
    for number, row in _lines(path):
        if len(row) != 2 or normalise(row[1]) != row[1] or not row[1]:  # noqa: PLR2004 - file,text
            raise ConfigError(f"{path}:{number}: is not `file,text`; correct the line")
        corrections[row[0]] = row[1]
    return corrections


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    if not path.is_file():
        return []
    return [(number, row) for number, row in read_rows(path, "restore the list") if row]
