"""The line index points at the key a reader would point at."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config.lines import index_lines
from edge.config.toml import tomllib

TEXT = '''\
# a comment with [brackets] and = signs
title = "a \\" ] # { string"   # more

[device]
id = "x"
"quoted.key" = 1
'lit' . eral = 2

[site]
note = """
[camera]
id = "not a key"
"""
raw = \'\'\'
x = 1\'\'\'\'

[[site.hours]]
days = [
  "mon",  # ] not the end
  "tue",
]
[[site.hours]]
open = "08:00"

[[camera]]
id = "a"
[[camera.line]]
points = [[0.1, 0.2],
          [0.3, 0.4]]
[[camera.line]]
id = "second"
[[camera]]
inline = { x = 1, y = { z = [1, 2] } }
[[camera.line]]
id = "of the second camera"
'''


def test_every_key_is_found_on_its_own_line() -> None:
    lines = index_lines(TEXT)

    expected = {
        ("title",): 2,
        ("device",): 4,
        ("device", "id"): 5,
        ("device", "quoted.key"): 6,
        ("device", "lit", "eral"): 7,
        ("site", "note"): 10,
        ("site", "raw"): 14,
        ("site", "hours", 0): 17,
        ("site", "hours", 0, "days", 1): 20,
        ("site", "hours", 1, "open"): 23,
        ("camera", 0, "id"): 26,
        ("camera", 0, "line", 0, "points", 1): 29,
        ("camera", 0, "line", 1, "id"): 31,
        ("camera", 1): 32,
        ("camera", 1, "inline", "y", "z", 1): 33,
        ("camera", 1, "line", 0, "id"): 35,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_windows_line_ends_count_once() -> None:
    assert index_lines("a = 1\r\n\r\n[b]\r\nc = 2\r\n")["b", "c"] == 4


def _paths(value: object, above: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return {above}.union(*(_paths(inner, (*above, name)) for name, inner in value.items()))
    if isinstance(value, list):
        return {above}.union(*(_paths(inner, (*above, place)) for place, inner in enumerate(value)))
    return {above}


def test_the_index_knows_exactly_the_keys_that_the_parser_knows() -> None:
    assert set(index_lines(TEXT)) == _paths(tomllib.loads(TEXT))


@given(st.text(alphabet="[]{}\"'#=.,\\\n abc1", max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_that_parses_is_indexed_completely(text: str) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(index_lines(text)) == _paths(table)
