"""`edge visits`: who is inside, one visit with its history, merge and split, and the visits of several devices."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.commands import events, visits
from edge.errors import UsageError
from edge.store import open_store
from edge.types import Anomaly, Draft, EventKind, Plate, Severity, Visit, VisitSide, VisitState

NOON_NS = 1_772_625_600_000_000_000  # 2026-03-04T12:00:00Z
Run = Callable[..., str]


def side(name: str, minute: int, plate: str = "", kind: str = "car", route: tuple[str, ...] = ()) -> VisitSide:
    plates = (Plate(plate, 0.95, 5, 5),) if plate else ()
    return VisitSide(name, "north", "main", NOON_NS + minute * 60 * 10**9, kind, plates, route=route)


def fill(path: Path, told: Sequence[Visit], device: str = "box", site: str = "yard") -> Path:
    store = open_store(path, device, site, ManualClock(NOON_NS))
    store.record([Draft(EventKind.VISIT_OPENED, NOON_NS, ClockQuality.SYNCED, visit) for visit in told])
    body = Anomaly("0a", "never-entered", Severity.WARNING, "no entry", NOON_NS, "north", "main", "p2", "0v2")
    store.record([Draft(EventKind.ANOMALY_RAISED, NOON_NS, ClockQuality.SYNCED, body)])
    store.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    route = ("north/outer", "north/inner")
    return fill(
        tmp_path / "events.db",
        (
            Visit("0v1", 1, VisitState.OPEN, 1, side("p1", 0, "CF207358", "truck", route)),
            Visit("0v2", 2, VisitState.OPEN, 1, None, side("p2", 60)),
            Visit("0v3", 3, VisitState.OPEN, 1, side("p3", 70)),
            Visit("0v4", 4, VisitState.CLOSED, 2, side("p4", 1, "CA 1"), side("p5", 2, "CA 1"), "plate"),
        ),
    )


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def with_words(verb: str, *words: str | Path, db: bool = True) -> str:
        parser = argparse.ArgumentParser()
        tool = events if verb == "verify" else visits
        tool.add_arguments(parser)
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, "apsw")
            place = ("--db", str(path)) if db else ()
            assert tool.run(parser.parse_args([verb, *place, *map(str, words)])) == 0
        return capsys.readouterr().out

    return with_words


def test_who_is_inside_stands_above_the_open_visits(run: Run) -> None:
    lines = run("list", "--open").splitlines()
    assert lines[0] == "Inside: 2 (1 car, 1 truck); exits without an entry: 1"
    assert [line.split()[0] for line in lines[4:-1]] == ["1", "2", "3"]
    assert lines[-1] == "3 visits; times are UTC"
    assert [line.split()[0] for line in run("list").splitlines()[2:-1]] == ["1", "2", "3", "4"]
    assert json.loads(run("list", "--open", "--json").splitlines()[-1])["visits"] == 3
    assert run("list", "--csv", "--plate", "ca1").splitlines()[1].startswith("4,closed,CA 1,car,")


def test_a_visit_is_shown_with_its_route_and_all_that_became_of_it(run: Run) -> None:
    assert "  route     north/outer > north/inner" in run("show", "1").splitlines()
    run("merge", "2", "1", "--why", "seen", "--who", "thandi")
    page = run("show", "1").splitlines()
    assert page[0] == "Visit 1, closed, 1h 00m 00s, paired by hand, its exit was visit 2"
    assert [line[28:] for line in page[page.index("History") + 1 :]] == [
        "visit.opened   visit 1 open; event 1",
        "visit.merged   visits 1 and 2, by thandi: seen; event 6",
        "visit.closed   visit 1 closed after 1h 00m 00s; event 7",
    ]
    assert any("Never-Entered, resolved" in line for line in page), "the anomaly of the exit came along"
    assert run("show", "2").splitlines()[0] == "Visit 2, closed, merged into visit 1"
    run("split", "0v1", "--why", "two cars", "--who", "piet")
    assert run("show", "2").splitlines()[0] == "Visit 2, open, waits for its entry"
    history = run("show", "2").splitlines()
    kinds = [line.split()[5] for line in history[history.index("History") + 1 :]]
    assert kinds == ["visit.opened", "visit.merged", "visit.revised", "visit.split", "visit.revised"]
    *told, summary = map(json.loads, run("show", "2", "--json").splitlines())
    assert (told[0]["number"], summary) == (2, {"kind": "summary", "visits": 1, "events": 5})
    assert run("verify").endswith(": whole\n")


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("show", "9"), "no such visit; `edge visits list`"),
        (("show", "0v"), "may be visit 0v1, visit 0v2, .*; name one"),
        (("merge", "1", "3", "--why", "x"), "visits 1 and 3: are both entries"),
        (("merge", "3", "2", "--why", "x"), "2 went out before 3 came in"),
        (("merge", "1", "9", "--why", "x"), "9: no such pass or visit"),
        (("split", "1", "--why", "x"), "visit 1: has no two sides"),
        (("split", "4", "--why", ""), "nothing was recorded"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        run(*words)


def test_the_visits_of_several_devices_meet(run: Run, path: Path, tmp_path: Path) -> None:
    far = Visit("0w1", 7, VisitState.OPEN, 1, None, side("q1", 90, "CF 207 358", "truck"))
    other = fill(tmp_path / "other.db", (far,), "box-2")
    lines = run("reconcile", other, path, db=False).splitlines()
    assert lines[2].split("  ")[:3] == ["box 1", "box-2 7", "CF207358, CF 207 358"]
    assert lines[-1] == "1 visits across devices, 1 within one, 1 inside, 1 exits without an entry; times are UTC"
    *told, summary = map(json.loads, run("reconcile", path, other, "--json", db=False).splitlines())
    assert summary == {"kind": "summary", "visits": 4, "across": 1, "inside": 1, "without_entry": 1}
    (across,) = (one for one in told if "exit" in one and one["exit"]["device"] == "box-2")
    assert (across["entry"]["device"], across["entry"]["number"], across["paired_by"]) == ("box", 1, "plate")


def test_stores_that_are_not_of_one_site_or_of_one_device_twice_are_refused(
    run: Run, path: Path, tmp_path: Path
) -> None:
    foreign = fill(tmp_path / "foreign.db", (), "box-2", "quarry")
    with pytest.raises(UsageError, match="visits belong to one site"):
        run("reconcile", path, foreign, db=False)
    with pytest.raises(UsageError, match="is of device box, and so is"):
        run("reconcile", path, path, db=False)
    with pytest.raises(UsageError, match="--skew -1: is no difference of clocks"):
        run("reconcile", path, "--skew=-1", db=False)
