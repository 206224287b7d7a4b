"""Pictures of plates with their texts, in the two layouts people publish them in."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.plates.text import normalise
from edge.types import Box
from edge.workshop.dataset import read_list
from edge.workshop.labelled import PICTURES
from edge.workshop.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CSV_FILE = "plates.csv"
CORNERS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"))
OPENALPR = ("name", "x", "y", "width", "height", "text")


@dataclass(frozen=True, slots=True)
class PlateTruth:
    """One plate: `box` in pixels, None where the picture is the plate; `text` normalised, empty where unknown."""

    box: Box | None
    text: str


@dataclass(frozen=True, slots=True)
class PlatePicture:
    """One picture with its plates, at least one of them."""

    path: Path
    plates: tuple[PlateTruth, ...]

    @property
    def is_plate(self) -> bool:
        """Whether the picture itself is the plate."""
        return self.plates[0].box is None


def open_plates(folder: Path) -> tuple[PlatePicture, ...]:
    """Read a folder: a `plates.csv` with its pictures, or openalpr's benchmark, a text file beside every picture.

    Raises:
        ConfigError: there is neither, a picture is missing, or a line is wrong; the message names file and line.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder; give the one with {CSV_FILE}, or with pictures and text files")
    listed = folder / CSV_FILE
    rows = _csv_rows(listed) if listed.is_file() else _openalpr_rows(folder)
    grouped: dict[Path, list[PlateTruth]] = {}
    for path, plate in rows:
        grouped.setdefault(path, []).append(plate)
    if not grouped:
        raise ConfigError(f"{folder}: holds no plate; it needs {CSV_FILE}, or a text file beside every picture")
    for path, plates in grouped.items():
        if len(plates) > 1 and any(plate.box is None for plate in plates):
            raise ConfigError(f"{path}: is listed twice without boxes; a picture that is a plate has one text")
    return tuple(PlatePicture(path, tuple(plates)) for path, plates in sorted(grouped.items()))


def pick(pictures: Sequence[PlatePicture], path: Path) -> tuple[PlatePicture, ...]:
    """Return the pictures that a list names: the validation side of a committed list, or names line by line.

    Raises:
        ConfigError: the list cannot be read or names none of them.
    """
    lines = read_text(path, "give a list of pictures").splitlines()
    if lines and lines[0] == "file,group,side,sha256":
        names = {entry.file.rpartition("/")[2] for entry in read_list(path) if entry.side == "validation"}
    else:
        names = {line.split(",")[0].strip().rpartition("/")[2] for line in lines}
    picked = tuple(picture for picture in pictures if picture.path.name in names)
    if not picked:
        raise ConfigError(f"{path}: names none of the {len(pictures)} pictures; give the list of this set")
    return picked


def _csv_rows(path: Path) -> Iterable[tuple[Path, PlateTruth]]:
    reader = csv.DictReader(io.StringIO(read_text(path, "give the folder that holds it"), newline=""))
    try:
        columns = reader.fieldnames or ()
        missing = [name for name in ("file", "text") if name not in columns]
        if missing:
            raise ConfigError(f"{path}: has no column {' and no '.join(missing)}; it needs file, a box or none, text")
        corners = _box_columns(path, columns)
        for row in reader:
            place = f"{path}:{reader.line_num}"
            if not row["file"]:
                raise ConfigError(f"{place}: names no file; correct the line")
            box = _corners(place, [row[name] for name in corners]) if corners else None
            yield _picture(path.parent, row["file"], place), PlateTruth(box, normalise(row["text"] or ""))
    except csv.Error as error:
        raise ConfigError(f"{path}:{reader.line_num}: {error}; correct the line") from error


def _box_columns(path: Path, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the boxes, none where every picture is a plate."""
    lacking = {names: [name for name in names if name not in columns] for names in CORNERS}
    names, missing = min(lacking.items(), key=lambda one: len(one[1]))
    if len(missing) == len(names):
        return ()
    if missing:  # half a box must not turn scenes into pictures of plates
        raise ConfigError(f"{path}: has no column {' and no '.join(missing)}; a box needs {', '.join(names)}")
    return names


def _picture(folder: Path, name: str, place: str) -> Path:
    for path in (folder / "images" / name, folder / name):
        if path.is_file():
            return path
    raise ConfigError(f"{place}: {name} is neither in {folder / 'images'} nor in {folder}; put the picture there")


def _openalpr_rows(folder: Path) -> Iterable[tuple[Path, PlateTruth]]:
    pictures = {path.with_suffix("") for path in folder.rglob("*") if path.suffix.lower() in PICTURES}
    for path in sorted(folder.rglob("*.txt")):
        if path.with_suffix("") not in pictures:
            continue  # a licence, a read-me: no picture beside it
        for number, line in enumerate(read_text(path, "restore it").splitlines(), start=1):
            if line.strip():
                yield _openalpr(path, f"{path}:{number}", line.split("\t"))


def _openalpr(path: Path, place: str, words: list[str]) -> tuple[Path, PlateTruth]:
    if len(words) < len(OPENALPR) - 1:
        raise ConfigError(f"{place}: {len(words)} values between tabs; a plate has {', '.join(OPENALPR)}")
    x, y, width, height = _numbers(place, words[1:5])
    text = words[5] if len(words) >= len(OPENALPR) else ""
    box = _corners(place, [x, y, x + width, y + height])
    return _picture(path.parent, words[0].strip(), place), PlateTruth(box, normalise(text))


def _corners(place: str, said: Sequence[str | float | None]) -> Box:
    x1, y1, x2, y2 = _numbers(place, said)
    if x2 <= x1 or y2 <= y1:
        raise ConfigError(f"{place}: box {x1:g},{y1:g},{x2:g},{y2:g} is empty; correct the line")
    return (x1, y1, x2, y2)


def _numbers(place: str, said: Sequence[str | float | None]) -> tuple[float, ...]:
    try:
        numbers = tuple(float(value if value is not None else "") for value in said)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}; a box has four numbers in pixels") from error
    if not all(map(math.isfinite, numbers)):
        raise ConfigError(f"{place}: {', '.join(f'{one:g}' for one in numbers)} are not all finite; correct the line")
    return numbers
