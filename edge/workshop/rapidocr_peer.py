"""RapidOCR as its makers ship it, with its own pipeline: a mark to measure readers against, no part of the product."""

from __future__ import annotations

import importlib
import logging
from typing import Protocol, cast

import numpy as np

from edge.errors import EngineFailed, ModelError
from edge.plates.lines import TextLine, plates_of, whole_plate
from edge.plates.text import normalise
from edge.types import F32, U8, PlateRead
from edge.vision import quads


class _Answer(Protocol):
    """What the package says of a picture: quads (N,4,2) in its pixels, a text and a confidence 0..1 each, or Nones."""

    boxes: F32 | None
    txts: tuple[str, ...] | None
    scores: tuple[float, ...] | None


class _Pipeline(Protocol):
    def __call__(self, picture: U8, /) -> _Answer: ...


def open_rapidocr(threads: int = 1) -> RapidOcrPeer:
    """Load the package's pipeline with its defaults: text detector, turning and recogniser of PP-OCR.

    Raises:
        ModelError: the package is not installed or does not start.
    """
    try:
        package = importlib.import_module("rapidocr")
    except ImportError as error:
        raise ModelError(
            f"rapidocr cannot be imported ({error}): install edge-gate[ocr], or leave rapidocr out"
        ) from error
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    chosen = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
    try:
        return RapidOcrPeer(cast("_Pipeline", package.RapidOCR(params=chosen)))
    except Exception as error:
        raise ModelError(
            f"rapidocr does not start ({error}): install the version that edge-gate[ocr] asks for"
        ) from error


class RapidOcrPeer:
    """Reads plates as somebody would who installed the package. One caller at a time.

    Its lines become plates by the rules that `PpOcrReader` uses too: the small ones of a plate (a state's name, IND)
    are left out and do not count against it. A line has one confidence, which stands for each of its characters.
    """

    def __init__(self, pipeline: _Pipeline) -> None:
        self._pipeline = pipeline
        self.label = "RapidOCR's own pipeline"

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Read plates; see `ports.PlateReader.read`."""
        return plates_of(self._lines(picture))

    def read_plate(self, picture: U8) -> PlateRead | None:
        """Read a picture that is a plate; see `ports.PlateCropReader.read_plate`."""
        return whole_plate(self._lines(picture))

    def close(self) -> None:
        """Nothing is held that the collector would not free."""

    def _lines(self, picture: U8) -> list[TextLine]:
        try:
            said = self._pipeline(np.ascontiguousarray(picture[:, :, ::-1]))
        except Exception as error:
            raise EngineFailed(f"{self.label}: {error}: leave rapidocr out, or report it to its makers") from error
        if said.boxes is None or said.txts is None or said.scores is None:
            return []
        return [_line(*one) for one in zip(said.boxes, said.txts, said.scores, strict=True)]


def _line(quad: F32, written: str, score: float) -> TextLine:
    text = normalise(written)
    width_px, height_px = quads.size(np.asarray(quad, np.float32))
    return TextLine(text, (float(score),) * len(text), quads.bounds(quad), width_px, height_px, 0.0)
