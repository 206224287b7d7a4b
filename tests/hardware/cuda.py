"""Rows of the GPU itself: memory, streams and kernels, through each binding, held against the processor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from edge.inference.cuda import library
from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.pictures import HeldPictures
from edge.ports import DevicePicture, DevicePlanes, DeviceTensor, PictureForm, TensorOrder
from edge.scene import random_scene
from edge.types import F32, U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes
from tests.hardware.needs import need, need_driver
from tests.hardware.row import Asked, Figures, Row, Wrong, timed_ms

Thing = TypeVar("Thing")
BINDINGS = {
    "pycuda": ("pycuda", "make pycuda builds a wheel where there is a CUDA toolkit; pip install dist/pycuda-*.whl"),
    "cuda-bindings": ("cuda.bindings", "pip install cuda-bindings, of the CUDA version of the driver"),
}
MEBIBYTES = 64
SIZE_WH, SMALL_WH = (1920, 1080), (160, 90)
FORM = PictureForm(SIZE_WH, Matrix.BT709.value)
BOX = (301.0, 203.0, 702.0, 555.0)
ORDER = TensorOrder(416, 256)
MOST_APART = 2.0
"""Levels of 255 by which one value of a view may differ from the processor's."""


def opened(binding: str) -> Cuda:
    """Open the GPU through one binding, whichever others are installed."""
    need_driver()
    need(*BINDINGS[binding])
    if binding == "pycuda":
        from edge.inference.cuda.through_pycuda import ThroughPycuda  # noqa: PLC0415 - loads the driver's library

        return ThroughPycuda(library.driver_library())
    from edge.inference.cuda.through_bindings import ThroughBindings  # noqa: PLC0415 - as above

    return ThroughBindings("installed")


def memory(binding: str, _: Asked) -> tuple[str, Figures]:
    """Send bytes to the device and back through a stream, timed by its own events."""
    size = MEBIBYTES << 20
    with ExitStack() as ends:
        cuda = opened(binding)
        ends.callback(cuda.close)
        there, back = (_given_back(ends, cuda.unpin, cuda.pin(size)) for _ in range(2))
        stream = _given_back(ends, cuda.end_stream, cuda.stream())
        address = _given_back(ends, cuda.free, cuda.allocate(size))
        events = [_given_back(ends, cuda.end_event, cuda.event(timed=True)) for _ in range(3)]
        there.octets[:] = np.random.default_rng(7).integers(0, 256, size, np.uint8)
        for _round in range(2):  # the first one wakes the device
            cuda.record(events[0], stream)
            cuda.upload(address, there, size, stream)
            cuda.record(events[1], stream)
            cuda.download(back, address, size, stream)
            cuda.record(events[2], stream)
            cuda.finish_event(events[2])
        if not np.array_equal(there.octets, back.octets):
            raise Wrong("what came back is not what was sent")
        up_ms, down_ms = cuda.elapsed_ms(*events[:2]), cuda.elapsed_ms(*events[1:])
        return f"{cuda.label}: {MEBIBYTES} MiB there and back unchanged", {"up ms": up_ms, "down ms": down_ms}


def views(binding: str, _: Asked) -> tuple[str, Figures]:
    """Make every view of a picture on the device and on the processor, and compare them."""
    luma, chroma = _nv12()
    frame = PlanarFrame("gate", 0, 0, 0, 0, Planes(PixelFormat.NV12, (luma, chroma)))
    with ExitStack() as ends, tempfile.TemporaryDirectory() as folder:
        cuda = opened(binding)
        ends.callback(cuda.close)
        planes = _uploaded(cuda, ends, luma, chroma)
        pictures = HeldPictures(opened(binding), Path(folder), (), library.driver_library())
        ends.callback(pictures.close)
        apart = _apart(pictures.take(planes, FORM), frame)
        figures = _timed(cuda, pictures, planes, frame)
        label = cuda.label
    told = ", ".join(f"{name} {most:.1f}" for name, most in apart.items())
    if max(apart.values()) > MOST_APART:
        raise Wrong(f"views differ by up to {told} levels, {MOST_APART} are allowed")
    return f"{label}: levels apart at most: {told}", figures


def _apart(picture: DevicePicture, frame: PlanarFrame) -> dict[str, float]:
    """Return for each view by how many levels its worst value differs."""
    pairs: dict[str, tuple[F32 | U8, F32 | U8]] = {
        "tensor": (_host(picture.tensor(ORDER).value) * 255, _host(frame.tensor(ORDER).value) * 255),
        "crop": (picture.crop(BOX), frame.crop(BOX)),
        "luma": (picture.luma(*SMALL_WH), frame.luma(*SMALL_WH)),
        "tint": (picture.tint(*SMALL_WH), frame.tint(*SMALL_WH)),
    }
    return {name: float(np.abs(given.astype(np.float32) - wanted).max()) for name, (given, wanted) in pairs.items()}


def _timed(cuda: Cuda, pictures: HeldPictures, planes: DevicePlanes, frame: PlanarFrame) -> Figures:
    picture, stream = pictures.take(planes, FORM), cuda.stream()

    def tensor() -> None:
        made = picture.tensor(ORDER).value
        if not isinstance(made, np.ndarray):
            made.ready(stream)
        cuda.synchronise(stream)

    figures = {
        "take ms": timed_ms(lambda: pictures.take(planes, FORM)),
        "tensor ms": timed_ms(tensor),
        "crop ms": timed_ms(lambda: picture.crop(BOX)),
    }
    cuda.end_stream(stream)
    return figures | {"tensor of the processor's": figures["tensor ms"] / timed_ms(lambda: frame.tensor(ORDER))}


def _host(value: F32 | DeviceTensor) -> F32:
    return value if isinstance(value, np.ndarray) else np.asarray(value.host(), np.float32)


def _given_back(ends: ExitStack, give_back: Callable[[Thing], object], thing: Thing) -> Thing:
    ends.callback(give_back, thing)
    return thing


def _nv12() -> tuple[U8, U8]:
    picture = random_scene(3, list_name="proof", size_wh=SIZE_WH)[0]
    i420 = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
    width, height = SIZE_WH
    blue, red = i420[height:].reshape(2, height // 2, width // 2)
    return np.ascontiguousarray(i420[:height]), np.ascontiguousarray(np.dstack([blue, red]))


def _uploaded(cuda: Cuda, ends: ExitStack, luma: U8, chroma: U8) -> DevicePlanes:
    """Put the planes where a decoder would, rows apart by more than they are long."""
    pitch, addresses, stream = luma.shape[1] + 256, [], cuda.stream()
    for plane in (luma, chroma):
        padded = np.zeros((len(plane), pitch), np.uint8)
        padded[:, : luma.shape[1]] = plane.reshape(len(plane), -1)
        pinned = cuda.pin(padded.size)
        pinned.octets[:] = padded.ravel()
        addresses.append(_given_back(ends, cuda.free, cuda.allocate(padded.size)))
        cuda.upload(addresses[-1], pinned, padded.size, stream)
        cuda.synchronise(stream)
        cuda.unpin(pinned)
    cuda.end_stream(stream)
    return DevicePlanes(addresses[0], addresses[1], pitch, pitch)


ROWS = (
    *(Row(f"cuda-memory-{one}", f"CUDA memory and streams through {one}", partial(memory, one)) for one in BINDINGS),
    *(
        Row(f"cuda-views-{one}", f"views of a picture on the GPU through {one}", partial(views, one))
        for one in BINDINGS
    ),
)
