"""The registry as a table: CSV (RFC 4180) with a header, judged whole. One wrong line, and none of it counts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timezone

from edge.errors import ConfigError
from edge.gate.alike import plain
from edge.gate.paint import named
from edge.gate.registry import LISTS, Entry, instant_ns
from edge.types import CLASSES, COLOURS, RegistryChange

COLUMNS = ("plate", "list", "valid_from", "valid_to", "class", "colour", "note")
REQUIRED = COLUMNS[:2]
BETWEEN = "+"
"""Stands between the plates of one vehicle, as it does where the product prints them."""
_TIME = re.compile(r"2\d{3}-\d\d-\d\d(?:[ T]\d\d:\d\d)?")
_SHOWN = 20
"""Problems told at once; a table with another meaning has one in every line."""


def parse_registry(text: str, name: str) -> tuple[Entry, ...]:
    """Return the entries of a table; `name` stands for the file in messages.

    Raises:
        ConfigError: one `FILE:LINE: column: cause; cure` a line, all at once.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    lines: dict[tuple[str, str, str, str], int] = {}
    for line, cells in _rows(text.removeprefix("\ufeff"), name):
        faults = list(_faults(cells))
        if not faults:
            entry = _entry(cells)
            keys = [(plain(plate), entry.listed, entry.valid_from, entry.valid_to) for plate in entry.plates]
            twin = next((lines[key] for key in keys if key in lines), None)
            if twin is not None:
                faults.append(f"plate: {cells['plate']!r} is in line {twin} already; keep one of the two")
            lines |= dict.fromkeys(keys, line)
            entries.append(entry)
        problems += [f"{name}:{line}: {fault}" for fault in faults]
    if problems:
        more = [f"{name}: {len(problems) - _SHOWN} more problems"] if len(problems) > _SHOWN else []
        raise ConfigError("\n".join([*problems[:_SHOWN], *more]))
    return tuple(entries)


def render_registry(entries: Iterable[Entry]) -> str:
    """Return the table that `parse_registry` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row_of(entry) for entry in entries)
    return out.getvalue()


def row_of(entry: Entry) -> tuple[str, ...]:
    """Return the cells of an entry in COLUMNS."""
    plates = f" {BETWEEN} ".join(entry.plates)
    rest = (entry.valid_from, entry.valid_to, entry.class_name, entry.colour, entry.note)
    return (plates, entry.listed, *rest)


def difference(old: Sequence[Entry], new: Sequence[Entry], file: str, sha256: str) -> RegistryChange:
    """Return what makes `old` into `new`; a vehicle is known by its first plate."""
    before, after = _by_plate(old), _by_plate(new)
    return RegistryChange(
        file=file,
        sha256=sha256,
        entries=len(new),
        added=tuple(found[0].name for plate, found in after.items() if plate not in before),
        removed=tuple(found[0].name for plate, found in before.items() if plate not in after),
        altered=tuple(found[0].name for plate, found in after.items() if plate in before and before[plate] != found),
    )


def _by_plate(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        named.setdefault(plain(entry.name), []).append(entry)
    return named


def _rows(text: str, name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the line each record begins on, and its cells by column."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    header: list[str] | None = None
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and header is None:
                header = _header(stripped, f"{name}:{line}")
            elif any(stripped) and header is not None:
                if len(cells) != len(header):
                    cure = "put cells with a comma into quotes"
                    raise ConfigError(
                        f"{name}:{line}: line: has {len(cells)} cells, the header has {len(header)}; {cure}"
                    )
                yield line, dict(zip(header, stripped, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError(f"{name}:{line}: line: {error}; quotes must be closed, and doubled inside quotes") from None
    if header is None:
        raise ConfigError(f"{name}:1: header: is missing; write {','.join(COLUMNS)} into the first line")


def _header(cells: list[str], place: str) -> list[str]:
    named = [cell.lower() for cell in cells]
    extra = [cell for cell in named if cell not in COLUMNS]
    missing = [column for column in REQUIRED if column not in named]
    if len(named) == 1 and ";" in named[0]:
        raise ConfigError(f"{place}: header: its columns are parted by semicolons; save it with commas")
    if extra:
        raise ConfigError(f"{place}: header: unknown column {', '.join(map(repr, extra))}; known: {','.join(COLUMNS)}")
    if missing or len(set(named)) < len(named):
        cause = f"no column {', '.join(missing)}" if missing else "a column stands there twice"
        raise ConfigError(f"{place}: header: {cause}; write {','.join(COLUMNS)}")
    return named


def _faults(cells: Mapping[str, str]) -> Iterator[str]:
    for plate in cells["plate"].split(BETWEEN):
        if not plain(plate) or not plate.isascii():
            yield f"plate: {plate.strip()!r} is no plate; write its letters A to Z and digits"
    if cells["list"] not in LISTS:
        yield f"list: {cells['list']!r} is no list; write {', '.join(reversed(LISTS))}"
    spans = [cells.get(column, "") for column in ("valid_from", "valid_to")]
    wrong = [
        f"{column}: {text!r} is no day; write YYYY-MM-DD or YYYY-MM-DD HH:MM"
        for column, text in zip(("valid_from", "valid_to"), spans, strict=True)
        if text and not _is_time(text)
    ]
    yield from wrong
    if all(spans) and not wrong:
        begins, ends = (instant_ns(text, timezone.utc, end=bool(end)) for end, text in enumerate(spans))
        if ends <= begins:
            yield f"valid_to: {spans[1]!r} is not after valid_from {spans[0]!r}; swap them"
    if cells.get("class") and cells["class"] not in CLASSES:
        yield f"class: {cells['class']!r} is no class; write {', '.join(CLASSES)} or nothing"
    if cells.get("colour") and not named(cells["colour"]):
        yield f"colour: {cells['colour']!r} is no colour; write {', '.join(COLOURS)} or nothing"


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text)) and instant_ns(text, timezone.utc, end=True) > 0
    except ValueError:
        return False


def _entry(cells: Mapping[str, str]) -> Entry:
    plates = tuple(plate.strip() for plate in cells["plate"].split(BETWEEN))
    rest = [cells.get(column, "") for column in COLUMNS[2:]]
    return Entry(plates, cells["list"], *rest)
