"""The consumer's side of the agreement: once each, no gap unnoticed, no more talk than needed."""

from __future__ import annotations

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.errors import WireError
from edge.mqtt.control_room import ControlRoom, Inventory
from edge.ports import Message
from edge.types import Event, EventKind, RunMark
from edge.wire import Replay, Status, decode_ack, decode_command, encode_event, encode_status, topic

SITE, DEVICE = "depot", "gate-7"
SECOND = 1_000_000_000


def event(seq: int, channel: str = "event", epoch: str = "one") -> Message:
    body = RunMark("run", "0")
    made = Event(f"id-{seq}", seq, epoch, EventKind.RUN_STARTED, DEVICE, SITE, 0, 0, ClockQuality.SYNCED, body)
    return Message(topic(SITE, DEVICE, channel), encode_event(made))


def status(last_seq: int, backlog: int = 0, first_seq: int = 1) -> Message:
    word = Status("online", "run", "0", "one", first_seq=first_seq, last_seq=last_seq, backlog=backlog)
    return Message(topic(SITE, DEVICE, "status"), encode_status(word), retain=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def room(clock: ManualClock) -> ControlRoom:
    return ControlRoom(SITE, DEVICE, "room", clock)


def said(room: ControlRoom) -> tuple[list[int], list[int]]:
    """Return the seqs acknowledged and those asked from."""
    acks, replays = [], []
    for message in room.speak():
        if message.topic.endswith("/ack"):
            acks.append(decode_ack(message.payload).seq)
        else:
            command = decode_command(message.payload)
            assert isinstance(command, Replay)
            replays.append(command.from_seq)
    return acks, replays


def test_an_event_counts_once() -> None:
    inventory = Inventory()
    assert inventory.take(1, b"a")
    assert not inventory.take(1, b"a")
    assert (inventory.contiguous, inventory.duplicates) == (1, 1)


def test_gaps_reach_up_to_the_devices_own_word() -> None:
    inventory = Inventory()
    for seq in (1, 2, 5):
        inventory.take(seq, b"")
    assert inventory.gaps() == [3, 4]
    assert inventory.gaps(7) == [3, 4, 6, 7]


def test_one_acknowledgement_covers_many_events(room: ControlRoom, clock: ManualClock) -> None:
    for seq in range(1, 51):
        assert room.take(event(seq))
    assert said(room) == ([50], [])
    room.take(event(51))
    assert said(room) == ([], []), "too soon after the last one"
    clock.sleep(0.3)
    assert said(room) == ([51], [])
    clock.sleep(10)
    assert said(room) == ([], [])


def test_a_gap_before_an_event_that_keeps_its_turn_is_asked_for_once(room: ControlRoom, clock: ManualClock) -> None:
    for seq in (1, 2, 5, 6):
        room.take(event(seq))
    assert said(room) == ([2], [3])
    clock.sleep(1)
    assert said(room) == ([], [])
    clock.sleep(5)
    assert said(room) == ([], [3]), "the request may have been lost"


def test_an_alarm_may_come_early(room: ControlRoom) -> None:
    room.take(event(1))
    room.take(event(9, "anomaly"))
    assert said(room) == ([1], [])


def test_a_filled_gap_is_not_asked_for(room: ControlRoom) -> None:
    for seq in (1, 3, 2):
        room.take(event(seq))
    assert said(room) == ([3], [])


def test_a_loss_at_the_very_end_shows_in_the_status(room: ControlRoom) -> None:
    room.take(event(1))
    room.take(status(3, backlog=2))
    assert said(room) == ([1], []), "the rest is still on its way"
    room.take(status(3))
    assert said(room) == ([], [2])


def test_what_the_device_no_longer_has_is_counted_and_not_asked_for(room: ControlRoom) -> None:
    room.take(event(8))
    room.take(event(9))
    assert said(room) == ([], [1])
    room.take(status(9, first_seq=8))
    assert said(room) == ([9], [])
    assert room.epochs["one"].dropped == 7


def test_a_new_life_of_the_store_is_counted_apart(room: ControlRoom, clock: ManualClock) -> None:
    room.take(event(1))
    room.take(event(2))
    said(room)
    clock.sleep(1)
    room.take(event(1, epoch="two"))
    assert {epoch: held.contiguous for epoch, held in room.epochs.items()} == {"one": 2, "two": 1}
    assert said(room) == ([1], [])


def test_bytes_that_are_no_event_are_refused_by_name(room: ControlRoom) -> None:
    with pytest.raises(WireError):
        room.take(Message(topic(SITE, DEVICE, "event"), b"hello"))
    assert not room.take(Message(topic(SITE, DEVICE, "cmd"), b"hello"))
