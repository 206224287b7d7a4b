"""A drawing into the text of a configuration, which keeps its order, its spacing and every comment.

The text is taken apart at its table headers and put together again; tomlkit rewrites single keys inside one table. What
did not change is not touched. A comment on a row that goes stays on a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from msgspec.structs import asdict
from tomlkit.items import Array, Comment, Item

from edge.aim.drawing import DECIMALS, Drawing, Drawn
from edge.config.lines import Path, index_tables
from edge.errors import ConfigError

_ROW = re.compile(r"[^\n]*\n|[^\n]+")
_COMMENT = re.compile(r"#[^\r\n]*")
_HEADER_COMMENT = re.compile(r"\]\s*(#[^\r\n]*)")
_LEFT_OUT = {"one_way": "no"}
"""Keys that a new table has only where they say something."""


@dataclass(slots=True)
class _Block:
    """One table of the file: its header row and all rows up to the next header. The first block has no header."""

    path: Path
    text: str


def rewrite(text: str, camera_id: str, before: Drawing, wanted: Drawing) -> str:
    """Return valid `text`, which draws `before` for a camera, so that it draws `wanted`.

    Raises:
        ConfigError: what changes stands inside one row (`line = [{…}]`) instead of in tables of its own.
    """
    blocks = _blocks(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    camera = _camera(blocks, camera_id)
    kinds = (
        ("line", before.lines, wanted.lines),
        ("zone", before.zones, wanted.zones),
        ("mask", before.masks, wanted.masks),
    )
    for kind, known, drawn in kinds:
        if known != drawn:
            _match(blocks, _Place((*camera, kind), camera, newline), len(known), drawn)
    if before.roads != wanted.roads:
        _match(blocks, _Place(("road",), _before_cameras(blocks), newline), len(before.roads), wanted.roads)
    return "".join(block.text for block in blocks)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where tables of one kind stand: below `path`; the first one comes behind what stands below `behind`."""

    path: Path
    behind: Path
    newline: str

    @property
    def header(self) -> str:
        return f"[[{'.'.join(part for part in self.path if isinstance(part, str))}]]"


def _blocks(text: str) -> list[_Block]:
    rows = _ROW.findall(text)
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    headers = [((), 1), *index_tables(text)]
    ends = [line - 1 for _, line in headers[1:]] + [len(rows)]
    return [_Block(path, "".join(rows[line - 1 : end])) for (path, line), end in zip(headers, ends, strict=True)]


def _camera(blocks: Sequence[_Block], camera_id: str) -> Path:
    for block in blocks:
        if block.path[:1] == ("camera",) and _body(block).get("id") == camera_id:
            return block.path
    raise ConfigError(f"camera {camera_id}: is not written as a [[camera]] of its own; write it so to draw on it")


def _before_cameras(blocks: Sequence[_Block]) -> Path:
    first = next(place for place, block in enumerate(blocks) if block.path[:1] == ("camera",))
    return blocks[first - 1].path


def _match(blocks: list[_Block], place: _Place, known: int, drawn: Sequence[Drawn]) -> None:
    """Change, delete and add the tables at `place` until they are those drawn."""
    there = {_body(block).get("id"): block for block in blocks if block.path[:-1] == place.path}
    if len(there) != known:
        raise ConfigError(f"{place.header}: not every one is a table of its own; write each as {place.header} first")
    for was, block in there.items():
        one = next((one for one in drawn if one.was == was), None)
        if one is None:
            block.path, block.text = place.behind, _emptied(block)
        else:
            block.text = _changed(block, one, place.newline)
    for one in drawn:
        if one.was not in there:
            _add(blocks, place, one)


def _body(block: _Block) -> tomlkit.TOMLDocument:
    return tomlkit.parse(_rows(block)[1])


def _rows(block: _Block) -> tuple[str, str]:
    """Return the header row and the rest; the first block of a file has no header."""
    if not block.path:
        return "", block.text
    header, newline, rest = block.text.partition("\n")
    return header + newline, rest


def _changed(block: _Block, one: Drawn, newline: str) -> str:
    head, tail = _split(block.text)
    header, rest = _rows(_Block(block.path, head))
    body, held = tomlkit.parse(rest), list[str]()
    for name, value in _keys(one):
        known = body.get(name, _LEFT_OUT.get(name))
        if _plain(known) == _plain(value):
            continue
        if name in body:
            held += _comments(body[name])
        body[name] = _item(value)
    return header + "".join(comment + newline for comment in held) + tomlkit.dumps(body) + tail


def _emptied(block: _Block) -> str:
    """Return what stays of a deleted table: its comments, and what already belongs to the next."""
    head, tail = _split(block.text)
    header = _HEADER_COMMENT.findall(head.partition("\n")[0])
    body = tomlkit.parse(_rows(_Block(block.path, head))[1]).body
    kept = [comment for _, item in body for comment in _all_comments(item)]
    rows = [comment + "\n" for comment in (*header, *kept)]
    return "".join(rows) + (tail if rows else tail.removeprefix("\n").removeprefix("\r\n"))


def _add(blocks: list[_Block], place: _Place, one: Drawn) -> None:
    """Write a new table behind the last of its kind, before the comments of whatever comes next."""
    alike = [at for at, block in enumerate(blocks) if block.path[:-1] == place.path]
    below = len(place.behind)
    at = max(alike or (at for at, block in enumerate(blocks) if block.path[:below] == place.behind))
    head, tail = _split(blocks[at].text)
    keys = [(name, value) for name, value in _keys(one) if _LEFT_OUT.get(name) != value]
    rows = [place.header, *(f"{name} = {_item(value).as_string()}" for name, value in keys)]
    blocks[at].text = head
    gap = place.newline if head else ""
    blocks.insert(at + 1, _Block((*place.path, len(alike)), gap + "".join(row + place.newline for row in rows) + tail))


def _split(text: str) -> tuple[str, str]:
    """Part a table from the blank rows and comments below it: those are about what follows."""
    rows = _ROW.findall(text)
    end = max((at + 1 for at, row in enumerate(rows) if row.strip() and not row.lstrip().startswith("#")), default=0)
    while end < len(rows) and rows[end].strip():
        end += 1
    return "".join(rows[:end]), "".join(rows[end:])


def _keys(one: Drawn) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in asdict(one).items() if name != "was"]


def _item(value: Any) -> Item:
    if isinstance(value, str):
        return tomlkit.item(value)
    points = ", ".join(f"[{', '.join(repr(round(side, DECIMALS)) for side in point)}]" for point in value)
    return tomlkit.value(f"[{points}]")


def _plain(value: Any) -> Any:
    """Return points as tuples of floats, so that those of the file and those drawn compare; texts as they are."""
    if value is None or isinstance(value, str):
        return value
    return tuple(tuple(float(side) for side in point) for point in value)


def _comments(item: Any) -> list[str]:
    """Return the comments inside a value: only lists of numbers have such here."""
    return _COMMENT.findall(item.as_string()) if isinstance(item, Array) else []


def _all_comments(item: Any) -> list[str]:
    if isinstance(item, Comment):
        return [item.as_string().strip()]
    return [*_comments(item), *filter(None, [getattr(item, "trivia", None) and item.trivia.comment])]
