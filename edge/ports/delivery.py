"""Where events are kept, and how they leave."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.types import Anomaly, Correction, DayCount, Draft, Event, ListedAnomaly, Pass, ReadRate, Visit


class OutboxStage(enum.IntEnum):
    """How far a row has come. PUBACK is not durability: only the consumer's own acknowledgement is."""

    NEW = 0
    SENT = 1
    BROKER_ACKED = 2
    CONSUMER_ACKED = 3


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One event on its way out: the bytes are fixed when it is recorded."""

    seq: int
    topic: str
    payload: bytes
    stage: OutboxStage


class EventStore(Protocol):
    """Events on disk, and the outbox that carries them out. Safe to call from several threads."""

    @property
    def epoch(self) -> str: ...

    def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events, outbox rows and evidence in one transaction; on return they survive a power cut.

        Raises:
            StoreFailed: nothing of `drafts` was recorded.
        """
        ...

    def outbox(
        self, after_seq: int, limit: int, below: OutboxStage = OutboxStage.BROKER_ACKED
    ) -> tuple[OutboxRow, ...]:
        """Return rows with seq > `after_seq` whose stage is less than `below`, in seq order."""
        ...

    def mark(self, seqs: Sequence[int], stage: OutboxStage) -> None:
        """Move rows forward to `stage`; a row never goes back."""
        ...

    def replay(self, from_seq: int) -> int:
        """Put every row from `from_seq` on back to NEW, because a consumer asked; returns how many."""
        ...

    def open_visits(self) -> tuple[Visit, ...]:
        """Return the visits that are not closed, newest state of each, oldest first."""
        ...

    def told_of_open_visits(self) -> tuple[Anomaly, ...]:
        """Return the anomalies raised about visits that are still open, oldest first, as far as they are kept."""
        ...

    def last_visit_number(self) -> int:
        """Return the highest visit number given so far, 0 when there is none."""
        ...

    def unresolved(self) -> int:
        """Return how many anomalies wait for somebody: raised and not resolved, or reopened."""
        ...

    def read_rates(self, since_ns: int) -> tuple[ReadRate, ...]:
        """Return how many passes since that wall time had a plate, by camera and light."""
        ...

    def find_anomalies(self, name: str) -> tuple[ListedAnomaly, ...]:
        """Return the anomalies of the visit whose number `name` is, or those whose ids begin with it."""
        ...

    def find_vehicles(self, name: str) -> tuple[Pass | Visit, ...]:
        """Return the visits whose number `name` is, or the visits and final passes whose ids begin with it."""
        ...

    def corrections(self, pass_id: str) -> tuple[Correction, ...]:
        """Return what people said a pass really was, in the order said."""
        ...

    def visit_holding(self, pass_id: str) -> Visit | None:
        """Return the visit that has the pass as a side, in its newest state; None when none is kept."""
        ...

    def visit_emptied_into(self, visit_id: str) -> Visit | None:
        """Return the visit that gave its side up to this one, None when there is none."""
        ...

    def day(self, since_ns: int, until_ns: int) -> DayCount:
        """Return what was recorded of the time from `since_ns` up to `until_ns`, UTC."""
        ...

    def last_reconciled_ns(self) -> int | None:
        """Return when the site reconciled last, None where no such event is kept."""
        ...

    def last_seq(self) -> int:
        """Return the highest seq recorded so far, 0 when there is none."""
        ...

    def first_seq(self) -> int:
        """Return the lowest seq still kept, one more than `last_seq` when retention has dropped every event."""
        ...

    def backlog(self) -> int:
        """Return how many outbox rows are not yet acknowledged by the broker."""
        ...

    def evidence(self, evidence_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is not (or no longer) kept."""
        ...

    def close(self) -> None:
        """Checkpoint and let go; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message. `content_type` travels with MQTT 5 only; 3.1.1 has no place for it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    content_type: str = ""


class Broker(Protocol):
    """A connection to an MQTT broker, driven by one thread: the relay's. It keeps no queue of its own."""

    @property
    def connected(self) -> bool: ...

    @property
    def label(self) -> str:
        """Where it is and which protocol it speaks, as `doctor` prints them: `mqtt://gate.lan:1883 MQTT 5`."""
        ...

    @property
    def window(self) -> int:
        """Return how many messages may be in flight: min(Receive Maximum, 16)."""
        ...

    def connect(self, birth: Message, will: Message, subscribe: Sequence[str]) -> None:
        """Connect, subscribe, publish `birth`; the broker publishes `will` when we vanish.

        Raises:
            BrokerDown: refused, wrong password, not reachable, TLS failure: the message says which and what to do.
        """
        ...

    def publish(self, message: Message) -> int:
        """Hand one message over; returns a token that `acked` gives back.

        Raises:
            BrokerDown: not connected, or the window is full.
        """
        ...

    def acked(self, timeout_s: float) -> tuple[int, ...]:
        """Wait up to `timeout_s` for acknowledgements and return their tokens.

        Raises:
            BrokerDown: the connection went away; everything not acknowledged must be published again.
        """
        ...

    def received(self) -> tuple[Message, ...]:
        """Return the messages that came in since the last call."""
        ...

    def close(self, last: Message | None = None) -> None:
        """Publish `last` (a clean goodbye), disconnect; may be called twice."""
        ...
