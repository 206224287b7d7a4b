"""A consumer that keeps the agreement: holds each event once, acknowledges what it holds, asks for what it misses."""

from __future__ import annotations

from edge.clock import Clock
from edge.ports import Message
from edge.wire import Ack, Replay, Status, decode_event, decode_status, encode_ack, encode_command, topic

_EVENT_CHANNELS = frozenset({"event", "anomaly", "health"})
_ACK_NS = 200_000_000
"""One acknowledgement covers all before it: telling every event would be as much traffic as the events."""
_ASK_AGAIN_NS = 5_000_000_000
"""A request or its answer can be lost like anything else."""


class Inventory:
    """What a consumer holds of one epoch of a device: payloads by seq, and how far they reach without a gap.

    `dropped` counts events that the device dropped by its retention before they came here.
    """

    def __init__(self) -> None:
        self.payloads: dict[int, bytes] = {}
        self.contiguous = 0
        self.dropped = 0
        self.duplicates = 0
        self.wants_from = 0
        self.acked = 0

    def take(self, seq: int, payload: bytes) -> bool:
        """Keep one event; False when it was here before."""
        if seq in self.payloads:
            self.duplicates += 1
            return False
        self.payloads[seq] = payload
        self._advance()
        return True

    def give_up_before(self, seq: int) -> None:
        """Wait no longer for what the device itself no longer has; `dropped` counts it."""
        missing = [lost for lost in range(self.contiguous + 1, seq) if lost not in self.payloads]
        self.dropped += len(missing)
        self.contiguous = max(self.contiguous, seq - 1)
        self._advance()

    def _advance(self) -> None:
        while self.contiguous + 1 in self.payloads:
            self.contiguous += 1

    def gaps(self, up_to: int = 0) -> list[int]:
        """Return the seqs missing below the highest one held, or up to `up_to` when that is higher."""
        highest = max(up_to, max(self.payloads, default=0))
        return [seq for seq in range(self.contiguous + 1, highest + 1) if seq not in self.payloads]


class ControlRoom:
    """The consumer's side of the agreement, without a transport: `take` a device's messages, send what `speak` says.

    Alarms may come early, so a gap is believed only when an event that keeps its turn came after it, or when the device
    says that it has sent everything.
    """

    def __init__(self, site: str, device: str, name: str, clock: Clock) -> None:
        self._ack_topic = topic(site, device, "ack")
        self._cmd_topic = topic(site, device, "cmd")
        self._prefix = self._ack_topic.removesuffix("ack")
        self._name = name
        self._clock = clock
        self._acked_ns = clock.mono_ns() - _ACK_NS
        self._asked: tuple[str, int, int] = ("", 0, 0)
        self.epochs: dict[str, Inventory] = {}

    def take(self, message: Message) -> bool:
        """Take one message; True when it was an event that is new here.

        Raises:
            WireError: an event or status that cannot be read.
        """
        channel = message.topic.removeprefix(self._prefix)
        if channel == "status":
            self._compare(decode_status(message.payload))
            return False
        if channel not in _EVENT_CHANNELS:
            return False
        event = decode_event(message.payload)
        inventory = self.epochs.setdefault(event.epoch, Inventory())
        new = inventory.take(event.seq, message.payload)
        if channel != "anomaly" and event.seq > inventory.contiguous:
            inventory.wants_from = inventory.contiguous + 1
        return new

    def speak(self) -> tuple[Message, ...]:
        """Return what is due to be said now: acknowledgements, and a request for what is missing."""
        return (*self._acks(), *self._requests())

    def _compare(self, status: Status) -> None:
        if not status.epoch:
            return
        inventory = self.epochs.setdefault(status.epoch, Inventory())
        inventory.give_up_before(status.first_seq)
        if not status.backlog and inventory.contiguous < status.last_seq:
            inventory.wants_from = inventory.contiguous + 1

    def _acks(self) -> list[Message]:
        now = self._clock.mono_ns()
        if now - self._acked_ns < _ACK_NS:
            return []
        acks = []
        for epoch, inventory in self.epochs.items():
            if inventory.contiguous > inventory.acked:
                inventory.acked = inventory.contiguous
                acks.append(Message(self._ack_topic, encode_ack(Ack(self._name, epoch, inventory.contiguous))))
        if acks:
            self._acked_ns = now
        return acks

    def _requests(self) -> list[Message]:
        now = self._clock.mono_ns()
        for epoch, inventory in self.epochs.items():
            missing = inventory.wants_from
            if missing != inventory.contiguous + 1:
                continue
            asked_epoch, asked_from, asked_ns = self._asked
            if (asked_epoch, asked_from) != (epoch, missing) or now - asked_ns >= _ASK_AGAIN_NS:
                self._asked = (epoch, missing, now)
                return [Message(self._cmd_topic, encode_command(Replay(epoch, missing)))]
        return []
