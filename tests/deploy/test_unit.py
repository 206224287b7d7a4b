"""The systemd unit: no complaint from systemd, and a hardening that cannot quietly be lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "edge.service"
MOST_EXPOSED = 2.5
"""Of systemd's scale from 0 (locked in) to 10 (free); below 3 it calls a service OK."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is absent; install systemd to check the unit"
)


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.mark.system
@needs_systemd
def test_systemd_has_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    # The program is looked for where the unit says; here it is not installed, so another one stands in.
    unit = tmp_path / "edge.service"
    unit.write_text(re.sub(r"^(ExecStart=|ExecStopPost=-)\S+", r"\1/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    done = analyze("verify", str(unit))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.system
@needs_systemd
def test_the_service_stays_locked_in() -> None:
    done = analyze("security", "--offline=yes", f"--threshold={round(MOST_EXPOSED * 10)}", "--no-pager", str(UNIT))
    assert done.returncode == 0, done.stdout[-600:]


def test_the_unit_is_supervised_and_comes_back() -> None:
    text = UNIT.read_text()
    for line in ("Type=notify", "Restart=always", "StartLimitIntervalSec=0", "NoNewPrivileges=yes"):
        assert f"\n{line}\n" in text
    assert re.search(r"^WatchdogSec=\d+$", text, re.MULTILINE)
