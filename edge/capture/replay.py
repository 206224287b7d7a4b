"""`replay://PATH`: recorded pictures again, the same every time. For tests, golden runs and reproducing a fault.

PATH is a folder of pictures (PNG, JPEG, BMP; in the order of their names) or an .npz file with `pictures` (N,H,W,3)
uint8 RGB and, if the stamps matter, `pts_ns` (N,) int64. `?fps=10` spaces pictures that have no stamps; `&live=1`
delivers them as they fall due, stamped on arrival like a camera's, instead of as fast as they are read.
"""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge.capture.address import Address
from edge.capture.files import check_file, wall_start
from edge.capture.framing import Framing, Order
from edge.errors import ConfigError, SourceBroken, SourceEnded, SourceLost
from edge.ports import SourceSpec
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes

DEFAULT_FPS = 10.0
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})


class ReplaySource:
    """The FrameSource port over recorded pictures."""

    def __init__(self, address: Address, order: Order) -> None:
        self._address = address
        self._order = order
        self._framing = Framing(order)
        self._pictures: Iterator[tuple[int, U8]] = iter(())
        self._closed = threading.Event()
        self._live = address.option.get("live", "0") != "0"
        self._due_from: tuple[int, int] | None = None
        self._delivered = 0

    def open(self) -> SourceSpec:
        fps = self._fps()
        path = Path(self._address.target)
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURES)
            if not files:
                raise SourceBroken(f"{self._address.shown}: the folder holds no pictures; put PNG or JPEG files in it")
            count, first = len(files), _read(files[0])
            self._pictures = ((round(index * 1e9 / fps), _read(file)) for index, file in enumerate(files))
        else:
            check_file(self._address.target)
            pictures, pts_ns = _recorded(path, fps)
            count, first = len(pictures), pictures[0]
            self._pictures = ((int(pts), picture) for pts, picture in zip(pts_ns, pictures, strict=True))
        start_ns, start_from = (None, "") if self._live else wall_start(self._order, None)
        if start_ns is not None:
            self._framing.count_from(start_ns)
        size_wh = (first.shape[1], first.shape[0])
        frames = None if self._live else count
        return SourceSpec(self._live, "replay", "none", "pictures", size_wh, fps, frames, start_ns, start_from)

    def read(self, timeout_s: float) -> PlanarFrame:
        del timeout_s  # the next picture is at hand, or due at a known time
        if self._closed.is_set():
            raise SourceLost(f"{self._address.shown}: closed while reading")
        try:
            pts_ns, picture = next(self._pictures)
        except StopIteration:
            raise SourceEnded(f"{self._address.shown}: ended after {self._delivered} frames") from None
        if self._live:
            self._wait_until_due(pts_ns)
        self._delivered += 1
        return self._framing.frame(Planes(PixelFormat.RGB, (picture,), Matrix.BT601, full_range=True), pts_ns)

    def close(self) -> None:
        self._closed.set()

    def _fps(self) -> float:
        text = self._address.option.get("fps", str(DEFAULT_FPS))
        try:
            fps = float(text)
        except ValueError:
            fps = 0.0
        if not 0 < fps < float("inf"):
            raise ConfigError(f"{self._address.shown}: fps={text} is not a number above 0; write ?fps=10")
        return fps

    def _wait_until_due(self, pts_ns: int) -> None:
        now_ns = self._order.clock.mono_ns()
        if self._due_from is None:
            self._due_from = (now_ns, pts_ns)
        wait_ns = self._due_from[0] + pts_ns - self._due_from[1] - now_ns
        if wait_ns > 0:
            self._order.clock.sleep(wait_ns / 1e9)


def _read(file: Path) -> U8:
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if picture is None:
        raise SourceBroken(f"{file}: is not a picture that can be read; remove it or save it as PNG again")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _recorded(path: Path, fps: float) -> tuple[U8, list[int]]:
    try:
        with np.load(path) as archive:
            pictures = archive["pictures"]
            stamps = archive["pts_ns"].tolist() if "pts_ns" in archive else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise SourceBroken(
            f"{path}: is not a recording ({error}); an .npz with `pictures` (N,H,W,3) is needed"
        ) from error
    if pictures.ndim != 4 or pictures.shape[3] != 3 or pictures.dtype != np.uint8 or not len(pictures):  # noqa: PLR2004 - N,H,W,RGB
        raise SourceBroken(
            f"{path}: `pictures` is {pictures.dtype}{pictures.shape}, must be uint8 (N,H,W,3) with N > 0"
        )
    if stamps is not None and len(stamps) != len(pictures):
        raise SourceBroken(f"{path}: {len(pictures)} pictures but {len(stamps)} stamps; record it again")
    return pictures, stamps or [round(index * 1e9 / fps) for index in range(len(pictures))]
