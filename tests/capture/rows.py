"""Compares the launch rows with what a board's GStreamer has, as `tests/boards/NAME/gst.toml` describes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from edge.capture import rows

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BOARDS = Path(__file__).parents[1] / "boards"
Inspected = Mapping[str, frozenset[str]]
"""Properties by element, as `gst-inspect-1.0` lists them."""


def inspected(file: Path) -> Inspected:
    """Read a board's listing: `[elements.NAME]`, `properties = [...]`."""
    elements = tomllib.loads(file.read_text())["elements"]
    return {name: frozenset(about["properties"]) for name, about in elements.items()}


def check_row(text: str, board: Inspected) -> list[str]:
    """Say what a launch text asks for and the board lacks: elements, and properties written in the text."""
    problems = []
    for part in text.split(" ! "):
        element, *words = part.split()
        if "/" in element:  # caps
            continue
        if element not in board:
            problems.append(f"{element} is missing")
            continue
        named = (word.split("=", 1)[0] for word in words)
        problems += [f"{element} has no {name}" for name in named if name not in board[element]]
    return problems


def texts() -> Iterator[tuple[str, str]]:
    """Give every launch text there can be, with the family of its decoder: sources, and decoders either way."""
    for source in rows.SOURCES.values():
        yield "source", source.chain
    for codec in rows.CODECS.values():
        for decoder in codec.decoders:
            yield decoder.family, f"{codec.parser} ! {decoder.chain} ! {rows.SINK}"
            if decoder.stay:
                yield decoder.family, f"{codec.parser} ! {decoder.device_chain} ! {rows.DEVICE_SINK}"
    for unpacker, _ in rows.RTP.values():
        yield "source", unpacker
