"""`edge eval track` as a user and as a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workshop.tracks.drawn import write_sequence

COMPARED = ["ours", "sort", "bytetrack", "ocsort", "botsort"]
SHARED = Path(os.environ.get("EDGE_SHARED", Path(__file__).parents[2].parent / "shared"))
STREET = SHARED / "data/tracking/driveway_street"


def track(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge", "eval", "track", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two sequences of a second and a half, every eleventh box missed."""
    pytest.importorskip("trackers", reason="roboflow's trackers are not installed: the eval extra")
    folder = tmp_path_factory.mktemp("drawn")
    for name in ("road", "yard"):
        write_sequence(folder / name, frames=40, missed=11)
    return folder


def test_json_ends_with_the_five_and_a_line_for_each_score_stands_before(drawn: Path) -> None:
    run = track("--dir", drawn / "road", drawn / "yard", "--conditions", "full", "5fps", "--json")
    assert run.returncode == 0, run.stderr
    *lines, last = [json.loads(line) for line in run.stdout.splitlines()]
    assert list(last) == ["trackers", "microseconds_per_frame"]
    assert list(last["trackers"]) == list(last["microseconds_per_frame"]) == COMPARED
    assert all(list(one) == ["HOTA", "IDF1", "MOTA", "IDSW"] for one in last["trackers"].values())
    assert all(spent > 0 for spent in last["microseconds_per_frame"].values())
    assert 50 < last["trackers"]["ours"]["HOTA"] < 100
    told = [(one["sequence"], one["condition"], one["tracker"]) for one in lines]
    trackers = [*COMPARED, "ours-motion", "ours-hash"]
    places = [("road", "full"), ("road", "5fps"), ("yard", "full"), ("yard", "5fps")]
    assert told == [(*place, name) for place in places for name in trackers]
    assert {"HOTA", "IDF1", "MOTA", "IDSW", "Frag", "ids", "vehicles", "tracks_per_vehicle", "ghosts", "swaps"} <= set(
        lines[0]
    )
    assert lines[0]["vehicles"] == 3


def test_scores_are_the_same_on_every_run(drawn: Path) -> None:
    words = ("--dir", drawn, "--conditions", "all", "--trackers", "ours", "bytetrack", "--json")
    first, second = track(*words), track(*words)
    assert first.returncode == 0, first.stderr
    assert "road: has 25" not in first.stderr

    def timeless(text: str) -> list[dict[str, object]]:
        rows = [json.loads(line) for line in text.splitlines()]
        return [{key: value for key, value in row.items() if key != "microseconds_per_frame"} for row in rows]

    assert timeless(first.stdout) == timeless(second.stdout)


def test_a_condition_that_a_slow_sequence_cannot_have_is_left_out_and_said(drawn: Path, tmp_path: Path) -> None:
    slow = write_sequence(tmp_path / "slow", frames=6, fps=4)
    run = track("--dir", drawn / "road", slow, "--conditions", "full", "5fps", "--trackers", "sort")
    assert run.returncode == 0, run.stderr
    assert "slow: has 4 frames a second, 5fps is left out" in run.stderr
    titles = [line.split(":")[0] for line in run.stdout.splitlines() if not line.startswith(" ")]
    assert titles == ["road, full", "road, 5fps", "slow, full", "2 sequences, full", "all of full, 5fps"]
    nothing = track("--dir", slow, "--conditions", "5fps")
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "add --conditions full" in nothing.stderr


@pytest.mark.usefixtures("drawn")
def test_without_a_list_the_detector_looks_and_what_it_found_is_kept(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "bare", frames=4)
    (folder / "det/det.txt").unlink()
    lost = track("--dir", folder)
    assert lost.returncode == 2
    assert "det/det.txt: cannot be read" in lost.stderr
    (folder / "det").rmdir()
    run = track("--dir", folder, "--trackers", "ours", "--cache", tmp_path / "cache")
    assert run.returncode == 0, run.stderr
    assert "the truth names no classes, so car, truck, bus, motorcycle count" in run.stderr
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert "bare, full: 4 frames, 3 vehicles" in run.stdout


BAD = [
    (("--dir", "none"), 2, "has no seqinfo.ini"),
    (("--dir", "ROAD", "--conditions", "fog"), 2, "invalid choice"),
    (("--dir", "ROAD", "--threads", "0"), 2, "--threads 0"),
    (("--dir", "BARE", "--model", "none"), 4, "no model is called"),
    ((), 2, "--dir"),
]


@pytest.mark.parametrize(("words", "code", "says"), BAD, ids=[says for *_, says in BAD])
def test_bad_input_gets_its_exit_code(
    drawn: Path, tmp_path: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    bare = write_sequence(tmp_path / "bare", frames=2)
    (bare / "det/det.txt").unlink()
    (bare / "det").rmdir()
    places = {"ROAD": drawn / "road", "BARE": bare}
    run = track(*(places.get(word, word) for word in words))
    assert run.returncode == code
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


@pytest.mark.slow
@pytest.mark.skipif(not STREET.is_dir(), reason="the shared tracked video is not here")
def test_a_real_street_is_scored(tmp_path: Path) -> None:
    pytest.importorskip("trackers", reason="roboflow's trackers are not installed: the eval extra")
    run = track("--dir", STREET, "--trackers", "ours", "bytetrack", "--cache", tmp_path, "--json")
    assert run.returncode == 0, run.stderr
    *lines, last = [json.loads(line) for line in run.stdout.splitlines()]
    assert [one["frames"] for one in lines] == [905, 905]
    assert last["trackers"]["ours"]["HOTA"] > 60
