"""systemd is told the truth, and nothing happens where it is not there."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.health import notify


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "notify"))
        wire.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield wire


def test_each_word_arrives_as_one_datagram(supervisor: socket.socket) -> None:
    assert notify.ready("2 cameras")
    assert notify.alive()
    assert notify.status("gate\nlost")
    assert notify.extend_start(90)
    assert notify.stopping()

    assert [supervisor.recv(4096).decode() for _ in range(5)] == [
        "READY=1\nSTATUS=2 cameras",
        "WATCHDOG=1",
        "STATUS=gate lost",
        "EXTEND_TIMEOUT_USEC=90000000",
        "STOPPING=1",
    ]


def test_an_abstract_socket_is_reached() -> None:
    name = f"edge-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind("\0" + name)
        wire.settimeout(5)
        assert notify.send("READY=1", environ={"NOTIFY_SOCKET": "@" + name})
        assert wire.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_sent() -> None:
    assert notify.send("READY=1", environ={}) is False


def test_a_supervisor_that_went_away_is_no_crash(tmp_path: Path) -> None:
    assert notify.send("READY=1", environ={"NOTIFY_SOCKET": str(tmp_path / "gone")}) is False


@pytest.mark.parametrize(
    ("environ", "period_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_it_bites(environ: dict[str, str], period_s: float | None) -> None:
    assert notify.watchdog_period_s(environ) == period_s
