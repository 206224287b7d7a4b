"""Reading desks: bounded, in order, honest about failures, and never a place to hang."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.desk import NoDesk, PromptDesk, QueuedDesk, open_desk
from edge.ports import Look, ReadingDesk
from edge.types import U8, PlateRead


def _look(number: int) -> Look:
    return Look(number, number, (0, 0, 10, 10))


def _picture(number: int) -> U8:
    return np.full((4, 4, 3), number, np.uint8)


class Reader:
    """Reads the number a picture is painted with; waits for `gate` where it is given."""

    label = "numbers"

    def __init__(
        self, gate: threading.Event | None = None, fails_on: int = -1, error: type[Exception] = EngineFailed
    ) -> None:
        self.gate = gate
        self.fails_on = fails_on
        self.error = error
        self.closed = 0
        self.threads: set[str] = set()

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        self.threads.add(threading.current_thread().name)
        if self.gate is not None:
            assert self.gate.wait(10)
        if picture[0, 0, 0] == self.fails_on:
            raise self.error("the network is gone")
        return (PlateRead(f"AB{picture[0, 0, 0]}", (1.0,) * 3, (0, 0, 1, 1), 1, 1, 1),)

    def close(self) -> None:
        self.closed += 1


Make = Callable[[Reader], ReadingDesk]


@pytest.fixture(params=[PromptDesk, QueuedDesk])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    opened: list[ReadingDesk] = []

    def desk(reader: Reader) -> ReadingDesk:
        made: ReadingDesk = request.param(reader)
        opened.append(made)
        return made

    yield desk
    for one in opened:
        one.close()


def _texts(answers: tuple[tuple[Look, tuple[PlateRead, ...]], ...]) -> list[tuple[int, str]]:
    return [(look.track_id, read.text) for look, reads in answers for read in reads]


def test_answers_come_back_once_in_the_order_submitted(make: Make) -> None:
    desk = make(Reader())
    assert all(desk.submit(_look(number), _picture(number)) for number in range(5))
    desk.settle()
    assert _texts(desk.collect()) == [(number, f"AB{number}") for number in range(5)]
    assert desk.collect() == ()


def test_a_failure_is_said_once_and_the_desk_goes_on(make: Make) -> None:
    desk = make(Reader(fails_on=1))
    for number in range(3):
        desk.submit(_look(number), _picture(number))
    desk.settle()
    with pytest.raises(EngineFailed, match="the network is gone"):
        desk.collect()
    answers = desk.collect()
    assert [look.track_id for look, _ in answers] == [0, 1, 2]
    assert _texts(answers) == [(0, "AB0"), (2, "AB2")]


def test_settling_an_idle_desk_returns_at_once_and_closing_twice_is_fine(make: Make) -> None:
    reader = Reader()
    desk = make(reader)
    desk.settle()
    desk.close()
    desk.close()
    assert reader.closed >= 1


def test_a_full_queue_refuses_and_counts() -> None:
    gate = threading.Event()
    desk = QueuedDesk(Reader(gate), capacity=2)
    taken = [desk.submit(_look(number), _picture(number)) for number in range(10)]
    assert taken[0]
    assert 2 <= sum(taken) <= 3
    gate.set()
    desk.settle()
    assert len(desk.collect()) == sum(taken)
    assert desk.cost.refused == 10 - sum(taken)
    assert desk.cost.looks == sum(taken)
    assert desk.cost.look_ms > 0
    desk.close()


def test_reading_beside_the_frame_loop_keeps_its_thread_free() -> None:
    gate = threading.Event()
    reader = Reader(gate)
    desk = QueuedDesk(reader)
    assert desk.submit(_look(1), _picture(1))
    assert desk.collect() == ()
    gate.set()
    desk.settle()
    assert reader.threads == {"plates"}
    desk.close()
    assert not desk.submit(_look(2), _picture(2))


def test_closing_gives_up_what_waits() -> None:
    gate = threading.Event()
    reader = Reader(gate)
    desk = QueuedDesk(reader)
    for number in range(6):
        desk.submit(_look(number), _picture(number))
    gate.set()
    desk.close()
    assert len(desk.collect()) <= 6
    assert reader.closed == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dying_thread_is_a_failure_and_nobody_waits_for_it() -> None:
    desk = QueuedDesk(Reader(fails_on=1, error=ZeroDivisionError))
    desk.submit(_look(1), _picture(1))
    desk.settle()
    with pytest.raises(EngineFailed, match="has died"):
        desk.collect()
    assert not desk.submit(_look(2), _picture(2))
    desk.close()


def test_files_wait_and_cameras_do_not() -> None:
    waiting, beside = (open_desk(Models(threads=1), waits=waits) for waits in (True, False))
    assert isinstance(waiting, PromptDesk)
    assert isinstance(beside, QueuedDesk)
    waiting.close()
    beside.close()


def test_reading_can_be_turned_off() -> None:
    desk = open_desk(Models(plates="none"), waits=True)
    assert isinstance(desk, NoDesk)
    assert not desk.submit(_look(1), _picture(1))
    desk.settle()
    assert desk.collect() == ()
    desk.close()


def test_a_reader_that_cannot_be_opened_is_an_error_and_no_silent_desk() -> None:
    with pytest.raises(ModelError, match="tensorrt"):
        open_desk(Models(engine="tensorrt"), waits=True)
