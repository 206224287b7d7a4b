"""PaddleOCR as a plate reader: the customer's own package in its own process and environment, never downloading."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

import numpy as np

from edge.config.model import Models
from edge.errors import ConfigError, EngineFailed, ModelError
from edge.plates.lines import TextLine, plates_of
from edge.plates.text import normalise
from edge.types import U8, PlateRead
from edge.vision import quads
from edge.vision.sharpness import sharpness

CHILD = Path(__file__).with_name("paddle_child.py")
START_S = 240.0
ANSWER_S = 30.0
OFFLINE = {
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
    "HF_HUB_OFFLINE": "1",
    "MODELSCOPE_OFFLINE": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "",
}
"""No hub is asked, and what asks one all the same meets a closed door on this machine."""


def open_paddle(models: Models) -> PaddleReader:
    """Start PaddleOCR in the interpreter and with the models that the configuration names.

    Raises:
        ConfigError: `models.paddle_python` or `models.paddle_dir` is not set.
        ModelError: interpreter, package or models are missing.
    """
    if not models.paddle_python or not models.paddle_dir:
        missing = "paddle_dir" if models.paddle_python else "paddle_python"
        raise ConfigError(f'models.plates = "paddle" needs models.{missing}: set it, or use pp-ocr')
    return PaddleReader(Path(models.paddle_python), Path(models.paddle_dir), models.threads)


class PaddleReader:
    """Talks to one child process over pipes: a picture out, its text lines back. One caller at a time.

    Out go height and width (4 bytes each, little-endian) and RGB pixels; back comes one line of JSON.

    Raises:
        ModelError: the interpreter does not start, or the child says what is missing.
    """

    def __init__(self, python: Path, model_dir: Path, threads: int = 1) -> None:
        self._last_words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close
        self._lock = threading.Lock()
        environment = {**os.environ, **OFFLINE, "OMP_NUM_THREADS": str(threads)}
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the interpreter is named by the configuration
                [str(python), "-I", str(CHILD), str(model_dir)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                env=environment,
            )
        except OSError as error:
            self._last_words.close()
            raise ModelError(
                f"{python}: cannot be started ({error.strerror}): set models.paddle_python to a Python with paddleocr"
            ) from error
        if self._child.stdin is None or self._child.stdout is None:
            raise AssertionError("pipes were asked for")
        self._stdin, self._stdout = self._child.stdin, self._child.stdout
        try:
            hello = self._receive(START_S)
        except EngineFailed as error:
            self.close()
            raise ModelError(str(error)) from error
        if "error" in hello:
            self.close()
            raise ModelError(f"paddleocr in {python}: {hello['error']}")
        self.label = f"paddleocr {hello['version']} in its own process"

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Read plates; see `ports.PlateReader.read`."""
        height, width = picture.shape[:2]
        with self._lock:
            self._send(struct.pack("<II", height, width) + picture.tobytes())
            answer = self._receive(ANSWER_S)
        if "error" in answer:
            raise EngineFailed(f"paddleocr failed: {answer['error']}")
        return plates_of([_line(picture, found) for found in answer["lines"]])

    def close(self) -> None:
        """End the child; may be called twice."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stdout.close()
        self._last_words.close()

    def _send(self, message: bytes) -> None:
        try:
            self._stdin.write(message)
            self._stdin.flush()
        except (OSError, ValueError) as error:
            raise EngineFailed(self._obituary()) from error

    def _receive(self, timeout_s: float) -> dict[str, Any]:
        """Read one answer; a child that does not give it in time is ended, which ends the reading."""
        late = threading.Timer(timeout_s, self._child.kill)
        late.start()
        try:
            line = self._stdout.readline()
            answer = json.loads(line) if line else None
        except (OSError, ValueError) as error:
            raise EngineFailed(self._obituary()) from error
        finally:
            late.cancel()
        if not isinstance(answer, dict):
            raise EngineFailed(self._obituary())
        return answer

    def _obituary(self) -> str:
        """Say in one line why the child is gone: its exit status and the last thing it wrote."""
        if self._last_words.closed:
            return "paddleocr's process is closed: open the reader again"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(1)
        self._last_words.seek(0)
        spoken = [
            line.strip() for line in self._last_words.read().decode(errors="replace").splitlines() if line.strip()
        ]
        said = spoken[-1][:200] if spoken else "it said nothing"
        return (
            f"paddleocr's process has died (status {self._child.returncode}: {said}): it starts again with the reader"
        )


def _line(picture: U8, found: dict[str, Any]) -> TextLine:
    quad = quads.upright(np.array(found["quad"], np.float32).reshape(4, 2))
    text = normalise(found["text"])
    width_px, height_px = quads.size(quad)
    row = quads.rectify(picture, quad, max(8, round(width_px)), max(8, round(height_px)))
    return TextLine(text, (found["score"],) * len(text), quads.bounds(quad), width_px, height_px, sharpness(row))
