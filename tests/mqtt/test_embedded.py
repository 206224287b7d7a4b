"""The broker of our own: found, started on a free port, gone afterwards."""

from __future__ import annotations

import importlib.util
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from edge.config.model import Mqtt
from edge.errors import BrokerDown
from edge.mqtt import connect_broker, embedded, local_broker
from edge.ports import Message
from tests.system.mosquitto import needs_mosquitto

WORD = Message("word", b"1")
needs_amqtt = pytest.mark.skipif(importlib.util.find_spec("amqtt") is None, reason="the extra `demo` is not installed")


def _listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


@pytest.mark.parametrize(
    "kind",
    [pytest.param("mosquitto", marks=[pytest.mark.system, needs_mosquitto]), pytest.param("amqtt", marks=needs_amqtt)],
)
def test_it_serves_while_the_context_lasts_and_is_gone_afterwards(kind: str) -> None:
    before = threading.active_count()
    with embedded.run_local_broker(kind) as local:
        assert kind in local.name.lower()
        broker = connect_broker(Mqtt(url=local.url, version=local.version), "device")
        broker.connect(WORD, WORD, ())
        broker.close(WORD)
    assert not _listens(local.url)
    assert threading.active_count() == before


@needs_amqtt
def test_without_mosquitto_amqtt_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "mosquitto_program", lambda: None)
    with local_broker() as local:
        assert local.name.startswith("amqtt")


@needs_amqtt
def test_two_run_side_by_side() -> None:
    with embedded.run_local_broker("amqtt") as one, embedded.run_local_broker("amqtt") as other:
        assert one.url != other.url
        assert _listens(one.url)
        assert _listens(other.url)


@needs_amqtt
def test_a_client_of_mqtt_5_gets_through_by_the_fallback() -> None:
    with embedded.run_local_broker("amqtt") as local:
        broker = connect_broker(Mqtt(url=local.url, version="auto"), "device")
        broker.connect(WORD, WORD, ("cmd",))
        assert broker.label.endswith("MQTT 3.1.1")
        broker.close(WORD)


def test_a_program_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    program, conf, log = (tmp_path / name for name in ("mosquitto", "conf", "log"))
    program.write_text("#!/bin/sh\necho 'Error: Address already in use' >&2\nexit 1\n", "utf-8")
    program.chmod(0o755)
    port = embedded.free_port()
    with (
        log.open("wb") as sink,
        pytest.raises(BrokerDown, match=r"does not start .*Address already in use"),
        embedded.running_mosquitto(str(program), conf, port, sink.fileno(), log),
    ):
        pytest.fail("it has not started")


def test_asking_for_mosquitto_where_it_is_not_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "mosquitto_program", lambda: None)
    with pytest.raises(BrokerDown, match="apt install mosquitto"), embedded.run_local_broker("mosquitto"):
        pytest.fail("there is none")
