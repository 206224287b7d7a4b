"""The relay and the paho adapter against a real Mosquitto that dies, refuses, freezes and forgets."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from edge.clock import ClockQuality, SystemClock
from edge.config.model import Mqtt
from edge.errors import BrokerDown
from edge.mqtt import connect_broker
from edge.mqtt.subscriber import Subscriber
from edge.ports import Message
from edge.relay import Relay, RelaySettings
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import Draft, EventKind, RunMark
from edge.wire import decode_status, topic
from tests.system.mosquitto import OPEN, Mosquitto, needs_mosquitto
from tests.system.tcp_proxy import TcpProxy
from tests.waiting import until

pytestmark = [pytest.mark.system, needs_mosquitto]

SITE, DEVICE = "depot", "gate-7"
STATUS = topic(SITE, DEVICE, "status")
BIRTH, WILL = Message(STATUS, b"online", retain=True), Message(STATUS, b"vanished", retain=True)


def ordinary(count: int) -> list[Draft]:
    return [Draft(EventKind.RUN_STARTED, 0, ClockQuality.SYNCED, RunMark(f"run-{n}", "0")) for n in range(count)]


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = open_store(tmp_path / "events.db", DEVICE, SITE, SystemClock())
    yield store
    store.close()


@pytest.fixture
def relays(store: SqliteStore) -> Iterator[Callable[..., Relay]]:
    """Return a maker of running relays that come back fast."""
    with ExitStack() as running:

        def start(cfg: Mqtt, rate: float = 10_000.0) -> Relay:
            who = RelaySettings(SITE, DEVICE, "run-1", "0.1.0", rate=rate, retry_s=(0.1, 0.5))
            relay = Relay(store, connect_broker(cfg, f"{SITE}-{DEVICE}"), SystemClock(), who)
            relay.start()
            running.callback(relay.stop)
            return relay

        yield start


def test_a_broker_that_dies_and_comes_back_loses_nothing(
    mosquitto: Mosquitto, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    cfg = Mqtt(url=mosquitto.url)
    dice = random.Random(3)  # noqa: S311 - chance for a test
    with Subscriber(cfg, SITE, DEVICE) as subscriber:
        relay = relays(cfg)
        for _ in range(5):
            store.record(ordinary(60))
            time.sleep(dice.uniform(0.0, 0.1))
            mosquitto.kill()
            store.record(ordinary(20))
            mosquitto.start()
            assert until(lambda: relay.state.connected), relay.state.reason
        arrived = subscriber.wait_for(400, 40)
        room = subscriber.room.epochs[store.epoch]
    assert arrived, f"missing {room.gaps(400)[:10]}"
    assert sorted(room.payloads) == list(range(1, 401))
    assert until(lambda: store.backlog() == 0)


def test_a_link_that_breaks_again_and_again_loses_nothing(
    mosquitto: Mosquitto, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    with TcpProxy(mosquitto.port) as proxy, Subscriber(Mqtt(url=mosquitto.url), SITE, DEVICE) as subscriber:
        proxy.delay_s = 0.005
        relay = relays(Mqtt(url=f"mqtt://127.0.0.1:{proxy.port}"))
        for _ in range(6):
            assert until(lambda: relay.state.connected)
            store.record(ordinary(50))
            time.sleep(0.05)
            proxy.cut()
            assert until(lambda: not relay.state.connected)
        arrived = subscriber.wait_for(300, 30)
        room = subscriber.room.epochs[store.epoch]
        assert until(lambda: relay.state.connected)
    assert arrived, f"missing {room.gaps(300)[:10]}"
    assert relay.state.connections == 7


def test_a_subscriber_that_the_broker_dropped_messages_for_asks_until_it_has_all(
    tmp_path: Path, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    broker = Mosquitto(tmp_path, ("allow_anonymous true", "max_queued_messages 50"))
    broker.start()
    try:
        with TcpProxy(broker.port) as slow, Subscriber(Mqtt(url=f"mqtt://127.0.0.1:{slow.port}"), SITE, DEVICE) as sub:
            slow.frozen = True
            store.record(ordinary(300))
            relay = relays(Mqtt(url=broker.url), rate=300.0)
            assert until(lambda: store.backlog() == 0)
            slow.frozen = False
            store.record(ordinary(1))
            arrived = sub.wait_for(301, 60)
            published = relay.state.published
        assert arrived, f"missing {sub.room.epochs[store.epoch].gaps(301)[:10]}"
        assert published > 301, "nothing had to be sent again: this test proves nothing"
    finally:
        broker.stop()


def test_a_half_open_link_is_noticed_by_the_keepalive(mosquitto: Mosquitto) -> None:
    with TcpProxy(mosquitto.port) as proxy:
        broker = connect_broker(Mqtt(url=f"mqtt://127.0.0.1:{proxy.port}", keepalive_s=2), "device")
        broker.connect(BIRTH, WILL, ())
        proxy.frozen = True
        with pytest.raises(BrokerDown, match="no answer within 2 s") as caught:
            broker.acked(20.0)
        assert not broker.connected
        assert "\n" not in str(caught.value)
        broker.close()


def test_the_relay_comes_back_over_a_link_that_was_half_open(
    mosquitto: Mosquitto, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    with TcpProxy(mosquitto.port) as proxy, Subscriber(Mqtt(url=mosquitto.url), SITE, DEVICE) as subscriber:
        relay = relays(Mqtt(url=f"mqtt://127.0.0.1:{proxy.port}", keepalive_s=2))
        store.record(ordinary(3))
        assert subscriber.wait_for(3, 10)
        proxy.frozen = True
        store.record(ordinary(3))
        assert until(lambda: not relay.state.connected)
        assert "no answer" in relay.state.reason
        proxy.frozen = False
        assert subscriber.wait_for(6, 20)
    assert not subscriber.room.epochs[store.epoch].gaps(6)


def test_over_a_slow_and_thin_line_everything_arrives_in_order(
    mosquitto: Mosquitto, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    with TcpProxy(mosquitto.port) as proxy, Subscriber(Mqtt(url=mosquitto.url), SITE, DEVICE) as subscriber:
        proxy.delay_s, proxy.bytes_per_s = 0.05, 20_000
        store.record(ordinary(60))
        relays(Mqtt(url=f"mqtt://127.0.0.1:{proxy.port}"))
        assert subscriber.wait_for(60, 30)
    assert list(subscriber.room.epochs[store.epoch].payloads) == list(range(1, 61))
    assert subscriber.room.epochs[store.epoch].duplicates == 0


def test_over_mqtt_5_an_event_says_what_it_is(
    mosquitto: Mosquitto, store: SqliteStore, relays: Callable[..., Relay]
) -> None:
    if shutil.which("mosquitto_sub") is None:
        pytest.skip("mosquitto_sub is not installed: apt install mosquitto-clients")
    words = ["-p", str(mosquitto.port), "-V", "mqttv5", "-t", topic(SITE, DEVICE, "health"), "-C", "1", "-W", "20"]
    with subprocess.Popen(["mosquitto_sub", *words, "-F", "%C"], stdout=subprocess.PIPE) as listener:
        assert until(lambda: "SUBSCRIBE" in mosquitto.log)
        store.record(ordinary(1))
        relays(Mqtt(url=mosquitto.url, version="5"))
        told, _ = listener.communicate(timeout=30)
    assert told.decode().strip() == "application/cloudevents+json"


def test_a_small_receive_maximum_is_kept(tmp_path: Path) -> None:
    mosquitto = Mosquitto(tmp_path, (*OPEN, "max_inflight_messages 3"))
    mosquitto.start()
    try:
        broker = connect_broker(Mqtt(url=mosquitto.url, version="5"), "device")
        broker.connect(BIRTH, WILL, ())
        assert broker.window == 3
        for _ in range(3):
            broker.publish(Message("x", b"1"))
        with pytest.raises(BrokerDown, match="window of 3 is full"):
            broker.publish(Message("x", b"1"))
        broker.close()
    finally:
        mosquitto.stop()


def test_a_killed_process_is_declared_offline_by_the_broker(mosquitto: Mosquitto, tmp_path: Path) -> None:
    program = f"""
import time
from edge.clock import SystemClock
from edge.config.model import Mqtt
from edge.mqtt import connect_broker
from edge.relay import Relay, RelaySettings
from edge.store import open_store
store = open_store({str(tmp_path / "child.db")!r}, {DEVICE!r}, {SITE!r}, SystemClock())
who = RelaySettings({SITE!r}, {DEVICE!r}, "child", "0.1.0")
Relay(store, connect_broker(Mqtt(url={mosquitto.url!r}), "child"), SystemClock(), who).start()
time.sleep(60)
"""
    with Subscriber(Mqtt(url=mosquitto.url), SITE, DEVICE, answers=False) as subscriber:
        child = subprocess.Popen([sys.executable, "-c", program])
        try:
            assert until(lambda: _words(subscriber) == ["online"])
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait(10)
        assert until(lambda: len(_words(subscriber)) == 2)
    last = decode_status(subscriber.messages[-1].payload)
    assert _words(subscriber) == ["online", "offline"]
    assert (last.run_id, last.reason) == ("child", "connection lost")


def test_a_stopped_relay_says_offline_and_a_drain_empties_the_outbox_first(
    mosquitto: Mosquitto, store: SqliteStore
) -> None:
    cfg = Mqtt(url=mosquitto.url)
    with Subscriber(cfg, SITE, DEVICE) as subscriber:
        who = RelaySettings(SITE, DEVICE, "run-1", "0.1.0", rate=10_000.0)
        relay = Relay(store, connect_broker(cfg, "device"), SystemClock(), who)
        store.record(ordinary(200))
        relay.start()
        relay.stop(drain_s=20)
        assert store.backlog() == 0
        assert subscriber.wait_for(200, 10)
        assert until(lambda: _words(subscriber) == ["online", "offline"])


def _words(subscriber: Subscriber) -> list[str]:
    """Return the states that the device published, in order."""
    return [decode_status(message.payload).state for message in subscriber.messages if message.topic == STATUS]
