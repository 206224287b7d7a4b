"""Pictures through a real package, pycuda or cuda-bindings, on the stand-in driver: `python -m … pycuda FOLDER`.

A process of its own, because the packages find the driver's library when the process starts.
"""

from __future__ import annotations

import ctypes
import enum
import importlib
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edge.inference.cuda import library
from edge.inference.cuda import open as opening
from edge.inference.cuda.driver import Cuda, CudaFailed, DeviceFull
from edge.inference.cuda.kernels import image_path
from edge.inference.cuda.pictures import open_pictures
from edge.ports.capture import TensorOrder
from edge.ports.device import DevicePlanes, PictureForm
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import Matrix
from tests.simulated.decoder import noise_and_shapes, planes_of
from tests.simulated.fake_bindings import driver_module, nvrtc_module
from tests.simulated.fake_pycuda import FakePycuda
from tests.simulated.gpu import SimulatedGpu

MASK = [[(0.1, 0.1), (0.5, 0.2), (0.3, 0.6)]]
FORM = PictureForm((66, 38), Matrix.BT601.value, sar=(12, 11))


def main(package: str, folder: Path) -> str:
    """Return what was seen; AssertionError where it is not what it must be."""
    if package == "pycuda":
        # pycuda names all of the driver's symbols; those that are not called need not be there.
        sys.setdlopenflags(os.RTLD_LAZY)
    pytest.MonkeyPatch().setattr(opening, "has", lambda name: name.split(".")[0] == package.split("-", maxsplit=1)[0])
    cuda = opening.open_cuda()
    assert cuda.label.startswith(package), cuda.label
    _surface(package)
    _calls(cuda)
    _errors(cuda)
    image_path(cuda, folder).write_bytes(b"\x7fELF of a stand-in")
    _pictures(cuda, folder)
    label = cuda.label
    cuda.close()
    left = library.driver_library().stand_in_left()
    assert left == 0, f"{left} left over"
    return label


def _surface(package: str) -> None:
    """Compare the simulated package with the real one: every name is there, and every number means the same."""
    gpu = SimulatedGpu()
    if package == "pycuda":
        fake = FakePycuda(gpu)
        pairs = {"pycuda.driver": fake.driver, "pycuda.compiler": fake.compiler}
    else:
        pairs = {"cuda.bindings.driver": driver_module(gpu), "cuda.bindings.nvrtc": nvrtc_module(gpu)}
    for name, simulated in pairs.items():
        real = importlib.import_module(name)
        for word, thing in vars(simulated).items():
            if word.startswith("__"):
                continue
            assert hasattr(real, word), f"{name} has no {word}"
            if isinstance(thing, type) and issubclass(thing, enum.IntEnum):
                told = {each.name: int(getattr(getattr(real, word), each.name)) for each in thing}
                assert told == {each.name: int(each) for each in thing}, word
            elif isinstance(thing, type):
                own = {each for each in vars(thing) if not each.startswith("_")} - {"fake", "words", "valid", "number"}
                assert own <= set(dir(getattr(real, word))), f"{name}.{word} has not all of {own}"


def _calls(cuda: Cuda) -> None:
    stream, block, pinned = cuda.stream(), cuda.allocate(64), cuda.pin(128)
    begin, end = cuda.event(timed=True), cuda.event(timed=True)
    pinned.octets[:] = np.arange(128)
    cuda.record(begin, stream)
    cuda.upload(block, pinned, 32, stream, offset=8)
    cuda.copy_rows(block + 32, block, (8, 8), (8, 4), stream)
    cuda.download(pinned, block + 32, 32, stream, offset=96)
    cuda.record(end, stream)
    cuda.wait_event(stream, end)
    cuda.finish_event(end)
    cuda.synchronise(stream)
    assert (pinned.octets[96:] == np.arange(8, 40)).all()
    assert cuda.elapsed_ms(begin, end) == 1.5
    assert cuda.memory() == (2**28 - 192, 2**28)
    for event in (begin, end):
        cuda.end_event(event)
    cuda.unpin(pinned)
    cuda.free(block)
    cuda.end_stream(stream)


def _errors(cuda: Cuda) -> None:
    with pytest.raises(DeviceFull, match="CUDA_ERROR_OUT_OF_MEMORY"):
        cuda.allocate(2**40)
    with pytest.raises(CudaFailed, match="CUDA_ERROR_INVALID_IMAGE"):
        cuda.load(b"no image")


def _pictures(cuda: Cuda, folder: Path) -> None:
    luma, chroma = noise_and_shapes(FORM.coded_wh)
    blocks = [_sent(cuda, plane) for plane in (luma, chroma)]
    planes = DevicePlanes(blocks[0], blocks[1], luma.shape[1], chroma.shape[1] * 2)
    pictures = open_pictures(folder, MASK)
    frame = PlanarFrame("gate", 0, 0, 0, 0, PrivacyMasks(MASK).blacken(planes_of(luma, chroma, FORM)))
    order = TensorOrder(48, 32)
    held = SimpleNamespace(picture=pictures.take(planes, FORM))
    for block in blocks:
        cuda.free(block)
    assert (held.picture.luma(20, 10) == frame.luma(20, 10)).all()
    assert (held.picture.tensor(order).value.host() == frame.tensor(order).value).all()
    pictures.close()
    # The last reference goes in another thread, which ends afterwards.
    dropping = threading.Thread(target=held.__dict__.clear)
    dropping.start()
    dropping.join()


def _sent(cuda: Cuda, plane: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    stream, block, pinned = cuda.stream(), cuda.allocate(plane.size), cuda.pin(plane.size)
    pinned.octets[:] = plane.ravel()
    cuda.upload(block, pinned, plane.size, stream)
    cuda.synchronise(stream)
    cuda.unpin(pinned)
    cuda.end_stream(stream)
    return block


if __name__ == "__main__":
    ctypes.CDLL("libcuda.so.1", mode=ctypes.RTLD_GLOBAL)
    sys.stdout.write(main(sys.argv[1], Path(sys.argv[2])) + "\n")
