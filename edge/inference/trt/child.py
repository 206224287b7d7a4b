"""The process that builds one engine: `python -m edge.inference.trt.child`, started by build.py.

A build may need more memory than there is, crash inside the driver or hang: none of it takes the service along. The
order comes as one JSON line on standard input, which stays open: when it ends, whoever ordered is gone, and so is this.
Answers leave as JSON lines on standard output; whatever TensorRT's libraries print there goes to standard error.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

import msgspec

from edge.errors import EdgeError
from edge.inference.trt.builder import BuildOrder, build_plan

LEAST_SHARE, LEAST_S = 0.01, 0.1
ORPHANED = 3
"""Exit code when whoever ordered the build is gone."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the child: progress, or how it ended (`built` or `failed` is not empty)."""

    step: str = ""
    share: float = 0.0
    built: str = ""
    failed: str = ""


class Pace:
    """Lets through what is worth telling: TensorRT tells of thousands of small steps."""

    def __init__(self) -> None:
        self._share, self._at = -1.0, 0.0

    def is_due(self, share: float) -> bool:
        """Whether another hundredth, the end, or a tenth of a second has come."""
        now = time.monotonic()
        due = share >= self._share + LEAST_SHARE or share >= 1.0 or now - self._at >= LEAST_S
        if due:
            self._share, self._at = share, now
        return due


def main(orders: BinaryIO, answers: BinaryIO) -> int:
    """Build what the order says and write the plan where it says; return the exit code."""
    order = msgspec.json.decode(orders.readline(), type=BuildOrder)
    threading.Thread(target=_leave_with, args=(orders,), daemon=True).start()
    lock = threading.Lock()
    pace = Pace()

    def say(answer: Answer) -> None:
        with lock:
            answers.write(msgspec.json.encode(answer) + b"\n")
            answers.flush()

    def tell(step: str, share: float) -> None:
        if pace.is_due(share):
            say(Answer(step=step, share=share))

    try:
        built = build_plan(order, tell)
        Path(order.plan).write_bytes(built.plan)
    except EdgeError as error:
        say(Answer(failed=str(error)))
        return error.exit_code
    except OSError as error:
        room = "free some room on that disk, or set models.engines_dir"
        say(Answer(failed=f"{order.plan}: the engine cannot be written ({error.strerror or error}): {room}"))
        return 5
    say(Answer(built=built.told))
    return 0


def _leave_with(orders: BinaryIO) -> None:
    orders.read()
    os._exit(ORPHANED)  # a build inside the driver answers to nothing else


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "wb") as private:
        os.dup2(2, 1)
        code = main(sys.stdin.buffer, private)
    sys.stdout.flush()
    os._exit(code)  # the thread that reads standard input is still waiting, and the plan is written
