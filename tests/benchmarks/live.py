"""What the live view costs the analysis: `python -m tests.benchmarks.live [--seconds N]` prints JSON, summary last.

The same stretch of the demo clip is analysed in turn without a page, with a page nobody opens, with a viewer that takes
every picture it can get (a process of its own on this machine), and with one that asks and never reads. The summary's
ratios are medians over the rounds, each beside its own round's stretch without a page: frames a second, which a busy
machine spoils, and processor time a frame, which it does not.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from edge.aim import open_live_view
from edge.aim.live import LiveView
from edge.app import open_analysis
from edge.order import WatchOrder, bundled_clip
from edge.tally import event_text

KINDS = ("no page", "no viewer", "one viewer", "blocked viewer")
VIEWER = Path(__file__).with_name("live_viewer.py")
WARM_UP = 25
"""Frames before the count begins: by then every viewer has come."""


@dataclass(frozen=True)
class Cost:
    """What one stretch came to."""

    fps: float
    cpu_ms: float


def main() -> None:
    """Print one line a stretch and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=16, help="of video, each time")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    costs: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    for number in range(args.rounds):
        for kind in KINDS:
            costs[kind].append(stretch(kind, args.seconds))
            told = {name: round(value, 2) for name, value in asdict(costs[kind][-1]).items()}
            print(json.dumps({"round": number, "kind": kind, **told}), flush=True)
    print(json.dumps({"kind": "summary", **{kind: ratios(costs[kind], costs["no page"]) for kind in KINDS[1:]}}))


def ratios(costs: list[Cost], alone: list[Cost]) -> dict[str, float]:
    """Compare with the same rounds' stretches without a page."""
    pairs = list(zip(costs, alone, strict=True))
    return {
        "fps": round(statistics.median(one.fps / base.fps for one, base in pairs), 3),
        "cpu_ms": round(statistics.median(one.cpu_ms / base.cpu_ms for one, base in pairs), 3),
    }


def stretch(kind: str, seconds: float) -> Cost:
    """Analyse the clip's first `seconds` once."""
    clip = bundled_clip()
    with ExitStack() as stack:
        live = stack.enter_context(open_live_view("127.0.0.1", 0)) if kind != "no page" else None
        analysis = open_analysis(WatchOrder(str(clip.video), config=clip.config, start=clip.start), stack)
        showing = live.begin("benchmark", analysis, event_text) if live else None
        if live:
            stack.enter_context(viewer(kind, live))
        frames, began, spent = 0, 0.0, 0.0
        for frames, (frame, step) in enumerate(analysis.steps(seconds)):
            if showing:
                showing.add(frame, step)
            if frames == WARM_UP:
                began, spent = time.monotonic(), time.process_time()
        frames -= WARM_UP
        return Cost(frames / (time.monotonic() - began), (time.process_time() - spent) / frames * 1e3)


@contextmanager
def viewer(kind: str, live: LiveView) -> Iterator[None]:
    """Let somebody look while the context lasts."""
    if kind == "one viewer":
        with subprocess.Popen([sys.executable, str(VIEWER), live.url]) as looker:
            yield
            looker.terminate()
    elif kind == "blocked viewer":
        with socket.create_connection(("127.0.0.1", urlsplit(live.url).port or 0)) as asker:
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            asker.sendall(b"GET /next?viewer=blocked HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)
            yield
    else:
        yield


if __name__ == "__main__":
    main()
