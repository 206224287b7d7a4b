"""A broker in memory: the fake of the Broker port. It can refuse, forget to acknowledge, and lose the connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge.errors import BrokerDown
from edge.ports import Message


@dataclass(slots=True)
class MemoryHub:
    """The broker's side: what it was given, what it retains, and how it misbehaves.

    `refuse`: the reason every connection attempt fails with. `drop_acks`: messages arrive and are never acknowledged.
    `accept`: asked for every message; False means the broker acknowledges it and forgets it, as one does that dies
    before it has written or forwarded what it took.
    """

    receive_maximum: int = 16
    refuse: str = ""
    drop_acks: bool = False
    accept: Callable[[Message], bool] = lambda _message: True
    delivered: list[Message] = field(default_factory=list)
    retained: dict[str, Message] = field(default_factory=dict)
    most_in_flight: int = 0
    on_delivery: list[Callable[[Message], object]] = field(default_factory=list)
    clients: list[MemoryBroker] = field(default_factory=list)

    def publish(self, message: Message) -> None:
        """Take one message from anybody: keep it if retained, hand it to every connected client that subscribed."""
        self.delivered.append(message)
        if message.retain:
            self.retained[message.topic] = message
        for client in self.clients:
            client.offer(message)
        for listener in self.on_delivery:
            listener(message)

    def cut(self) -> None:
        """Break every connection; the wills are published."""
        for client in tuple(self.clients):
            client.cut()


class MemoryBroker:
    """One client's connection to a hub."""

    def __init__(self, hub: MemoryHub | None = None) -> None:
        self.hub = MemoryHub() if hub is None else hub
        self._will: Message | None = None
        self._topics: tuple[str, ...] = ()
        self._connected = False
        self._next_token = 0
        self._in_flight: set[int] = set()
        self._acks: list[int] = []
        self._inbox: list[Message] = []

    @property
    def connected(self) -> bool:
        return self._connected

    @property
    def label(self) -> str:
        return "memory"

    @property
    def window(self) -> int:
        return min(self.hub.receive_maximum, 16)

    def connect(self, birth: Message, will: Message, subscribe: Sequence[str]) -> None:
        self.close()
        if self.hub.refuse:
            raise BrokerDown(f"broker memory: {self.hub.refuse}; let the test allow it")
        self._will, self._topics, self._connected = will, tuple(subscribe), True
        self._in_flight.clear()
        self._acks.clear()
        self._inbox.clear()
        self.hub.clients.append(self)
        self.hub.publish(birth)

    def publish(self, message: Message) -> int:
        if not self._connected:
            raise BrokerDown(
                "broker memory: connection lost while publishing; reconnecting, the outbox keeps every event"
            )
        if len(self._in_flight) >= self.window:
            raise BrokerDown(f"broker memory: window of {self.window} is full; wait for acknowledgements")
        self._next_token += 1
        self._in_flight.add(self._next_token)
        self.hub.most_in_flight = max(self.hub.most_in_flight, len(self._in_flight))
        token = self._next_token
        if self.hub.accept(message):
            self.hub.publish(message)
        if not self.hub.drop_acks and self._connected:
            self._acks.append(token)
        return token

    def acked(self, timeout_s: float) -> tuple[int, ...]:  # noqa: ARG002 - nothing to wait for: acknowledgements come at once
        if not self._connected and not self._acks:
            raise BrokerDown("broker memory: connection lost while waiting; reconnecting, the outbox keeps every event")
        acks, self._acks = tuple(self._acks), []
        self._in_flight.difference_update(acks)
        return acks

    def received(self) -> tuple[Message, ...]:
        inbox, self._inbox = tuple(self._inbox), []
        return inbox

    def close(self, last: Message | None = None) -> None:
        if not self._connected:
            return
        self._connected = False
        self.hub.clients.remove(self)
        if last is not None:
            self.hub.publish(last)

    def offer(self, message: Message) -> None:
        """Take a message of the hub's if we subscribed to exactly its topic."""
        if message.topic in self._topics:
            self._inbox.append(message)

    def cut(self) -> None:
        """Lose the connection as a dead link does: acknowledgements under way are lost, the will is published."""
        if not self._connected:
            return
        self.close()
        self._acks.clear()
        if self._will is not None:
            self.hub.publish(self._will)
