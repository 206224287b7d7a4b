"""Our plate reader: a finder says where plates are, and the recogniser reads each twice.

Once as it stands in the picture, once seen from straight ahead: what spoils one look leaves the other alone, and the
mean of both is told. A plate cut out by somebody else is straightened as well.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from edge.config.model import Models
from edge.inference.finder import open_finder
from edge.inference.finder_card import load_finder_card
from edge.inference.ppocr import open_ppocr
from edge.inference.reader_card import load_reader_card
from edge.inference.second_opinion import is_in_doubt, settled
from edge.inference.slots import SlotRead, open_recogniser
from edge.plates.text import plausibility
from edge.ports import Allowance, PlateCropReader, PlateFinder
from edge.types import F32, U8, PlateQuads, PlateRead
from edge.vision import quads
from edge.vision.boxes import whole_pixels
from edge.vision.sharpness import sharpness

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN = 0.04
"""Room around the corners, over the plate's size: the recogniser learnt from crops that are cut as people cut them."""
LEAST_CONFIDENCE = 0.5
"""Mean confidence of a text's characters below which it is a guess."""
NARROWEST_PX = 4.0
"""Least room for one character."""
MOST_PLATES = 3
ROOM = 0.25
"""Room around a picture that is a plate, over its size, before its corners are looked for: the finder learnt from
plates with something around them. Chosen by rendered plates of the training list that were never seen before."""
LEAST_SHARE = 0.3
"""A find that covers less of such a picture is not the plate."""
AROUND = (114, 114, 114)
"""Gray, as what lies beside a picture in the finder's input."""


class Recogniser(Protocol):
    """Reads pictures that are looks at one plate; see `edge.inference.slots.SlotRecogniser`."""

    label: str

    def read(self, *looks: U8) -> SlotRead: ...
    def close(self) -> None: ...


class Finder(PlateFinder, Protocol):
    """A finder that searches whole frames too and holds an engine until it is closed."""

    def find_in_frame(self, picture: U8) -> PlateQuads: ...
    def close(self) -> None: ...


class Opinion(PlateCropReader, Protocol):
    """A reader of plates' pictures that holds networks until it is closed."""

    def close(self) -> None: ...


def open_quad_reader(models: Models, allowance: Allowance | None = None) -> QuadReader:
    """Load finder, recogniser and second opinion as the configuration names them.

    Raises:
        ModelError: a card, weights or a package are missing, damaged or disagree, or the engine does not work here.
    """
    with ExitStack() as stack:
        settings = (models.engine, models.threads, models.engines_dir)
        finder = open_finder(load_finder_card(models.finder), *settings)
        stack.callback(finder.close)
        recogniser = open_recogniser(load_reader_card(models.recogniser), *settings)
        stack.callback(recogniser.close)
        second = open_ppocr(models) if models.second_opinion == "pp-ocr" else None
        stack.pop_all()
    return QuadReader(finder, recogniser, second, allowance)


class QuadReader:
    """Finds, straightens and reads plates. One caller at a time.

    Args:
        finder: says where plates are.
        recogniser: reads what stands on one.
        second: is asked where the recogniser is in doubt; the text that both together find likelier is told.
        allowance: whether it may be asked; without one it may.
    """

    def __init__(
        self,
        finder: Finder,
        recogniser: Recogniser,
        second: Opinion | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self._finder = finder
        self._recogniser = recogniser
        self._second = second
        self._allowance = allowance or Allowance()
        self.label = f"{finder.label}, {recogniser.label}" + (f", else {second.label}" if second else "")

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Read plates; see `ports.PlateReader.read`."""
        found = self._finder.find(picture)
        reads = [self._read_quad(picture, quad) for quad in found.quads[:MOST_PLATES]]
        return tuple(sorted((read for read in reads if read.text), key=lambda read: -read.confidence))

    def read_frame(self, picture: U8) -> tuple[PlateRead, ...]:
        """Read all plates of a whole frame; see `ports.FramePlateReader.read_frame`."""
        return tuple(self._read_quad(picture, quad) for quad in self._finder.find_in_frame(picture).quads)

    def read_plate(self, picture: U8) -> PlateRead | None:
        """Read a picture that is a plate; see `ports.PlateCropReader.read_plate`."""
        return self._told(picture, (picture, *self._straightened(picture)))

    def _told(self, picture: U8, looks: Sequence[U8]) -> PlateRead | None:
        """Return what stands on a plate's picture (H,W,3), of which the recogniser sees all of the looks."""
        said = self._recogniser.read(*looks)
        high, wide = picture.shape[:2]
        text, confidence = said.text, said.char_confidence
        if self._second is not None and self._allowance.second_looks and is_in_doubt(said):
            text, confidence = settled(said, self._second.read_plate(picture))
        if not text:
            return None
        return PlateRead(text, confidence, (0.0, 0.0, float(wide), float(high)), sharpness(picture), wide, high)

    def close(self) -> None:
        """Let go of all engines; may be called twice."""
        self._finder.close()
        self._recogniser.close()
        if self._second is not None:
            self._second.close()

    def _straightened(self, picture: U8) -> tuple[U8, ...]:
        """Return the plate in a picture that is one as seen from straight ahead, or nothing where it is not found."""
        high, wide = picture.shape[:2]
        down, across = round(high * ROOM), round(wide * ROOM)
        sides = (down, down, across, across)
        roomy = np.asarray(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_CONSTANT, value=AROUND), np.uint8)
        for quad in self._finder.find(roomy).quads:
            if math.prod(quads.size(quad)) >= LEAST_SHARE * high * wide:
                return (_rectified(roomy, quad),)
        return ()

    def _read_quad(self, picture: U8, quad: F32) -> PlateRead:
        width_px, height_px = quads.size(quad)
        unread = PlateRead("", (), quads.bounds(quad), 0.0, width_px, height_px)
        if min(width_px, height_px) < 1:
            return unread
        row = _rectified(picture, quad)
        said = self._told(row, (row, _cut(picture, quad)))
        if said is None or said.confidence < LEAST_CONFIDENCE:
            return unread
        if plausibility(said.text) == 0 or width_px < NARROWEST_PX * len(said.text):
            return unread
        return replace(said, box=quads.bounds(quad), width_px=width_px, height_px=height_px)


def _rectified(picture: U8, quad: F32) -> U8:
    width_px, height_px = quads.size(quad)
    return quads.rectify(picture, widened(quad), _side(width_px), _side(height_px))


def _cut(picture: U8, quad: F32) -> U8:
    """Return the upright rectangle around a plate as it stands in the picture."""
    left, top, right, bottom = whole_pixels(quads.bounds(widened(quad)), (picture.shape[1], picture.shape[0]))
    return np.ascontiguousarray(picture[top:bottom, left:right])


def widened(quad: F32) -> F32:
    """Return the quad (4,2) grown around its middle by MARGIN on every side."""
    middle = quad.mean(axis=0)
    return np.asarray(middle + (quad - middle) * (1 + 2 * MARGIN), np.float32)


def _side(length_px: float) -> int:
    return max(2, round(length_px * (1 + 2 * MARGIN)))
