"""What the consumers have stored: only that makes an event safe outside the device."""

from __future__ import annotations

from edge.logs import get_log
from edge.ports import EventStore, OutboxStage
from edge.wire import Ack

_log = get_log("relay")
_CHUNK = 500


class Consumers:
    """Rows count as consumed up to the lowest seq of all consumers heard from in this run."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._stored: dict[str, int] = {}
        self.consumed_seq = 0

    def hear(self, ack: Ack) -> None:
        """Believe an acknowledgement that can be true."""
        if ack.epoch != self._store.epoch:
            _log.warning("consumer %s acknowledges epoch %s, not ours: ignored", ack.consumer, ack.epoch)
        elif ack.seq > self._store.last_seq():
            _log.warning("consumer %s acknowledges seq %d, not recorded yet: ignored", ack.consumer, ack.seq)
        else:
            self._stored[ack.consumer] = max(ack.seq, self._stored.get(ack.consumer, 0))

    def lacks_from(self, seq: int) -> None:
        """Take back what was believed of `seq` and later ones: a consumer asked for them again."""
        self._stored = {name: min(stored, seq - 1) for name, stored in self._stored.items()}
        self.consumed_seq = min(self.consumed_seq, seq - 1)

    def note(self) -> None:
        """Write down what is new, one chunk a call, so that a long absence does not hold up the sending.

        Raises:
            StoreFailed: passed on from the store.
        """
        floor = min(self._stored.values(), default=0)
        if floor <= self.consumed_seq:
            return
        seqs: list[int] = []
        for row in self._store.outbox(self.consumed_seq, _CHUNK, OutboxStage.CONSUMER_ACKED):
            # Nobody can have stored what is still to be sent: believing it would lose it.
            if row.seq > floor or row.stage is OutboxStage.NEW:
                floor = min(floor, row.seq - 1)
                break
            seqs.append(row.seq)
        if seqs:
            self._store.mark(seqs, OutboxStage.CONSUMER_ACKED)
        self.consumed_seq = seqs[-1] if len(seqs) == _CHUNK else floor
