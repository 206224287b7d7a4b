"""What a frame really shows of each actor: boxes, visible share, plates; from the pixels that each one owns."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene.camera import NEAR_M, Camera
from edge.scene.painter import Patch
from edge.scene.placed import Placed
from edge.scene.truth import CLASSES, ActorTruth, Box, PlateTruth, Point

F32 = npt.NDArray[np.float32]
_HALF = 128
_SHOWN = 0.9


def shown_plates(actor: Placed, patches: list[tuple[int, Patch]]) -> list[PlateTruth]:
    """The plates on pieces that no nearer piece of the same actor covers; `patches` from far to near."""
    found = []
    for position, (number, patch) in enumerate(patches):
        for piece, name, text in actor.plates:
            if piece != number or name not in patch.corners:
                continue
            middle = patch.corners[name].mean(axis=0)
            if not any(_covers(nearer, middle) for _, nearer in patches[position + 1 :]):
                found.append(_plate(text, name, patch.corners[name]))
    return found


def _covers(patch: Patch, at: F32) -> bool:
    x, y = int(at[0]) - patch.x, int(at[1]) - patch.y
    h, w = patch.mask.shape
    return bool(0 <= x < w and 0 <= y < h and patch.rgba[y, x, 3] >= _HALF)


def _plate(text: str, place: str, corners: F32) -> PlateTruth:
    points = [(float(x), float(y)) for x, y in corners]
    quad: tuple[Point, Point, Point, Point] = (points[0], points[1], points[2], points[3])
    return PlateTruth(text, place, quad, visible=False)


def judged(
    actor: Placed,
    owner: npt.NDArray[np.int16],
    index: int,
    mask: npt.NDArray[np.bool_],
    origin: tuple[int, int],
    plates: list[PlateTruth],
    in_picture: float,
) -> ActorTruth | None:
    """The truth of an actor whose pixels, had nothing stood before it, are `mask`; None for what has no class."""
    if actor.kind not in CLASSES:
        return None
    x0, y0 = origin
    h, w = mask.shape
    seen = owner[y0 : y0 + h, x0 : x0 + w] == index
    total = int(mask.sum())
    full = _box(mask, origin)
    box = _box(seen, origin) if seen.any() else full
    checked = tuple(PlateTruth(p.text, p.place, p.corners, visible=_uncovered(p, owner, index)) for p in plates)
    return ActorTruth(actor.actor, actor.kind, box, full, float(seen.sum()) / max(total, 1), checked, in_picture)


def share_in_picture(actor: Placed, camera: Camera) -> float:
    """The share of an actor's surface, 0..1 by area, that lies in the camera's field of view, hidden or not."""
    within = whole = 0.0
    for piece in actor.pieces:
        mesh = piece.body.mesh
        first, second, third, fourth = (mesh.vertices[mesh.quads[:, place]] for place in range(4))
        areas = np.linalg.norm(np.cross(third - first, fourth - second), axis=1)
        px, depth = camera.project(piece.stand.world(mesh.centre))
        seen = (depth > NEAR_M) & (px >= 0).all(axis=1) & (px < np.array(camera.size_wh)).all(axis=1)
        within += float(areas[seen].sum())
        whole += float(areas.sum())
    return within / max(whole, 1e-6)


def _box(mask: npt.NDArray[np.bool_], origin: tuple[int, int]) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        float(origin[0] + columns[0]),
        float(origin[1] + rows[0]),
        float(origin[0] + columns[-1] + 1),
        float(origin[1] + rows[-1] + 1),
    )


def _uncovered(plate: PlateTruth, owner: npt.NDArray[np.int16], index: int) -> bool:
    h, w = owner.shape
    corners = np.array(plate.corners, np.float32)
    if np.min(corners) < 0 or np.any(np.max(corners, axis=0) > (w, h)):
        return False
    low = np.floor(corners.min(axis=0)).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int) + 1
    area = np.zeros((int(high[1] - low[1]), int(high[0] - low[0])), np.uint8)
    cv2.fillConvexPoly(area, np.rint(corners - low).astype(np.int32), 1)
    spot = owner[low[1] : high[1], low[0] : high[0]]
    inside = area[: spot.shape[0], : spot.shape[1]] > 0
    return bool(inside.any()) and float((spot[inside] == index).mean()) >= _SHOWN


def moved(
    truths: tuple[ActorTruth, ...], by_px: tuple[float, float], size_wh: tuple[int, int]
) -> tuple[ActorTruth, ...]:
    """The truths of a picture that was moved; what leaves it is cut off, who leaves it is left out."""
    dx, dy = by_px

    def box(b: Box) -> Box:
        x0, x1 = (min(max(v + dx, 0.0), float(size_wh[0])) for v in (b[0], b[2]))
        y0, y1 = (min(max(v + dy, 0.0), float(size_wh[1])) for v in (b[1], b[3]))
        return (x0, y0, x1, y1)

    def plate(p: PlateTruth) -> PlateTruth:
        a, b, c, d = ((x + dx, y + dy) for x, y in p.corners)
        return replace(p, corners=(a, b, c, d))

    shifted = (
        replace(t, box=box(t.box), full_box=box(t.full_box), plates=tuple(plate(p) for p in t.plates)) for t in truths
    )
    return tuple(t for t in shifted if t.box[0] < t.box[2] and t.box[1] < t.box[3])
