"""`edge anomalies` and `edge events correct`: the golden rows, and what is said of them afterwards."""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.clock import ClockQuality, ManualClock, make_id
from edge.commands import anomalies, events
from edge.config import Config
from edge.config.load import load_config
from edge.errors import EdgeError, StoreFailed, UsageError
from edge.gate.guard import Guard
from edge.gate.site import GateSite
from edge.hatch import beside
from edge.sitebook import Proven, SiteBook
from edge.store import open_store
from edge.store.sitekey import site_key
from edge.types import (
    Anomaly,
    Direction,
    Draft,
    EventKind,
    Evidence,
    EvidenceRef,
    Pass,
    Plate,
    Severity,
    Stage,
    Visit,
    VisitState,
)

GOLDEN = Path(__file__).parents[1] / "golden"
CONFIG = """
[device]
id = "box"
[site]
id = "quarry"
timezone = "Africa/Johannesburg"
[[site.hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
open = "06:00"
close = "18:00"
[[road]]
id = "bypass"
[[road]]
id = "bypass-entry"
allows = "in"
[[road]]
id = "inside"
allows = "none"
[[camera]]
id = "north"
source = "test://gate"
[[rule]]
kind = "after-hours"
[[rule]]
kind = "wrong-road"
[store]
path = "{path}"
"""
Run = Callable[..., str]


class Day:
    """Passes of Thursday 7 February 2019, one after the other, each vehicle with a plate of its own."""

    def __init__(self, config: Config, site: SiteBook) -> None:
        self._zone = config.site.timezone
        self._site = site
        self._count = itertools.count(1)

    def crosses(self, when: str, direction: Direction, road: str, plate: str, class_name: str = "car") -> None:
        """Take one final pass with two pictures."""
        at = datetime.fromisoformat(f"2019-02-07T{when}").replace(tzinfo=ZoneInfo(self._zone))
        wall_ns = round(at.timestamp()) * 10**9
        number = next(self._count)
        refs = [EvidenceRef(f"{plate.replace(' ', '')}-{kind}", kind, 8, 6) for kind in ("vehicle", "plate")]
        body = Pass(
            pass_id=f"pass-{number:03}", stage=Stage.FINAL, revision=2, camera_id="north", track_id=number,
            line_id="line", road_id=road, direction=direction, direction_confidence=0.9, wall_ns=wall_ns,
            class_name=class_name, plates=(Plate(plate, 0.95, 5, 5),), dhash=number * 0x9E3779B97F4A7C15 % 2**64,
            evidence=tuple(refs),
        )  # fmt: skip
        pictures = tuple(Evidence(ref, np.zeros((6, 8, 3), np.uint8)) for ref in refs)
        self._site.settle([Proven(body, pictures)], ClockQuality.STATED)

    def comes_and_goes(self, count: int, hour: str) -> None:
        """Let ordinary cars in and out again, one a minute."""
        for minute in range(count):
            plate = f"ND {minute * 7919 + int(hour) * 104729:06}"
            self.crosses(f"{hour}:{minute + 10}:00", Direction.IN, "bypass", plate)
            self.crosses(f"{hour}:{minute + 10}:40", Direction.OUT, "bypass", plate)


@pytest.fixture(scope="module")
def the_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a store with the day of the golden rows, its last visit before them number 2180."""
    path = tmp_path_factory.mktemp("day") / "events.db"
    place = path.with_name("edge.toml")
    place.write_text(CONFIG.format(path=path), "utf-8")
    config = load_config(place)
    store = open_store(config.store.path, "box", "quarry", ManualClock(1_549_500_000 * 10**9))
    last = Draft(EventKind.VISIT_CLOSED, 0, ClockQuality.STATED, Visit("earlier", 2180, VisitState.CLOSED, 2))
    store.record([last])
    low_bits = itertools.count(1)
    site = GateSite(
        config.site,
        config.roads,
        config.rules,
        lambda wall_ns: make_id(wall_ns, lambda bits: next(low_bits) % 2**bits),
        store.open_visits(),
        store.last_visit_number(),
    )
    day = Day(config, SiteBook(site, store))
    day.crosses("15:51:27", Direction.OUT, "bypass-entry", "BB 12 CC GP")
    day.crosses("15:53:38", Direction.OUT, "bypass-entry", "CA 864-209", "truck")
    day.comes_and_goes(3, "16")
    day.crosses("16:09:59", Direction.IN, "inside", "FZ 77 KL NW")
    day.comes_and_goes(14, "17")
    day.crosses("19:07:05", Direction.OUT, "bypass", "0F207358")
    store.close()
    return path


@pytest.fixture
def config_path(the_day: Path, tmp_path: Path) -> Path:
    """Return the configuration of a store of this test's own."""
    shutil.copy(the_day, tmp_path / "events.db")
    place = tmp_path / "edge.toml"
    place.write_text(CONFIG.format(path=tmp_path / "events.db"), "utf-8")
    return place


@pytest.fixture
def run(config_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a verb as `edge` does, each in what looks like a process of its own."""

    def with_words(*words: str, tool: ModuleType = anomalies) -> str:
        parser = argparse.ArgumentParser()
        tool.add_arguments(parser)
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, "apsw")
            verb, *rest = words
            assert tool.run(parser.parse_args([verb, "--config", str(config_path), *rest])) == 0
        return capsys.readouterr().out

    return with_words


def same_as_golden(name: str, text: str) -> None:
    assert text == (GOLDEN / name).read_text("utf-8")


def test_the_unresolved_list_shows_the_golden_rows(run: Run) -> None:
    same_as_golden("unresolved.txt", run("list", "--unresolved"))


@pytest.mark.parametrize("number", ["2201", "2186", "2182", "2181"])
def test_the_page_of_a_visit_shows_the_golden_facts(run: Run, number: str) -> None:
    same_as_golden(f"visit_{number}.txt", run("show", number))


def test_a_half_visit_carries_no_second_flag(run: Run) -> None:
    *told, summary = map(json.loads, run("list", "--json").splitlines())
    assert [(one["visit"], one["anomaly"]["kind"], one["state"]) for one in told] == [
        (2181, "wrong-road", "open"),
        (2182, "wrong-road", "open"),
        (2186, "wrong-road", "open"),
        (2201, "after-hours", "open"),
    ]
    assert summary == {"kind": "summary", "anomalies": 4, "unresolved": 4}


def test_a_camera_has_its_own_list(run: Run) -> None:
    assert json.loads(run("list", "--json", "--camera", "south"))["anomalies"] == 0
    assert json.loads(run("list", "--json", "--camera", "north").splitlines()[-1])["anomalies"] == 4


def test_what_is_resolved_leaves_the_list_and_comes_back_when_reopened(run: Run) -> None:
    assert "is resolved; event" in run("resolve", "2201", "--why", "announced", "--who", "thandi")
    assert "Unresolved anomalies: 3" in run("list", "--unresolved")
    assert "2201" not in run("list", "--unresolved")
    assert "After-Hours (resolved)" in run("list")
    run("reopen", "2201", "--why", "for Friday only", "--who", "piet")
    assert "Unresolved anomalies: 4" in run("list", "--unresolved")
    page = run("show", "2201")
    assert page.index("resolved by thandi") < page.index("reopened by piet")
    assert "announced" in page
    assert run("verify", tool=events).endswith(": whole\n")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("resolve", "2199", "--why", "x"), "no such anomaly"),
        (("resolve", "0168", "--why", "x"), "may be .*; name one"),
        (("reopen", "2201", "--why", "x"), "is open already"),
        (("resolve", "2201", "--why", ""), "nothing was recorded"),
        (("resolve", "2201", "--why", "x", "--who", "rule"), "stands for the rules"),
        (("show", "2199"), "no such anomaly"),
        (("show", ""), "no such anomaly"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_own_exit_code(run: Run, words: tuple[str, ...], cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        run(*words)
    assert "Unresolved anomalies: 4" in run("list", "--unresolved")


def test_an_anomaly_goes_by_the_beginning_of_its_id(run: Run) -> None:
    name = json.loads(run("list", "--json").splitlines()[0])["anomaly"]["anomaly_id"]
    assert f"anomaly {name} is resolved" in run("resolve", name[:-1], "--why", "x")


def test_a_corrected_plate_takes_the_place_of_what_was_read_and_says_so(run: Run) -> None:
    told = run("correct", "2201", "--plate", "CF 207-358", "--why", "seen", "--who", "piet", tool=events)
    assert told.startswith("pass pass-038 is CF 207-358, not 0F207358; event")
    run("correct", "pass-038", "--type", "truck", "--why", "seen", tool=events)
    page = run("show", "2201")
    assert "plates    CF 207-358" in page
    assert "corrected CF 207-358, not 0F207358; by piet" in page
    assert "corrected truck, not car; by" in page
    with pytest.raises(UsageError, match="is known as that already"):
        run("correct", "2201", "--plate", "CF 207-358", "--type", "truck", "--why", "seen", tool=events)
    assert "1 events" in run("list", "--kind", "pass.corrected", "--plate", "cf207", tool=events)


def test_a_corrected_plate_that_is_nobody_s_is_recorded_as_its_hash(run: Run, config_path: Path) -> None:
    hiding = '[registry]\nfile = "plates.csv"\nunknown_plates = "hash"\n'
    config_path.write_text(config_path.read_text("utf-8") + hiding, "utf-8")
    config_path.with_name("plates.csv").write_text("plate,list\nCF 207-358,allow\n", "utf-8")
    with pytest.raises(UsageError, match="the key that hides plates is missing"):
        run("correct", "2201", "--plate", "XK7 PWZ", "--why", "seen", tool=events)
    key = site_key(config_path.with_name("site.key"))
    said = run("correct", "2201", "--plate", "XK7 PWZ", "--why", "seen", tool=events)
    assert f"is {Guard(None, key).shown('XK7PWZ')}, not 0F207358" in said
    again = ("--plate", "CF 207-358", "--was", "XK7PWZ", "--why", "seen again")
    assert "is CF 207-358, not #" in run("correct", "2201", *again, tool=events)
    assert [part for part in config_path.parent.glob("events.db*") if b"XK7" in part.read_bytes()] == []


def test_a_plate_is_not_corrected_in_clear_where_a_key_lies_beside_the_store(config_path: Path) -> None:
    site_key(config_path.with_name("site.key"))
    parser = argparse.ArgumentParser()
    events.add_arguments(parser)
    store = str(config_path.with_name("events.db"))
    with pytest.raises(UsageError, match="plates are kept back here; give --config"):
        events.run(parser.parse_args(["correct", "2201", "--plate", "XK7", "--why", "x", "--db", store]))


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("2201", "--type", "tank"), "no such class; there are car"),
        (("2201",), "nothing to correct"),
        (("2201", "--was", "0F207358"), "say with --plate"),
        (("2201", "--plate", "A", "--was", "B"), "has 0F207358"),
        (("4711", "--type", "car"), "no such pass or visit"),
        (("pass-0", "--type", "car"), "may be pass pass-001, "),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(run: Run, words: tuple[str, ...], cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        run("correct", *words, "--why", "x", tool=events)


def test_an_anomaly_without_a_visit_is_listed_below_with_its_id(run: Run, config_path: Path) -> None:
    config = load_config(config_path)
    store = open_store(config.store.path, "box", "quarry", ManualClock())
    covered = Anomaly("0aaa", "covered", Severity.ALARM, "Nothing to see for 60 s.", 10**18, "south", "")
    store.record([Draft(EventKind.ANOMALY_RAISED, 10**18, ClockQuality.SYNCED, covered)])
    store.close()
    lines = run("list", "--unresolved").splitlines()
    assert lines[0] == "Unresolved anomalies: 5"
    assert lines[-3].split() == [
        *("0aaa", "Sun", "09", "Sep", "2001", "03:46:40", "south", "Covered"),
        *("Nothing", "to", "see", "for", "60", "s."),
    ]
    assert "No visit, camera south" in run("show", "0a")
    assert "anomaly 0aaa is resolved" in run("resolve", "0a", "--why", "bag taken off")


def test_a_store_in_use_by_something_without_a_hatch_is_named(run: Run, config_path: Path) -> None:
    store = open_store(load_config(config_path).store.path, "box", "quarry", ManualClock())
    with pytest.raises(StoreFailed, match="in use by process"):
        run("resolve", "2201", "--why", "x")
    store.close()


def test_an_absent_store_is_not_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "events.db").unlink()
    with pytest.raises(EdgeError, match="no such file"):
        run("resolve", "2201", "--why", "x")
    assert not (tmp_path / "events.db").exists()
    assert not beside(tmp_path / "events.db").exists()
