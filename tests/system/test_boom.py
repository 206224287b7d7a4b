"""`edge run` and a simulated line: the boom opens for who is allowed, and is off whatever becomes of the service."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.boom.pulse import BEAT_S
from edge.clock import SystemClock
from edge.config import Models, Store
from edge.gate.registry import Entry
from edge.inference.last_good import LastGood
from edge.registryfile import write_registry
from edge.scene.live_gate import LiveGate
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.system]
SEED, SECONDS, PULSE_S = 3, 90, 30.0
PATIENCE_S = 150.0
CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[road]]
id = "main"
[[road]]
id = "side"
[[camera]]
id = "gate"
source = "test://gate?seed={seed}&traffic=heavy&fps=8{more}"
[[camera.line]]
id = "main-line"
points = [[0.3273, 0.6961], [0.996, 0.7708]]
road = "main"
[[camera.line]]
id = "side-line"
points = [[0.0274, 0.5142], [0.3346, 0.5399]]
road = "side"
[registry]
file = "{folder}/plates.csv"
[boom]
output = "simulate://{folder}/chip/12"
open_s = {pulse}
direction = "both"
stale_s = 30
[store]
path = "{folder}/events.db"
"""


class Chip:
    """`edge boom simulate` in a process of its own, and the edges it prints."""

    def __init__(self, path: Path) -> None:
        self.edges: list[dict[str, Any]] = []
        command = [sys.executable, "-m", "edge", "boom", "simulate", str(path)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["kind"] == "ready"
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.edges.append(json.loads(line))

    @property
    def on(self) -> bool:
        return bool(self.edges) and bool(self.edges[-1]["on"])


def plates() -> list[str]:
    """Return the plates of everybody who comes by."""
    gate = LiveGate(SEED, (640, 360), "day", rain=False, traffic="heavy", fps=8)
    moments = [gate.frame(number, number / 2)[1] for number in range(2 * SECONDS)]
    return sorted({plate.text for truth in moments for actor in truth.actors for plate in actor.plates})


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder beside whose store the detector has passed its trial: that takes longer than all the rest."""
    folder = tmp_path_factory.mktemp("tried")
    LastGood.beside(Store(str(folder / "events.db")), SystemClock()).choose(Models())
    return folder


@pytest.fixture
def folder(tried: Path, tmp_path: Path) -> Path:
    """Return a fresh folder of a service."""
    return Path(shutil.copytree(tried, tmp_path / "gate"))


@contextmanager
def serving(folder: Path, listed: str, more: str = "") -> Iterator[tuple[Chip, subprocess.Popen[str]]]:
    """Run the service beside a simulated chip; everybody who comes by is on one list."""
    write_registry(str(folder / "plates.csv"), [Entry((plate,), listed) for plate in plates()])
    config = folder / "edge.toml"
    config.write_text(CONFIG.format(seed=SEED, folder=folder, pulse=PULSE_S, more=more))
    chip = Chip(folder / "chip")
    service = subprocess.Popen([sys.executable, "-m", "edge", "run", "--config", str(config)], text=True)
    try:
        yield chip, service
    finally:
        for process in (service, chip.process):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            process.wait(PATIENCE_S)


def told(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Return the bodies of a kind of event, as the device shows them."""
    command = [sys.executable, "-m", "edge", "events", "list", "--db", str(folder / "events.db"), "--json"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    return [event["data"] for event in events if event.get("type") == f"gate.{kind}.v1"]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM], ids=lambda one: one.name)
def test_the_line_goes_on_for_who_is_allowed_and_off_when_the_service_is_ended(folder: Path, end: int) -> None:
    with serving(folder, "allow") as (chip, service):
        assert until(lambda: chip.on), "nobody was opened for"
        assert [opening["access"]["decision"] for opening in told(folder, "boom.opened")]
        ended = time.monotonic()
        os.kill(service.pid, end)
        assert until(lambda: not chip.on, BEAT_S + 3.0), "the line stayed on"
        assert time.monotonic() - ended < PULSE_S / 2, "the pulse ended by itself: this shows nothing"


def test_the_line_stays_off_for_who_is_denied(folder: Path) -> None:
    with serving(folder, "deny") as (chip, _):

        def denied() -> bool:
            seen = told(folder, "pass.final") if (folder / "events.db").exists() else []
            return any(one["access"]["decision"] == "deny" for one in seen)

        assert until(denied), "nobody was denied"
        assert chip.edges == []
        assert told(folder, "boom.opened") == []


def test_a_camera_that_is_lost_leaves_it_off(folder: Path) -> None:
    with serving(folder, "allow", "&faults=lost@1") as (chip, service):
        assert until((folder / "events.db").exists)
        time.sleep(10)
        assert chip.edges == []
        assert service.poll() is None
