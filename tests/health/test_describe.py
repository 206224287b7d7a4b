"""What is written down of a machine is enough to examine it, and holds nothing private."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.clock import ClockQuality
from edge.errors import UsageError
from edge.health.board import read_board
from edge.health.describe import describe
from edge.health.described import open_description
from edge.health.soc import read_soc
from tests.boards.boards import BOARDS, materialise, write


@pytest.mark.parametrize("board", BOARDS)
def test_a_description_of_a_description_is_the_same_machine(board: str, tmp_path: Path) -> None:
    first = open_description(materialise(board, tmp_path / "first", "over-current", "unsynced"))
    describe(first, tmp_path / "second", (), ())
    second = open_description(tmp_path / "second")

    assert read_board(second.root) == read_board(first.root)
    assert read_soc(second.root) == read_soc(first.root)
    assert second.gst == first.gst
    assert (second.python, second.system, second.lacks) == (first.python, first.system, first.lacks)
    assert second.clock.quality() is ClockQuality.UNSYNCED
    assert second.clock.wall_ns() == first.clock.wall_ns()
    assert second.version_of("tensorrt") == first.version_of("tensorrt") is not None
    assert second.has_device("/dev/nvidia0")


def test_nothing_private_is_written_down(tmp_path: Path) -> None:
    machine = materialise("orin-nano", tmp_path / "machine")
    private = ("proc/device-tree/serial-number", "etc/machine-id", "etc/hostname", "sys/class/net/eth0/address")
    for path in (*private, "etc/edge/edge.toml"):
        write(machine, path, "SECRET")
    packages = (machine / "var/lib/dpkg/status").read_text()
    (machine / "var/lib/dpkg/status").write_text(
        f"{packages}\nPackage: secret-tool\nStatus: install ok installed\nMaintainer: SECRET\nVersion: 1\n"
    )
    describe(open_description(machine), tmp_path / "written", (), ())
    written = [path for path in (tmp_path / "written").rglob("*") if path.is_file()]
    assert len(written) > 50
    assert [path for path in written if b"secret" in path.read_bytes().lower()] == []


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    machine = open_description(materialise("thor", tmp_path / "machine"))
    write(tmp_path, "used/notes.txt", "mine")
    with pytest.raises(UsageError, match="is not empty"):
        describe(machine, tmp_path / "used", (), ())
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["notes.txt"]
