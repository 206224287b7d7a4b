"""What knowing plates is worth, and whom it lets in: `python -m tests.benchmarks.known_plates [EVERY]` prints JSON.

Every plate of the real crops is looked at three times: as it is, and as it looks from farther away. Every second one is
registered, and for each of the others a plate that differs from it by one look-alike: the worst registry for strangers.
The crops lie in the folder EDGE_SHARED (default: `shared` beside the checkout) and are not shipped.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from edge.commands.plate_readers import of_plates, open_named
from edge.config import Models
from edge.lookalikes import alikes
from edge.plates.grammar import Prior
from edge.plates.vote import agree
from edge.types import U8, PlateRead
from edge.workshop.pictures import read_rgb
from edge.workshop.plate_sets import PlatePicture, open_plates

ROOT = Path(__file__).parents[2]
CROPS = Path(os.environ.get("EDGE_SHARED", ROOT.parent / "shared")) / "data/plates/crops_by_eye"
READER = "plate-ocr"
WIDTHS_PX = ((70, 55), (55, 45), (45, 40))
"""Of the second and the third look."""
Looks = list[tuple[PlateRead, ...]]


def looks_at(picture: U8, read: Callable[[U8], PlateRead | None], widths_px: Sequence[int]) -> Looks:
    """Return what is read of a crop (H,W,3) uint8 RGB as it is, and at each of these widths."""
    height, width = picture.shape[:2]
    views = [picture]
    for smaller in widths_px:
        share = min(1.0, smaller / width)
        size = max(8, round(width * share)), max(4, round(height * share))
        views.append(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
    return [(seen,) if seen else () for seen in map(read, views)]


def near(text: str, chance: random.Random) -> str:
    """Return a text with one character in the place of another that looks like it; the same where there is none."""
    places = [place for place, sign in enumerate(text) if alikes(sign)]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + chance.choice(sorted(alikes(text[place]))) + text[place + 1 :]


def scores(texts: Sequence[str], seen: Sequence[Looks]) -> dict[str, int]:
    """Count what is told of registered and of strange vehicles, without the registry and with it."""
    chance = random.Random(7)  # noqa: S311 - no secret
    own = set(texts[::2])
    strangers = {text for text in texts[1::2] if text not in own}
    known = frozenset(own | ({near(text, chance) for text in sorted(strangers)} - strangers))
    counts = {"registered": 0, "strangers": 0}
    for name, prior in (("without", Prior()), ("with", Prior((), known))):
        right = taken = none = 0
        for text, looks in zip(texts, seen, strict=True):
            told = {plate.text for plate in agree(looks, prior)}
            right += text in own and text in told
            taken += text in strangers and bool(told & known)
            none += text in own and not told
        counts |= {f"right_{name}": right, f"no_plate_{name}": none, f"let_in_{name}": taken}
    counts["registered"] = sum(text in own for text in texts)
    counts["strangers"] = sum(text in strangers for text in texts)
    return counts


def main() -> None:
    """Print a line for each way of looking."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    pictures: Sequence[PlatePicture] = [one for one in open_plates(CROPS) if one.plates[0].text][::every]
    texts = [picture.plates[0].text for picture in pictures]
    with closing(open_named(Models(), READER)) as reader:
        read = of_plates(reader, READER).read_plate
        for widths_px in WIDTHS_PX:
            seen = [looks_at(read_rgb(picture.path), read, widths_px) for picture in pictures]
            for count in (2, 3):
                told = scores(texts, [looks[-count:] for looks in seen])
                print(json.dumps({"looks": count, "widths_px": widths_px, **told}), flush=True)


if __name__ == "__main__":
    main()
