"""`edge registry` as a fitter types it: what it prints, what it leaves in the file, its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.cli import main

SAMPLES = Path(__file__).parents[2] / "deploy" / "config"
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    registry = '[registry]\nfile = "plates.csv"\n'
    (tmp_path / "edge.toml").write_text((SAMPLES / "edge.toml").read_text().replace("[registry]\n", registry))
    (tmp_path / "plates.csv").write_bytes((SAMPLES / "plates.csv").read_bytes())
    return tmp_path / "plates.csv"


@pytest.fixture
def say(plates: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["registry", *words, "--config", str(plates.with_name("edge.toml"))])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_list_shows_every_entry(say: Say) -> None:
    code, out, _ = say("list")
    assert code == 0
    assert "CAA 123-456 + CAB 987-654" in out
    assert out.splitlines()[-1] == "5 entries; days are Africa/Johannesburg"
    *rows, summary = [json.loads(line) for line in say("list", "--json")[1].splitlines()]
    assert summary == {"kind": "summary", "entries": 5}
    assert [row["list"] for row in rows] == ["allow", "allow", "allow", "watch", "deny"]


def test_check_tells_the_decision_of_that_moment_and_why(say: Say) -> None:
    assert say("check", "cf2o7358")[1] == (
        "allow: Read as CF2O7358, 0.2 away (bound 0.4): CF 207-358 is on the allow list.\n"
    )
    inside, after = say("check", "ND55012", "--at", "2026-03-04 17:59"), say("check", "ND55012", "--at", "2026-03-05")
    assert inside[1].startswith("allow: ")
    assert after[1].startswith("unknown: ND 55-012 is on the allow list, but only from")
    told = json.loads(say("check", "CF207358", "GP404911", "--json")[1])
    assert (told["decision"], told["list"], told["entry"]) == ("deny", "deny", "GP 404-911")


def test_add_and_remove_change_the_file_in_its_place(say: Say, plates: Path) -> None:
    before = say("list")[1]
    code, out, _ = say("add", "ZZ 12", "ZZ 13", "--list", "allow", "--to", "2026-12-24", "--note", "a, b")
    assert (code, out) == (0, f"{plates}: added ZZ 12; 6 entries\n")
    assert plates.read_text().splitlines()[-1] == 'ZZ 12 + ZZ 13,allow,,2026-12-24,,,"a, b"'
    assert say("remove", "zz13")[1] == f"{plates}: removed ZZ 12; 5 entries\n"
    assert say("list")[1] == before


def test_the_first_add_makes_the_file(say: Say, plates: Path) -> None:
    plates.unlink()
    assert say("list")[0] == 2
    assert say("add", "ZZ 12", "--list", "deny")[0] == 0
    assert plates.read_text().splitlines()[1:] == ["ZZ 12,deny,,,,,"]


def test_import_puts_a_whole_file_into_the_place_of_the_registry_or_nothing(say: Say, plates: Path) -> None:
    fresh = plates.with_name("fresh.csv")
    fresh.write_text("list,plate\nallow,CF 207-358\nallow,NEW 1\nnobody,NEW 2\n")
    before = plates.read_bytes()
    code, out, err = say("import", str(fresh))
    assert (code, out) == (2, "")
    assert err.startswith(f"edge: {fresh}:4: list: 'nobody' is no list")
    assert plates.read_bytes() == before
    fresh.write_text("list,plate\nallow,CF 207-358\nallow,NEW 1\n")
    told = json.loads(say("import", str(fresh), "--json")[1])
    assert (told["added"], told["altered"], len(told["removed"])) == (["NEW 1"], ["CF 207-358"], 4)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "CF 207-358", "--list", "allow"), "is in line 2 already"),
        (("add", "ZZ1", "--list", "allow", "--to", "soon"), "'soon' is no day"),
        (("remove", "ZZ1"), "ZZ1: not in"),
        (("check", "ZZ1", "--at", "soon"), "--at soon: is not a time"),
    ],
)
def test_what_makes_no_sense_changes_nothing_and_ends_with_2(
    say: Say, plates: Path, words: tuple[str, ...], told: str
) -> None:
    before = plates.read_bytes()
    code, _, err = say(*words)
    assert code == 2
    assert told in err
    assert plates.read_bytes() == before


def test_without_a_registry_the_cure_is_told(say: Say, plates: Path) -> None:
    plates.with_name("edge.toml").write_text((SAMPLES / "edge.toml").read_text())
    code, _, err = say("list")
    assert code == 2
    assert 'add [registry] with file = "plates.csv"' in err
