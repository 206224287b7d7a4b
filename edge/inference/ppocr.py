"""The plate reader: PP-OCR's two networks on any engine, from the files that rapidocr's package carries."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path
from time import perf_counter_ns

import cv2
import numpy as np

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference import textboxes
from edge.inference.ctc import Alphabet, read_greedily
from edge.inference.engines import open_engine
from edge.plates.lines import TextLine, plates_of, whole_plate
from edge.ports import Engine
from edge.types import F32, U8, PlateRead
from edge.vision import quads
from edge.vision.sharpness import sharpness

PACKAGE = "rapidocr"
DETECT_PIXELS = 130_000
"""Size of a vehicle's picture in the text detector, 416x312 or the like; its cost grows with it."""
MOST_LINES = 6
"""Lines read in one picture: a plate has at most two, and the lettering of a lorry is not wanted."""
DETECTOR_NORM = (np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32))
"""Mean and spread that PP-OCR trains its detector with (it applies them to blue, green, red in this order)."""
RECOGNISER_NORM = (np.array([0.5] * 3, np.float32), np.array([0.5] * 3, np.float32))
ROW_PX = 48
"""Height of a line in the recogniser."""
WIDEST_PX = 320
FLATTEST, TALLEST = 14.0, 0.7
"""Width over height of a line that may be part of a plate."""
LOWEST_PX = 8.0
HIGHEST = 0.4
"""Height over the picture's: the detector takes a dark picture as a whole for one line now and then."""
STEEPEST_DEG = 35.0
FRAME = 0.25
"""Room put around a picture that is a plate, over its height: text that touches the rim is not found."""


def open_ppocr(models: Models, pixels: int = DETECT_PIXELS) -> PpOcrReader:
    """Load the reader. It runs on ONNX Runtime whatever `models.engine` says; its label tells so.

    Raises:
        ModelError: the package with the models is not installed or not complete, or the engine does not work here.
    """
    # Its networks take pictures of any size, and an engine of TensorRT's is built for one.
    detector, recogniser = (open_engine(find_model(kind), "onnxruntime", models.threads) for kind in ("det", "rec"))
    return PpOcrReader(detector, recogniser, pixels)


def find_model(kind: str) -> Path:
    """Return the ONNX file of the text detector (`det`) or the recogniser (`rec`) inside the installed package.

    The package is asked for its files and never imported: its own pipeline would bring its own settings and engines.

    Raises:
        ModelError: it is not installed, or holds no such model.
    """
    try:
        listed = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(
            f"{PACKAGE}, which carries the plate reading models, is not installed: install edge-gate[ocr], "
            'or set models.second_opinion = "none" beside models.plates = "plate-ocr"'
        ) from error
    found = [Path(str(file.locate())) for file in listed if file.match(f"models/*_{kind}_*.onnx")]
    if len(found) != 1:
        raise ModelError(
            f"{PACKAGE} {importlib.metadata.version(PACKAGE)} holds {len(found)} models like *_{kind}_*.onnx, not one: "
            "install the version that edge-gate[ocr] asks for"
        )
    return found[0]


class PpOcrReader:
    """Finds text lines in a vehicle's picture, reads them and keeps what looks like a plate. One caller at a time.

    `detect_ns` and `recognise_ns` add up what the two networks cost, over `pictures` pictures and `lines` lines.

    Args:
        detector: [1,3,H,W] to a probability map [1,1,H,W], sides whole steps of 32.
        recogniser: [1,3,48,W] to [1,T,C] probabilities; its characters stand in its metadata.
        pixels: size of a picture in the detector.

    Raises:
        ModelError: a network is not of that kind.
    """

    def __init__(self, detector: Engine, recogniser: Engine, pixels: int = DETECT_PIXELS) -> None:
        self._detector = detector
        self._recogniser = recogniser
        self._pixels = pixels
        self._alphabet = _alphabet(recogniser)
        self.label = f"PP-OCR on {recogniser.label}"
        self.pictures = self.lines = 0
        self.detect_ns = self.recognise_ns = 0

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Read plates; see `ports.PlateReader.read`."""
        self.pictures += 1
        areas = [area for area in self.find_lines(picture) if _may_be_plate(area, picture.shape[0])]
        # Plates hang low on a vehicle; what stands above them is lettering.
        areas.sort(key=lambda area: -float(area.quad[:, 1].mean()))
        return plates_of([self.read_line(picture, area.quad) for area in areas[:MOST_LINES]])

    def read_plate(self, picture: U8) -> PlateRead | None:
        """Read a picture that is a plate; see `ports.PlateCropReader.read_plate`."""
        self.pictures += 1
        room = round(FRAME * picture.shape[0])
        framed = np.asarray(cv2.copyMakeBorder(picture, room, room, room, room, cv2.BORDER_REPLICATE), np.uint8)
        read = whole_plate([self.read_line(framed, area.quad) for area in self.find_lines(framed)[:MOST_LINES]])
        if read is None:  # nothing like a line was found: a plate that fills its picture is one
            high, wide = picture.shape[:2]
            return whole_plate(
                [self.read_line(picture, np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32))]
            )
        x1, y1, x2, y2 = read.box
        return replace(read, box=(x1 - room, y1 - room, x2 - room, y2 - room))

    def find_lines(self, picture: U8) -> tuple[textboxes.TextArea, ...]:
        """Return every text line in a picture (H,W,3) uint8 RGB.

        Raises:
            EngineFailed: passed on from the engine.
        """
        began = perf_counter_ns()
        size = textboxes.network_size(picture.shape[1], picture.shape[0], self._pixels)
        shrinks = size[0] < picture.shape[1]
        fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        answer = _run(self._detector, _tensor(np.asarray(fitted, np.uint8), *DETECTOR_NORM))
        if answer.shape != (1, 1, size[1], size[0]):
            raise EngineFailed(
                f"{self._detector.label}: the text detector gave {answer.shape}: use the models of {PACKAGE}"
            )
        areas = textboxes.text_areas(answer[0, 0], (picture.shape[1], picture.shape[0]))
        self.detect_ns += perf_counter_ns() - began
        return areas

    def read_line(self, picture: U8, quad: F32) -> TextLine:
        """Read what stands inside a quad of a picture.

        Raises:
            EngineFailed: passed on from the engine.
        """
        began = perf_counter_ns()
        width_px, height_px = quads.size(quad)
        row = quads.rectify(picture, quad, _row_width(width_px, height_px), ROW_PX)
        answer = _run(self._recogniser, _tensor(row, *RECOGNISER_NORM))
        if answer.ndim != 3 or answer.shape[2] < self._alphabet.size:  # noqa: PLR2004 - [1,T,C]
            raise EngineFailed(
                f"{self._recogniser.label}: the recogniser gave {answer.shape}: use the models of {PACKAGE}"
            )
        text, confidence = read_greedily(self._alphabet.fold(answer[0]))
        self.lines += 1
        self.recognise_ns += perf_counter_ns() - began
        return TextLine(text, confidence, quads.bounds(quad), width_px, height_px, sharpness(row))

    def close(self) -> None:
        """Let go of both engines; may be called twice."""
        self._detector.close()
        self._recogniser.close()


def _may_be_plate(area: textboxes.TextArea, picture_height_px: int) -> bool:
    width_px, height_px = quads.size(area.quad)
    flat = TALLEST * height_px <= width_px <= FLATTEST * height_px
    fits = LOWEST_PX <= height_px <= HIGHEST * picture_height_px
    return flat and fits and textboxes.slant_deg(area.quad) <= STEEPEST_DEG


def _row_width(width_px: float, height_px: float) -> int:
    """Width of a line at the recogniser's height, in whole steps so that few shapes occur."""
    return int(min(WIDEST_PX, max(textboxes.STEP_PX, round(ROW_PX * width_px / height_px / 16) * 16)))


def _tensor(picture: U8, mean: F32, std: F32) -> F32:
    """(H,W,3) RGB to [1,3,H,W] float32, blue first, (value / 255 - mean) / std."""
    scaled = (picture[:, :, ::-1] * np.float32(1 / 255) - mean) / std
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], np.float32)


def _run(engine: Engine, tensor: F32) -> F32:
    answer = engine.infer({engine.inputs[0].name: tensor})[engine.outputs[0].name]
    return np.asarray(answer, np.float32)


def _alphabet(recogniser: Engine) -> Alphabet:
    characters = recogniser.metadata.get("character", "")
    if not characters:
        raise ModelError(f"{recogniser.label}: the recogniser's file names no characters: use the models of {PACKAGE}")
    try:
        return Alphabet(characters.split("\n"))
    except ValueError as error:
        raise ModelError(
            f"{recogniser.label}: the recogniser cannot read plates: {error}: use the models of {PACKAGE}"
        ) from error
