"""A drawing goes into a configuration: what it does not say stays, every comment above all."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge.aim.drawing import Drawing, Drawn, LineDrawn, MaskDrawn, RoadDrawn, ZoneDrawn, drawing_of
from edge.aim.rewrite import rewrite
from edge.config import Config
from edge.config.load import parse_config
from edge.errors import ConfigError

ROOT = Path(__file__).parents[2]
OFF = re.compile(r"^# (?=\w+ = |\[)", re.MULTILINE)
SAMPLE = (ROOT / "deploy/config/edge.toml").read_text("utf-8")
WILD = """\
#!top
[device]   # the box
id = 'b'
[site]
id = "s"      # a "quoted # sign" in a comment
[[camera]]  # first
id = "other"
source = "test://gate"
# about roads
[[road]] # r
id = "main" # the only one
classes = ["car", # cars
  "truck"]
[[camera]]  # second
id = "gate"
source = "/a#b.mp4"
  [[camera.line]] # L1
  points = [ # from here
    [0.1, 0.2], # left
    [0.9, 0.25],   # right
  ]# end
  road = "main"
  id = "a" # a's name
  # trailing of a

# stands alone

[[camera.line]]
id = "b"
points = [[0, 0.5], [1, 0.5]]
road = "main"
one_way = "in" # only in
[[camera.mask]]
id = "m"
polygon = [[0, 0], [0.3, 0], [0.3, 0.06]] # clock
# ---- rules ----

[[rule]]
kind = "wrong-road" # last"""
FILES = {
    "sample": SAMPLE,
    "sample with zone and mask": OFF.sub("", SAMPLE[: SAMPLE.index("# ---- Known vehicles")]),
    "demo": (ROOT / "fixtures/clips/gate_demo.toml").read_text("utf-8"),
    "wild": WILD,
    "wild, as Windows writes it": WILD.replace("\n", "\r\n"),
}
UNIT = st.integers(0, 10_000).map(lambda number: number / 10_000)
POINT = st.tuples(UNIT, UNIT)


def comments(text: str) -> Counter[str]:
    """Count every comment: none of these files has a # inside a text but before a letter."""
    return Counter(found.strip() for found in re.findall(r"(?<![a-z])#[^\r\n]*", text))


def read(text: str) -> Config:
    return parse_config(text, "edge.toml")


def gate(config: Config) -> Drawing:
    return drawing_of(config, next(camera for camera in config.cameras if camera.id == "gate"))


@st.composite
def changed(draw: st.DrawFn, before: Drawing) -> Drawing:
    """Delete, move and add until it is another valid drawing."""
    roads = (*before.roads, *(RoadDrawn(f"new-{place}") for place in range(draw(st.integers(0, 2)))))
    kept = [line for line in before.lines if draw(st.booleans())]
    ends = st.tuples(POINT, POINT).filter(lambda points: points[0] != points[1])
    lines = [replace(line, points=draw(ends), inward=draw(st.sampled_from(["left", "right"]))) for line in kept]
    lines = [line if draw(st.booleans()) else known for line, known in zip(lines, kept, strict=True)]
    road = st.sampled_from(roads)
    lines += [LineDrawn(f"new-{place}", draw(ends), draw(road).id) for place in range(draw(st.integers(0, 2)))]
    x, y = draw(st.integers(0, 5000)) / 10_000, draw(st.integers(0, 5000)) / 10_000
    right, below = round(x + 0.2, 4), round(y + 0.3, 4)
    polygon = ((x, y), (right, y), (right, below))
    zones = [zone for zone in before.zones if draw(st.booleans())]
    zones += [ZoneDrawn("new", polygon, draw(st.sampled_from(["ignore", "queue"])))] * draw(st.integers(0, 1))
    masks = [replace(mask, polygon=polygon) for mask in before.masks if draw(st.booleans())]
    masks += [MaskDrawn("new", polygon)] * draw(st.integers(0, 1))
    return Drawing(tuple(lines), tuple(zones), tuple(masks), roads)


def bare(drawing: Drawing) -> list[set[Drawn]]:
    """Return it as the file tells it: with the names it has there, and nothing of those it had."""
    parts: tuple[tuple[Drawn, ...], ...] = (drawing.lines, drawing.zones, drawing.masks, drawing.roads)
    return [{replace(one, was="") for one in part} for part in parts]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None)
@given(draws=st.data())
def test_every_comment_stays_and_the_file_says_what_was_drawn(name: str, draws: st.DataObject) -> None:
    text = FILES[name]
    before = gate(read(text))
    wanted = draws.draw(changed(before))
    if "with zone" in name:  # its rules ask for this zone
        wanted = replace(wanted, zones=before.zones)
    written = rewrite(text, "gate", before, wanted)
    assert comments(text) - comments(written) == Counter(), "a comment is gone"
    assert comments(written) - comments(text) == Counter()
    now = read(written)
    assert bare(gate(now)) == bare(wanted)
    assert now.rules == read(text).rules
    assert now.site == read(text).site
    assert [camera.id for camera in now.cameras] == [camera.id for camera in read(text).cameras]


@pytest.mark.parametrize("name", FILES)
def test_a_drawing_that_says_the_same_changes_no_byte(name: str) -> None:
    text = FILES[name]
    before = gate(read(text))
    assert rewrite(text, "gate", before, before) == (text if text.endswith("\n") else text + "\n")


@pytest.mark.parametrize("name", FILES)
def test_what_is_changed_and_changed_back_is_as_it_was(name: str) -> None:
    text = FILES[name]
    before = gate(read(text))
    moved = replace(before, lines=tuple(replace(line, road="main", inward="left") for line in before.lines))
    there = rewrite(text, "gate", before, moved)
    assert gate(read(rewrite(there, "gate", gate(read(there)), before))) == before


def test_only_the_rows_that_change_change() -> None:
    before = gate(read(SAMPLE))
    first = replace(before.lines[0], points=((0.1, 0.2), (0.3, 0.41236)))
    written = rewrite(SAMPLE, "gate", before, replace(before, lines=(first, *before.lines[1:])))
    rows = zip(SAMPLE.splitlines(), written.splitlines(), strict=True)
    assert [row for row in rows if row[0] != row[1]] == [
        ("points = [[0.3273, 0.6961], [0.996, 0.7708]]", "points = [[0.1, 0.2], [0.3, 0.4124]]")
    ]


def test_a_renamed_line_keeps_its_place_and_its_comments() -> None:
    before = gate(read(WILD))
    written = rewrite(
        WILD, "gate", before, replace(before, lines=(replace(before.lines[0], id="north"), before.lines[1]))
    )
    assert 'id = "north" # a\'s name' in written


def test_a_new_line_stands_behind_the_others_and_before_the_comments_of_what_follows() -> None:
    before = gate(read(WILD))
    mask = MaskDrawn("n", ((0.5, 0.5), (0.6, 0.5), (0.6, 0.6)))
    written = rewrite(WILD, "gate", before, replace(before, masks=(*before.masks, mask)))
    assert written.index('id = "m"') < written.index('id = "n"') < written.index("[[rule]]")


def test_lines_inside_one_row_are_refused_with_the_cure() -> None:
    text = WILD.replace(
        'source = "/a#b.mp4"', 'source = "a"\nline = [{id = "x", points = [[0, 0], [1, 1]], road = "main"}]'
    )
    text = re.sub(r"(?ms)^\s*\[\[camera.line\]\].*?(?=^\[\[camera.mask)", "", text)
    before = gate(read(text))
    with pytest.raises(ConfigError, match=r"\[\[camera\.line\]\]: not every one is a table of its own"):
        rewrite(text, "gate", before, replace(before, lines=()))
