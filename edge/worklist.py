"""Working the list of anomalies: what a person at the device says becomes an event, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.clock import Clock
from edge.errors import EdgeError, UsageError
from edge.gate.corrections import corrected, correction_of
from edge.ports import EventStore
from edge.types import RULE, Correction, Draft, Event, EventKind, ListedAnomaly, Pass, Ruling, Visit, VisitSide
from edge.wire.work import Correct, Done, Order, Refused, Reopen, Resolve, decode_order, encode_answer

_NAMED = 5


@dataclass(frozen=True, slots=True)
class WorkList:
    """Takes orders one after the other.

    `decide` records what it is given while nobody else records, so that nothing is resolved twice: SiteBook.decide.
    `shown` returns a plate as it may be recorded: SiteBook.shown.
    """

    store: EventStore
    clock: Clock
    decide: Callable[[Callable[[], Sequence[Draft]]], tuple[Event, ...]]
    shown: Callable[[str], str]

    def take(self, order: Order) -> tuple[str, ...]:
        """Record what an order says; returns a sentence for each event.

        Raises:
            UsageError: it names nothing or too much, or says what holds already; nothing is recorded.
            StoreFailed: nothing is recorded.
        """
        if order.who == RULE:
            raise UsageError(f"--who {RULE}: this name stands for the rules themselves; give a person's")
        events = self.decide(lambda: self._drafts(order))
        return tuple(f"{_sentence(event)}; event {event.seq}" for event in events)

    def answer(self, payload: bytes) -> bytes:
        """Return the answer to an order as bytes; whatever is wrong with it is answered too."""
        try:
            return encode_answer(Done(self.take(decode_order(payload))))
        except EdgeError as error:
            return encode_answer(Refused(str(error), error.exit_code))

    def _drafts(self, order: Order) -> list[Draft]:
        now_ns, quality = self.clock.wall_ns(), self.clock.quality()
        if isinstance(order, Correct):
            said = self._corrections(order, now_ns)
            return [Draft(EventKind.PASS_CORRECTED, now_ns, quality, correction) for correction in said]
        listed = self._anomaly(order, resolved=isinstance(order, Resolve))
        kind = EventKind.ANOMALY_RESOLVED if isinstance(order, Resolve) else EventKind.ANOMALY_REOPENED
        ruling = Ruling(listed.anomaly.anomaly_id, order.who, order.why, now_ns)
        return [Draft(kind, now_ns, quality, ruling)]

    def _anomaly(self, order: Resolve | Reopen, *, resolved: bool) -> ListedAnomaly:
        """Return the one anomaly that the order names and that is not as it asks for already."""
        found = self.store.find_anomalies(order.name)
        one_visit = len({listed.visit for listed in found}) == 1 and order.name == str(found[0].visit)
        left = [listed for listed in found if not one_visit or listed.resolved is not resolved] or list(found[:1])
        if not left:
            raise UsageError(f"{order.name}: no such anomaly; `edge anomalies list` shows which there are")
        if len(left) > 1:
            names = [f"{listed.anomaly.anomaly_id} ({listed.anomaly.kind})" for listed in left]
            raise UsageError(f"{order.name}: may be {one_of(names)}; name one")
        if left[0].resolved is resolved:
            word = "resolved" if resolved else "open"
            raise UsageError(f"{order.name}: is {word} already; `edge anomalies show {order.name}` says by whom")
        return left[0]

    def _corrections(self, order: Correct, now_ns: int) -> list[Correction]:
        if order.class_name is None and order.plate is None:
            raise UsageError(f"{order.name}: nothing to correct; give --type, --plate or both")
        subject = self._subject(order.name)
        sides = (subject,) if isinstance(subject, Pass) else tuple(filter(None, (subject.entry, subject.exit)))
        found = [self._correction(order, side, subject.visit_id, now_ns) for side in sides]
        said = [correction for correction in found if correction is not None]
        if not said:
            raise UsageError(f"{order.name}: is known as that already; `edge anomalies show` tells what is known")
        return said

    def _subject(self, name: str) -> Pass | Visit:
        found = self.store.find_vehicles(name)
        if not found:
            raise UsageError(f"{name}: no such pass or visit; `edge events visits` shows numbers, `list --json` ids")
        if len(found) > 1:
            names = [f"pass {one.pass_id}" if isinstance(one, Pass) else f"visit {one.visit_id}" for one in found]
            raise UsageError(f"{name}: may be {one_of(names)}; name one")
        return found[0]

    def _correction(
        self, order: Correct, side: Pass | VisitSide, visit_id: str | None, now_ns: int
    ) -> Correction | None:
        known = corrected(side, self.store.corrections(side.pass_id))
        said = Correction(side.pass_id, side.camera_id, order.who, order.why, now_ns, visit_id=visit_id)
        plate, was = (None if text is None else self.shown(text) for text in (order.plate, order.was))
        return correction_of(known, said, class_name=order.class_name, plate=plate, was=was)


def one_of(names: Sequence[str]) -> str:
    """Return the first few names in a line, and how many more there are."""
    more = f" or {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _sentence(event: Event) -> str:
    body = event.body
    if isinstance(body, Ruling):
        return f"anomaly {body.anomaly_id} is {event.kind.value.rpartition('.')[2]}"
    if isinstance(body, Correction):
        return f"pass {body.pass_id} is {body.change}"
    return event.kind.value
