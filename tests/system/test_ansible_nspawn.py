"""The role on a real Debian with systemd: it converges, changes nothing twice, and what it started stays alive."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.system.debian import PYTHON, Machine, booted, root_archive, why_not
from tests.system.supplies import CACHE, REPOSITORY, ansible_environment, product_wheel, wheelhouse

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(1500),  # the first run of all makes the root and downloads the wheels
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "-"),
]

CONFIG: Mapping[str, Any] = {
    "device": {"id": "box-1"},
    "site": {"id": "quarry", "timezone": "Africa/Johannesburg"},
    "camera": [
        {
            "id": "gate",
            "source": "test://gate",
            "line": [{"id": "main-line", "points": [[0.3273, 0.6961], [0.996, 0.7708]], "road": "main"}],
        }
    ],
    "road": [{"id": "main"}],
    "mqtt": {
        "url": "mqtt://127.0.0.1:1883",
        "username": "box-1",
        "password_file": "/etc/edge/mqtt.password",
    },
}


LISTENER = "a word of the control room"
EVENT_S = 240
"""Longest wait for a vehicle of the scene; a slow machine analyses it more slowly than it is shown."""


class Rollout:
    """The control machine's side: an inventory of one, and the playbook."""

    def __init__(self, machine: Machine, folder: Path, ansible: Path, wheel: Path) -> None:
        self.machine = machine
        self._folder = folder
        self._ansible = ansible
        self._wheel = wheel

    def play(self, config: Mapping[str, Any] = CONFIG, *options: str) -> tuple[Mapping[str, int], str]:
        """Run the playbook; returns the figures of its recap (`ok`, `changed`, `failed` …) and what it printed."""
        inventory = self._folder / "inventory.json"
        inventory.write_text(json.dumps({"gates": {"hosts": {"box-1": self._variables(config)}}}))
        words = [str(self._ansible / "ansible-playbook"), "-i", str(inventory), "playbook.yml", *options]
        done = subprocess.run(
            self.machine.inside_network(words),
            cwd=REPOSITORY / "ansible",
            env={**os.environ, "HOME": str(self._folder), "ANSIBLE_HOST_KEY_CHECKING": "0", "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        recap = re.search(r"^box-1 +: (.*)$", done.stdout, re.MULTILINE)
        figures = re.findall(r"(\w+)=(\d+)", recap[1]) if recap else []
        return {name: int(count) for name, count in figures}, done.stdout + done.stderr

    def _variables(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "ansible_host": "127.0.0.1",
            "ansible_user": "root",
            "ansible_become": False,
            "ansible_ssh_common_args": " ".join(self.machine.ssh_words()),
            "edge_wheel": str(self._wheel),
            "edge_wheelhouse": "/srv/shared",
            "edge_mosquitto": True,
            "edge_mosquitto_users": {"box-1": "device's own", "control-room": LISTENER},
            "edge_mqtt_password": "device's own",
            "edge_config": config,
        }


@pytest.fixture(scope="module")
def rollout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rollout]:
    try:
        archive, wheels, ansible = root_archive(CACHE), wheelhouse(PYTHON), ansible_environment()
    except (subprocess.CalledProcessError, RuntimeError) as error:
        told = (getattr(error, "stderr", "") or getattr(error, "stdout", "") or str(error)).strip().splitlines()
        pytest.skip(f"a Debian root, its wheels or Ansible cannot be had here: {told[-1] if told else error}")
    folder = tmp_path_factory.mktemp("rollout")
    with booted(archive, wheels) as machine:
        yield Rollout(machine, folder, ansible, product_wheel(folder))


@pytest.fixture(scope="module")
def first(rollout: Rollout) -> tuple[Mapping[str, int], str]:
    return rollout.play()


@pytest.fixture
def machine(rollout: Rollout, first: tuple[Mapping[str, int], str]) -> Machine:
    assert first[0].get("failed") == 0, first[1] + journal(rollout.machine)
    return rollout.machine


def service(machine: Machine) -> Mapping[str, str]:
    """Return what systemd knows of the service."""
    done = machine.run("systemctl show edge.service -p ActiveState -p SubState -p MainPID -p NRestarts -p StatusText")
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def journal(machine: Machine) -> str:
    return machine.run("journalctl -u edge.service --no-pager -n 60").stdout


def test_the_first_run_installs_and_starts_the_service(machine: Machine, first: tuple[Mapping[str, int], str]) -> None:
    assert first[0]["changed"] > 0
    assert service(machine)["ActiveState"] == "active", journal(machine)
    assert machine.run("systemctl is-enabled edge.service").stdout.strip() == "enabled"


def test_a_pass_at_the_gate_reaches_the_broker_on_the_machine(machine: Machine) -> None:
    words = ["mosquitto_sub", "-h", "127.0.0.1", "-u", "control-room", "-P", LISTENER, "-W", str(EVENT_S)]
    words += ["-t", "gate/v1/quarry/box-1/event"]
    listener = subprocess.Popen(machine.inside_network(words), stdout=subprocess.PIPE, text=True)
    try:
        assert listener.stdout is not None
        heard = (json.loads(line) for line in listener.stdout)
        event = next((one for one in heard if one["type"].startswith("gate.pass.")), None)
    finally:
        listener.terminate()
        listener.communicate(timeout=30)
    assert event is not None, journal(machine)
    assert (event["specversion"], event["source"]) == ("1.0", "/quarry/box-1")


def test_the_locked_in_service_can_still_ask_whether_the_clock_is_right(machine: Machine) -> None:
    unit = (REPOSITORY / "deploy" / "systemd" / "edge.service").read_text()
    held = re.findall(r"^((?:User|CapabilityBoundingSet|SystemCall\w+|NoNewPrivileges)=.*)$", unit, re.MULTILINE)
    words = ["systemd-run", "--wait", "--pipe", "--quiet", *(f"--property={line}" for line in held)]
    code = "import ctypes; print(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)))"
    done = machine.run(shlex.join([*words, "/opt/edge/venv/bin/python", "-c", code]))
    assert int(done.stdout) >= 0, "-1 is a refused call, and every event would say unsynced for ever"


def test_the_broker_knows_no_strangers(machine: Machine) -> None:
    words = ["mosquitto_sub", "-h", "127.0.0.1", "-t", "gate/v1/#", "-C", "1", "-W", "5"]
    done = subprocess.run(machine.inside_network(words), capture_output=True, text=True, check=False, timeout=30)
    assert "not authorised" in done.stderr.lower()


def test_the_doctor_finds_nothing_that_fails(machine: Machine) -> None:
    done = machine.run("edge doctor --cameras", timeout_s=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_has_nothing_to_say_about_the_installed_unit(machine: Machine) -> None:
    done = machine.run("systemd-analyze verify /etc/systemd/system/edge.service")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_has_no_privilege_and_cannot_write_elsewhere(machine: Machine) -> None:
    pid = service(machine)["MainPID"]
    status = machine.run(f"cat /proc/{pid}/status").stdout
    assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert machine.run(f"stat -c %U /proc/{pid}").stdout.strip() == "edge"
    mounts = machine.run(f"cat /proc/{pid}/mounts").stdout.splitlines()
    roots = [line.split()[3] for line in mounts if line.split()[1] == "/"]
    assert roots[-1].startswith("ro,") or roots[-1] == "ro"


def test_a_killed_service_comes_back(machine: Machine) -> None:
    before = service(machine)
    machine.run(f"kill -9 {before['MainPID']}")

    give_up = time.monotonic() + 60
    now = service(machine)
    while now["ActiveState"] != "active" or now["MainPID"] in {"0", before["MainPID"]}:
        assert time.monotonic() < give_up, journal(machine)
        time.sleep(0.5)
        now = service(machine)

    assert int(now["NRestarts"]) == int(before["NRestarts"]) + 1


def test_a_second_run_changes_nothing(rollout: Rollout, machine: Machine) -> None:
    before = service(machine)["MainPID"]
    figures, told = rollout.play()
    assert (figures.get("changed"), figures.get("failed"), figures.get("unreachable")) == (0, 0, 0), told
    assert service(machine)["MainPID"] == before, "nothing changed, so nothing is restarted"


def test_a_wrong_configuration_never_replaces_the_one_in_use(rollout: Rollout, machine: Machine) -> None:
    before = machine.run("sha256sum /etc/edge/edge.toml").stdout
    figures, told = rollout.play({**CONFIG, "retention": {"dayz": 3}}, "--tags", "configure")
    assert figures["failed"] == 1
    assert "retention.dayz: unknown key; did you mean days?" in told
    assert machine.run("sha256sum /etc/edge/edge.toml").stdout == before
    assert service(machine)["ActiveState"] == "active"
