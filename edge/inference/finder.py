"""Our plate finder on any engine: what goes in, and how its answer becomes four corners for each plate.

One cell of the answer for every 8 px: the probability that the cell lies in a plate's middle, and where that plate's
corners are. Cells as in Zhou et al. 2019, "Objects as points"; corners instead of a box as in Silva and Jung 2018,
"License plate detection and recognition in unconstrained scenarios".
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.errors import EngineFailed, ModelError
from edge.inference.engines import open_engine
from edge.inference.finder_card import STRIDE_PX, FinderCard
from edge.plates.areas import merged, search_areas
from edge.ports import Engine, Pending
from edge.types import F32, U8, Box, PlateQuads
from edge.vision.boxes import iou_matrix, nms, whole_pixels
from edge.vision.quads import outlines

PLANES = 9
LARGEST_SCALE = 2.0
"""A small picture is enlarged at most so much: more shows nothing more."""
LARGEST_AGAIN = 3.0
"""As above, in a second look: measured, it tells plates from others better than 2 and 4."""
FIRST_SHARE = 0.6
"""What a first look must be sure of, as a share of the threshold; both looks together must reach all of it."""
SECOND_WEIGHT = 0.35
"""How much a second look counts. Chosen with the scale above on the validation scenes."""
SURROUNDED = 4.5
"""A second look shows so many times the plate's width, or height where that needs more,"""
ASPECT = 1.5
"""in about this shape, the input's."""
SURROUNDED_LAST = 2.3
"""As SURROUNDED, for a third look at what the first two are sure of: it says where the corners are, nothing else."""
AGAIN_IOU = 0.15
"""What a second look finds is the same plate from this overlap on."""
MOST_AGAIN = 8
"""Most plates of one picture that are looked at twice, surest first."""
HALF = 0.5
"""A whole frame is looked at once more as small as this share of the input: for plates that fill it."""
SAME_IOU = 0.2
"""Two plates whose outlines overlap more than this are one."""
AGREE_IOU = 0.6
"""Cells that see a plate nearly where the surest does have a say in where its corners are."""
MOST_PLATES = 20


@dataclass(frozen=True, slots=True, eq=False)
class FittedGray:
    """A picture fitted into a finder's input: `picture` (height,width) uint8.

    Exact inverse: picture = (input - shift) / scale, each (2,) float32 for x and y; the scales differ by rounding only.
    """

    picture: U8
    scale: F32
    shift: F32


def prepare(
    picture: U8, size_wh: tuple[int, int], pad: int = 114, share: float = 1.0, largest: float = LARGEST_SCALE
) -> FittedGray:
    """Fit a picture, (H,W,3) RGB or (H,W) gray uint8, into the network: its aspect kept, centred, at whole pixels.

    Shrunk by area, so that it does not alias; enlarged `largest` times at most. `share` of the input is used, each way.
    """
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - three axes
    high, wide = gray.shape
    scale = min(share * size_wh[0] / wide, share * size_wh[1] / high, largest)
    fit_wh = max(1, round(wide * scale)), max(1, round(high * scale))
    if fit_wh != (wide, high):
        gray = cv2.resize(gray, fit_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (size_wh[0] - fit_wh[0]) // 2, (size_wh[1] - fit_wh[1]) // 2
    canvas = np.full((size_wh[1], size_wh[0]), pad, np.uint8)
    canvas[top : top + fit_wh[1], left : left + fit_wh[0]] = gray
    return FittedGray(
        canvas, np.array([fit_wh[0] / wide, fit_wh[1] / high], np.float32), np.array([left, top], np.float32)
    )


def decode(answer: F32, threshold: float) -> PlateQuads:
    """Turn the network's answer into plates.

    Args:
        answer: (9,rows,columns) float32: probability, then x y of four corners from the cell's middle, in input px.
        threshold: lowest probability.

    Returns:
        The plates in pixels of the input.
    """
    rows, columns = np.nonzero(answer[0] >= threshold)
    if not len(rows):
        return PlateQuads.empty()
    sure = answer[0, rows, columns]
    middles = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * STRIDE_PX
    quads = answer[1:, rows, columns].T.reshape(-1, 4, 2) + middles[:, None]
    boxes = outlines(quads)
    kept = nms(boxes, sure, SAME_IOU, MOST_PLATES)
    agree = (iou_matrix(boxes[kept], boxes) >= AGREE_IOU) * sure
    agree[np.arange(len(kept)), kept] = sure[kept]  # an outline without area agrees with nothing, not even itself
    shares = agree / agree.sum(axis=1, keepdims=True)
    return PlateQuads(np.einsum("kn,ncd->kcd", shares, quads).astype(np.float32), sure[kept].astype(np.float32))


def _mean(*looks: PlateQuads) -> F32:
    """Return the mean corners (4,2) of looks at one plate, each by its confidence."""
    seen = np.concatenate([look.quads for look in looks])
    return np.average(seen, axis=0, weights=np.concatenate([look.confidence for look in looks])).astype(np.float32)


def _surroundings(outline: F32, surrounded: float, picture_wh: tuple[int, int]) -> Box:
    """Return what a nearer look shows: the plate in the middle, as far as the picture goes."""
    middle, (wide, high) = (outline[:2] + outline[2:]) / 2, (outline[2:] - outline[:2]).tolist()
    side = surrounded * max(wide, high * ASPECT, 1.0)
    half = np.array([side, side / ASPECT]) / 2
    return whole_pixels(np.concatenate([middle - half, middle + half]), picture_wh)


def _cut(picture: U8, area: Box) -> U8:
    left, top, right, bottom = (int(side) for side in area)
    return np.ascontiguousarray(picture[top:bottom, left:right])


def open_finder(card: FinderCard, engine: str = "auto", threads: int = 1, engines_dir: str = "") -> QuadFinder:
    """Load a finder.

    Raises:
        ModelError: the weights are not those of the card, or the engine does not work here.
    """
    card.check_file()
    return QuadFinder(card, open_engine(card.file, engine, threads, engines_dir=engines_dir))


class QuadFinder:
    """Finds the corners of plates. One caller at a time.

    Args:
        card: names input and output, and says from which confidence on a plate counts.
        engine: [1,1,height,width] float32 to [1,9,height/8,width/8].
        confidence: instead of the card's.

    Raises:
        ModelError: the network is not of that kind.
    """

    def __init__(self, card: FinderCard, engine: Engine, confidence: float | None = None) -> None:
        self._card, self._engine = card, engine
        self._threshold = card.confidence if confidence is None else confidence
        given = [spec.name for spec in engine.outputs]
        if [spec.name for spec in engine.inputs] != [card.input.name] or card.output not in given:
            raise ModelError(f"{card.path}: {card.file.name} has other inputs or outputs; correct their names")
        self.label = f"{card.name} on {engine.label}"

    def find(self, picture: U8) -> PlateQuads:
        """Find the plates in a picture (H,W,3) RGB or (H,W) gray uint8, and look at each from nearer.

        Raises:
            EngineFailed: passed on from the engine, or its answer has another shape than the card says.
        """
        return self._look_again(picture, self._look(picture))

    def find_in_frame(self, picture: U8) -> PlateQuads:
        """Find the plates in a whole frame (H,W,3) RGB or (H,W) gray uint8, in tiles too where it is large.

        Raises:
            EngineFailed: as `find`.
        """
        frame_wh = (picture.shape[1], picture.shape[0])
        areas = search_areas(frame_wh, (self._card.input.width, self._card.input.height))
        # All are begun before the first is waited for: an engine that can works at several at once.
        begun = [(area, self._begin(_cut(picture, area))) for area in areas]
        looks = [(area, self._moved(self._found(look), area)) for area, look in begun]
        if len(areas) > 1:
            looks.append((areas[0], self._look(picture, HALF)))
        return self._look_again(picture, merged(looks, frame_wh))

    def _look(self, picture: U8, share: float = 1.0, largest: float = LARGEST_SCALE) -> PlateQuads:
        return self._found(self._begin(picture, share, largest))

    def _begin(self, picture: U8, share: float = 1.0, largest: float = LARGEST_SCALE) -> tuple[Pending, FittedGray]:
        size = self._card.input
        fitted = prepare(picture, (size.width, size.height), size.pad, share, largest)
        image = fitted.picture.astype(np.float32)[None, None] / 255
        return self._engine.submit({size.name: image}), fitted

    def _found(self, look: tuple[Pending, FittedGray]) -> PlateQuads:
        run, fitted = look
        answer = np.asarray(run.wait()[self._card.output], np.float32)
        columns, rows = self._card.cells_wh
        if answer.shape != (1, PLANES, rows, columns):
            raise EngineFailed(f"{self._engine.label}: gave {answer.shape}: use the file of the card")
        found = decode(answer[0], self._threshold * FIRST_SHARE)
        return PlateQuads((found.quads - fitted.shift) / fitted.scale, found.confidence)

    def _look_at(self, picture: U8, area: Box, largest: float = LARGEST_SCALE) -> PlateQuads:
        return self._moved(self._look(_cut(picture, area), largest=largest), area)

    @staticmethod
    def _moved(plates: PlateQuads, area: Box) -> PlateQuads:
        """Return plates found in an area of a picture where they are in the picture."""
        return PlateQuads(plates.quads + np.array(area[:2], np.float32), plates.confidence)

    def _look_again(self, picture: U8, plates: PlateQuads) -> PlateQuads:
        """Look at every plate from near, and from nearer still at those that this leaves.

        The first two looks say how sure it is: both count, that of a plate not seen again is 0. The last two say where
        the corners are, each by its confidence, as cells that agree do.
        """
        quads, sure = [], []
        for quad, first in zip(plates.quads[:MOST_AGAIN], plates.confidence[:MOST_AGAIN], strict=True):
            second = self._look_near(picture, quad, SURROUNDED)
            confidence = (1 - SECOND_WEIGHT) * first + SECOND_WEIGHT * second.confidence.sum()
            if confidence < self._threshold:
                continue
            third = self._look_near(picture, second.quads[0] if len(second) else quad, SURROUNDED_LAST)
            quads.append(_mean(second, third) if len(second) + len(third) else quad)
            sure.append(confidence)
        found, confidences = np.array(quads, np.float32).reshape(-1, 4, 2), np.array(sure, np.float32)
        kept = nms(outlines(found), confidences, SAME_IOU, MOST_PLATES)
        return PlateQuads(found[kept], confidences[kept])

    def _look_near(self, picture: U8, quad: F32, surrounded: float) -> PlateQuads:
        """Return what a nearer look makes of one plate, none if it does not see it."""
        outline = outlines(quad[None])
        around = _surroundings(outline[0], surrounded, (picture.shape[1], picture.shape[0]))
        again = self._look_at(picture, around, LARGEST_AGAIN)
        same = np.flatnonzero(iou_matrix(outline, outlines(again.quads))[0] >= AGAIN_IOU)[:1]
        return PlateQuads(again.quads[same], again.confidence[same])

    def close(self) -> None:
        """Let go of the engine; may be called twice."""
        self._engine.close()
