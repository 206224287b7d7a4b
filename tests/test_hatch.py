"""The hatch: who gets in, what is left behind, and what a bad client can do."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import hatch
from edge.errors import StoreFailed
from edge.hatch import MOST_BYTES, Hatch, ask, beside

ROOT = Path(__file__).parents[1]
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return beside(tmp_path / "events.db")


@pytest.fixture
def opened(path: Path) -> Iterator[Hatch]:
    served = Hatch(path, lambda order: b"heard " + order)
    yield served
    served.close()


def test_an_order_is_answered(opened: Hatch, path: Path) -> None:
    assert path.name == "events.db.sock"
    assert [ask(path, b"one"), ask(path, b"two")] == [b"heard one", b"heard two"]
    opened.close()
    opened.close()
    assert not path.exists()
    assert ask(path, b"three") is None


@pytest.mark.usefixtures("opened")
def test_only_its_owner_may_come_to_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("opened")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_somebody_else_is_told_to_ask_as_the_owner(path: Path) -> None:
    for folder in (path.parent, *list(path.parents)[1:3]):
        folder.chmod(0o755)
    code = (
        "import os, sys; from pathlib import Path; from edge.hatch import ask; from edge.errors import StoreFailed\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "try: ask(Path(sys.argv[1]), b'x')\n"
        "except StoreFailed as error: print(error)"
    )
    words = [sys.executable, "-c", code, str(path)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout == f"{path}: Permission denied; ask as root or as the user that runs the service\n", ran.stderr


def test_a_socket_that_a_killed_service_left_is_no_obstacle(path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    assert ask(path, b"x") is None
    served = Hatch(path, bytes)
    assert ask(path, b"x") == b"x"
    served.close()


def test_a_file_in_its_place_is_left_alone_and_named(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(StoreFailed, match="Address already in use"):
        Hatch(path, bytes)
    assert path.read_text() == "mine"


def test_a_folder_may_be_deeper_than_a_socket_may_be_called(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    served = Hatch(beside(deep / "events.db"), bytes)
    assert ask(beside(deep / "events.db"), b"x") == b"x"
    served.close()
    assert list(deep.iterdir()) == []


@pytest.mark.usefixtures("opened")
def test_a_client_that_says_too_much_gets_no_answer_and_the_next_one_does(path: Path) -> None:
    with pytest.raises(StoreFailed, match="look whether it was done"):
        ask(path, b"x" * (MOST_BYTES * 20))
    assert ask(path, b"one") == b"heard one"


@pytest.mark.usefixtures("opened")
def test_a_client_that_says_nothing_does_not_keep_the_others_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch, "ASK_S", 0.1)
    assert ask(path, b"one") == b"heard one"
    silent = socket.socket(socket.AF_UNIX)
    silent.connect(str(path))
    assert ask(path, b"two") == b"heard two"
    silent.close()


def test_a_service_that_does_not_answer_is_not_waited_for_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch, "ANSWER_S", 0.1)
    let_go = threading.Event()
    served = Hatch(path, lambda order: order if let_go.wait(10) else b"")
    with pytest.raises(StoreFailed, match="no answer: timed out"):
        ask(path, b"x")
    let_go.set()
    served.close()
