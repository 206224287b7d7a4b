"""The Broker port: paho against Mosquitto and amqtt, and the broker in memory, keep the same promises."""

from __future__ import annotations

import importlib.util
import itertools
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.config.model import Mqtt
from edge.errors import BrokerDown
from edge.mqtt import connect_broker
from edge.mqtt.embedded import run_local_broker
from edge.mqtt.memory import MemoryBroker, MemoryHub
from edge.mqtt.paho import PahoBroker
from edge.mqtt.subscriber import Subscriber
from edge.ports import Broker, Message
from edge.wire import topic
from tests.system.mosquitto import Mosquitto, needs_mosquitto

BIRTH = Message(topic("site", "device", "status"), b"online", retain=True)
WILL = Message(topic("site", "device", "status"), b"vanished", retain=True)
GOODBYE = Message(topic("site", "device", "status"), b"offline", retain=True)
EVENTS, COMMANDS = topic("site", "device", "event"), topic("site", "device", "cmd")


@dataclass
class Rig:
    """A broker under test, and the world around it: what arrives elsewhere, a voice from elsewhere, a cut."""

    broker: Broker
    arrived: Callable[[], list[Message]]
    say: Callable[[Message], None]
    cut: Callable[[], None]
    another: Callable[[], Broker]
    closing: list[Broker] = field(default_factory=list)
    forgets: str = ""

    def connect(self) -> None:
        self.broker.connect(BIRTH, WILL, (COMMANDS,))

    def wait_for(self, count: int, wanted: str) -> list[bytes]:
        """Return the payloads of a topic once there are that many; what is there when the time is up otherwise."""
        payloads: list[bytes] = []
        for _ in range(500):
            payloads = [message.payload for message in self.arrived() if message.topic == wanted]
            if len(payloads) >= count:
                break
            time.sleep(0.01)
        return payloads


def _memory(_tmp: Path, _stack: ExitStack) -> Rig:
    hub = MemoryHub()
    broker = MemoryBroker(hub)
    return Rig(broker, lambda: hub.delivered, hub.publish, broker.cut, lambda: MemoryBroker(hub))


def _real(cfg: Mqtt, stack: ExitStack) -> Rig:
    names = itertools.count()
    broker = connect_broker(cfg, "device")
    observer = stack.enter_context(Subscriber(cfg, "site", "device", "observer", answers=False))

    def say(message: Message) -> None:
        voice = connect_broker(cfg, f"voice-{next(names)}")
        voice.connect(Message("voice/birth", b""), Message("voice/will", b""), ())
        voice.close(message)

    def cut() -> None:
        assert isinstance(broker, PahoBroker)
        assert broker._link is not None
        line = broker._link._client.socket()
        assert isinstance(line, socket.socket)
        line.shutdown(socket.SHUT_RDWR)

    return Rig(broker, lambda: list(observer.messages), say, cut, lambda: connect_broker(cfg, "another"))


def _mosquitto(version: str) -> Callable[[Path, ExitStack], Rig]:
    def make(folder: Path, stack: ExitStack) -> Rig:
        mosquitto = Mosquitto(folder)
        mosquitto.start()
        stack.callback(mosquitto.stop)
        return _real(Mqtt(url=mosquitto.url, version=version), stack)

    return make


def _amqtt(_folder: Path, stack: ExitStack) -> Rig:
    local = stack.enter_context(run_local_broker("amqtt"))
    rig = _real(Mqtt(url=local.url, version=local.version), stack)
    rig.forgets = "amqtt 0.12 takes packet ids of the broken connection for its own and leaves them without PUBACK"
    return rig


RIGS = [
    pytest.param(_memory, id="memory"),
    pytest.param(_mosquitto("5"), id="mosquitto-5", marks=[pytest.mark.system, needs_mosquitto]),
    pytest.param(_mosquitto("3.1.1"), id="mosquitto-3.1.1", marks=[pytest.mark.system, needs_mosquitto]),
    pytest.param(
        _amqtt,
        id="amqtt",
        marks=pytest.mark.skipif(importlib.util.find_spec("amqtt") is None, reason="the extra `demo` is not installed"),
    ),
]


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with ExitStack() as stack:
        rig: Rig = request.param(tmp_path, stack)
        yield rig
        for broker in (rig.broker, *rig.closing):
            broker.close()


def _collect(broker: Broker, count: int) -> list[int]:
    tokens: list[int] = []
    for _ in range(200):
        if len(tokens) >= count:
            break
        tokens += broker.acked(0.1)
    return tokens


def test_before_it_is_connected_nothing_works_and_nothing_is_pretended(rig: Rig) -> None:
    assert not rig.broker.connected
    assert rig.broker.received() == ()
    with pytest.raises(BrokerDown):
        rig.broker.publish(Message(EVENTS, b"1"))
    with pytest.raises(BrokerDown):
        rig.broker.acked(0.0)
    rig.broker.close(GOODBYE)
    assert not rig.broker.connected


def test_a_birth_is_published_and_retained(rig: Rig) -> None:
    rig.connect()
    assert rig.broker.connected
    assert rig.wait_for(1, BIRTH.topic) == [b"online"]


def test_the_birth_needs_no_place_among_the_acknowledgements(rig: Rig) -> None:
    rig.connect()
    assert rig.broker.acked(0.05) == ()


def test_every_message_is_acknowledged_and_arrives_unchanged_in_order(rig: Rig) -> None:
    rig.connect()
    payloads = [bytes([n]) * (n + 1) for n in range(40)]
    for payload in payloads:
        token = rig.broker.publish(Message(EVENTS, payload))
        assert _collect(rig.broker, 1) == [token]
    assert rig.wait_for(40, EVENTS) == payloads


def test_a_whole_window_is_taken_at_once_and_not_one_more(rig: Rig) -> None:
    rig.connect()
    assert 1 <= rig.broker.window <= 16
    tokens = [rig.broker.publish(Message(EVENTS, bytes([n]))) for n in range(rig.broker.window)]
    with pytest.raises(BrokerDown, match="window"):
        rig.broker.publish(Message(EVENTS, b"one too many"))
    assert rig.broker.connected, "a full window is no lost connection"
    assert sorted(_collect(rig.broker, len(tokens))) == sorted(tokens)
    assert rig.wait_for(len(tokens), EVENTS) == [bytes([n]) for n in range(len(tokens))]


def test_what_others_say_on_our_topics_is_received_once(rig: Rig) -> None:
    rig.connect()
    rig.say(Message(COMMANDS, b"do it"))
    received: list[Message] = []
    for _ in range(100):
        rig.broker.acked(0.05)
        received += rig.broker.received()
        if received:
            break
    assert [(message.topic, message.payload) for message in received] == [(COMMANDS, b"do it")]
    assert rig.broker.received() == ()


def test_a_clean_goodbye_is_the_last_word(rig: Rig) -> None:
    rig.connect()
    rig.broker.close(GOODBYE)
    rig.broker.close(GOODBYE)
    assert not rig.broker.connected
    assert rig.wait_for(2, BIRTH.topic) == [b"online", b"offline"]
    time.sleep(0.1)
    assert rig.wait_for(2, BIRTH.topic) == [b"online", b"offline"], "the will is for those who vanish"


def test_when_the_link_breaks_the_broker_speaks_our_will_and_we_notice(rig: Rig) -> None:
    rig.connect()
    rig.cut()
    with pytest.raises(BrokerDown, match="lost"):
        rig.broker.acked(2.0)
    assert not rig.broker.connected
    with pytest.raises(BrokerDown):
        rig.broker.publish(Message(EVENTS, b"1"))
    assert rig.wait_for(2, BIRTH.topic) == [b"online", b"vanished"]


def test_after_a_break_it_connects_again_with_an_empty_window(rig: Rig) -> None:
    if rig.forgets:
        pytest.skip(rig.forgets)
    rig.connect()
    for n in range(rig.broker.window):
        rig.broker.publish(Message(EVENTS, bytes([n])))
    rig.cut()
    assert rig.wait_for(2, BIRTH.topic) == [b"online", b"vanished"]
    rig.connect()
    tokens = [rig.broker.publish(Message(EVENTS, b"again")) for _ in range(rig.broker.window)]
    assert sorted(_collect(rig.broker, len(tokens))) == sorted(tokens)


def test_the_label_says_where_it_is(rig: Rig) -> None:
    rig.connect()
    assert rig.broker.label
    assert "\n" not in rig.broker.label


def test_a_second_client_is_another_one(rig: Rig) -> None:
    rig.connect()
    other = rig.another()
    rig.closing.append(other)
    other.connect(Message("other/status", b"x"), Message("other/status", b"y"), ())
    token = rig.broker.publish(Message(EVENTS, b"1"))
    assert _collect(rig.broker, 1) == [token]
    assert other.acked(0.05) == ()
