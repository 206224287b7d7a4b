"""One MQTT connection from CONNECT to its end, on paho's client without its thread: whoever pumps drives it."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Sequence

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.errors import BrokerDown
from edge.mqtt import faults
from edge.mqtt.address import Address
from edge.ports import Message

MOST_IN_FLIGHT = 16
"""Few enough that a lost connection repeats little, enough to fill a slow link."""
_NAP_S = 0.2
# What paho itself gives as the reason when it, not the broker, ends a connection.
_KEEPALIVE_TIMEOUT = ReasonCode(PacketTypes.DISCONNECT, "Keep alive timeout")
_PROTOCOL_ERROR = ReasonCode(PacketTypes.DISCONNECT, "Protocol error")


class OtherVersionWanted(BrokerDown):
    """The broker does not speak the protocol version that we came with."""


class Link:
    """A clean session: the outbox is our memory, so nothing of an earlier connection may linger in the client."""

    def __init__(
        self, address: Address, client_id: str, version: MQTTProtocolVersion, keepalive_s: int, will: Message
    ) -> None:
        self.window = MOST_IN_FLIGHT
        self.in_flight: set[int] = set()
        self.acks: list[int] = []
        self.inbox: list[Message] = []
        self.lost: BrokerDown | None = None
        self._address = address
        self._keepalive_s = keepalive_s
        self._version = version
        self._doing = "connecting"
        self._connack: ReasonCode | None = None
        self._granted: list[ReasonCode] | None = None
        five = version is MQTTProtocolVersion.MQTTv5
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if five else True,
            protocol=version,
            reconnect_on_failure=False,
        )
        # Keeping the window is our work, see PahoBroker.publish; paho must never queue instead of sending.
        self._client.max_inflight_messages = MOST_IN_FLIGHT * 2
        if address.username:
            self._client.username_pw_set(address.username, address.password or None)
        if address.tls is not None:
            self._client.tls_set_context(address.tls)
        self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    @property
    def label(self) -> str:
        """Where it is and which protocol it speaks."""
        return f"{self._address} MQTT {'5' if self._version is MQTTProtocolVersion.MQTTv5 else '3.1.1'}"

    def open(self, patience_s: float) -> None:
        """Connect and wait for the broker's welcome.

        Raises:
            OtherVersionWanted: try another protocol version.
            BrokerDown: anything else.
        """
        self._client.connect_timeout = patience_s
        clean = True if self._version is MQTTProtocolVersion.MQTTv5 else paho.MQTT_CLEAN_START_FIRST_ONLY
        try:
            self._client.connect(self._address.host, self._address.port, self._keepalive_s, clean_start=clean)
        except OSError as fault:
            raise faults.unreachable(self._address, fault) from fault
        self.pump(lambda: self._connack is not None, patience_s)
        if self._connack is not None and self._connack.is_failure:
            refusal = faults.refused(self._address, self._connack.value, self._connack.getName(), "connecting")
            raise OtherVersionWanted(str(refusal)) if faults.wants_other_version(self._connack.value) else refusal
        if self.lost is not None:
            # Brokers older than MQTT 5 may hang up on a version that they have never heard of.
            raise OtherVersionWanted(str(self.lost)) from self.lost
        if self._connack is None:
            # Others misread the longer CONNECT of MQTT 5 and wait for the rest of what they think they should get.
            raise OtherVersionWanted(str(faults.silent(self._address, "connecting", patience_s)))

    def subscribe(self, topics: Sequence[str], patience_s: float) -> None:
        """Subscribe to all topics at QoS 1. Raises BrokerDown when one is refused."""
        self._doing = "subscribing"
        if not topics:
            return
        self._client.subscribe([(topic, 1) for topic in topics])
        self.pump(lambda: self._granted is not None, patience_s)
        self.check()
        if self._granted is None:
            raise faults.silent(self._address, self._doing, patience_s)
        for topic, reason in zip(topics, self._granted, strict=False):
            if reason.is_failure:
                raise faults.refused(self._address, reason.value, reason.getName(), f"subscribing to {topic}")

    def publish(self, message: Message) -> int:
        """Hand one message over and return its packet id. Raises BrokerDown when the connection is gone."""
        self._doing = "publishing"
        self.check()
        properties = None
        if message.content_type and self._version is MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho left it so
            properties.ContentType = message.content_type
        sent = self._client.publish(message.topic, message.payload, message.qos, message.retain, properties)
        if self.lost is None and sent.rc not in {paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_AGAIN}:
            self.lost = faults.closed(self._address, self._doing)
        self.check()
        if message.qos:
            self.in_flight.add(sent.mid)
        return sent.mid

    def settle(self, token: int, patience_s: float) -> None:
        """Wait for one message's own acknowledgement and take it. Raises BrokerDown when it does not come."""
        self.pump(lambda: token in self.acks, patience_s)
        if token not in self.acks:
            self.check()
            raise faults.silent(self._address, self._doing, patience_s)
        self.acks.remove(token)

    def pump(self, until: Callable[[], bool], timeout_s: float) -> None:
        """Let paho read, write and keep alive until something happened, the time is up or the connection is lost."""
        deadline = time.monotonic() + timeout_s
        while self.lost is None and not until():
            left_s = deadline - time.monotonic()
            self._loop(min(_NAP_S, max(0.0, left_s)))
            if left_s <= 0:
                return

    def take_in(self) -> None:
        """Read on while something comes, a window's worth at most: what a broker queues for us it may drop."""
        for _ in range(MOST_IN_FLIGHT):
            before = len(self.acks) + len(self.inbox)
            if self.lost is None:
                self._loop(0.0)
            if len(self.acks) + len(self.inbox) == before:
                return

    def check(self) -> None:
        """Return while the connection stands. Raises BrokerDown with the cause once it is lost."""
        if self.lost is not None:
            raise self.lost

    def end(self, *, politely: bool) -> None:
        """Close the socket: with a DISCONNECT, or without one so that the broker publishes our will."""
        self._client.on_disconnect = None
        if politely and self.lost is None:
            self._client.disconnect()
            self._loop(0.0)
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _loop(self, wait_s: float) -> None:
        try:
            code = self._client.loop(wait_s)
        except (OSError, struct.error, ValueError, IndexError) as fault:
            # What listens there is no MQTT broker, or the line garbles: paho trips over the bytes.
            self.lost = faults.garbled(self._address)
            self.lost.__cause__ = fault
            return
        if code != paho.MQTT_ERR_SUCCESS and self.lost is None:
            self.lost = faults.closed(self._address, self._doing)

    # What paho calls while it reads, on the pumping thread.

    def _on_connect(
        self, _client: paho.Client, _user: object, _flags: object, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._connack = reason
        self.window = min(getattr(properties, "ReceiveMaximum", MOST_IN_FLIGHT), MOST_IN_FLIGHT)

    def _on_disconnect(
        self,
        _client: paho.Client,
        _user: object,
        flags: paho.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self.lost is not None:
            return
        if flags.is_disconnect_packet_from_server:
            self.lost = faults.refused(self._address, reason.value, reason.getName(), self._doing)
        elif reason == _KEEPALIVE_TIMEOUT:
            self.lost = faults.silent(self._address, "waiting for its ping", self._keepalive_s)
        elif reason == _PROTOCOL_ERROR:
            self.lost = faults.garbled(self._address)
        else:
            self.lost = faults.closed(self._address, self._doing)

    def _on_subscribe(
        self, _client: paho.Client, _user: object, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._granted = reasons

    def _on_publish(
        self, _client: paho.Client, _user: object, mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self.in_flight.discard(mid)
        if reason.is_failure:
            self.lost = faults.refused(self._address, reason.value, reason.getName(), "publishing")
        else:
            self.acks.append(mid)

    def _on_message(self, _client: paho.Client, _user: object, message: paho.MQTTMessage) -> None:
        self.inbox.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))
