"""The main job on the bundled clip, beside what is true in it: `make demo` is this command."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CLIP = Path(__file__).parents[2] / "fixtures/clips/gate_demo.mp4"
TRUTH = json.loads(CLIP.with_suffix(".truth.json").read_text())
LEEWAY_S = 1.0


@dataclass(frozen=True)
class Demo:
    """One run of the demo: what it printed, and the folder it left."""

    printed: str
    folder: Path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    run = subprocess.run(
        [sys.executable, "-m", "edge", "demo", "--out", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 0, run.stderr
    return Demo(run.stdout, folder)


def listed(demo: Demo, *words: str) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "edge", "events", *words, "--db", str(demo.folder / "events.db"), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()][:-1]


def media_s(time: str) -> float:
    start = datetime.fromisoformat(TRUTH["wall_start"])
    return (datetime.fromisoformat(time[:26].rstrip("Z") + "+00:00") - start).total_seconds()


def sides(visit: dict[str, object]) -> tuple[tuple[str, float] | None, ...]:
    """Return (road, media seconds) of the entry and of the exit, None for a side that is not there."""
    found = []
    for name in ("entry", "exit"):
        side = visit.get(name)
        found.append((str(side["road_id"]), media_s(str(side["time"]))) if isinstance(side, dict) else None)
    return tuple(found)


def same(found: tuple[tuple[str, float] | None, ...], true: dict[str, object]) -> bool:
    for side, name in zip(found, ("in", "out"), strict=True):
        wanted = true[name]
        if not isinstance(wanted, dict) or side is None:
            if side is not wanted:
                return False
        elif side[0] != wanted["road"] or abs(side[1] - wanted["media_s"]) > LEEWAY_S:
            return False
    return True


def test_every_true_visit_is_found_once_and_none_is_invented(demo: Demo) -> None:
    found = [sides(visit) for visit in listed(demo, "visits")]
    matches = [sum(same(visit, true) for visit in found) for true in TRUTH["visits"]]
    assert matches == [1] * len(TRUTH["visits"]), f"{found} beside {TRUTH['visits']}"
    assert len(found) == len(TRUTH["visits"])


def test_the_anomalies_are_the_true_ones(demo: Demo) -> None:
    bodies = [event["data"] for event in listed(demo, "list") if str(event["type"]).startswith("gate.anomaly.raised")]
    found = sorted((str(body["kind"]), str(body["road_id"])) for body in bodies if isinstance(body, dict))
    assert found == sorted((true["kind"], true["crossing"]["road"]) for true in TRUTH["anomalies"])


def test_the_subscriber_received_every_event_and_anomaly(demo: Demo) -> None:
    events = len(listed(demo, "list", "--limit", "1000"))
    assert f"received   {events} events, {len(TRUTH['anomalies'])} of them anomalies" in demo.printed


def test_the_annotated_video_shows_the_whole_clip(demo: Demo) -> None:
    with av.open(str(demo.folder / "annotated.mp4")) as file, av.open(str(CLIP)) as clip:
        assert file.streams.video[0].frames == clip.streams.video[0].frames
