"""The plate readers that tools compare, by the names they are asked for on the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.model import Models
    from edge.inference.readers import OpenReader
    from edge.ports import PlateCropReader

ALONE = "plate-ocr-alone"
"""Our own reader without its second opinion."""
PEER = "rapidocr"
"""RapidOCR as its makers ship it, with its own pipeline; `pp-ocr` runs its networks in ours."""
CROP_READERS = ("plate-ocr", ALONE, "pp-ocr", PEER)
"""Those that read pictures that are plates."""
READERS = (*CROP_READERS, "paddle")


def models_of(path: Path | None) -> Models:
    """Return the settings of the readers in a configuration file, or the defaults.

    Raises:
        ConfigError: passed on from `load_config`.
    """
    from edge.config.load import load_config
    from edge.config.model import Models

    return load_config(path).models if path else Models()


def open_named(models: Models, reader: str) -> OpenReader:
    """Open a reader of READERS with these settings.

    Raises:
        ModelError, ConfigError: passed on from `open_reader` or `open_rapidocr`.
    """
    from edge.inference.readers import open_reader
    from edge.workshop.rapidocr_peer import open_rapidocr

    if reader == PEER:
        return open_rapidocr(models.threads)
    if reader == ALONE:
        return open_reader(replace(models, plates="plate-ocr", second_opinion="none"))
    return open_reader(replace(models, plates=reader))


def of_plates(reader: OpenReader, name: str) -> PlateCropReader:
    """Return the reader as one of pictures that are plates.

    Raises:
        UsageError: it reads whole pictures alone.
    """
    from edge.ports import PlateCropReader

    if not isinstance(reader, PlateCropReader):
        raise UsageError(f"{name} cannot read pictures that are plates: give pictures with boxes")
    return reader
