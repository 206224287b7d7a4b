"""The service as systemd runs it: from the rendered gate to a subscriber, through a reload and a clean stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config import Mqtt
from edge.mqtt import local_broker
from edge.mqtt.subscriber import Subscriber
from edge.ports import Message

pytestmark = pytest.mark.slow

CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[road]]
id = "main"
{roads}
[[camera]]
id = "gate"
source = "{source}"
[[camera.line]]
id = "main-line"
points = [[0.3268, 0.7489], [0.996, 0.8241]]
road = "main"
[models]
plates = "none"
[store]
path = "{db}"
[mqtt]
url = "{url}"
"""
PATIENCE_S = 120.0


@pytest.fixture
def broker_url() -> Iterator[str]:
    """Run a broker."""
    with local_broker() as broker:
        yield broker.url


def until(what: Callable[[], bool]) -> bool:
    """Wait for something to become true; False when it has not after a long time."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def last_status(messages: list[Message]) -> tuple[str, str]:
    """Return the state and the reason of the newest status."""
    told = [json.loads(message.payload) for message in messages if message.topic.endswith("/status")]
    return (told[-1]["state"], told[-1].get("reason", "")) if told else ("", "")


def test_the_service_publishes_reloads_and_says_goodbye(tmp_path: Path, broker_url: str) -> None:
    config = tmp_path / "edge.toml"

    def write(source: str, roads: str = "") -> None:
        config.write_text(CONFIG.format(source=source, roads=roads, db=tmp_path / "events.db", url=broker_url))

    write("test://gate?seed=3")
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    with (
        Subscriber(Mqtt(url=broker_url), "yard", "box") as room,
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service,
    ):
        try:
            assert until(lambda: any(message.topic.endswith("/event") for message in room.messages)), "no event came"
            write("test://gate?seed=3", roads="nonsense = 1")
            assert until(lambda: "nonsense" in last_status(room.messages)[1]), "the bad file was not told"
            assert last_status(room.messages)[0] == "degraded"
            write("test://gate?seed=4")
            assert until(lambda: last_status(room.messages)[0] == "online"), "the good file did not take over"
        finally:
            service.send_signal(signal.SIGTERM)
            _, complaints = service.communicate(timeout=PATIENCE_S)
        assert service.returncode == 0, complaints
        assert "Traceback" not in complaints
        assert "camera[gate].source: 'test://gate?seed=3' -> 'test://gate?seed=4'" in complaints
        assert until(lambda: last_status(room.messages)[0] == "offline")
        assert room.room.epochs


def test_a_store_that_cannot_be_opened_ends_the_service_with_its_own_exit_code(tmp_path: Path) -> None:
    config = tmp_path / "edge.toml"
    config.write_text(CONFIG.format(source="test://gate", roads="", db=tmp_path / "none" / "events.db", url=""))
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert run.returncode == 5
    assert len(run.stderr.splitlines()) == 1, run.stderr
