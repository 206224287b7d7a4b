"""Whether the running service has taken over a file that was just saved: asked through the hatch beside its store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from edge.errors import StoreFailed, WireError
from edge.hatch import ask, beside
from edge.wire.holding import ASK, CameraHeld, Holding, decode_holding

PATIENCE_S = 20.0
"""The service looks at the file twice a second, and changed cameras start anew before it says so."""
PACE_S = 0.25
_LATE = (
    "the running service has not taken it over: look into its log, and whether it runs with another file",
    "the service is still starting: it takes it over when it works",
)


def takeover(
    store: Path, revision: str, patience_s: float = PATIENCE_S, pace: Callable[[float], None] = time.sleep
) -> str:
    """Return in a sentence what became of `revision`, the SHA-256 of the saved text."""
    until = time.monotonic() + patience_s
    try:
        while True:
            answer = ask(beside(store), ASK)
            if answer is None:
                return (
                    f"the service is not running here (nobody listens beside {store}): it takes it over when it starts"
                )
            holding = decode_holding(answer)
            told = _told(holding, revision)
            if told or time.monotonic() >= until:
                return told or _LATE[holding.starting]
            pace(PACE_S)
    except StoreFailed as error:
        return f"whether the service took it over is unknown: {error}"
    except WireError:
        return "the running service is too old to say whether it took it over: look into its log"


def _told(holding: Holding, revision: str) -> str:
    if holding.revision == revision:
        return f"the running service has taken it over: {', '.join(map(_words, holding.cameras))}"
    return f"the running service refuses it: {holding.trouble}" if holding.judged == revision else ""


def _words(camera: CameraHeld) -> str:
    counts = ((camera.lines, "line"), (camera.zones, "zone"), (camera.masks, "mask"))
    return f"{camera.id} has " + ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
