"""Small sequences made on the spot: textured rectangles that drive over a grey picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SIZE_WH = (240, 160)
FPS = 25
BOX_WH = (36, 24)
SEQINFO = "[Sequence]\nname={name}\nimDir=img1\nframeRate={fps}\nseqLength={frames}\nimWidth=240\nimHeight=160\n"


@dataclass(frozen=True, slots=True)
class Drive:
    """A rectangle's way: its id, where it starts, and its pixels a frame to the right."""

    track: int
    left: float
    top: float
    speed: float

    def box(self, number: int) -> tuple[float, float, int, int]:
        """Return left, top, width and height in frame `number` from 1."""
        return (self.left + self.speed * (number - 1), self.top, *BOX_WH)


APART = (Drive(1, 4, 10, 2), Drive(2, 196, 60, -2), Drive(3, 4, 110, 1.5))


def write_sequence(
    folder: Path, drives: tuple[Drive, ...] = APART, frames: int = 40, missed: int = 0, fps: float = FPS
) -> Path:
    """Write a sequence with its pictures, its truth and its detections; each `missed`-th box is not found."""
    for name in ("img1", "gt", "det"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "seqinfo.ini").write_text(SEQINFO.format(name=folder.name, fps=fps, frames=frames), encoding="utf-8")
    true, found = [], []
    for number in range(1, frames + 1):
        cv2.imwrite(str(folder / f"img1/{number:06d}.png"), _picture(drives, number))
        for drive in drives:
            box = ",".join(f"{value:g}" for value in drive.box(number))
            true.append(f"{number},{drive.track},{box},1,-1,1\n")
            if not missed or len(true) % missed:
                found.append(f"{number},-1,{box},0.9\n")
    (folder / "gt/gt.txt").write_text("".join(true), encoding="utf-8")
    (folder / "det/det.txt").write_text("".join(found), encoding="utf-8")
    return folder


def _picture(drives: tuple[Drive, ...], number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, np.uint8)
    for drive in drives:
        left, top, width, height = (round(value) for value in drive.box(number))
        look = np.random.default_rng(drive.track).integers(0, 255, (height, width, 3), np.uint8)
        x1, x2 = np.clip([left, left + width], 0, SIZE_WH[0])
        picture[top : top + height, x1:x2] = look[:, x1 - left : x2 - left]
    return picture
