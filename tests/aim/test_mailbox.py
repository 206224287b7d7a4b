"""One slot with the newest shot, and the register of those who look."""

from __future__ import annotations

import threading
from itertools import pairwise

from edge.aim.mailbox import Mailbox
from edge.aim.viewers import MOST, SILENT_NS, Viewers
from edge.clock import ManualClock
from tests.aim.gate import frame

FOREVER_S = 60.0


def test_a_shot_nobody_took_is_replaced_by_the_newer_one() -> None:
    mailbox = Mailbox()
    for seq in range(5):
        mailbox.put(frame=frame(seq))
    shot = mailbox.newer(0, FOREVER_S)
    assert shot is not None
    assert (shot.number, shot.frame and shot.frame.seq) == (5, 4)


def test_what_is_not_put_anew_stays() -> None:
    mailbox = Mailbox()
    mailbox.put(frame=frame(3), dropped=2)
    mailbox.put(ended=True)
    shot = mailbox.newer(1, FOREVER_S)
    assert shot is not None
    assert shot.frame is not None
    assert (shot.frame.seq, shot.dropped, shot.ended) == (3, 2, True)


def test_without_a_newer_shot_there_is_none() -> None:
    mailbox = Mailbox()
    mailbox.put(frame=frame())
    assert mailbox.newer(1, 0.0) is None


def test_whoever_waits_gets_the_shot_when_it_comes() -> None:
    mailbox = Mailbox()
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(mailbox.newer(0, FOREVER_S)))
    waiting.start()
    mailbox.put(frame=frame(7))
    waiting.join()
    assert [shot.frame.seq for shot in taken if shot and shot.frame] == [7]


def test_numbers_grow_whichever_thread_puts() -> None:
    mailbox = Mailbox()

    def put_many() -> None:
        for _ in range(500):
            mailbox.put()

    putters = [threading.Thread(target=put_many) for _ in range(4)]
    numbers = [0]
    for putter in putters:
        putter.start()
    while numbers[-1] < 2000:
        shot = mailbox.newer(numbers[-1], FOREVER_S)
        assert shot is not None
        numbers.append(shot.number)
    assert all(one < later for one, later in pairwise(numbers))


def test_somebody_watches_until_nobody_asked_for_a_while() -> None:
    clock = ManualClock()
    viewers = Viewers(clock)
    seen = [viewers.watching]
    viewers.ask("one")
    seen.append(viewers.watching)
    clock.advance(SILENT_NS)
    seen.append(viewers.watching)
    assert seen == [False, True, False]


def test_there_is_room_for_so_many_viewers_and_for_others_when_they_have_gone() -> None:
    clock = ManualClock()
    viewers = Viewers(clock)
    assert all(viewers.ask(f"viewer {number}") for number in range(MOST))
    assert not viewers.ask("one more")
    assert viewers.ask("viewer 0"), "one of them asks again"
    clock.advance(SILENT_NS)
    assert viewers.ask("one more")


def test_the_end_is_waited_for_until_every_viewer_was_told() -> None:
    viewers = Viewers(ManualClock())
    viewers.ask("one")
    viewers.ask("other")
    viewers.told("one")
    assert not viewers.wait_until_told(0.0)
    viewers.told("other")
    assert viewers.wait_until_told(FOREVER_S)


def test_nobody_is_waited_for_when_nobody_looks() -> None:
    clock = ManualClock()
    viewers = Viewers(clock)
    assert viewers.wait_until_told(FOREVER_S)
    viewers.ask("gone since")
    clock.advance(SILENT_NS)
    assert viewers.wait_until_told(FOREVER_S)
