"""A control room with a wire: subscribes to one device, in a thread of paho's. For the demo and the tests."""

from __future__ import annotations

import threading
from types import TracebackType

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.clock import SystemClock
from edge.config.model import Mqtt
from edge.errors import BrokerDown, WireError
from edge.logs import get_log
from edge.mqtt import faults
from edge.mqtt.address import address_of
from edge.mqtt.control_room import ControlRoom
from edge.ports import Message
from edge.wire import topic

_log = get_log("subscriber")
_PATIENCE_S = 10.0
_NAP_S = 0.1


class Subscriber:
    """Context manager: on entry it is connected and subscribed, so nothing published afterwards is missed.

    `messages` is everything as it came, `room` what it means; with `answers` it acknowledges and asks for what it
    misses. MQTT 3.1.1, which every broker speaks.
    """

    def __init__(self, cfg: Mqtt, site: str, device: str, name: str = "subscriber", *, answers: bool = True) -> None:
        self._address = address_of(cfg)
        self._topic = topic(site, device, "ack").removesuffix("ack") + "#"
        self._answers = answers
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._refusal: BrokerDown | None = None
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self.messages: list[Message] = []
        self.room = ControlRoom(site, device, name, SystemClock())
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv311, clean_session=True
        )
        if self._address.username:
            self._client.username_pw_set(self._address.username, self._address.password or None)
        if self._address.tls is not None:
            self._client.tls_set_context(self._address.tls)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def __enter__(self) -> Subscriber:  # noqa: PYI034 - typing has Self from 3.11 on
        """Connect and subscribe.

        Raises:
            BrokerDown: it cannot.
        """
        try:
            self._client.connect(self._address.host, self._address.port)
        except OSError as fault:
            raise faults.unreachable(self._address, fault) from fault
        self._thread.start()
        answered = self._ready.wait(_PATIENCE_S)
        if self._refusal is not None or not answered:
            self._end()
            raise self._refusal or faults.silent(self._address, "subscribing", _PATIENCE_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def wait_for(self, events: int, timeout_s: float) -> bool:
        """Wait until that many different events are here; False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count() >= events, timeout_s)

    def count(self) -> int:
        """Return how many different events are here."""
        return sum(len(inventory.payloads) for inventory in self.room.epochs.values())

    def _end(self) -> None:
        self._stop.set()
        self._thread.join()
        self._client.disconnect()

    def _serve(self) -> None:
        while not self._stop.is_set():
            if self._client.loop(_NAP_S) != paho.MQTT_ERR_SUCCESS:
                self._come_back()
            elif self._answers:
                for message in self.room.speak():
                    self._client.publish(message.topic, message.payload, message.qos, message.retain)

    def _come_back(self) -> None:
        self._stop.wait(_NAP_S)
        try:
            self._client.reconnect()
        except OSError as fault:
            _log.debug("%s", faults.unreachable(self._address, fault))

    def _on_connect(
        self, client: paho.Client, _user: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._refusal = faults.refused(self._address, reason.value, reason.getName(), "connecting")
            self._ready.set()
            return
        client.subscribe(self._topic, 1)

    def _on_subscribe(
        self, _client: paho.Client, _user: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        if reasons[0].is_failure:
            name = reasons[0].getName()
            self._refusal = faults.refused(self._address, reasons[0].value, name, f"subscribing to {self._topic}")
        self._ready.set()

    def _on_message(self, _client: paho.Client, _user: object, message: paho.MQTTMessage) -> None:
        copy = Message(message.topic, bytes(message.payload), message.qos, message.retain)
        with self._changed:
            self.messages.append(copy)
            try:
                self.room.take(copy)
            except WireError as fault:
                _log.warning("%s", fault)
            self._changed.notify_all()
