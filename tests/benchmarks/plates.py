"""What reading plates costs, how often it is right: `python -m tests.benchmarks.plates` prints JSON, summary last.

One look at each picture, so this is the floor: over a track the looks vote. The pictures of real cars lie in the folder
EDGE_SHARED (default: `shared` beside the checkout) and are not shipped; the demo clip's vehicles are looked at with
their true boxes and voted on, as the product does.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from edge.config import Models
from edge.inference.ppocr import PpOcrReader, open_ppocr
from edge.plates.book import PlateBook
from edge.plates.text import distance, normalise
from edge.types import CLASSES, U8, Box, TrackSnapshot, TrackState, TrackUpdate

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("EDGE_SHARED", ROOT.parent / "shared")) / "data/plates"
CLIP = ROOT / "fixtures/clips/gate_demo.mp4"
NARROWEST_PX = 75
GONE_NS = 2_000_000_000
Sample = tuple[str, U8]


def around(picture: U8, box: Box) -> U8:
    """Return the part of a picture that the vehicle behind a plate would fill: 3.8 plates wide, 2.5 high."""
    x1, _, x2, y2 = box
    wide, middle = x2 - x1, (x1 + x2) / 2
    left, top = max(0, int(middle - 1.9 * wide)), max(0, int(y2 - 2.0 * wide))
    return np.ascontiguousarray(picture[top : int(y2 + 0.5 * wide), left : int(middle + 1.9 * wide)])


def samples(folder: str, corners: tuple[str, str, str, str]) -> Iterator[Sample]:
    """Yield the plates of a folder with their texts: wide enough to read, and with a digit, as plates have."""
    with (SHARED / folder / "plates.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        x1, y1, x2, y2 = (float(row[corner]) for corner in corners)
        picture = cv2.imread(str(SHARED / folder / "images" / row["file"]))
        wanted = any(sign.isdigit() for sign in row["text"]) and x2 - x1 >= NARROWEST_PX
        if wanted and picture is not None:
            yield row["text"], around(np.asarray(picture[:, :, ::-1], np.uint8), (x1, y1, x2, y2))


def one_look(reader: PpOcrReader, name: str, found: Iterator[Sample]) -> dict[str, object]:
    """Read each picture once and compare."""
    pictures, lines, detect_ns, recognise_ns = reader.pictures, reader.lines, reader.detect_ns, reader.recognise_ns
    count = right = near = nothing = stray = 0
    for text, picture in found:
        off = [distance(read.text, text) for read in reader.read(picture)]
        count += 1
        right += 0 in off
        near += any(errors <= 1 for errors in off)
        nothing += not off
        stray += sum(errors > len(text) // 2 for errors in off)
    looks = max(1, reader.pictures - pictures)
    return {
        "kind": name,
        "plates": count,
        "right": right,
        "within_one_character": near,
        "nothing_read": nothing,
        "stray_texts": stray,
        "find_ms": round((reader.detect_ns - detect_ns) / looks / 1e6, 1),
        "read_ms_a_line": round((reader.recognise_ns - recognise_ns) / max(1, reader.lines - lines) / 1e6, 1),
        "lines_a_picture": round((reader.lines - lines) / looks, 2),
    }


def true_tracks(truth: dict[str, Any]) -> Iterator[tuple[TrackUpdate, dict[int, dict[str, float]]]]:
    """Yield what a perfect tracker would say of each frame, and how wide each track's plates were at most."""
    live: dict[int, TrackSnapshot] = {}
    shown: dict[int, dict[str, float]] = {}
    numbers = iter(range(10_000))
    step_ns = round(1e9 / truth["fps"])
    for at_ns, (_, actors) in enumerate(truth["frames"]):
        now_ns = at_ns * step_ns
        active = []
        for actor, kind, box, _, visible, plates in actors:
            if visible < 0.3:  # less of a vehicle makes no box that a detector would give
                continue
            track_id = live[actor].track_id if actor in live else next(numbers)
            live[actor] = TrackSnapshot(
                track_id, TrackState.CONFIRMED, tuple(box), CLASSES.index(kind), 1.0, 0, 9, 0, now_ns
            )
            active.append(live[actor])
            seen = shown.setdefault(track_id, {})
            for text, _, corners, clear in plates:
                width_px = math.dist(corners[0], corners[1]) * clear
                seen[normalise(text)] = max(width_px, seen.get(normalise(text), 0.0))
        ended = [actor for actor, track in live.items() if now_ns - track.seen_ns > GONE_NS]
        yield TrackUpdate(now_ns, tuple(active), ended=tuple(live.pop(actor) for actor in ended)), shown
    last_ns = len(truth["frames"]) * step_ns
    yield TrackUpdate(last_ns, ended=tuple(live.values())), shown


def voted(reader: PpOcrReader) -> dict[str, object]:
    """Look at the vehicles of the demo clip as the product does, and compare what the looks agree on."""
    truth = json.loads(CLIP.with_suffix(".truth.json").read_text(encoding="utf-8"))
    book = PlateBook()
    looks, right = 0, 0
    wrong: list[str] = []
    missed: list[str] = []
    with av.open(str(CLIP)) as clip:
        frames = clip.decode(video=0)
        for update, shown in true_tracks(truth):
            frame = next(frames, None)
            orders = book.worth_a_look(update, tuple(truth["size_wh"]))
            if orders and frame is not None:
                picture = frame.to_ndarray(format="rgb24")
                for look in orders:
                    x1, y1, x2, y2 = (int(side) for side in look.box)
                    book.keep(look, np.ascontiguousarray(picture[y1:y2, x1:x2]))
            for look, crop in book.due(update):
                looks += 1
                book.add(look, reader.read(crop))
            for track in update.ended:
                agreed = {plate.text for plate in book.agreed(track.track_id).plates}
                carried = shown.get(track.track_id, {})
                right += len(agreed & carried.keys())
                wrong += sorted(agreed - carried.keys())
                missed += sorted({text for text, wide in carried.items() if wide >= NARROWEST_PX} - agreed)
    return {"kind": "demo clip, voted", "looks": looks, "right": right, "wrong": wrong, "missed": missed}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    reader = open_ppocr(Models(threads=args.threads))
    rows = []
    for folder, corners in (
        ("scenes", ("x1", "y1", "x2", "y2")),
        ("romania_dusk_night", ("xmin", "ymin", "xmax", "ymax")),
    ):
        if (SHARED / folder).exists():
            rows.append(one_look(reader, folder, samples(folder, corners)))
        else:
            sys.stderr.write(f"{SHARED / folder} is not here: set EDGE_SHARED\n")
    rows.append(voted(reader))
    rows.append({"kind": "summary", "reader": reader.label, "pictures": reader.pictures, "lines": reader.lines})
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
