"""The process that holds the boom's output, and nothing else: a service that hangs or dies cannot leave it on.

Orders come by its standard input, a line of text each: `beat`, and `open UNTIL` (nanoseconds of the
monotonic clock, so that an order that comes too late opens nothing). What happens goes out the same way:
`ready`, `on`, `off`, `refused`, `failed WHY`. When the input ends, the service has ended, and the line goes off.

    python -m edge.boom.keeper gpiochip0/12 [active-low]
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from edge.boom.lines import contact_of, open_output
from edge.boom.pulse import Pulse
from edge.errors import EdgeError
from edge.ports import BoomOutput

_MOST_BYTES = 4096


def keep(
    output: BoomOutput, orders: int, say: Callable[[str], object], now_ns: Callable[[], int] = time.monotonic_ns
) -> None:
    """Obey the orders that come by the file descriptor until they end; the line is off when this returns or raises.

    Raises:
        BoomFailed: the line could not be set.
    """
    rest = b""
    pulse = Pulse(output, now_ns())
    try:
        while True:
            said = pulse.on
            ready, _, _ = select.select([orders], [], [], pulse.wait_s(now_ns()))
            pulse.step(now_ns())
            if ready:
                part = os.read(orders, _MOST_BYTES)
                if not part:
                    return
                *whole, rest = (rest + part).split(b"\n")
                for order in whole:
                    _obey(pulse, order.decode("ascii", "replace").split(), say, now_ns())
            if pulse.on is not said:
                say("on" if pulse.on else "off")
    finally:
        output.close()


def _obey(pulse: Pulse, order: Sequence[str], say: Callable[[str], object], now_ns: int) -> None:
    match order:
        case ["beat"]:
            pulse.beat(now_ns)
        case ["open", until_ns] if not pulse.open(now_ns, int(until_ns)):
            say("refused")


def main(words: Sequence[str]) -> int:
    """Hold the line that `words` name until standard input ends."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        output = open_output(contact_of(words[0]), active_low="active-low" in words)
        _say("ready")
        keep(output, sys.stdin.fileno(), _say)
    except EdgeError as error:
        _say(f"failed {error}")
        return error.exit_code
    return 0


def _say(word: str) -> None:
    try:
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
    except (BrokenPipeError, BlockingIOError):  # nobody listens: the orders will end, too
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - as Python's documentation has it


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)  # so that the line is turned off on the way out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
