"""Which plate reader the configuration names."""

from __future__ import annotations

from typing import Protocol

from edge.config.model import Models
from edge.errors import ConfigError
from edge.inference.paddle import open_paddle
from edge.inference.ppocr import open_ppocr
from edge.inference.quad_reader import open_quad_reader
from edge.ports import Allowance, PlateReader


class OpenReader(PlateReader, Protocol):
    """A reader that holds networks or a process until it is closed."""

    def close(self) -> None:
        """Let go of them; may be called twice."""
        ...


def open_reader(models: Models, allowance: Allowance | None = None) -> OpenReader:
    """Open the plate reader `models.plates`; `allowance` says whether a second one may be asked too.

    Raises:
        ModelError: its package or its models are missing or damaged.
        ConfigError: no such reader, or the paddle reader lacks its settings.
    """
    if models.plates == "plate-ocr":
        return open_quad_reader(models, allowance)
    if models.plates == "pp-ocr":
        return open_ppocr(models)
    if models.plates == "paddle":
        return open_paddle(models)
    raise ConfigError(f"models.plates is {models.plates!r}, which reads nothing: use plate-ocr, pp-ocr or paddle")
