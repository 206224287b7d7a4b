"""What the cameras of a site share: the night is reconciled once, whatever fails or restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from edge.app import make_site
from edge.clock import ClockQuality, ManualClock
from edge.config.load import parse_config
from edge.errors import StoreFailed
from edge.sitebook import Proven, SiteBook
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import DayCount, Direction, Event, Pass, Plate, Reconciliation, Stage
from edge.wire import decode_event

CONFIG = parse_config(
    '[device]\nid = "box"\n[site]\nid = "yard"\nwait_days = 1\n[[camera]]\nid = "cam"\nsource = "test://gate"\n',
    "it.toml",
)
SYNCED = ClockQuality.SYNCED


def wall(text: str) -> int:
    return round(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=timezone.utc).timestamp()) * 10**9


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = open_store(":memory:", "box", "yard", ManualClock(wall("04 10:00:00")))
    yield opened
    opened.close()


def crosses(book: SiteBook, when: str, way: Direction, plate: str) -> None:
    body = Pass(
        f"pass {when}", Stage.FINAL, 2, "cam", wall(when) % 1000003, "line", "main", way, 0.9, wall(when), "car",
        (Plate(plate, 0.95, 5, 5),) if plate else (), wall(when) // 7 % 2**64,
    )  # fmt: skip
    book.settle([Proven(body)], SYNCED)


def nights(store: SqliteStore) -> list[Reconciliation]:
    events: list[Event] = [decode_event(row.payload) for row in store.outbox(0, 1000)]
    return [event.body for event in events if isinstance(event.body, Reconciliation)]


def test_a_night_is_told_once_with_what_the_day_came_to_and_not_again_after_a_restart(store: SqliteStore) -> None:
    book = SiteBook(make_site(CONFIG, store), store)
    book.tick(wall("04 10:00:00"), SYNCED)
    crosses(book, "04 10:01:00", Direction.IN, "CA1")
    crosses(book, "04 11:00:00", Direction.OUT, "CA1")
    crosses(book, "04 12:00:00", Direction.IN, "CY88431")
    crosses(book, "04 13:00:00", Direction.OUT, "ZZ777AB")
    for when in ("05 03:00:59", "05 03:01:00", "05 03:01:02"):
        book.tick(wall(when), SYNCED)
    (night,) = nights(store)
    assert (night.site_id, night.wall_ns, night.inside, night.closed) == ("yard", wall("05 03:00:00"), 1, 1)
    assert (night.without_entry, night.unpaired_exits, night.passes, night.read_rate) == (1, 1, 4, 1.0)
    again = SiteBook(make_site(CONFIG, store), store)
    again.tick(wall("05 09:00:00"), SYNCED)
    assert len(nights(store)) == 1
    again.tick(wall("06 03:01:00"), SYNCED)
    assert [(one.inside, one.set_aside) for one in nights(store)] == [(1, 0), (0, 2)]
    assert (store.open_visits(), again.inside) == ((), ())


def test_a_night_that_the_store_could_not_count_is_told_when_it_can(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = SiteBook(make_site(CONFIG, store), store)
    book.tick(wall("04 10:00:00"), SYNCED)

    def fails(_: int, __: int) -> DayCount:
        raise StoreFailed("the disk does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(store, "day", fails)
        with pytest.raises(StoreFailed):
            book.tick(wall("05 03:01:00"), SYNCED)
    assert nights(store) == []
    book.tick(wall("05 03:01:02"), SYNCED)
    assert [one.wall_ns for one in nights(store)] == [wall("05 03:00:00")]


def test_no_night_is_told_while_the_clock_is_in_doubt(store: SqliteStore) -> None:
    book = SiteBook(make_site(CONFIG, store), store)
    for when in ("04 10:00:00", "05 03:01:00"):
        book.tick(wall(when), ClockQuality.UNSYNCED)
    assert nights(store) == []
    for second in range(10):
        book.tick(wall("05 03:02:00") + second * 10**9, SYNCED)
    assert [one.wall_ns for one in nights(store)] == [wall("05 03:00:00")]
    assert store.last_reconciled_ns() == wall("05 03:00:00")
