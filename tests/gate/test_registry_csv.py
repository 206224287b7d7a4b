"""The registry as CSV: judged whole, every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.gate.alike import plain
from edge.gate.registry import LISTS, Entry
from edge.gate.registry_csv import difference, parse_registry, render_registry

HEADER = "plate,list,valid_from,valid_to,class,colour,note\n"
SAMPLE = Path(__file__).parents[2] / "deploy" / "config" / "plates.csv"


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_registry(text, "p.csv")
    return str(caught.value).splitlines()


def test_columns_may_stand_in_any_order_and_all_but_two_may_be_missing() -> None:
    assert parse_registry("List,Plate\nallow,CF 207-358\n", "p.csv") == (Entry(("CF 207-358",), "allow"),)


def test_several_plates_of_one_vehicle_stand_between_plus_signs() -> None:
    (entry,) = parse_registry(HEADER + "CAA 1 + CAB 2,deny,,,truck,white,\n", "p.csv")
    assert entry == Entry(("CAA 1", "CAB 2"), "deny", class_name="truck", colour="white")


def test_what_spreadsheets_write_is_read() -> None:
    text = "\ufeff" + HEADER + 'CF1,allow,,,,,"a, ""b""\r\nc"\r\n\r\nCF2,allow,,,,,\r\n'
    assert [entry.note for entry in parse_registry(text, "p.csv")] == ['a, "b"\r\nc', ""]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "p.csv:1: header: is missing"),
        ("plate;list\n", "p.csv:1: header: its columns are parted by semicolons"),
        ("plate,list,owner,fleet\n", "p.csv:1: header: unknown column 'owner', 'fleet'"),
        ("plate,note\n", "p.csv:1: header: no column list"),
        ("plate,list,list\n", "p.csv:1: header: a column stands there twice"),
        ("plate,list\nCF1\n", "p.csv:2: line: has 1 cells, the header has 2"),
        ('plate,list\n"CF1,allow\n', "p.csv:2: line: unexpected end"),
        ("plate,list\n--,allow\n", "p.csv:2: plate: '--' is no plate"),
        ("plate,list\nÄB1,allow\n", "p.csv:2: plate: 'ÄB1' is no plate"),
        ("plate,list\nCF1,white\n", "p.csv:2: list: 'white' is no list"),
        ("plate,list,valid_to\nCF1,allow,31.12.2026\n", "p.csv:2: valid_to: '31.12.2026' is no day"),
        ("plate,list,valid_to\nCF1,allow,2026-02-30\n", "p.csv:2: valid_to: '2026-02-30' is no day"),
        ("plate,list,valid_from,valid_to\nCF1,allow,2026-02-02,2026-02-01\n", "p.csv:2: valid_to: '2026-02-01' is"),
        ("plate,list,class\nCF1,allow,tank\n", "p.csv:2: class: 'tank' is no class"),
        ("plate,list,colour\nCF1,allow,plaid\n", "p.csv:2: colour: 'plaid' is no colour"),
        ("plate,list\nCF1,allow\n\nCF-1,allow\n", "p.csv:4: plate: 'CF-1' is in line 2 already"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, told: str) -> None:
    (line,) = faults(text)
    assert line.startswith(told)


def test_every_fault_is_told_at_once_also_behind_a_note_of_several_lines() -> None:
    text = HEADER + 'CF1,allow,,,,,"two\nlines"\nCF2,nobody,,,,,\n,allow,,,,,\n'
    assert [line.split(": ")[0] for line in faults(text)] == ["p.csv:4", "p.csv:5"]


def test_a_table_full_of_faults_is_cut_short_and_says_so() -> None:
    told = faults(HEADER + "".join(f"CF{n},no,,,,,\n" for n in range(100)))
    assert told[-1] == "p.csv: 80 more problems"


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=8).map(str.strip)
PLATES = st.from_regex(r"[A-Z]{2} ?[0-9]{1,3}", fullmatch=True)
ENTRIES = st.builds(
    Entry,
    st.lists(PLATES, min_size=1, max_size=2).map(tuple),
    st.sampled_from(LISTS),
    st.sampled_from(("", "2026-01-01")),
    st.sampled_from(("", "2026-01-01", "2026-03-04 18:00")),
    st.sampled_from(("", "car")),
    st.sampled_from(("", "silver", "red")),
    TEXTS,
)


def no_plate_twice(entries: list[Entry]) -> bool:
    plates = [plain(plate) for entry in entries for plate in entry.plates]
    return len(plates) == len(set(plates))


@given(st.lists(ENTRIES, max_size=4).filter(no_plate_twice))
def test_what_is_written_is_what_is_read(entries: list[Entry]) -> None:
    assert parse_registry(render_registry(entries), "p.csv") == tuple(entries)


def test_the_sample_is_valid() -> None:
    assert {entry.listed for entry in parse_registry(SAMPLE.read_text("utf-8"), "p.csv")} == set(LISTS)


def test_the_difference_tells_who_came_who_went_and_who_changed() -> None:
    old = (Entry(("A 1",), "allow"), Entry(("B 2",), "allow"), Entry(("C 3",), "watch"))
    new = (Entry(("A-1",), "deny"), Entry(("C 3",), "watch"), Entry(("D 4",), "allow"))
    change = difference(old, new, "p.csv", "00")
    assert (change.added, change.removed, change.altered, change.entries) == (("D 4",), ("B 2",), ("A-1",), 3)


def test_the_document_shows_the_sample_as_it_is() -> None:
    document = (Path(__file__).parents[2] / "edge" / "docs" / "registry.md").read_text("utf-8")
    assert f"```csv\n{SAMPLE.read_text('utf-8')}```" in document
