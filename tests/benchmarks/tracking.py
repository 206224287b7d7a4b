"""What association costs: 50 tracks with 50 boxes, our tracker beside the library's ByteTrack, in turns in one run.

    python -m tests.benchmarks.tracking [--frames N]

Every vehicle swings to and fro on its own spot, so that all 50 stay. Hashes are of crops of 90x70 pixels.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

import cv2
import numpy as np

from edge.tracking import Tracker
from edge.tracking.geometry import F64
from edge.types import CLASSES, F32, U8, Detections
from edge.vision.dhash import dhash_many
from edge.workshop.tracks.contest import Sight
from edge.workshop.tracks.peers import Peer

ACROSS, DOWN = 10, 5
SIZE_WH = (1280, 720)
BOX_WH = (90, 70)
FPS = 12.5
WARM_UP = 10
"""Frames until every track is confirmed; they are not timed."""


def main() -> None:
    """Time both in turns on the same frames and print milliseconds a frame and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    frames = parser.parse_args().frames
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 256, (SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    picture = np.asarray(cv2.GaussianBlur(noise, (0, 0), 4), np.uint8)
    speed = rng.uniform(-8, 8, (ACROSS * DOWN, 2))
    ours, theirs = Tracker(), Peer("bytetrack", FPS, 3.0)
    spent: dict[str, list[float]] = {"hashes": [], "association": [], "bytetrack": []}
    for number in range(frames):
        found = _found(speed, number, rng)
        at_ns = round(number * 1e9 / FPS)
        began = time.perf_counter()
        hashes = dhash_many(_crops(picture, found.xyxy))
        hashed = time.perf_counter()
        update = ours.step(found, hashes, at_ns, SIZE_WH)
        stepped = time.perf_counter()
        answer = theirs.step(Sight(found, hashes, 0, at_ns, SIZE_WH, None))
        if number >= WARM_UP:
            assert len(update.active) == len(answer.ids) == len(found)
            spent["hashes"].append(hashed - began)
            spent["association"].append(stepped - hashed)
            spent["bytetrack"].append(answer.spent_ns / 1e9)
    ms = {name: 1000 * median(values) for name, values in spent.items()}
    both = ms["hashes"] + ms["association"]
    print(f"{ACROSS * DOWN} tracks with {ACROSS * DOWN} boxes, medians of {frames - WARM_UP} frames")
    print(f"  ByteTrack          {ms['bytetrack']:6.2f} ms a frame")
    print(f"  association        {ms['association']:6.2f} ms, {ms['association'] / ms['bytetrack']:.2f} of ByteTrack")
    print(f"  hashes             {ms['hashes']:6.2f} ms, {ms['hashes'] / ms['bytetrack']:.2f} of ByteTrack")
    print(f"  both               {both:6.2f} ms, {both / ms['bytetrack']:.2f} of ByteTrack")


def _found(speed: F64, number: int, rng: np.random.Generator) -> Detections:
    columns, rows = np.meshgrid(np.arange(ACROSS) * 120.0 + 10, np.arange(DOWN) * 135.0 + 10)
    corner = np.stack([columns.ravel(), rows.ravel()], axis=1) + speed * np.sin(number / 10)
    corner += rng.normal(0, 1, corner.shape)
    xyxy = np.concatenate((corner, corner + BOX_WH), axis=1).clip(0).astype(np.float32)
    count = len(xyxy)
    return Detections(xyxy, np.full(count, 0.8, np.float32), np.full(count, CLASSES.index("car"), np.int16))


def _crops(picture: U8, xyxy: F32) -> list[U8]:
    return [picture[y1:y2, x1:x2] for x1, y1, x2, y2 in xyxy.astype(int).tolist()]


if __name__ == "__main__":
    main()
