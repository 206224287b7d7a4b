"""What is said of the machine, for machines that are well and machines that are not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.errors import ConfigError
from edge.health import machine
from edge.health.findings import Level, broken, doubtful, from_error, verdict, well
from edge.health.soc import read_soc

NOW_NS = 1_790_000_000 * 10**9


class Room(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize("python", ["3.10.12", "3.11.9", "3.12.3"])
def test_these_pythons_are_those_that_the_product_runs_on(python: str) -> None:
    assert machine.examine_python("1.0", python, "Linux aarch64").level is Level.OK


@pytest.mark.parametrize("python", ["3.8.10", "3.13.0rc1"])
def test_another_python_is_refused(python: str) -> None:
    found = machine.examine_python("1.0", python, "Linux aarch64")
    assert (found.level, found.exit_code) == (Level.FAILED, 1)


@pytest.mark.parametrize(
    ("quality", "level"), [(ClockQuality.SYNCED, Level.OK), (ClockQuality.UNSYNCED, Level.WARNING)]
)
def test_a_clock_nobody_vouches_for_is_a_warning(quality: ClockQuality, level: Level) -> None:
    found = machine.examine_clock(ManualClock(NOW_NS, quality=quality))
    assert found.level is level
    assert "2026-09-21" in found.said


def test_a_clock_that_lost_its_battery_is_a_failure() -> None:
    found = machine.examine_clock(ManualClock(1000))
    assert found.level is Level.FAILED
    assert "1970-01-01" in found.said


@pytest.mark.parametrize(("free_kb", "level"), [(4_000_000, Level.OK), (100_000, Level.WARNING)])
def test_little_memory_is_a_warning(tmp_path: Path, free_kb: int, level: Level) -> None:
    path = tmp_path / "proc/meminfo"
    path.parent.mkdir()
    path.write_text(f"MemTotal: 8000000 kB\nMemAvailable: {free_kb} kB\n")
    found = machine.examine_memory(read_soc(tmp_path))
    assert found is not None
    assert found.level is level


def test_a_system_without_memory_figures_is_not_judged(tmp_path: Path) -> None:
    assert machine.examine_memory(read_soc(tmp_path)) is None


@pytest.mark.parametrize(("milli_c", "level"), [(45_000, Level.OK), (91_000, Level.WARNING)])
def test_a_hot_box_is_a_warning(tmp_path: Path, milli_c: int, level: Level) -> None:
    for number, reading in enumerate((30_000, milli_c)):
        zone = tmp_path / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(f"{reading}\n")
    found = machine.examine_heat(read_soc(tmp_path))
    assert found is not None
    assert (found.level, found.said) == (level, f"{milli_c // 1000} °C at the hottest of 2 sensors")


def test_a_box_without_sensors_is_not_judged(tmp_path: Path) -> None:
    assert machine.examine_heat(read_soc(tmp_path)) is None


@pytest.mark.parametrize(
    ("free", "level"),
    [(50 * 10**9, Level.OK), (3 * 10**9, Level.WARNING), (10**8, Level.FAILED)],
)
def test_the_store_needs_room_for_its_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Room(100 * 10**9, 0, free))
    assert machine.examine_store(tmp_path / "events.db", 2 * 10**9).level is level


def test_a_store_without_a_folder_says_how_to_make_it(tmp_path: Path) -> None:
    found = machine.examine_store(tmp_path / "none" / "events.db", 0)
    assert (found.level, found.exit_code) == (Level.FAILED, 5)
    assert "install -d" in found.cure


def test_a_store_that_cannot_be_written_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert machine.examine_store(tmp_path / "events.db", 0).exit_code == 5


def test_the_verdict_is_that_of_the_first_failure() -> None:
    good, so_so = well("a", "x"), doubtful("b", "y", "z")
    assert verdict([good, so_so]) == 0
    assert verdict([good, broken("c", "x", "y", 5), broken("d", "x", "y", 6)]) == 5


def test_an_error_of_several_lines_is_as_many_findings() -> None:
    found = from_error("config", ConfigError("a: wrong; mend\nb: wrong; mend"))
    assert [(one.said, one.exit_code) for one in found] == [("a: wrong; mend", 2), ("b: wrong; mend", 2)]
