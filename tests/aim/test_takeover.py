"""The page says what became of a saved file, and claims nothing it does not know."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.aim.takeover import takeover
from edge.hatch import Hatch, beside
from edge.wire.holding import ASK, CameraHeld, Holding, encode_holding

OURS = "a" * 64


@contextmanager
def service(store: Path, *answers: bytes) -> Iterator[list[bytes]]:
    """Answer one after the other, the last one again and again."""
    asked: list[bytes] = []

    def answer(order: bytes) -> bytes:
        asked.append(order)
        return answers[min(len(asked), len(answers)) - 1]

    hatch = Hatch(beside(store), answer)
    try:
        yield asked
    finally:
        hatch.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def said(store: Path, patience_s: float = 5.0) -> str:
    return takeover(store, OURS, patience_s, lambda _: None)


def test_without_a_service_it_is_said_plainly(store: Path) -> None:
    assert said(store).startswith("the service is not running here (nobody listens beside")


def test_the_service_is_asked_until_it_works_by_the_new_file(store: Path) -> None:
    old = encode_holding(Holding("b" * 64, "b" * 64))
    new = encode_holding(Holding(OURS, OURS, (CameraHeld("gate", 3, 1, 0),)))
    with service(store, old, old, new) as asked:
        assert said(store) == "the running service has taken it over: gate has 3 lines, 1 zone, 0 masks"
    assert asked == [ASK] * 3


def test_a_file_that_the_service_refuses_is_said_with_its_reason(store: Path) -> None:
    with service(store, encode_holding(Holding("b" * 64, OURS, trouble="edge.toml:3: no"))):
        assert said(store) == "the running service refuses it: edge.toml:3: no"


def test_a_service_with_another_file_is_not_taken_for_success(store: Path) -> None:
    with service(store, encode_holding(Holding("b" * 64, "b" * 64))):
        assert said(store, 0.0).startswith("the running service has not taken it over")


def test_a_service_that_starts_is_not_taken_for_success(store: Path) -> None:
    with service(store, encode_holding(Holding("b" * 64, "b" * 64, starting=True))):
        assert said(store, 0.0).startswith("the service is still starting")


def test_a_service_that_cannot_tell_is_not_taken_for_success(store: Path) -> None:
    with service(store, b'{"answer":"refused","why":"what?","exit_code":5}'):
        assert "too old to say" in said(store)


def test_asking_does_not_hold_the_service_up(store: Path) -> None:
    with service(store, encode_holding(Holding(OURS, OURS))):
        others = [threading.Thread(target=said, args=(store,)) for _ in range(3)]
        for other in others:
            other.start()
        for other in others:
            other.join(10)
        assert not any(other.is_alive() for other in others)
