"""Callers that meet share a transaction, and its fate; a picture that is none is refused before it starts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from edge.errors import StoreFailed
from edge.store.pictures import to_jpeg
from edge.store.sqlite import SqliteStore
from edge.types import Draft, Event

Open = Callable[[], SqliteStore]
MakePass = Callable[..., Draft]


def meet(store: SqliteStore, calls: Sequence[Sequence[Draft]]) -> list[tuple[Event, ...] | StoreFailed]:
    """Let every call wait for the same transaction to end, then go on at once."""
    outcomes: list[tuple[Event, ...] | StoreFailed] = []

    def record(call: Sequence[Draft]) -> None:
        try:
            outcomes.append(store.record(call))
        except StoreFailed as error:
            outcomes.append(error)

    threads = [threading.Thread(target=record, args=(call,)) for call in calls]
    with store._turn:
        for thread in threads:
            thread.start()
        while len(store._jobs) < len(calls):
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    return outcomes


def count_commits(store: SqliteStore) -> list[None]:
    commits: list[None] = []

    def note() -> bool:
        commits.append(None)
        return False

    store._connection.set_commit_hook(note)
    return commits


def test_calls_that_meet_share_transactions_of_up_to_twenty_events(open_again: Open, a_pass: MakePass) -> None:
    store = open_again()
    commits = count_commits(store)
    outcomes = meet(store, [[a_pass()] * 3] * 10)
    assert len(commits) == 2
    seqs = [[event.seq for event in outcome] for outcome in outcomes if isinstance(outcome, tuple)]
    assert sorted(seqs) == [[first, first + 1, first + 2] for first in range(1, 31, 3)]


def test_a_call_of_more_than_twenty_events_is_one_transaction(open_again: Open, a_pass: MakePass) -> None:
    store = open_again()
    commits = count_commits(store)
    assert len(store.record([a_pass()] * 50)) == 50
    assert len(commits) == 1


def test_calls_that_share_a_transaction_that_fails_all_fail_and_leave_no_gap(
    open_again: Open, a_pass: MakePass
) -> None:
    store = open_again()
    store._connection.pragma("max_page_count", store._connection.pragma("page_count"))
    outcomes = meet(store, [[a_pass("small")], [a_pass("big", pictures=4, side=256)], [a_pass("small")]])
    assert [type(outcome) for outcome in outcomes] == [StoreFailed] * 3
    assert store.outbox(0, 9) == ()
    store._connection.pragma("max_page_count", 1 << 30)
    assert [event.seq for event in store.record([a_pass()])] == [1]


def test_a_picture_comes_back_as_jpeg_in_its_own_colours() -> None:
    picture = np.zeros((16, 24, 3), np.uint8)
    picture[..., 0] = 200
    back = cv2.imdecode(np.frombuffer(to_jpeg(picture), np.uint8), cv2.IMREAD_COLOR)
    assert back is not None
    assert back.shape == (16, 24, 3)
    assert np.abs(back[..., ::-1].astype(int) - picture).max() < 8


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused(picture: Any) -> None:
    with pytest.raises(ValueError, match="evidence must be"):
        to_jpeg(picture)
