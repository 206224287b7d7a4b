"""A whole visit of a vehicle that nobody registered: its plate is nowhere, in no part, and the visit is still one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import timezone
from pathlib import Path

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.commands.event_tables import describe, event_row
from edge.gate.guard import Guard
from edge.gate.registry import Entry, Registry
from edge.logs import setup_logs
from edge.mqtt.memory import MemoryBroker, MemoryHub
from edge.relay import Relay, RelaySettings
from edge.store import open_store
from edge.store.sitekey import site_key
from edge.tally import Tally, event_line
from edge.types import U8, Event, PlateRead, Visit, VisitState
from tests.scripted_gate import NOON_NS, drive, make_gate, read_plate

PLATE, MISREAD = "XK7PWZTR", "XK7PWZTB"
KNOWN = Registry((Entry(("CF207358",), "allow"),), timezone.utc)
PARTS = [
    part
    for text in (PLATE, MISREAD)
    for length in range(4, len(text) + 1)
    for part in (text[at : at + length] for at in range(len(text) - length + 1))
]


def visit(folder: Path, guard: Guard, plates: Sequence[str]) -> tuple[dict[str, bytes], list[Event]]:
    """Let a car come and go that is read as each of `plates` in turn; return every byte that is left of it."""
    turns = itertools.cycle(plates)

    def read(picture: U8) -> list[PlateRead]:
        (seen,) = read_plate(picture)
        text = next(turns)
        return [PlateRead(text, (0.95,) * len(text), seen.box, seen.sharpness, seen.width_px, seen.height_px)]

    clock = ManualClock(NOON_NS)
    store = open_store(folder / "events.db", "box", "yard", clock)
    pipeline, _ = make_gate(store=store, guard=guard, read=read)
    tally, events = Tally(), list[Event]()
    for up, start_s in ((False, 0.0), (True, 60.0)):
        for frame in drive(up=up, start_s=start_s):
            tally.add(step := pipeline.step(frame, ClockQuality.STATED))
            events += step.events
        tally.add(step := pipeline.finish(ClockQuality.STATED))
        events += step.events
    hub = MemoryHub()
    relay = Relay(store, MemoryBroker(hub), clock, RelaySettings("yard", "box", "run", "0", rate=1000.0))
    for _ in range(10):
        relay.step()
        clock.sleep(0.1)
    left = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "events.db-wal" in left, "nothing to search: the log was folded in already"
    store.close()
    left["after closing"] = (folder / "events.db").read_bytes()
    left["wire"] = b"\n".join(message.topic.encode() + message.payload for message in hub.delivered)
    left["told"] = "\n".join(f"{event_line(e, timezone.utc)} {describe(e)} {event_row(e)}" for e in events).encode()
    left["summary"] = (tally.as_text() + tally.as_json()).encode()
    return left, events


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "state").mkdir()
    setup_logs("debug")
    yield tmp_path / "state"
    setup_logs("info")


def test_no_part_of_an_unknown_plate_is_left_anywhere_and_entry_and_exit_are_one_visit(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = site_key(folder.parent / "site.key")
    left, events = visit(folder, Guard(KNOWN, key), [PLATE, PLATE, MISREAD])
    told = capsys.readouterr()
    left["log"] = (told.out + told.err).encode()
    assert [(name, part) for name, text in left.items() for part in PARTS if part.encode() in text.upper()] == []
    assert [name for name, text in left.items() if key.hex().encode() in text.lower()] == []
    closed = [e.body for e in events if isinstance(e.body, Visit) and e.body.state is VisitState.CLOSED]
    assert [(one.number, one.paired_by) for one in closed] == [(1, "plate")]
    assert len(left["wire"].splitlines()) >= len(events)


def test_the_same_search_finds_a_plate_that_is_recorded_in_clear(folder: Path) -> None:
    left, _ = visit(folder, Guard(KNOWN), [PLATE, PLATE, MISREAD])
    found = {name for name, text in left.items() if PLATE.encode() in text}
    assert found >= {"events.db-wal", "after closing", "wire", "told", "summary"}


def test_a_registered_plate_stays_in_clear_beside_the_hashed_ones(folder: Path) -> None:
    left, events = visit(folder, Guard(KNOWN, bytes(32)), ["CF207358"])
    assert b"CF207358" in left["after closing"]
    assert any(isinstance(event.body, Visit) for event in events)
