"""Labels by teachers: detectors of others look at frames of a video; what they agree on becomes a labelled set.

Boxes of several teachers are merged by weighted boxes fusion (Solovyev et al., 2021). What only one of them half
believes in is painted over: neither an object nor proof that there is none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import UsageError
from edge.types import CLASSES, U8, Box
from edge.vision.boxes import iou_matrix, shared_area
from edge.vision.frame import PlanarFrame
from edge.workshop.pictures import make_set, write_labelled
from edge.workshop.video import pictures_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.ports import Detector

SET_NAME = "video_frames"
HELD_OUT = frozenset(
    {
        "87d003d524c98d46",  # driveway_street
        "513ec32052871a77",  # night_person_driveway
    }
)
"""Videos that every figure is taken on, by the first 16 digits of their SHA-256: nothing may learn from them."""
LOWEST = 0.2
"""Confidence down to which a teacher's opinion is heard."""
SURE_ALONE, SURE_TOGETHER = 0.6, 0.3
"""Highest confidence from which one teacher is believed, and from which two that agree are."""
SAME_IOU = 0.5
TILE = 0.6
"""Width and height of each of the four tiles, as a share of the frame's."""
EDGE = 0.04
"""A box that ends so near a tile's edge, as a share of the tile, is taken for cut: detectors stop short of the edge."""
RIDDEN = 0.3
"""Share of a person's box on a two-wheeler from which the person rides it; our boxes hold both."""
WIDTH_PX = 640
PAINT = 114
_VEHICLES = frozenset(CLASSES.index(name) for name in ("car", "truck", "bus"))
_PERSON = CLASSES.index("person")
_RIDDEN = frozenset({CLASSES.index("motorcycle"), CLASSES.index("bicycle")})


@dataclass(frozen=True, slots=True)
class Opinion:
    """One box of one teacher, pixels of the frame."""

    teacher: int
    kind: int
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What teachers say of one object; `sure` ones are labels, the others are painted over."""

    kind: int
    box: Box
    sure: bool


def label_videos(out: Path, videos: Sequence[Path], teachers: Sequence[Detector], every: int) -> tuple[int, int]:
    """Write every K-th frame of the videos with the teachers' labels as a set under `out`.

    Returns:
        Number of pictures and of labels.

    Raises:
        UsageError: a video is one of those that figures are taken on, or the folder cannot be written.
        SourceBroken: a video cannot be decoded.
        EngineFailed: passed on from a teacher.
    """
    for video in videos:
        _refuse_held_out(video)
    folder, pictures, labels = out / SET_NAME, 0, 0
    try:
        make_set(folder)
        for video in videos:
            for seq, picture in pictures_of(video, every):
                found = agree(
                    [one for number, teacher in enumerate(teachers) for one in look(teacher, number, picture)]
                )
                _write(folder, f"{video.stem}_{seq:06d}", picture, found)
                pictures, labels = pictures + 1, labels + sum(one.sure for one in found)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror or error}); give another folder") from error
    return pictures, labels


def look(teacher: Detector, number: int, picture: U8) -> list[Opinion]:
    """Show a teacher a frame's picture (H,W,3) uint8 RGB and four overlapping tiles of it.

    Boxes that a tile cuts off are left to the others.
    """
    height, width = picture.shape[:2]
    wide, high = round(width * TILE), round(height * TILE)
    found = []
    for left, top, right, bottom in (
        (0, 0, width, height),
        *((x, y, x + wide, y + high) for x in (0, width - wide) for y in (0, height - high)),
    ):
        inside = (left > 0, top > 0, right < width, bottom < height)
        part = np.ascontiguousarray(picture[top:bottom, left:right])
        view = PlanarFrame.from_rgb(part, camera_id="teacher", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
        seen = teacher.detect(view)
        for box, confidence, kind in zip(seen.xyxy.tolist(), seen.confidence.tolist(), seen.class_id, strict=True):
            if not _is_cut(box, (right - left, bottom - top), inside):
                x1, y1, x2, y2 = box
                found.append(Opinion(number, int(kind), (x1 + left, y1 + top, x2 + left, y2 + top), confidence))
    return found


def agree(opinions: Sequence[Opinion]) -> list[Finding]:
    """Merge the opinions about each object; kinds of vehicles are voted on by confidence."""
    groups: list[list[Opinion]] = []
    for one in sorted(opinions, key=lambda opinion: -opinion.confidence):
        if one.confidence < LOWEST:
            continue
        overlaps = [_iou(one.box, group[0].box) if _alike(one, group[0]) else 0.0 for group in groups]
        best = int(np.argmax(overlaps)) if overlaps else 0
        if overlaps and overlaps[best] >= SAME_IOU:
            groups[best].append(one)
        else:
            groups.append([one])
    return _with_riders([_merged(group) for group in groups])


def _merged(group: Sequence[Opinion]) -> Finding:
    weights = np.array([one.confidence for one in group], np.float64)
    box = (np.array([one.box for one in group]) * weights[:, None]).sum(axis=0) / weights.sum()
    votes = np.bincount([one.kind for one in group], weights, len(CLASSES))
    best = {one.teacher: max(o.confidence for o in group if o.teacher == one.teacher) for one in group}
    together = sorted(best.values())[-2] if len(best) > 1 else 0.0
    sure = max(best.values()) >= SURE_ALONE or together >= SURE_TOGETHER
    return Finding(int(np.argmax(votes)), (float(box[0]), float(box[1]), float(box[2]), float(box[3])), sure)


def _with_riders(found: Sequence[Finding]) -> list[Finding]:
    """Join riders to what they ride: the sets' own labels box them as one."""
    ridden = {index: one for index, one in enumerate(found) if one.kind in _RIDDEN}
    kept = []
    for one in found:
        if one.kind == _PERSON:
            under = [index for index, other in ridden.items() if _part(one.box, other.box) >= RIDDEN]
            if under:
                other = ridden[under[0]]
                ridden[under[0]] = Finding(other.kind, _union(other.box, one.box), other.sure)
                continue
        if one.kind not in _RIDDEN:
            kept.append(one)
    return kept + list(ridden.values())


def _write(folder: Path, name: str, picture: U8, found: Sequence[Finding]) -> None:
    height, width = picture.shape[:2]
    sure = [one for one in found if one.sure]
    painted = picture.copy()
    for one in found:
        if not one.sure and all(_part(one.box, other.box) == 0 for other in sure):
            x1, y1, x2, y2 = (round(side) for side in one.box)
            painted[max(y1, 0) : y2, max(x1, 0) : x2] = PAINT
    if width > WIDTH_PX:
        painted = np.asarray(
            cv2.resize(painted, (WIDTH_PX, round(height * WIDTH_PX / width)), interpolation=cv2.INTER_AREA), np.uint8
        )
    scale = painted.shape[1] / width
    rows = [(one.kind, *(side * scale for side in one.box)) for one in sure]
    write_labelled(folder, name, painted, np.asarray(rows, np.float32).reshape(-1, 5))


def _refuse_held_out(video: Path) -> None:
    try:
        digest = hashlib.sha256(video.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"{video}: {error.strerror or error}; give a video") from error
    if digest[:16] in HELD_OUT:
        raise UsageError(f"{video}: figures are taken on this video, so nothing may learn from it; leave it out")


def _is_cut(box: Sequence[float], size_wh: tuple[int, int], inside: tuple[bool, bool, bool, bool]) -> bool:
    """Whether a box ends near an edge of its tile that lies inside the frame."""
    (wide, high), near = size_wh, EDGE
    at_edge = (box[0] < near * wide, box[1] < near * high, box[2] > (1 - near) * wide, box[3] > (1 - near) * high)
    return any(edge and cut for edge, cut in zip(at_edge, inside, strict=True))


def _alike(first: Opinion, second: Opinion) -> bool:
    return first.kind == second.kind or {first.kind, second.kind} <= _VEHICLES


def _iou(first: Box, second: Box) -> float:
    return float(iou_matrix(np.array([first], np.float32), np.array([second], np.float32))[0, 0])


def _part(first: Box, second: Box) -> float:
    """Share of the first box that lies in the second."""
    area = (first[2] - first[0]) * (first[3] - first[1])
    return shared_area(first, second) / area if area > 0 else 0.0


def _union(first: Box, second: Box) -> Box:
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])
