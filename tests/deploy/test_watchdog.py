"""The drop-in that has systemd pet the board's watchdog, and the role that installs it."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from edge.health.watchdog import examine_watchdog
from tests.health.trees import plant

REPOSITORY = Path(__file__).parents[2]
DROP_IN = REPOSITORY / "deploy" / "systemd" / "edge-watchdog.conf"
ROLE = REPOSITORY / "ansible" / "roles" / "edge"
INSTALLED = "/etc/systemd/system.conf.d/edge-watchdog.conf"
SECONDS = {"s": 1, "min": 60}


@pytest.fixture
def manager() -> dict[str, str]:
    parser = ConfigParser(delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    parser.read(DROP_IN)
    assert parser.sections() == ["Manager"]
    return dict(parser["Manager"])


def seconds(told: str) -> int:
    found = re.fullmatch(r"(\d+)(s|min)", told)
    assert found, told
    return int(found[1]) * SECONDS[found[2]]


def test_a_board_that_hangs_is_reset_and_so_is_one_that_cannot_reboot(manager: dict[str, str]) -> None:
    assert manager.keys() == {"RuntimeWatchdogSec", "RebootWatchdogSec"}
    unit = (REPOSITORY / "deploy" / "systemd" / "edge.service").read_text()
    service_s = re.search(r"^WatchdogSec=(\d+)$", unit, re.MULTILINE)
    assert service_s
    # A service that hangs is started anew well before anybody thinks of the board.
    assert int(service_s[1]) < seconds(manager["RuntimeWatchdogSec"]) <= 120
    assert seconds(manager["RebootWatchdogSec"]) >= seconds(manager["RuntimeWatchdogSec"])


def test_a_setting_of_the_maker_keeps_the_last_word() -> None:
    assert max("watchdog.conf", DROP_IN.name) == "watchdog.conf"


def test_the_role_installs_it_and_takes_it_away_by_one_variable() -> None:
    *_, install, remove = (ROLE / "tasks" / "configure.yml").read_text().split("\n- name: ")
    assert f"dest: {INSTALLED}" in install
    assert "systemd/edge-watchdog.conf" in install
    assert "when: edge_hardware_watchdog" in install
    assert f"path: {INSTALLED}" in remove
    assert "when: not edge_hardware_watchdog" in remove
    assert all("notify: Reload systemd" in task for task in (install, remove))
    assert "edge_hardware_watchdog: true" in (ROLE / "defaults" / "main.yml").read_text()
    assert "edge_hardware_watchdog:" in (ROLE / "meta" / "argument_specs.yml").read_text()


def test_the_cure_of_one_that_is_not_armed_names_the_file_and_its_place(tmp_path: Path) -> None:
    cure = examine_watchdog(plant(tmp_path, {"sys/class/watchdog/watchdog0/state": "inactive"})).cure
    assert str(DROP_IN.relative_to(REPOSITORY)) in cure
    assert str(Path(INSTALLED).parent) in cure
