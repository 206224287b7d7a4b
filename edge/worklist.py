"""What a person at the device says of anomalies, passes and visits becomes an event, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edge.clock import Clock, make_id
from edge.config import Site
from edge.errors import EdgeError, UsageError
from edge.gate.corrections import corrected, correction_of
from edge.gate.regroup import Saying
from edge.gate.site import GateSite
from edge.ports import EventStore
from edge.sitebook import SiteBook
from edge.types import (
    RULE,
    Correction,
    Draft,
    Event,
    EventKind,
    ListedAnomaly,
    Pass,
    Regrouping,
    Ruling,
    Visit,
    VisitSide,
)
from edge.wire.work import (
    Correct,
    Done,
    Merge,
    Order,
    Refused,
    Reopen,
    Resolve,
    Split,
    decode_order,
    encode_answer,
)

_NAMED = 5


@dataclass(frozen=True, slots=True)
class WorkList:
    """Takes orders one after the other.

    `decide` records what it is given while nobody else records, so that nothing is resolved twice: SiteBook.decide.
    `shown` returns a plate as it may be recorded: SiteBook.shown.
    """

    store: EventStore
    clock: Clock
    decide: Callable[[Callable[[GateSite], Sequence[Draft]]], tuple[Event, ...]]
    shown: Callable[[str], str]

    def take(self, order: Order) -> tuple[str, ...]:
        """Record what an order says; returns a sentence for each event.

        Raises:
            UsageError: it names nothing or too much, or says what holds already; nothing is recorded.
            StoreFailed: nothing is recorded.
        """
        if order.who == RULE:
            raise UsageError(f"--who {RULE}: this name stands for the rules themselves; give a person's")
        events = self.decide(lambda site: self._drafts(order, site))
        return tuple(f"{_sentence(event)}; event {event.seq}" for event in events)

    def answer(self, payload: bytes) -> bytes:
        """Return the answer to an order as bytes; whatever is wrong with it is answered too."""
        try:
            return encode_answer(Done(self.take(decode_order(payload))))
        except EdgeError as error:
            return encode_answer(Refused(str(error), error.exit_code))

    def _drafts(self, order: Order, site: GateSite) -> Sequence[Draft]:
        now_ns, quality = self.clock.wall_ns(), self.clock.quality()
        if isinstance(order, Correct):
            return self._correct(order, site, now_ns)
        if isinstance(order, Merge | Split):
            return self._regroup(order, site, Saying(order.who, order.why, now_ns))
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

    def _regroup(self, order: Merge | Split, site: GateSite, said: Saying) -> Sequence[Draft]:
        visits = [
            self._visit(name) for name in ((order.name, order.other) if isinstance(order, Merge) else (order.name,))
        ]
        for visit in visits:
            site.learn(one.anomaly for one in self.store.find_anomalies(str(visit.number)) if not one.resolved)
        if isinstance(order, Merge):
            return site.merge(visits[0], visits[1], said, self.clock.quality())
        return site.split(visits[0], self.store.visit_emptied_into(visits[0].visit_id), said, self.clock.quality())

    def _visit(self, name: str) -> Visit:
        found = self._subject(name)
        if isinstance(found, Pass):
            raise UsageError(f"{name}: is a pass, not a visit; `edge visits list` shows numbers")
        return found

    def _correct(self, order: Correct, site: GateSite, now_ns: int) -> Sequence[Draft]:
        quality, drafts, moved = self.clock.quality(), list[Draft](), list[Draft]()
        for said in self._corrections(order, now_ns):
            visit = site.holding(said.pass_id) or self.store.visit_holding(said.pass_id)
            drafts.append(
                Draft(
                    EventKind.PASS_CORRECTED,
                    now_ns,
                    quality,
                    replace(said, visit_id=visit.visit_id if visit else said.visit_id),
                )
            )
            if visit is not None:
                moved += site.correct(visit, said, self.store.visit_emptied_into, quality)
        return [*drafts, *moved]

    def _corrections(self, order: Correct, now_ns: int) -> list[Correction]:
        if order.class_name is None and order.plate is None:
            raise UsageError(f"{order.name}: nothing to correct; give --type, --plate or both")
        subject = self._subject(order.name)
        sides = (subject,) if isinstance(subject, Pass) else subject.sides
        found = [self._correction(order, side, subject.visit_id, now_ns) for side in sides]
        said = [correction for correction in found if correction is not None]
        if not said:
            raise UsageError(f"{order.name}: is known as that already; `edge anomalies show` tells what is known")
        return said

    def _subject(self, name: str) -> Pass | Visit:
        found = self.store.find_vehicles(name)
        if not found:
            raise UsageError(f"{name}: no such pass or visit; `edge visits list` shows numbers, with --json ids")
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


def work_alone(store: EventStore, clock: Clock, timezone: str, shown: Callable[[str], str] = str) -> WorkList:
    """Return what takes orders while no service runs: visits follow, and no rule judges what they become."""
    site = GateSite(
        Site("site", timezone),
        (),
        (),
        make_id,
        store.open_visits(),
        store.last_visit_number(),
        told=store.told_of_open_visits(),
    )
    return WorkList(store, clock, SiteBook(site, store).decide, shown)


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
    if isinstance(body, Regrouping):
        return f"visits {body.number} and {body.other_number} are {event.kind.value.rpartition('.')[2]}"
    if isinstance(body, Visit):
        return f"visit {body.number} is {event.kind.value.rpartition('.')[2]}"
    return event.kind.value
