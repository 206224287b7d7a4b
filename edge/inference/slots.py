"""Our plate recogniser on any engine: what goes in, what its answer means, one slot for each character of a plate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from edge.errors import EngineFailed, ModelError
from edge.inference.engines import open_engine
from edge.inference.reader_card import ReaderCard
from edge.ports import Engine, Pending
from edge.types import F32, U8

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
END = len(CHARACTERS)
"""Class of a slot behind the last character."""
SLOTS = 12
INPUT_WH = (160, 64)
LEAST_LIKELY = 3e-6
"""Probability below which a slot's answers no longer differ."""
GLANCES = (0.0, 0.035, -0.04)
"""A plate is read as it was cut, cut closer by this share of each side, and with so much room around it.

The mean of the three reads .81 of 300 real crops where the first alone reads .76: mistakes hang on how a plate lies on
the network's grid, and the three lie differently.
"""


def prepare(picture: U8, size_wh: tuple[int, int] = INPUT_WH) -> U8:
    """Fit a plate's picture, (H,W,3) RGB or (H,W) gray uint8, into the network: (height,width) gray uint8, stretched.

    Each axis is shrunk by area before it is stretched, so that neither aliases.
    """
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture  # noqa: PLR2004 - three axes
    least_wh = min(gray.shape[1], size_wh[0]), min(gray.shape[0], size_wh[1])
    if least_wh != (gray.shape[1], gray.shape[0]):
        gray = cv2.resize(gray, least_wh, interpolation=cv2.INTER_AREA)
    if least_wh != size_wh:
        gray = cv2.resize(gray, size_wh, interpolation=cv2.INTER_LINEAR)
    return np.asarray(gray, np.uint8)


def glance(picture: U8, share: float) -> U8:
    """Return a plate's picture (H,W[,3]) cut by a share of each side, or with room around it where that is negative."""
    high, wide = picture.shape[:2]
    across, down = round(abs(share) * wide), round(abs(share) * high)
    if share < 0:
        return np.asarray(cv2.copyMakeBorder(picture, down, down, across, across, cv2.BORDER_REPLICATE), np.uint8)
    return np.ascontiguousarray(picture[down : high - down, across : wide - across])


def decode(characters: F32) -> tuple[str, tuple[float, ...]]:
    """Read the slots (SLOTS,37), probabilities, up to the first end: the text and each character's confidence."""
    best = characters.argmax(axis=1)
    ends = np.flatnonzero(best == END)
    count = int(ends[0]) if len(ends) else len(best)
    return (
        "".join(CHARACTERS[index] for index in best[:count]),
        tuple(float(characters[slot, index]) for slot, index in enumerate(best[:count])),
    )


def encode(text: str) -> tuple[int, ...]:
    """Return the class of every slot for a text.

    Raises:
        ValueError: the text is longer than the slots or holds another sign than A-Z and 0-9.
    """
    if len(text) > SLOTS:
        raise ValueError(f"{text!r} has {len(text)} characters, a plate has {SLOTS} at most")
    return tuple(CHARACTERS.index(character) for character in text) + (END,) * (SLOTS - len(text))


@dataclass(frozen=True, slots=True, eq=False)
class SlotRead:
    """What stands on one plate: `char_confidence` has one value in 0..1 for each character; `region` with its own.

    `characters` (SLOTS,37) float32: the probabilities that `text` is the likeliest of.
    """

    text: str
    char_confidence: tuple[float, ...]
    region: str
    region_confidence: float
    characters: F32

    @property
    def end_confidence(self) -> float:
        """Probability that the text ends where it does: a last character that is overlooked shows nowhere else."""
        return float(self.characters[len(self.text), END]) if len(self.text) < SLOTS else 1.0

    def likely(self, count: int) -> tuple[str, ...]:
        """Return for each slot so many characters, the likeliest first."""
        order = np.argsort(-self.characters[:, :END], axis=1)[:, :count]
        return tuple("".join(CHARACTERS[index] for index in row) for row in order)

    def log_likelihood(self, text: str) -> float:
        """Return the logarithm of the probability of a text and its end; -inf for one that no plate has room for."""
        if len(text) > SLOTS:
            return -math.inf
        told = self.characters[np.arange(SLOTS), encode(text)][: len(text) + 1]
        return float(np.log(np.maximum(told, LEAST_LIKELY)).sum())


def open_recogniser(card: ReaderCard, engine: str = "auto", threads: int = 1, engines_dir: str = "") -> SlotRecogniser:
    """Load a recogniser.

    Raises:
        ModelError: the weights are not those of the card, or the engine does not work here.
    """
    card.check_file()
    return SlotRecogniser(card, open_engine(card.file, engine, threads, engines_dir=engines_dir))


class SlotRecogniser:
    """Reads pictures that show one plate each, with one line or two. One caller at a time.

    Args:
        card: names the outputs and regions.
        engine: [1,1,height,width] float32 to [1,SLOTS,37] and [1,R] probabilities.

    Raises:
        ModelError: the network is not of that kind.
    """

    def __init__(self, card: ReaderCard, engine: Engine) -> None:
        self._card, self._engine = card, engine
        self._size_wh = (card.input.width, card.input.height)
        given = {spec.name for spec in engine.outputs}
        if [spec.name for spec in engine.inputs] != [card.input.name] or not {card.characters, card.region} <= given:
            raise ModelError(f"{card.path}: {card.file.name} has other inputs or outputs; correct their names")
        self.label = f"{card.name} on {engine.label}"

    def read(self, *looks: U8) -> SlotRead:
        """Read one plate from one picture of it or more, (H,W,3) RGB or (H,W) gray uint8: the mean of all is told.

        Raises:
            EngineFailed: passed on from the engine, or its answer has another shape than the card says.
        """
        # All are begun before the first is waited for: an engine that can works at several at once.
        begun = [self._begin(glance(look, share)) for look in looks for share in GLANCES]
        seen = [self._answer(run) for run in begun]
        characters, region = (np.mean([part[place] for part in seen], axis=0, dtype=np.float32) for place in (0, 1))
        text, confidence = decode(characters)
        best = int(np.argmax(region))
        return SlotRead(text, confidence, self._card.regions[best], float(region[best]), characters)

    def _begin(self, picture: U8) -> Pending:
        image = prepare(picture, self._size_wh).astype(np.float32)[None, None] / 255
        return self._engine.submit({self._card.input.name: image})

    def _answer(self, run: Pending) -> tuple[F32, F32]:
        """Return the probabilities (SLOTS,37) of the characters and (R,) of the regions."""
        answer = run.wait()
        characters, region = (
            np.asarray(answer[name], np.float32) for name in (self._card.characters, self._card.region)
        )
        if characters.shape != (1, SLOTS, END + 1) or region.shape != (1, len(self._card.regions)):
            raise EngineFailed(
                f"{self._engine.label}: gave {characters.shape} and {region.shape}: use the file of the card"
            )
        return characters[0], region[0]

    def close(self) -> None:
        """Let go of the engine; may be called twice."""
        self._engine.close()
