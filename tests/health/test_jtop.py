"""jetson-stats fills in what the kernel does not tell everybody, and its absence or failure changes nothing."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.health.clocks import Clocked
from edge.health.jtop import Jtop
from edge.health.soc import SocReading
from tests.waiting import until

PACKAGE = """
import time
print("a package that talks on stdout")

class jtop:
    def __init__(self, interval):
        self.left = {readings}
    def __enter__(self):
        {enter}
        return self
    def __exit__(self, *_):
        pass
    def ok(self):
        self.left -= 1
        if self.left < 0:
            time.sleep(60)
        return True
    memory = {{"RAM": {{}}, "EMC": {{"cur": 2133000, "max": 3199000, "val": 7, "online": True}}}}
    engine = {{"NVDEC": {{"NVDEC": {{"online": True, "cur": 396800}}}}, "APE": {{"APE": {{"cur": 200000}}}}}}
    gpu = {{"gpu": {{"type": "integrated", "status": {{"load": 34.5}}}}}}
"""


@pytest.fixture
def service_socket(tmp_path: Path) -> Iterator[Path]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "jtop.sock"))
        yield tmp_path / "jtop.sock"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("edge"), "propagate", True)
    return caplog


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, enter: str = "pass", readings: int = 2) -> None:
    (folder / "jtop.py").write_text(PACKAGE.format(enter=enter, readings=readings))
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_what_the_kernel_does_not_tell_is_filled_in(
    service_socket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch)
    jtop = Jtop(service_socket)
    jtop.start()
    try:
        assert until(lambda: jtop.fill(SocReading()) != SocReading())
        filled = jtop.fill(SocReading())
        known = SocReading(memory=Clocked("bwmgr", 1.0), decoder=Clocked("x.nvdec", 2.0), gpu_load=0.1)
        mixed = jtop.fill(known)
    finally:
        jtop.close()
        jtop.close()
    assert (filled.memory, filled.decoder) == (Clocked("EMC", 2133e6, None, 3199e6), Clocked("NVDEC", 396.8e6))
    assert (filled.decoder_powered, filled.gpu_load) == (True, 0.345)
    assert (mixed.memory, mixed.decoder, mixed.gpu_load) == (known.memory, known.decoder, 0.1)


def test_without_its_socket_nothing_is_started(tmp_path: Path) -> None:
    jtop = Jtop(tmp_path / "none.sock", "/no/such/python")
    jtop.start()
    assert jtop._child is None
    assert jtop.fill(SocReading()) == SocReading()
    jtop.close()


@pytest.mark.parametrize(
    ("enter", "said"),
    [
        ("raise PermissionError(13, 'no access to jtop.service')", "no access to jtop.service"),
        ("import sys; sys.exit()", "its client ended"),
    ],
)
def test_a_failure_is_one_line_in_the_log_and_the_readings_go_on(
    service_socket: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    logged: pytest.LogCaptureFixture,
    enter: str,
    said: str,
) -> None:
    install(tmp_path, monkeypatch, enter)
    jtop = Jtop(service_socket)
    jtop.start()
    try:
        assert until(lambda: bool(logged.messages))
    finally:
        jtop.close()
    (line,) = logged.messages
    assert said in line
    assert line.endswith("the kernel's own readings go on")
    assert jtop.fill(SocReading()) == SocReading()


def test_without_the_package_it_is_told_too(
    service_socket: Path, monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    jtop = Jtop(service_socket)
    jtop.start()
    try:
        assert until(lambda: bool(logged.messages))
    finally:
        jtop.close()
    assert "No module named 'jtop'" in logged.messages[0]


def test_an_old_reading_is_none(service_socket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, readings=1)
    jtop = Jtop(service_socket, sys.executable)
    jtop.start()
    try:
        assert until(lambda: jtop.fill(SocReading()) != SocReading())
        monkeypatch.setattr("edge.health.jtop.STALE_S", -1.0)
        assert jtop.fill(SocReading()) == SocReading()
    finally:
        jtop.close()
