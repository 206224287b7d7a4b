"""The paho adapter against servers that answer wrong things: every one ends in one line with cause and cure."""

from __future__ import annotations

import socket

import pytest

from edge.config.model import Mqtt
from edge.errors import BrokerDown
from edge.mqtt.address import address_of
from edge.mqtt.paho import PahoBroker
from edge.ports import Message
from tests.mqtt.scripted_server import CONNACK_5, ScriptedServer

BIRTH, WILL = Message("status", b"online", retain=True), Message("status", b"gone", retain=True)
SUBACK_5 = b"\x90\x04\x00\x01\x00\x87"


def broker_at(url: str, version: str = "5", patience_s: float = 0.5) -> PahoBroker:
    return PahoBroker(address_of(Mqtt(url=url)), "device", version=version, patience_s=patience_s)


def refused(url: str, version: str = "5") -> str:
    broker = broker_at(url, version)
    with pytest.raises(BrokerDown) as caught:
        broker.connect(BIRTH, WILL, ("cmd",))
    assert not broker.connected
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"broker {url}: ")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (0x84, "protocol version refused while connecting; set mqtt.version"),
        (0x85, "client id refused while connecting"),
        (0x86, "wrong user name or password while connecting; check mqtt.username and mqtt.password_file"),
        (0x87, "not authorised while connecting; check mqtt.username"),
        (0x88, "server unavailable while connecting"),
        (0x8A, "banned while connecting"),
        (0x9C, "use another server while connecting; look at the broker's log"),
    ],
)
def test_a_refusal_of_mqtt_5_says_why(code: int, message: str) -> None:
    with ScriptedServer(bytes([0x20, 3, 0, code, 0])) as server:
        assert refused(server.url).startswith(message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (2, "client id refused"),
        (3, "server unavailable"),
        (4, "wrong user name or password"),
        (5, "not authorised"),
    ],
)
def test_a_refusal_of_mqtt_3_says_why(code: int, message: str) -> None:
    with ScriptedServer(bytes([0x20, 2, 0, code]), closes=True) as server:
        assert refused(server.url, "3.1.1").startswith(message)


def test_auto_tries_3_1_1_where_5_is_not_known() -> None:
    with ScriptedServer(b"\x20\x02\x00\x01", closes=True) as server:
        refused(server.url, "auto")
    versions = [packet[packet.index(b"MQTT") + 4] for packet in server.seen]
    assert versions == [5, 4]


def test_auto_does_not_try_again_where_the_password_is_wrong() -> None:
    with ScriptedServer(bytes([0x20, 3, 0, 0x86, 0])) as server:
        refused(server.url, "auto")
    assert len(server.seen) == 1, "a second attempt would only fill the broker's log"


@pytest.mark.parametrize("version", ["5", "3.1.1", "auto"])
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\xff" * 8])
def test_something_that_is_no_broker_is_told_apart_or_at_least_refused(answer: bytes, version: str) -> None:
    with ScriptedServer(answer) as server:
        message = refused(server.url, version)
    assert "not MQTT" in message or "no broker listens there" in message


def test_a_server_that_hangs_up_says_that_it_may_want_tls() -> None:
    with ScriptedServer(b"", closes=True) as server:
        assert refused(server.url).startswith("closed the connection without an answer; if the port is for TLS write")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with ScriptedServer(b"") as server:
        assert refused(server.url).startswith("no answer within 0.5 s while connecting")


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"mqtt://127.0.0.1:{probe.getsockname()[1]}"
    assert refused(url) == "connection refused; start the broker, or check the port in mqtt.url"


def test_a_name_that_nobody_knows() -> None:
    url = "mqtt://no-such-broker.invalid:1883"
    assert refused(url) == "host name not known; check mqtt.url and this device's DNS"


def test_a_subscription_that_is_refused_names_the_topic() -> None:
    with ScriptedServer(CONNACK_5 + SUBACK_5) as server:
        assert refused(server.url).startswith("not authorised while subscribing to cmd; check mqtt.username")


def test_who_takes_our_name_is_named_as_the_cause() -> None:
    with ScriptedServer(CONNACK_5 + b"\xe0\x02\x8e\x00") as server:
        assert refused(server.url).startswith("another client came with our name while")


def test_a_window_of_the_brokers_is_kept() -> None:
    welcome = b"\x20\x06\x00\x00\x03\x21\x00\x02"  # Receive Maximum 2
    with ScriptedServer(welcome + b"\x40\x02\x00\x01") as server:
        broker = broker_at(server.url)
        broker.connect(BIRTH, WILL, ())
        assert broker.window == 2
        broker.publish(Message("event", b"1"))
        broker.publish(Message("event", b"2"))
        with pytest.raises(BrokerDown, match="window of 2 is full"):
            broker.publish(Message("event", b"3"))
        broker.close()
        assert not broker.connected


def test_a_keepalive_of_the_brokers_is_kept() -> None:
    welcome = b"\x20\x06\x00\x00\x03\x13\x00\x01"  # Server Keep Alive 1
    with ScriptedServer(welcome + b"\x40\x02\x00\x01") as server:
        broker = broker_at(server.url)
        broker.connect(BIRTH, WILL, ())
        with pytest.raises(BrokerDown, match="ping"):
            broker.acked(10.0)
