"""The process in which a decoder is tried: it may hang or crash there and takes nobody with it.

`python -m edge.capture.trial_child CLIP FOLDER PIPE [DECODER]`: decodes a golden clip as the product does, with exactly
that row of `launch` as JSON, or through PyAV without one. PIPE is a file descriptor that gets a letter for every step,
because plugins print to standard output. FOLDER gets `pictures.npz` and `outcome.json`, see `Outcome`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import cv2
import msgspec
import numpy as np

from edge.capture.address import parse_address
from edge.capture.framing import Order
from edge.capture.golden_clips import clip_named
from edge.capture.rows import DecoderRow
from edge.clock import SystemClock
from edge.config.model import Camera
from edge.errors import ConfigError, EdgeError, SourceEnded
from edge.ports import Frame, FrameSource
from edge.types import U8

READY, PICTURE, CLOSED = b"r", b"p", b"c"
LUMA_WH, TINT_WH, RGB_WH = (320, 180), (80, 45), (160, 90)
"""Sizes of the views that are compared. A row of brightness stands for less than 3 rows of the largest clip."""
PICTURES, OUTCOME = "pictures.npz", "outcome.json"
WAIT_S = 3600.0
"""The parent's patience ends earlier, and only the parent can end a call that hangs in a driver."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of it: `fault` in the library's words, `began` whether its elements could be put together.

    `cpu_s`: processor time that one picture took the whole process, what the views cost left out; the median over all
    pictures but the first, so that starting counts for nothing. 0 when there were not two.
    """

    fault: str = ""
    began: bool = False
    size_wh: tuple[int, int] = (0, 0)
    cpu_s: float = 0.0


def main(clip_name: str, folder: str, pipe: str, decoder: str = "") -> int:
    """Decode and write down; returns 0 whatever came of it."""
    cv2.setNumThreads(1)  # what the views cost is told by this thread's clock
    clip, out, steps = clip_named(clip_name), Path(folder), int(pipe)
    row = msgspec.json.decode(decoder, type=DecoderRow) if decoder else None
    source = _source(str(clip.path), row)
    os.write(steps, READY)
    outcome, views = _decode(source, steps, most=4 * clip.pictures)
    # What helps with a user's file or camera is no cure here.
    fault = outcome.fault.removeprefix(f"{clip.path}: ").partition(", or set")[0]
    outcome = msgspec.structs.replace(outcome, fault=fault)
    luma, tint, rgb = (np.array(views[name], np.uint8) for name in ("luma", "tint", "rgb"))
    np.savez(out / PICTURES, luma=luma, tint=tint, rgb=rgb)
    (out / OUTCOME).write_bytes(msgspec.json.encode(outcome))
    source.close()
    os.write(steps, CLOSED)
    return 0


def _source(path: str, row: DecoderRow | None) -> FrameSource:
    order = Order(Camera("trial", path), SystemClock(), wall_start_ns=0, open_timeout_s=WAIT_S)
    if row is None:
        from edge.capture.pyav import PyAvSource  # noqa: PLC0415 - the one library that is tried

        return PyAvSource(parse_address(path), order)
    from edge.capture.gst import GstSource  # noqa: PLC0415 - as above

    return GstSource(parse_address(path), order, row)


def _decode(source: FrameSource, steps: int, most: int) -> tuple[Outcome, dict[str, list[U8]]]:
    views: dict[str, list[U8]] = {"luma": [], "tint": [], "rgb": []}
    fault, began, size_wh, spent_s = "", True, (0, 0), 0.0
    clocks: list[float] = []
    try:
        source.open()
        for _ in range(most):  # one that repeats its pictures for ever ends here
            frame = source.read(WAIT_S)
            clocks.append(time.process_time() - spent_s)
            started_s = time.thread_time()
            _look(frame, views)
            spent_s += time.thread_time() - started_s
            size_wh = frame.size_wh
            os.write(steps, PICTURE)
    except SourceEnded:
        pass
    except ConfigError as error:
        fault, began = str(error), False
    except EdgeError as error:
        fault = str(error).partition("; ")[0]  # its cure is for a user's file, not for ours
    costs = np.diff(clocks)
    return Outcome(fault, began, size_wh, float(np.median(costs)) if len(costs) else 0.0), views


def _look(frame: Frame, views: dict[str, list[U8]]) -> None:
    views["luma"].append(frame.luma(*LUMA_WH))
    views["tint"].append(frame.tint(*TINT_WH))
    views["rgb"].append(frame.letterbox(*RGB_WH).picture)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
