"""Pictures and labelled sets on disk, as the workshop reads and writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import ConfigError, UsageError
from edge.types import CLASSES, F32, U8

if TYPE_CHECKING:
    from pathlib import Path

JPEG_QUALITY = 92


def read_rgb(path: Path) -> U8:
    """Decode a picture as (H,W,3) uint8 RGB.

    Raises:
        ConfigError: it cannot be decoded.
    """
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise ConfigError(f"{path}: is no picture that can be decoded; restore it or take it off the list")
    return np.asarray(pixels, np.uint8)


def make_set(folder: Path) -> None:
    """Make the folders and class names of a labelled set; raises OSError."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")


def write_labelled(folder: Path, name: str, rgb: U8, boxes: F32) -> None:
    """Add a picture (H,W,3) uint8 RGB to a set with its boxes (N,5) rows `class x1 y1 x2 y2` px; raises OSError.

    Raises:
        UsageError: the picture cannot be coded.
    """
    picture, label = folder / "images" / f"{name}.jpg", folder / "labels" / f"{name}.txt"
    size_wh = (rgb.shape[1], rgb.shape[0])
    lines = []
    for row in boxes:
        x1, y1, x2, y2 = row[1:] / np.array(size_wh * 2)
        lines.append(f"{int(row[0])} {(x1 + x2) / 2:.5f} {(y1 + y2) / 2:.5f} {x2 - x1:.5f} {y2 - y1:.5f}")
    label.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    write_jpeg(picture, rgb)  # last: a picture on disk always has its label


def write_jpeg(path: Path, rgb: U8) -> None:
    """Write a picture (H,W,3) uint8 RGB; raises OSError.

    Raises:
        UsageError: it cannot be coded.
    """
    done, coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise UsageError(f"{path}: cannot be coded as JPEG; check the OpenCV installation")
    path.write_bytes(coded.tobytes())
