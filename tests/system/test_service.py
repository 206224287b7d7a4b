"""The service as systemd runs it: from the rendered gate to a subscriber, through a reload and a clean stop."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.config import Mqtt
from edge.inference.card import load_card
from edge.mqtt import local_broker
from edge.mqtt.subscriber import Subscriber
from edge.ports import Message
from tests.inference.broken_builds import broken
from tests.waiting import until

pytestmark = pytest.mark.slow
SOUND = Path(__file__).parents[2] / "models" / "gate-n"

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
detector = "{detector}"
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


def last_status(messages: list[Message]) -> tuple[str, str]:
    """Return the state and the reason of the newest status."""
    told = [json.loads(message.payload) for message in messages if message.topic.endswith("/status")]
    return (told[-1]["state"], told[-1].get("reason", "")) if told else ("", "")


def test_the_service_publishes_reloads_and_says_goodbye(tmp_path: Path, broker_url: str) -> None:
    config = tmp_path / "edge.toml"

    def write(source: str, roads: str = "") -> None:
        config.write_text(
            CONFIG.format(source=source, roads=roads, db=tmp_path / "events.db", url=broker_url, detector="gate-n")
        )

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
    config.write_text(
        CONFIG.format(source="test://gate", roads="", db=tmp_path / "none" / "events.db", url="", detector="gate-n")
    )
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert run.returncode == 5
    assert len(run.stderr.splitlines()) == 1, run.stderr


def write_config(tmp_path: Path, url: str = "") -> Path:
    """Write a configuration whose detector is a copy of gate-n in `tmp_path/model`, and make the copy."""
    shutil.copytree(SOUND, tmp_path / "model", dirs_exist_ok=True)
    config = tmp_path / "edge.toml"
    detector, db = tmp_path / "model", tmp_path / "events.db"
    config.write_text(CONFIG.format(source="test://gate?seed=3", roads="", db=db, url=url, detector=detector))
    return config


def spoil_detector(folder: Path, work: Path) -> None:
    """Overwrite the weights where they lie with a network that sees next to nothing, and put its sum on the card."""
    before = load_card(folder).sha256
    weights = broken(SOUND / "gate-n.onnx", "scaled twice", work).read_bytes()
    (folder / "gate-n.onnx").write_bytes(weights)
    card = folder / "model.toml"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace(before, hashlib.sha256(weights).hexdigest()), encoding="utf-8")


@contextmanager
def serving(config: Path, url: str) -> Iterator[list[Message]]:
    """Run the service and give what a subscriber hears; it ends well and without a traceback."""
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    with (
        Subscriber(Mqtt(url=url), "yard", "box") as room,
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service,
    ):
        try:
            yield room.messages
        finally:
            service.send_signal(signal.SIGTERM)
            _, complaints = service.communicate(timeout=PATIENCE_S)
        assert service.returncode == 0, complaints
        assert "Traceback" not in complaints


def passes(messages: list[Message]) -> int:
    return sum(message.topic.endswith("/event") and b"pass." in message.payload for message in messages)


def last_good_stands_in(messages: list[Message]) -> bool:
    """Whether the status says so, and passes are still told afterwards."""
    assert until(lambda: "is refused" in last_status(messages)[1]), "the bad model was not told"
    state, reason = last_status(messages)
    assert state == "degraded"
    assert "the last good detector goes on: gate-n" in reason
    seen = passes(messages)
    return until(lambda: passes(messages) > seen)


def test_a_bad_model_leaves_the_last_good_one_at_work_even_after_a_restart(tmp_path: Path, broker_url: str) -> None:
    config = write_config(tmp_path, broker_url)
    with serving(config, broker_url) as messages:
        assert until(lambda: passes(messages) > 0), "no pass was seen"
        spoil_detector(tmp_path / "model", tmp_path)
        assert last_good_stands_in(messages)
        doctor = [sys.executable, "-m", "edge", "doctor", "--config", str(config)]
        told = subprocess.run(doctor, capture_output=True, text=True, check=False, timeout=PATIENCE_S).stdout
        assert "is refused" in told
        assert "the last good detector goes on: gate-n" in told
    with serving(config, broker_url) as messages:
        assert last_good_stands_in(messages)
        shutil.copytree(SOUND, tmp_path / "model", dirs_exist_ok=True)
        assert until(lambda: last_status(messages)[0] == "online"), "the sound model was not taken over"


def test_a_refused_model_and_no_last_good_one_end_the_service_with_4_and_the_reason(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    spoil_detector(tmp_path / "model", tmp_path)
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    for _ in range(2):
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        assert run.returncode == 4, run.stderr
        assert "is refused: it finds" in run.stderr.splitlines()[-1]
        assert "no detector has passed on this device before" in run.stderr.splitlines()[-1]
        assert "Traceback" not in run.stderr


def test_a_service_that_is_told_to_stop_during_the_first_trial_ends_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "edge", "run", "--config", str(write_config(tmp_path))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        assert "is tried before it is used" in service.stderr.readline()
        service.send_signal(signal.SIGTERM)
        _, complaints = service.communicate(timeout=PATIENCE_S)
    assert (service.returncode, complaints) == (0, "")
