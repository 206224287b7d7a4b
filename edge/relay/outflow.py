"""Rows on their way to the broker: which one is next, which are in flight, how fast they may go."""

from __future__ import annotations

from edge.clock import Clock
from edge.errors import BrokerDown
from edge.ports import Broker, EventStore, Message, OutboxRow, OutboxStage

_LOOK_AHEAD = 500
"""Rows looked through in one step for an alarm that may overtake."""
_BURST_S = 0.25
"""A pause earns at most this much of a second's rate."""
_CLOUDEVENT = "application/cloudevents+json"
"""Marks structured mode, see CloudEvents 1.0.2, MQTT protocol binding, section 3.2."""
_NO_ROW = 0
"""Stands in flight for a message that is no outbox row, or whose row goes out again anyway."""


class Outflow:
    """Publishes within the broker's window. Every method may raise BrokerDown and StoreFailed."""

    def __init__(self, store: EventStore, broker: Broker, clock: Clock, *, rate: float, ack_s: float) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._rate = rate
        self._ack_ns = round(ack_s * 1e9)
        self._heard_ns = clock.mono_ns()
        self._in_flight: dict[int, int] = {}
        self._cursor = 0
        self._live_cursor = 0
        self._behind = True
        self._credit = 0.0
        self._credit_ns = clock.mono_ns()
        self.published = 0
        self.acked = 0

    @property
    def free(self) -> int:
        """How many messages the window still takes."""
        return self._broker.window - len(self._in_flight)

    def start_over(self) -> None:
        """A new connection: whatever was in flight is unknown, so every row without an acknowledgement goes again."""
        self._in_flight.clear()
        self._heard_ns = self._clock.mono_ns()
        self._repeat_after(0)

    def replay(self, from_seq: int) -> int:
        """Send everything from `from_seq` on once more; returns how many rows that is."""
        count = self._store.replay(from_seq)
        for token, seq in self._in_flight.items():
            if seq >= from_seq:
                self._in_flight[token] = _NO_ROW
        self._repeat_after(min(self._cursor, from_seq - 1))
        return count

    def send(self) -> None:
        """Publish what is due: alarms that wait behind a backlog first, then rows in seq order at the set rate."""
        self._earn_credit()
        sent: list[int] = []
        try:
            for row in self._overtaking_alarms():
                self._publish_row(row, sent)
            room = min(self.free, int(self._credit))
            rows = self._store.outbox(self._cursor, room) if room > 0 else ()
            self._behind = len(rows) == room
            flying = frozenset(self._in_flight.values())
            for row in rows:
                if row.seq not in flying:
                    self._publish_row(row, sent)
                    self._credit -= 1
                self._cursor = row.seq
        finally:
            if sent:
                self._store.mark(sent, OutboxStage.SENT)
                self.published += len(sent)

    def send_own(self, message: Message) -> None:
        """Publish a message that is no outbox row; the caller has looked at `free`."""
        self._in_flight[self._broker.publish(message)] = _NO_ROW

    def settle(self, wait_s: float) -> None:
        """Take acknowledgements, waiting up to `wait_s` for the first."""
        tokens = self._broker.acked(wait_s)
        now = self._clock.mono_ns()
        if tokens or not self._in_flight:
            self._heard_ns = now
        elif now - self._heard_ns > self._ack_ns:
            # MQTT forbids sending again on the same connection, so a broker that forgot one is left and met anew.
            raise BrokerDown(
                f"broker {self._broker.label}: does not acknowledge {len(self._in_flight)} messages; look at its log"
            )
        seqs = [seq for seq in (self._in_flight.pop(token, _NO_ROW) for token in tokens) if seq != _NO_ROW]
        if seqs:
            self._store.mark(seqs, OutboxStage.BROKER_ACKED)
            self.acked += len(seqs)

    def _overtaking_alarms(self) -> list[OutboxRow]:
        """Return alarms recorded since the connection or replay began that wait behind a backlog."""
        if not self._behind or self.free <= 0:
            return []
        alarms: list[OutboxRow] = []
        self._live_cursor = max(self._live_cursor, self._cursor)
        for row in self._store.outbox(self._live_cursor, _LOOK_AHEAD, OutboxStage.SENT):
            if row.topic.endswith("/anomaly"):
                if len(alarms) == self.free:
                    break
                alarms.append(row)
            self._live_cursor = row.seq
        return alarms

    def _publish_row(self, row: OutboxRow, sent: list[int]) -> None:
        message = Message(row.topic, row.payload, content_type=_CLOUDEVENT)
        self._in_flight[self._broker.publish(message)] = row.seq
        sent.append(row.seq)

    def _repeat_after(self, seq: int) -> None:
        self._cursor = seq
        self._live_cursor = self._store.last_seq()
        self._behind = True

    def _earn_credit(self) -> None:
        now = self._clock.mono_ns()
        earned = (now - self._credit_ns) / 1e9 * self._rate
        self._credit = min(self._credit + earned, max(float(self._broker.window), self._rate * _BURST_S))
        self._credit_ns = now
