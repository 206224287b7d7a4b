"""Has an engine built in a process of its own, and says what became of it: built, refused, crashed or stopped."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO

import msgspec

from edge.errors import EngineFailed, ModelError
from edge.inference.trt.builder import BuildOrder
from edge.inference.trt.child import Answer

LIMIT_S = 3600.0
"""A build on the smallest board takes minutes; one that takes an hour hangs."""
LOOK_S = 0.2
"""Between two looks at whether it is to stop."""
TELL_S = 10.0
"""How often it is told that a build is at work, when it has nothing new to tell."""
LEAVE_S = 5.0
"""What a child that is told to go may take before it is killed."""
_KILLED = (
    "was killed, most likely because memory ran out: close what else runs, or give the board swap, and build again"
)
Progress = Callable[[str, float], None]


def build_apart(
    order: BuildOrder,
    on_progress: Progress,
    stop: threading.Event | None = None,
    limit_s: float = LIMIT_S,
) -> str:
    """Build in another process; return what the engine computes in, in words. Its plan lies where the order says.

    Raises:
        ModelError: TensorRT refuses it, ran out of memory, crashed, or took longer than `limit_s`.
        EngineFailed: `stop` was set.
    """
    with tempfile.TemporaryFile() as noise:
        child = _started(noise)
        try:
            ended = _follow(child, order, on_progress, stop, limit_s)
        finally:
            _end(child)
        if ended.failed:
            raise ModelError(ended.failed)
        if ended.built:
            return ended.built
        raise ModelError(f"{order.onnx}: the building process {_told_of(child.returncode, noise)}")


def _started(noise: IO[bytes]) -> subprocess.Popen[bytes]:
    # A group of its own: an interrupt at the keyboard ends the parent, which then ends the child.
    return subprocess.Popen(
        [sys.executable, "-m", "edge.inference.trt.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=noise,
        start_new_session=True,
    )


def _follow(
    child: subprocess.Popen[bytes],
    order: BuildOrder,
    on_progress: Progress,
    stop: threading.Event | None,
    limit_s: float,
) -> Answer:
    """Pass progress on until the child has said how it ended, or has ended without a word."""
    if child.stdin is None or child.stdout is None:
        raise ModelError("the building process has no standard input or output")
    try:
        child.stdin.write(msgspec.json.encode(order) + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return Answer()
    begun = told = time.monotonic()
    last = Answer(step="starting")
    pending = b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            _may_go_on(order, now - begun, stop, limit_s)
            if now - told > TELL_S:
                told = now
                on_progress(last.step, last.share)
            if not ready.select(LOOK_S):
                continue
            octets = os.read(child.stdout.fileno(), 65536)
            if not octets:
                return Answer()
            *lines, pending = (pending + octets).split(b"\n")
            for answer in (msgspec.json.decode(line, type=Answer) for line in lines):
                if answer.built or answer.failed:
                    return answer
                last, told = answer, now
                on_progress(answer.step, answer.share)


def _may_go_on(order: BuildOrder, seconds: float, stop: threading.Event | None, limit_s: float) -> None:
    if stop is not None and stop.is_set():
        raise EngineFailed(f"{order.onnx}: its build was stopped: it is done at the next start")
    if seconds > limit_s:
        raise ModelError(f"{order.onnx}: its build took more than {limit_s:.0f} s: it hangs; restart the board")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a child go: by itself when it is through, by its closed input, then by force."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    try:
        child.wait(LEAVE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _told_of(code: int, noise: IO[bytes]) -> str:
    if code == -signal.SIGKILL:
        return _KILLED
    noise.seek(0)
    lines = noise.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "without a word")[:300]
    how = f"crashed with {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    return f"{how} ({last}): restart the board and build again; if it stays, use another precision"
