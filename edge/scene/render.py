"""One frame: the lit scenery, then shadows and beams on the ground, then bodies from far to near, then the sensor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.scene import lamps
from edge.scene.camera import Camera
from edge.scene.ground import Floor, Ground, floor, lit
from edge.scene.light import Light
from edge.scene.painter import Patch, Stand, paint
from edge.scene.placed import Placed
from edge.scene.props import Prop
from edge.scene.shadows import cast
from edge.scene.truth import ActorTruth, PlateTruth
from edge.scene.weather import smeared
from edge.scene.witness import judged, share_in_picture, shown_plates

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
_OPAQUE = 255
_BLUR_FROM_M = 2.0


@dataclass(frozen=True, slots=True)
class Set:
    """Where a story plays: the ground, what stands on it, seeds for clouds."""

    ground: Ground
    props: tuple[Prop, ...]
    clouds_seed: int = 0


@dataclass(frozen=True, slots=True)
class Occluder:
    """A standing thing: its distance, its pixels (H,W) bool, where they start."""

    distance_m: float
    mask: npt.NDArray[np.bool_]
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Scenery:
    """The lit scene without actors: RGB picture, the floor it lies on, occluders."""

    picture: U8
    view: Floor
    occluders: tuple[Occluder, ...]


def scenery(place: Set, camera: Camera, light: Light, *, wet: float = 0.0, view: Floor | None = None) -> Scenery:
    """Draws everything that does not move; `view` may be passed to save projecting the floor again."""
    view = view or floor(place.ground, camera)
    picture = lit(view, light, wet=wet, clouds_seed=place.clouds_seed)
    occluders = []
    for prop in sorted(place.props, key=lambda p: -_distance(p.stand(), camera)):
        body = prop.body()
        cast(picture, [(body, prop.stand())], camera, light)
        patch = paint(body, prop.stand(), camera, light)
        if patch is None:
            continue
        lay(picture, patch)
        occluders.append(Occluder(_distance(prop.stand(), camera), patch.mask, patch.x, patch.y))
    return Scenery(picture, view, tuple(occluders))


def _distance(stand: Stand, camera: Camera) -> float:
    return float(np.hypot(stand.x - camera.pose.x, stand.y - camera.pose.y))


def lay(picture: U8, patch: Patch) -> None:
    """Alpha-blends the patch onto the picture in place."""
    h, w = patch.rgba.shape[:2]
    spot = picture[patch.y : patch.y + h, patch.x : patch.x + w]
    alpha = np.ascontiguousarray(patch.rgba[..., 3])
    rim = np.nonzero(alpha - np.uint8(1) < _OPAQUE - 1)
    share = alpha[rim][:, None].astype(np.uint16)
    edge = (spot[rim] * (_OPAQUE - share) + patch.rgba[rim][:, :3] * share) // _OPAQUE
    cv2.copyTo(cv2.cvtColor(patch.rgba, cv2.COLOR_RGBA2RGB), (alpha == _OPAQUE).astype(np.uint8), spot)
    spot[rim] = edge.astype(np.uint8)


def compose(
    scene: Scenery,
    actors: tuple[Placed, ...],
    camera: Camera,
    light: Light,
    *,
    shutter_s: float = 0.0,
    wet: float = 0.0,
) -> tuple[U8, tuple[ActorTruth, ...]]:
    """Draws the actors into a copy of the scenery; returns the clean picture (H,W,3) RGB and their truth, near last."""
    picture = scene.picture.copy()
    order = sorted(actors, key=lambda a: -_distance(a.pieces[0].stand, camera))
    for actor in order:
        cast(picture, [(p.body, p.stand) for p in actor.pieces], camera, light)
    lamps.beams(picture, [(a.pieces[0].body, a.pieces[0].stand, a.beams) for a in order if a.beams > 0], camera, light)
    owner = np.zeros(picture.shape[:2], np.int16)
    drawn: list[tuple[Placed, int, npt.NDArray[np.bool_], tuple[int, int], list[PlateTruth]]] = []
    for index, actor in enumerate(order, start=1):
        shown = _draw(picture, owner, index, actor, camera, light, shutter_s, wet)
        if shown is not None:
            drawn.append((actor, index, *shown))
            _hide(picture, owner, scene, _distance(actor.pieces[0].stand, camera), shown)
    lamps.glows(
        picture, [(a.pieces[0].body, a.pieces[0].stand, a.beams) for a in order if a.beams > 0], camera, light, wet
    )
    truths = [
        judged(actor, owner, index, mask, origin, plates, share_in_picture(actor, camera))
        for actor, index, mask, origin, plates in drawn
    ]
    return picture, tuple(t for t in truths if t is not None)


def _draw(
    picture: U8,
    owner: npt.NDArray[np.int16],
    index: int,
    actor: Placed,
    camera: Camera,
    light: Light,
    shutter_s: float,
    wet: float,
) -> tuple[npt.NDArray[np.bool_], tuple[int, int], list[PlateTruth]] | None:
    patches: list[tuple[int, Patch]] = []
    for number in sorted(range(len(actor.pieces)), key=lambda i: -_distance(actor.pieces[i].stand, camera)):
        patch = paint(actor.pieces[number].body, actor.pieces[number].stand, camera, light)
        if patch is not None and patch.mask.any():
            patches.append((number, patch))
    if not patches:
        return None
    x0, y0 = min(p.x for _, p in patches), min(p.y for _, p in patches)
    x1 = max(p.x + p.rgba.shape[1] for _, p in patches)
    y1 = max(p.y + p.rgba.shape[0] for _, p in patches)
    whole = np.zeros((y1 - y0, x1 - x0), np.bool_)
    for _, patch in patches:
        if wet > 0:
            lamps.mirror(picture, patch, wet)
        lay(picture, _blurred(patch, actor, camera, shutter_s))
        h, w = patch.mask.shape
        whole[patch.y - y0 : patch.y - y0 + h, patch.x - x0 : patch.x - x0 + w] |= patch.mask
    h, w = whole.shape
    owner[y0 : y0 + h, x0 : x0 + w][whole] = index
    return whole, (x0, y0), shown_plates(actor, patches)


def _blurred(patch: Patch, actor: Placed, camera: Camera, shutter_s: float) -> Patch:
    """The patch smeared by its own movement while the shutter is open."""
    way = abs(actor.speed_m_s) * shutter_s
    if way < 0.004:
        return patch
    stand = actor.pieces[0].stand
    ahead = stand.matrix()[:, 0] * way
    middle = np.array([stand.x, stand.y, 0.6], np.float32)
    px, depth = camera.project(np.stack([middle - ahead / 2, middle + ahead / 2]))
    if np.min(depth) < _BLUR_FROM_M:
        return patch
    dx, dy = (float(v) for v in px[1] - px[0])
    rgba, margin = smeared(patch.rgba, dx, dy)
    if margin == 0:
        return patch
    w, h = camera.size_wh
    left, top = max(0, margin - patch.x), max(0, margin - patch.y)
    x, y = patch.x - margin + left, patch.y - margin + top
    rgba = rgba[top : top + h - y, left : left + w - x]
    return Patch(np.ascontiguousarray(rgba), x, y, patch.corners)


def _hide(
    picture: U8,
    owner: npt.NDArray[np.int16],
    scene: Scenery,
    distance_m: float,
    shown: tuple[npt.NDArray[np.bool_], tuple[int, int], list[PlateTruth]],
) -> None:
    """Brings standing things that are nearer than the actor back to the front."""
    (x0, y0), (h, w) = shown[1], shown[0].shape
    pad = 12
    ax0, ay0, ax1, ay1 = x0 - pad, y0 - pad, x0 + w + pad, y0 + h + pad
    for thing in scene.occluders:
        if thing.distance_m >= distance_m:
            continue
        th, tw = thing.mask.shape
        left, top = max(ax0, thing.x), max(ay0, thing.y)
        right, bottom = min(ax1, thing.x + tw), min(ay1, thing.y + th)
        if left >= right or top >= bottom:
            continue
        mask = thing.mask[top - thing.y : bottom - thing.y, left - thing.x : right - thing.x]
        spot = np.s_[top:bottom, left:right]
        picture[spot][mask] = scene.picture[spot][mask]
        owner[spot][mask] = 0
