"""The Broker port over paho-mqtt: MQTT 5, or 3.1.1 where the broker knows no better."""

from __future__ import annotations

from collections.abc import Sequence

from paho.mqtt.enums import MQTTProtocolVersion

from edge.errors import BrokerDown
from edge.mqtt.address import Address
from edge.mqtt.link import Link, OtherVersionWanted
from edge.ports import Message

_PATIENCE_S = 10.0
_GOODBYE_S = 2.0
_FIRST_TRY_S = 3.0
"""A broker that says nothing to one version gets less time before the next is tried."""
_VERSIONS = {
    "5": (MQTTProtocolVersion.MQTTv5,),
    "3.1.1": (MQTTProtocolVersion.MQTTv311,),
    "auto": (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311),
}


class PahoBroker:
    """Makes a new link for every connection. `patience_s` bounds each answer that the broker owes while connecting."""

    def __init__(
        self,
        address: Address,
        client_id: str,
        *,
        version: str = "auto",
        keepalive_s: int = 30,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._address = address
        self._client_id = client_id
        self._versions = _VERSIONS[version]
        self._keepalive_s = keepalive_s
        self._patience_s = patience_s
        self._link: Link | None = None

    @property
    def connected(self) -> bool:
        return self._link is not None and self._link.lost is None

    @property
    def label(self) -> str:
        return str(self._address) if self._link is None else self._link.label

    @property
    def window(self) -> int:
        return 0 if self._link is None else self._link.window

    def connect(self, birth: Message, will: Message, subscribe: Sequence[str]) -> None:
        self._hang_up()
        for version in self._versions:
            link = Link(self._address, self._client_id, version, self._keepalive_s, will)
            last = version is self._versions[-1]
            try:
                link.open(self._patience_s if last else min(self._patience_s, _FIRST_TRY_S))
                link.subscribe(subscribe, self._patience_s)
                link.settle(link.publish(birth), self._patience_s)
            except OtherVersionWanted:
                link.end(politely=False)
                if last:
                    raise
            except BrokerDown:
                link.end(politely=False)
                raise
            else:
                self._link = link
                return

    def publish(self, message: Message) -> int:
        link = self._standing_link("publishing")
        if message.qos and len(link.in_flight) >= link.window:
            raise BrokerDown(f"broker {self._address}: window of {link.window} is full; wait for acknowledgements")
        return link.publish(message)

    def acked(self, timeout_s: float) -> tuple[int, ...]:
        link = self._standing_link("waiting for acknowledgements")
        link.pump(lambda: bool(link.acks or link.inbox), timeout_s)
        link.take_in()
        if not link.acks:  # those that came before the connection broke are handed out first
            link.check()
        acks, link.acks = tuple(link.acks), []
        return acks

    def received(self) -> tuple[Message, ...]:
        if self._link is None:
            return ()
        inbox, self._link.inbox = tuple(self._link.inbox), []
        return inbox

    def close(self, last: Message | None = None) -> None:
        link = self._link
        if link is None:
            return
        try:
            if last is not None:
                link.settle(link.publish(last), min(_GOODBYE_S, self._patience_s))
            link.end(politely=last is not None)
        except BrokerDown:
            link.end(politely=False)  # the broker is gone, or speaks our will instead
        self._link = None

    def _hang_up(self) -> None:
        if self._link is not None:
            self._link.end(politely=False)
            self._link = None

    def _standing_link(self, doing: str) -> Link:
        if self._link is None:
            raise BrokerDown(f"broker {self._address}: not connected while {doing}; connect first")
        return self._link
