"""Finders' networks: one that always answers the same, one that sees what is bright, and the card for both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.inference.feeds import AtOnce, on_host
from edge.inference.finder import PLANES
from edge.inference.finder_card import STRIDE_PX
from edge.ports import Feeds, TensorSpec
from edge.types import F32

WEIGHTS = b"not really weights"
BRIGHT = 0.75
CARD = f"""
name = "peer-n"
task = "find"
file = "peer-n.onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
output = "plates"
confidence = 0.4
licence = "none of ours"

[input]
name = "image"
width = 96
height = 64
"""


def write_card(folder: Path, text: str = CARD) -> Path:
    (folder / "peer-n.onnx").write_bytes(WEIGHTS)
    path = folder / "model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def answer_of(*plates: tuple[F32, float], size_wh: tuple[int, int] = (96, 64)) -> F32:
    """The network's answer (9,rows,columns): each plate said by the cell in its middle."""
    answer = np.zeros((PLANES, size_wh[1] // STRIDE_PX, size_wh[0] // STRIDE_PX), np.float32)
    for quad, sure in plates:
        column, row = np.floor(quad.mean(axis=0) / STRIDE_PX).astype(int)
        middle = (np.array([column, row], np.float32) + 0.5) * STRIDE_PX
        answer[0, row, column] = sure
        answer[1:, row, column] = (quad - middle).ravel()
    return answer


class CannedFinder(AtOnce):
    """An engine that gives one answer to every picture and keeps what it was asked."""

    label = "canned"
    metadata: Mapping[str, str] = {}

    def __init__(self, answer: F32, output: str = "plates") -> None:
        self.inputs = (TensorSpec("image", (1, 1, 64, 96), "float32"),)
        self.outputs = (TensorSpec(output, (1, *answer.shape), "float32"),)
        self._answer = {output: answer[None]}
        self.asked: list[npt.NDArray[Any]] = []

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        self.asked.append(on_host(feeds["image"]))
        return self._answer

    def close(self) -> None: ...


class SeeingFinder(CannedFinder):
    """An engine that takes the bright part of a picture for a plate, and is as sure as it was told to be."""

    def __init__(self, sure: float = 0.9) -> None:
        super().__init__(answer_of())
        self._sure = sure

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        self.asked.append(on_host(feeds["image"]))
        rows, columns = np.nonzero(self.asked[-1][0, 0] > BRIGHT)
        if not len(rows):
            return {"plates": answer_of()[None]}
        x1, y1, x2, y2 = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        quad = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
        return {"plates": answer_of((quad, self._sure))[None]}
