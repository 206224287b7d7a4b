"""A real Mosquitto for tests: one port for its whole life, killed and started again at will."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from edge.mqtt.embedded import free_port, mosquitto_program, running_mosquitto

PROGRAM = mosquitto_program()
needs_mosquitto = pytest.mark.skipif(PROGRAM is None, reason="Mosquitto is not installed: apt install mosquitto")
OPEN = ("allow_anonymous true", "persistence false", "max_queued_messages 0")


class Mosquitto:
    """One broker; `lines` are its configuration beside the listener, which `{port}` in a line can replace."""

    def __init__(self, folder: Path, lines: Sequence[str] = OPEN) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._conf, self._log = folder / "mosquitto.conf", folder / "mosquitto.log"
        listener = () if any("{port}" in line for line in lines) else (f"listener {self.port} 127.0.0.1",)
        user = ("user root",) if os.geteuid() == 0 else ()
        text = [line.replace("{port}", str(self.port)) for line in lines]
        self._conf.write_text("\n".join((*listener, *user, *text, "log_dest stderr", "log_type all", "")))
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def add(self, line: str) -> None:
        """Add one line to the configuration before the start."""
        with self._conf.open("a") as conf:
            conf.write(f"{line}\n")

    def start(self) -> None:
        assert PROGRAM is not None
        sink = self._running.enter_context(self._log.open("ab"))
        self._process = self._running.enter_context(
            running_mosquitto(PROGRAM, self._conf, self.port, sink.fileno(), self._log)
        )

    def stop(self) -> None:
        """End it, politely unless it is dead already."""
        self._running.close()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self.stop()

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")
