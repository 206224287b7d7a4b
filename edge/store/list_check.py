"""Whether the list of anomalies says what the events say: every state is theirs, the table only saves reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from edge.errors import WireError
from edge.types import Anomaly, Event, EventKind, Regrouping, Ruling
from edge.wire import decode_body

Row = tuple[str, "str | None", str, int, bytes]
"""Of the table: anomaly_id, visit_id, state, seq, body."""


@dataclass(slots=True)
class _Told:
    """What the events kept say of one anomaly; `raised` is None where the event that raised it has left."""

    state: str
    seq: int
    raised: Anomaly | None


@dataclass(slots=True)
class ListCheck:
    """Hears every event in its order, then compares."""

    _told: dict[str, _Told] = field(default_factory=dict)

    def hear(self, seq: int, event: Event) -> None:
        """Note what an event says of an anomaly, if anything."""
        body = event.body
        if isinstance(body, Anomaly):
            self._told[body.anomaly_id] = _Told("open", seq, body)
        elif isinstance(body, Ruling):
            before = self._told.get(body.anomaly_id)
            state = "resolved" if event.kind is EventKind.ANOMALY_RESOLVED else "open"
            self._told[body.anomaly_id] = _Told(state, seq, before.raised if before else None)
        elif isinstance(body, Regrouping):
            merged = event.kind is EventKind.VISIT_MERGED
            to, from_ = (body.visit_id, body.other_id) if merged else (body.other_id, body.visit_id)
            for told in self._told.values():
                if told.raised is not None and (told.raised.visit_id, told.raised.pass_id) == (from_, body.pass_id):
                    told.raised = replace(told.raised, visit_id=to)

    def faults(self, rows: Iterable[Row], dropped_seq: int) -> Iterator[str]:
        """Yield a sentence for each row that the events do not bear out, and each anomaly that has none."""
        missing = {name for name, told in self._told.items() if told.raised is not None}
        for name, visit_id, state, seq, body in rows:
            missing.discard(name)
            told = self._told.get(name)
            if told is None:
                if seq > dropped_seq or state == "resolved":
                    yield f"anomaly {name}: is listed as {state}, and no event says so"
            elif (state, seq) != (told.state, told.seq):
                yield f"anomaly {name}: is listed as {state} by event {seq}, event {told.seq} says {told.state}"
            elif told.raised is not None and not _same(told.raised, visit_id, body):
                yield f"anomaly {name}: is not listed as it was raised"
        for name in sorted(missing):
            yield f"anomaly {name}: is not listed"


def _same(raised: Anomaly, visit_id: str | None, body: bytes) -> bool:
    try:
        listed = decode_body(EventKind.ANOMALY_RAISED, body)
        return isinstance(listed, Anomaly) and replace(listed, visit_id=visit_id) == raised
    except WireError:
        return False
