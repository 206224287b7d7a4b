"""`edge events`: what it lists, finds, exports and checks, and that it never stands in the service's way."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.clock import ClockQuality, ManualClock
from edge.commands import events
from edge.errors import EdgeError, StoreFailed, UsageError
from edge.store import open_store, reports
from edge.types import (
    Anomaly,
    CameraStatus,
    Direction,
    Draft,
    EventKind,
    Evidence,
    EvidenceRef,
    Pass,
    Plate,
    RunMark,
    Severity,
    Stage,
    Visit,
    VisitSide,
    VisitState,
)

ROOT = Path(__file__).parents[2]
NOBODY = 65534
START_NS = 1_772_640_000_000_000_000  # 2026-03-04T16:00:00Z
SECOND_NS = 10**9
Run = Callable[..., tuple[int, str]]


def passing(name: str, plate: str, at_ns: int, direction: Direction, *refs: EvidenceRef) -> Pass:
    return Pass(
        pass_id=name,
        stage=Stage.FINAL,
        revision=1,
        camera_id="gate-1" if direction is Direction.IN else "gate-2",
        track_id=1,
        line_id="boom",
        road_id="main" if direction is Direction.IN else "side",
        direction=direction,
        direction_confidence=1.0,
        wall_ns=at_ns,
        class_name="car",
        plates=(Plate(plate, 0.9, 3, 3),),
        evidence=refs,
    )


def side(seen: Pass) -> VisitSide:
    return VisitSide(seen.pass_id, seen.camera_id, seen.road_id, seen.wall_ns, seen.class_name, seen.plates)


def fill(path: Path) -> None:
    """One car in and out after 65 s with a wrong road, one still inside, a camera gone."""
    clock = ManualClock(START_NS)
    store = open_store(path, "cam-1", "depot", clock)
    ref = EvidenceRef("ev-1", "vehicle", 8, 8)
    into = passing("p1", "CA 123-456", START_NS, Direction.IN, ref)
    out = passing("p2", "CA 123-456", START_NS + 65 * SECOND_NS, Direction.OUT)
    other = passing("p3", "BB 12 CC GP", START_NS + 90 * SECOND_NS, Direction.IN)
    picture = Evidence(ref, np.zeros((8, 8, 3), np.uint8))
    bodies: list[tuple[EventKind, int, Any, list[Evidence]]] = [
        (EventKind.RUN_STARTED, START_NS, RunMark("run-1", "0.1"), []),
        (EventKind.PASS_FINAL, into.wall_ns, into, [picture]),
        (EventKind.VISIT_OPENED, into.wall_ns, Visit("v1", 1, VisitState.OPEN, 1, side(into)), []),
        (EventKind.PASS_FINAL, out.wall_ns, out, []),
        (
            EventKind.VISIT_CLOSED,
            out.wall_ns,
            Visit("v1", 1, VisitState.CLOSED, 2, side(into), side(out), "plate"),
            [],
        ),
        (
            EventKind.ANOMALY_RAISED,
            out.wall_ns,
            Anomaly(
                "a1",
                "wrong-road",
                Severity.ALARM,
                "left by side, which allows in",
                out.wall_ns,
                "gate-2",
                "side",
                "p2",
                "v1",
            ),
            [],
        ),
        (EventKind.VISIT_OPENED, other.wall_ns, Visit("v2", 2, VisitState.OPEN, 1, side(other)), []),
        (EventKind.CAMERA_STATUS, START_NS + 100 * SECOND_NS, CameraStatus("gate-2", "lost", "no route to host"), []),
    ]
    store.record([Draft(kind, at, ClockQuality.SYNCED, body, pictures) for kind, at, body, pictures in bodies])
    store.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "events.db")
    return tmp_path / "events.db"


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    # Other tests of this process have loaded the service's engine; no file is open in it now.
    monkeypatch.delitem(sys.modules, "apsw")
    parser = argparse.ArgumentParser()
    events.add_arguments(parser)

    def with_words(*words: str | Path, where: Path = path) -> tuple[int, str]:
        verb, *rest = map(str, words)
        code = events.run(parser.parse_args([verb, "--db", str(where), *rest]))
        return code, capsys.readouterr().out

    return with_words


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_shows_the_newest_events_in_order(run: Run) -> None:
    code, text = run("list")
    lines = text.splitlines()
    assert code == 0
    assert lines[0].split() == ["seq", "time", "kind", "camera", "plates", "what"]
    assert [int(line.split()[0]) for line in lines[2:-1]] == list(range(1, 9))
    assert lines[-1] == "8 events; times are UTC"
    assert "2026-03-04 16:01:05" in lines[7]
    assert "alarm: wrong-road: left by side, which allows in" in lines[7]
    assert [line.split()[0] for line in run("list", "--limit", "2")[1].splitlines()[2:-1]] == ["7", "8"]


def test_a_listing_of_many_pages_misses_and_repeats_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PAGE", 3)
    assert [event["seq"] for event in json_lines(run("export")[1])] == list(range(1, 9))
    assert [event["seq"] for event in json_lines(run("export", "--limit", "5")[1])] == [4, 5, 6, 7, 8]
    assert run("export", "--limit", "0")[1] == ""


def test_a_list_that_was_cut_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LISTED", 3)
    assert run("list")[1].splitlines()[-1] == "3 events, the newest; --limit N for more; times are UTC"
    assert run("list", "--limit", "3")[1].splitlines()[-1] == "3 events; times are UTC"


def test_the_configuration_says_where_the_store_is_and_what_time_it_is_there(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "apsw")
    config = path.with_name("edge.toml")
    config.write_text(
        '[device]\nid = "cam-1"\n[site]\nid = "depot"\ntimezone = "Africa/Johannesburg"\n'
        f'[[camera]]\nid = "gate-1"\nsource = "test://gate"\n[store]\npath = "{path}"\n',
        "utf-8",
    )
    parser = argparse.ArgumentParser()
    events.add_arguments(parser)
    assert events.run(parser.parse_args(["list", "--config", str(config), "--since", "2026-03-04T18:01:40"])) == 0
    text = capsys.readouterr().out
    assert "2026-03-04 18:01:40" in text
    assert text.endswith("1 events; times are Africa/Johannesburg\n")


def test_json_lines_are_the_events_as_published_and_the_summary_is_last(run: Run) -> None:
    *told, summary = json_lines(run("list", "--json")[1])
    assert [event["seq"] for event in told] == list(range(1, 9))
    assert told[1]["data"]["plates"][0]["text"] == "CA 123-456"
    assert summary == {"kind": "summary", "events": 8}


@pytest.mark.parametrize(
    ("words", "seqs"),
    [
        (["--kind", "pass"], [2, 4]),
        (["--kind", "visit.opened", "--kind", "anomaly"], [3, 6, 7]),
        (["--plate", "ca123"], [2, 3, 4, 5]),
        (["--plate", "12 cc"], [7]),
        (["--camera", "gate-2"], [4, 5, 6, 8]),
        (["--since", "2026-03-04T16:01:05Z", "--until", "2026-03-04T16:01:30"], [4, 5, 6]),
        (["--since", "2026-03-04T18:01:30+02:00"], [7, 8]),
        (["--until", "2026-03-04"], []),
        (["--since", "2026-03-04", "--plate", "CA", "--camera", "gate-2", "--limit", "1"], [5]),
    ],
)
def test_filters_keep_what_matches_all_of_them(run: Run, words: list[str], seqs: list[int]) -> None:
    *told, summary = json_lines(run("list", "--json", *words)[1])
    assert [event["seq"] for event in told] == seqs
    assert summary["events"] == len(seqs)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--kind", "passes"], "no such kind; there are pass.provisional"),
        (["--plate", ".?"], "has no letter"),
        (["--since", "yesterday"], "--since yesterday: is not a time; write it as 2026"),
        (["--until", ""], "--until : is not a time"),
        (["--since", "9" * 30 + "d"], "is not a time"),
        (["--limit", "-1"], "must not be negative"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(run: Run, words: list[str], cause: str) -> None:
    with pytest.raises(UsageError, match=cause):
        run("list", *words)


def test_visits_are_a_table_with_roads_times_dwell_and_anomalies(run: Run) -> None:
    lines = run("visits")[1].splitlines()
    times = ["2026-03-04 16:00:00", "2026-03-04 16:01:05"]
    assert re.split(" {2,}", lines[2]) == ["1", "CA 123-456", "main", "side", *times, "1m 05s", "wrong-road"]
    assert lines[3].split() == ["2", "BB", "12", "CC", "GP", "main", "-", "2026-03-04", "16:01:30", "-", "-", "-"]


def test_visits_speak_json_and_csv_and_take_filters(run: Run) -> None:
    *visits, summary = json_lines(run("visits", "--json")[1])
    assert [(visit["number"], visit.get("dwell_s")) for visit in visits] == [(1, 65.0), (2, None)]
    assert summary == {"kind": "summary", "visits": 2, "anomalies": 1}
    rows = list(csv.DictReader(io.StringIO(run("visits", "--csv", "--plate", "BB")[1])))
    assert [(row["number"], row["state"], row["time_out"]) for row in rows] == [("2", "open", "")]
    assert run("visits", "--limit", "1", "--csv")[1].count("\n") == 2
    assert json_lines(run("visits", "--json", "--until", "2026-03-04T16:01:00")[1])[-1]["visits"] == 1
    assert json_lines(run("visits", "--json", "--camera", "gate-2")[1])[-1]["visits"] == 1


def test_show_finds_an_event_by_number_and_by_id(run: Run) -> None:
    event, summary = json_lines(run("show", "6", "--json")[1])
    assert event["type"] == "gate.anomaly.raised.v1"
    assert summary["kind"] == "summary"
    assert json.loads(run("show", event["id"])[1]) == event
    with pytest.raises(UsageError, match="no event 77"):
        run("show", "77")


def test_export_writes_every_event_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("export", "--csv", "-o", out) == (0, "")
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert [row["seq"] for row in rows] == [str(seq) for seq in range(1, 9)]
    assert (rows[5]["anomaly"], rows[5]["severity"], rows[5]["visit_id"]) == ("wrong-road", "alarm", "v1")
    lines = run("export")[1].splitlines()
    assert lines == run("list", "--json")[1].splitlines()[:-1]
    with pytest.raises(UsageError, match="No such file or directory"):
        run("export", "-o", tmp_path / "absent" / "out.json")


def test_stats_tell_the_store_in_figures(run: Run) -> None:
    (stats,) = json_lines(run("stats", "--json")[1])
    assert (stats["kind"], stats["last_seq"], stats["visits"], stats["open_visits"]) == ("summary", 8, 2, 1)
    assert stats["kinds"]["pass.final"] == 2
    assert (stats["anomalies"], stats["unresolved"]) == (1, 1)
    assert stats["stages"] == {"new": 8}
    assert stats["pictures"] == 1
    assert "8, seq 1 to 8" in run("stats")[1]


def test_evidence_is_written_as_jpeg(run: Run, tmp_path: Path) -> None:
    run("evidence", "ev-1", "-o", tmp_path / "car.jpg")
    assert (tmp_path / "car.jpg").read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(UsageError, match="no evidence ev-2"):
        run("evidence", "ev-2", "-o", tmp_path / "car.jpg")


def test_verify_finds_a_whole_store_whole(run: Run) -> None:
    assert run("verify") == (0, "8 events, seq 1 to 8: whole\n")
    assert json_lines(run("verify", "--json")[1])[-1]["faults"] == []


def test_verify_finds_a_store_whole_after_retention(run: Run, path: Path) -> None:
    store = open_store(path, "cam-1", "depot", ManualClock(START_NS + SECOND_NS))
    assert store.retain(0, 0, published=False).events == 8
    store.record([Draft(EventKind.RUN_STOPPED, START_NS, ClockQuality.SYNCED, RunMark("run-1", "0.1"))])
    store.close()
    assert run("verify") == (0, "1 events, seq 9 to 9: whole\n")


@pytest.mark.parametrize(
    ("crime", "faults"),
    [
        ("DELETE FROM event WHERE seq = 4", ["4: missing"]),
        ("DELETE FROM event WHERE seq IN (3, 4)", ["3 to 4: missing"]),
        ("DELETE FROM event WHERE seq = 8", ["8 to 8: missing at the end"]),
        ("DELETE FROM outbox WHERE seq = 2", ["1 events have no outbox row"]),
        (
            "UPDATE event SET payload = replace(payload, '123-456', '123-457') WHERE seq = 2",
            ["2: its seal does not fit: it, or the seal before it, was changed"],
        ),
        (
            "UPDATE event SET payload = replace(payload, '\"seq\":2,', '\"seq\":3,') WHERE seq = 2",
            ["2: calls", "2: its"],
        ),
        ("UPDATE event SET payload = '{}' WHERE seq = 2", ["2: event: "]),
        ("UPDATE store SET last_chain = 'x'", ["8: is not what was recorded last"]),
    ],
)
def test_verify_finds_what_was_done_to_a_store(run: Run, path: Path, crime: str, faults: list[str]) -> None:
    connection = sqlite3.connect(path)
    connection.execute(crime)
    connection.commit()
    connection.close()
    code, text = run("verify")
    told = text.splitlines()[:-1]
    assert code == 5
    assert len(told) == len(faults)
    assert all(line.startswith(fault) for line, fault in zip(told, faults, strict=True))


def test_a_store_that_cannot_be_read_is_named_with_its_cure(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    for content, cause in ((None, "no such file"), (b"", "no event store"), (b"nonsense" * 1000, "not a database")):
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(StoreFailed, match=cause):
            run("list", where=other)


def test_the_schema_of_events_needs_no_store(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    events.add_arguments(parser)
    assert events.run(parser.parse_args(["schema"])) == 0
    assert "gate.visit.closed.v1" in capsys.readouterr().out


def test_reports_refuse_the_process_of_the_service(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apsw", sys)
    with pytest.raises(EdgeError, match="process of their own"):
        run("list")


def test_the_command_reads_while_the_service_writes_and_never_loads_its_engine(path: Path) -> None:
    store = open_store(path, "cam-1", "depot", ManualClock(START_NS))
    store.record([Draft(EventKind.RUN_STOPPED, START_NS, ClockQuality.SYNCED, RunMark("run-1", "0.1"))])
    code = (
        "import sys; from edge.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "print('apsw' in sys.modules, file=sys.stderr); sys.exit(code)"
    )
    words = [sys.executable, "-c", code, "events", "verify", "--db", str(path)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "9 events, seq 1 to 9: whole\n", "False\n")
    assert [
        event.seq
        for event in store.record(
            [Draft(EventKind.RUN_STARTED, START_NS, ClockQuality.SYNCED, RunMark("run-2", "0.1"))]
        )
    ] == [10]
    store.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize("running", [True, False], ids=["service runs", "service stopped"])
def test_somebody_of_the_group_can_look(path: Path, *, running: bool) -> None:
    if running:
        store = open_store(path, "cam-1", "depot", ManualClock(START_NS))
    for folder in (path.parent, *list(path.parents)[1:3]):
        folder.chmod(0o755)
    for file in path.parent.iterdir():
        os.chown(file, -1, NOBODY)
    code = (
        "import sys, os; from edge.commands import events; import argparse\n"
        "import edge.store.reports, edge.store.verify\n"
        "parser = argparse.ArgumentParser(); events.add_arguments(parser)\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY}); sys.exit(events.run(parser.parse_args(sys.argv[1:])))"
    )
    words = [sys.executable, "-c", code, "verify", "--db", str(path)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "8 events, seq 1 to 8: whole\n"), ran.stderr
    if running:
        store.close()
