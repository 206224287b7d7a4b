"""Decodes a golden clip in a process of its own and watches over it: what hangs is killed, what crashes is told."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from edge.capture.golden_clips import GoldenClip
from edge.capture.rows import DecoderRow
from edge.capture.trial_child import CLOSED, OUTCOME, PICTURE, PICTURES, READY, Outcome
from edge.types import U8

_CHILD = (sys.executable, "-m", "edge.capture.trial_child")
_LAST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    `start_s`: Python and, the first time, GStreamer's search for its plugins on a small board. `picture_s`: between two
    pictures, and for closing; the first one includes what a driver needs to start. `whole_s`: all together.
    """

    start_s: float = 30.0
    picture_s: float = 10.0
    whole_s: float = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What a decoder made of a clip of N pictures, see `trial_child`.

    `luma` (N,180,320), `tint` (N,45,80,2), `rgb` (N,90,160,3), all uint8; `cpu_s` is what a picture costs.
    """

    luma: U8
    tint: U8
    rgb: U8
    size_wh: tuple[int, int]
    cpu_s: float


class Failed(Exception):
    """A decoder did not come to the clip's end; the message says how, in words for a user."""


def decode_apart(
    clip: GoldenClip,
    row: DecoderRow | None,
    patience: Patience | None = None,
    command: Sequence[str] = _CHILD,
) -> Trace:
    """Decode a clip with exactly this decoder, with PyAV when None, and return what came.

    Raises:
        Failed: it could not be started, failed, hung or crashed.
    """
    with tempfile.TemporaryDirectory(prefix="edge-trial-") as name:
        folder = Path(name)
        decoder = [msgspec.json.encode(row).decode()] if row else []
        ends, steps = os.pipe()
        with os.fdopen(ends), (folder / "said").open("wb") as said:
            with os.fdopen(steps, "wb"):  # the child's alone once it runs, so that its end is the pipe's end
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
                    [*command, clip.name, name, str(steps), *decoder],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    pass_fds=(steps,),
                    cwd=name,  # -m looks for modules in the working folder first, which may be anybody's
                    start_new_session=True,
                )
            _watch(process, ends, patience or Patience())
        _check_end(process.returncode, folder / "said")
        return _trace(folder)


def _watch(process: subprocess.Popen[bytes], ends: int, patience: Patience) -> None:
    """Follow the steps until the process is gone; kills it when one of them takes too long."""
    seen = b""
    began_s = time.monotonic()
    try:
        while True:
            left_s = began_s + patience.whole_s - time.monotonic()
            wait_s = patience.picture_s if seen else patience.start_s
            ready, _, _ = select.select([ends], [], [], max(min(wait_s, left_s), 0))
            came = os.read(ends, 64) if ready else None
            if came is None:
                raise Failed(_silence(seen, wait_s if wait_s <= left_s else patience.whole_s))
            if not came:
                break
            seen += came
        process.wait(patience.picture_s)
    except subprocess.TimeoutExpired:
        raise Failed(_silence(seen, patience.picture_s)) from None
    finally:
        _end(process)


def _silence(seen: bytes, waited_s: float) -> str:
    pictures = seen.count(PICTURE)
    if READY not in seen:
        return f"cannot be started: nothing happened for {waited_s:g} s"
    if CLOSED in seen:
        return f"hangs: does not end within {waited_s:g} s after it was closed"
    return f"hangs: no picture within {waited_s:g} s" + (f" after {pictures} of them" if pictures else "")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # A driver that hangs inside the kernel keeps even a killed process: it is left behind.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2.0)


def _check_end(code: int | None, said: Path) -> None:
    if code is None or code == 0:
        return
    if code < 0:
        raise Failed(f"crashed with signal {-code} ({signal.Signals(-code).name})")
    lines = said.read_text("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    raise Failed(f"cannot be started: {last[:_LAST_WORDS]}")


def _trace(folder: Path) -> Trace:
    outcome = msgspec.json.decode((folder / OUTCOME).read_bytes(), type=Outcome)
    with np.load(folder / PICTURES) as kept:
        luma, tint, rgb = (np.asarray(kept[name], np.uint8) for name in ("luma", "tint", "rgb"))
    if outcome.fault and not outcome.began:
        raise Failed(f"cannot be started: {outcome.fault}")
    if outcome.fault or not len(luma):
        raise Failed(f"fails after {len(luma)} pictures: {outcome.fault or 'it ends'}")
    return Trace(luma, tint, rgb, outcome.size_wh, outcome.cpu_s)
