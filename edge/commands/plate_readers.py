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
CROP_READERS = ("plate-ocr", ALONE, "pp-ocr")
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


def asked(models: Models, reader: str) -> Models:
    """Return the settings for a reader of READERS."""
    if reader == ALONE:
        return replace(models, plates="plate-ocr", second_opinion="none")
    return replace(models, plates=reader)


def of_plates(reader: OpenReader, name: str) -> PlateCropReader:
    """Return the reader as one of pictures that are plates.

    Raises:
        UsageError: it reads whole pictures alone.
    """
    from edge.ports import PlateCropReader

    if not isinstance(reader, PlateCropReader):
        raise UsageError(f"{name} cannot read pictures that are plates: give pictures with boxes")
    return reader
