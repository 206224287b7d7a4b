"""What capturing costs: processor milliseconds a frame for decoding and for each view, through both libraries.

    python -m tests.soak.capture_cost [CLIP]

Processor time of this process, all threads together, so that a busy machine does not change the figures much.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import cv2

from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config.model import Camera, Mask
from edge.errors import SourceEnded
from edge.order import bundled_clip
from edge.ports import Frame

WARM_UP = 50
FRAMES = 300
CLOCK_MASK = Mask("clock", ((0.0, 0.0), (0.3, 0.0), (0.3, 0.1), (0.0, 0.1)))
VIEWS: tuple[tuple[str, Callable[[Frame], object]], ...] = (
    ("luma 160x90", lambda frame: frame.luma(160, 90)),
    ("letterbox 640x384", lambda frame: frame.letterbox(640, 384)),
    ("letterbox 416x256", lambda frame: frame.letterbox(416, 256)),
    ("crop 320x240", lambda frame: frame.crop((400, 200, 720, 440))),
)


def decode(clip: Path, backend: str, masks: tuple[Mask, ...] = ()) -> tuple[list[Frame], float]:
    """Return some frames and the processor milliseconds that each cost."""
    source = open_source(Camera("gate", str(clip), backend=backend, masks=masks), SystemClock())
    kept: list[Frame] = []
    source.open()
    for _ in range(WARM_UP):
        source.read(10.0)
    began, count = time.process_time(), 0
    try:
        while count < FRAMES:
            frame = source.read(10.0)
            count += 1
            if count % 10 == 0:
                kept.append(frame)
    except SourceEnded:
        pass
    cost_ms = (time.process_time() - began) * 1e3 / max(count, 1)
    source.close()
    return kept, cost_ms


def cost_ms(view: Callable[[Frame], object], frames: Sequence[Frame]) -> float:
    """Return the processor milliseconds of one view."""
    rounds = 5
    began = time.process_time()
    for _ in range(rounds):
        for frame in frames:
            view(frame)
    return (time.process_time() - began) * 1e3 / (rounds * len(frames))


def main(words: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path)
    args = parser.parse_args(words)
    cv2.setNumThreads(1)
    clip = args.clip or bundled_clip().video
    for backend in ("gst", "pyav") if find_spec("gi") else ("pyav",):
        frames, decode_ms = decode(clip, backend)
        _, masked_ms = decode(clip, backend, (CLOCK_MASK,))
        width, height = frames[0].size_wh
        rows = [("decode", decode_ms), ("a mask on top", masked_ms - decode_ms)]
        rows += [(name, cost_ms(view, frames)) for name, view in VIEWS]
        for name, value in rows:
            print(f"{backend:5} {width}x{height}  {name:18} {value:6.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
