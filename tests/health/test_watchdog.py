"""What is said of the hardware watchdog."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.health.findings import Level
from edge.health.watchdog import Watchdog, examine_watchdog, read_watchdogs
from tests.health.trees import plant

PLACE = "sys/class/watchdog"
TEGRA = "NVIDIA Tegra186 WDT"


def watchdog(state: str, identity: str = TEGRA, number: int = 0, nowayout: int = 0) -> dict[str, str]:
    told = {"state": state, "identity": identity, "timeout": "120", "nowayout": str(nowayout)}
    return {f"{PLACE}/watchdog{number}/{name}": said for name, said in told.items()}


def test_an_armed_one_is_well_and_says_after_how_long_it_resets(tmp_path: Path) -> None:
    plant(tmp_path, watchdog("active"))
    found = examine_watchdog(tmp_path)
    assert (found.level, found.said) == (Level.OK, f"{TEGRA} is armed: it resets the machine after 120 s of silence")


def test_that_it_cannot_be_disarmed_is_told(tmp_path: Path) -> None:
    plant(tmp_path, watchdog("active", nowayout=1))
    assert examine_watchdog(tmp_path).said.endswith(", and cannot be disarmed")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is none"),
        (watchdog("inactive"), f"{TEGRA} is here and not armed"),
        (watchdog("active", "Software Watchdog"), "only softdog is armed"),
        (watchdog("inactive", "Software Watchdog"), "there is none"),
        ({f"{PLACE}/watchdog0/dev": "10:130"}, "watchdog0 is here, but the kernel does not tell"),
    ],
)
def test_none_that_would_reset_the_machine_is_a_warning_with_a_cure(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    found = examine_watchdog(plant(tmp_path, files))
    assert found.level is Level.WARNING
    assert found.said.startswith(said)
    assert found.cure


def test_any_armed_one_of_the_hardware_is_enough(tmp_path: Path) -> None:
    plant(tmp_path, {**watchdog("inactive"), **watchdog("active", "Board WDT", 1)})
    assert examine_watchdog(tmp_path).said.startswith("Board WDT is armed")
    assert read_watchdogs(tmp_path)[0] == Watchdog("watchdog0", TEGRA, False, 120)  # noqa: FBT003 - it is not armed
