"""What jetson-stats knows more, where its service runs: Orin's memory clock, the video decoder of older releases.

jetson-stats reads as root what others may not. It is no dependency: without its socket nothing is started, and when it
fails the kernel's own readings go on, with one line in the log.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import msgspec

from edge.health.clocks import Clocked
from edge.health.soc import SocReading
from edge.logs import get_log

SOCKET = Path("/run/jtop.sock")
INTERVAL_S = 5.0
STALE_S = 3 * INTERVAL_S
"""A reading older than that is none."""
_CHILD = Path(__file__).with_name("jtop_child.py")
_END_S = 2.0
_KILO = 1000.0
_log = get_log("device")


class Told(msgspec.Struct):
    """One line of the child."""

    memory_khz: float | None = None
    memory_most_khz: float | None = None
    decoder_khz: float | None = None
    decoder_most_khz: float | None = None
    decoder_powered: bool | None = None
    gpu_load: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Heard:
    told: Told
    at_s: float


class Jtop:
    """The client of jetson-stats in a process of its own; a thread listens, so nobody ever waits for it."""

    def __init__(self, socket: Path = SOCKET, python: str = sys.executable) -> None:
        self._socket = socket
        self._python = python
        self._child: subprocess.Popen[bytes] | None = None
        self._heard: _Heard | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to listen, where there is a service to listen to."""
        if not self._socket.is_socket():
            return
        words = [self._python, str(_CHILD), str(INTERVAL_S)]
        try:
            self._child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
        except OSError as error:
            _log.warning("jetson-stats cannot be asked: %s; the kernel's own readings go on", error)
            return
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        threading.Thread(target=self._listen, args=(self._child.stdout,), name="jtop", daemon=True).start()

    def fill(self, reading: SocReading) -> SocReading:
        """Return the reading with what the kernel did not tell and jetson-stats did."""
        heard = self._heard
        if heard is None or time.monotonic() - heard.at_s > STALE_S:
            return reading
        told = heard.told
        load = None if told.gpu_load is None else min(max(told.gpu_load / 100, 0.0), 1.0)
        return replace(
            reading,
            memory=reading.memory or _clocked("EMC", told.memory_khz, told.memory_most_khz),
            decoder=reading.decoder or _clocked("NVDEC", told.decoder_khz, told.decoder_most_khz),
            decoder_powered=told.decoder_powered if reading.decoder_powered is None else reading.decoder_powered,
            gpu_load=load if reading.gpu_load is None else reading.gpu_load,
        )

    def close(self) -> None:
        """End the process; may be called twice."""
        self._closed = True
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(_END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _listen(self, lines: IO[bytes]) -> None:
        error = "its client ended"
        with lines:
            for line in lines:
                try:
                    told = msgspec.json.decode(line, type=Told)
                except msgspec.MsgspecError as wrong:
                    error = str(wrong)
                    continue
                if told.error:
                    error = told.error
                else:
                    self._heard = _Heard(told, time.monotonic())
        if not self._closed:
            _log.warning("jetson-stats tells nothing more: %s; the kernel's own readings go on", error)


def _clocked(name: str, khz: float | None, most_khz: float | None) -> Clocked | None:
    if khz is None:
        return None
    return Clocked(name, khz * _KILO, None, None if most_khz is None else most_khz * _KILO)
