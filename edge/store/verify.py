"""Whether a store is whole: the engine's own check, the numbers, the seals, the outbox, the list of anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge.errors import WireError
from edge.store.chain import link
from edge.store.list_check import ListCheck
from edge.store.reports import Ledger, Reports
from edge.wire import decode_event, split_chain


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and what is wrong with it: no faults means whole."""

    first_seq: int
    last_seq: int
    events: int
    faults: tuple[str, ...]


def verify(reports: Reports) -> Verdict:
    """Read every event and compare numbers and seals.

    Raises:
        StoreFailed: the file cannot be read to its end.
    """
    with reports.at_one_moment():
        return _verify(reports)


def _verify(reports: Reports) -> Verdict:
    ledger = reports.ledger()
    faults = [f"the engine says: {fault}" for fault in reports.engine_faults()]
    seq, chain, events = ledger.dropped_seq, ledger.dropped_chain, 0
    told = ListCheck()
    for found, payload in reports.numbered():
        if found != seq + 1:
            faults.append(f"{seq + 1} to {found - 1}: missing" if found > seq + 2 else f"{seq + 1}: missing")
            chain = ""
        faults += _faults_of(found, payload, chain, ledger.epoch, told)
        seq, chain, events = found, _claimed(payload), events + 1
    faults += _faults_at_the_end(seq, chain, ledger)
    faults += told.faults(reports.list_rows(), ledger.dropped_seq)
    return Verdict(ledger.dropped_seq + 1, ledger.last_seq, events, tuple(faults))


def _faults_of(seq: int, payload: bytes, previous: str, epoch: str, told: ListCheck) -> Iterator[str]:
    """Check one event; `previous` is the seal before it, empty where that is missing."""
    try:
        event = decode_event(payload)
        sealed, chain = split_chain(payload)
    except WireError as error:
        yield f"{seq}: {error}"
        return
    told.hear(seq, event)
    if (event.seq, event.epoch) != (seq, epoch):
        yield f"{seq}: calls itself {event.seq} of epoch {event.epoch}"
    if previous and link(previous, sealed) != chain:
        yield f"{seq}: its seal does not fit: it, or the seal before it, was changed"


def _claimed(payload: bytes) -> str:
    try:
        return split_chain(payload)[1]
    except WireError:
        return ""


def _faults_at_the_end(seq: int, chain: str, ledger: Ledger) -> Iterator[str]:
    if seq < ledger.last_seq:
        yield f"{seq + 1} to {ledger.last_seq}: missing at the end"
    elif seq > ledger.last_seq:
        yield f"{ledger.last_seq + 1} to {seq}: beyond the last number given"
    elif chain and chain != ledger.last_chain:
        yield f"{seq}: is not what was recorded last"
    if ledger.unposted:
        yield f"{ledger.unposted} events have no outbox row"
