"""A board is known by its files, and nothing it lacks is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.health.board import Board, read_board
from edge.health.dpkg import read_packages, upstream
from edge.health.jetpack import jetpack_of, module_of, parse_release
from edge.health.soc import read_soc
from tests.boards.boards import BOARDS, elements_of_board, materialise, write


def test_an_empty_root_is_a_board_of_which_nothing_is_known(tmp_path: Path) -> None:
    board = read_board(tmp_path)
    assert board == Board()
    assert not board.has_gpu


def test_a_desktop_card_is_known_by_its_driver(tmp_path: Path) -> None:
    told = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\nGCC version: 12\n"
    write(tmp_path, "proc/driver/nvidia/version", told)
    board = read_board(tmp_path)
    assert (board.driver, board.has_gpu, board.is_jetson) == ("550.54.14", True, False)


def test_the_open_driver_is_known_too(tmp_path: Path) -> None:
    told = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (builder)\n"
    write(tmp_path, "proc/driver/nvidia/version", told)
    assert read_board(tmp_path).driver == "580.95.05"


@pytest.mark.parametrize("board", BOARDS)
def test_what_is_read_of_a_described_board_is_what_it_states(board: str, tmp_path: Path) -> None:
    read = read_board(materialise(board, tmp_path))
    assert read.is_jetson
    assert read.power is not None
    assert read.power.is_highest
    assert None not in (read.model, read.module, read.jetpack, read.kernel, read.driver, read.gstreamer, read.cudnn)


@pytest.mark.parametrize("board", BOARDS)
def test_the_sensors_of_a_described_board_tell_their_margin(board: str, tmp_path: Path) -> None:
    soc = read_soc(materialise(board, tmp_path))
    assert soc.margin_c is not None
    assert soc.margin_c > 40, "70 °C, where the box is merely too hot to touch, is no throttling"
    assert soc.throttled_by == ()
    assert soc.gpu is not None
    assert soc.watts is not None
    assert soc.decoder_powered is False


def test_the_two_drivers_of_a_jetson_have_two_sets_of_decoder_properties() -> None:
    orin, thor = (elements_of_board(board)["nvv4l2decoder"] for board in ("agx-orin-jetpack-7", "thor"))
    assert "enable-max-performance" in orin - thor
    assert "low-latency-mode" in thor - orin


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("# R36 (release), REVISION: 4.7, GCID: 42132812, BOARD: generic", "36.4.7"),
        ("# R39 (release), REVISION: 2.0, GCID: 45755727, BOARD: generic", "39.2.0"),
        ("# R38 (release), REVISION: 2, GCID: 1", "38.2.0"),
        ("TARGET_USERSPACE_LIB_DIR=nvidia", None),
        ("", None),
    ],
)
def test_the_release_is_read_from_its_first_line(line: str, release: str | None) -> None:
    assert parse_release(line) == release


@pytest.mark.parametrize(
    ("release", "package", "jetpack"),
    [
        ("36.4.3", None, "6.2"),
        ("36.4.4", "6.2.1+b38", "6.2.1"),
        ("39.2.0", "7.2-b187", "7.2"),
        ("39.9.9", None, "7"),
        ("99.0.0", None, "unknown"),
    ],
)
def test_jetpack_is_that_of_its_package_else_of_the_release(release: str, package: str | None, jetpack: str) -> None:
    assert jetpack_of(release, package) == jetpack


def test_a_module_is_known_on_any_carrier() -> None:
    assert module_of(("seeed,j4012+p3767-0000-super", "nvidia,tegra234")) == "Orin NX 16 GB"
    assert module_of(("nvidia,p9999-0000",)) is None


def test_only_what_is_installed_counts(tmp_path: Path) -> None:
    status = (
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1-1\n\n"
        "Package: here\nStatus: install ok installed\nDescription: two\n lines: of it\nVersion: 1:2.3-4\n"
    )
    write(tmp_path, "var/lib/dpkg/status", status)
    assert read_packages(tmp_path) == {"here": "1:2.3-4"}


@pytest.mark.parametrize(
    ("version", "told"), [("10.3.0.30-1+cuda12.5", "10.3.0.30"), ("1:2.3-4-5", "2.3-4"), ("7.2", "7.2")]
)
def test_the_distribution_s_revision_is_left_out(version: str, told: str) -> None:
    assert upstream(version) == told
