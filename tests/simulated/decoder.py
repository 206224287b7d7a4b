"""A decoder's picture in the memory of the simulated GPU, and the same one for the processor."""

from __future__ import annotations

import numpy as np

from edge.ports.device import DevicePlanes, PictureForm
from edge.types import U8
from edge.vision.planes import Matrix, PixelFormat, Planes
from tests.simulated.gpu import SimulatedGpu


def noise_and_shapes(coded_wh: tuple[int, int], seed: int = 1) -> tuple[U8, U8]:
    """Return the planes of an NV12 picture with everything a sampler can get wrong: noise, edges, slopes."""
    width, height = coded_wh
    chance = np.random.default_rng(seed)
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    slope = (across * 255 // max(width - 1, 1) + down) % 256
    boxes = ((across // 7 + down // 5) % 2) * 200 + 20
    noise = chance.integers(0, 256, (height, width))
    luma = np.where(across < width // 3, noise, np.where(across < 2 * width // 3, boxes, slope)).astype(np.uint8)
    chroma = chance.integers(0, 256, ((height + 1) // 2, (width + 1) // 2, 2)).astype(np.uint8)
    chroma[:, : width // 8] = 128
    return luma, chroma


def planes_of(luma: U8, chroma: U8, form: PictureForm) -> Planes:
    """Return the picture as the processor's frames have it."""
    return Planes(PixelFormat.NV12, (luma, chroma), Matrix(form.matrix), form.full_range, form.sar)


class DecodedPicture:
    """The picture in device memory with rows `spare` bytes longer than they need be, as decoders lay them out."""

    def __init__(self, gpu: SimulatedGpu, luma: U8, chroma: U8, spare: int = 0) -> None:
        self._gpu = gpu
        rows = [luma, chroma.reshape(chroma.shape[0], -1)]
        with gpu.lock:
            above, below = (self._written(plane, plane.shape[1] + spare) for plane in rows)
        self.planes = DevicePlanes(above, below, luma.shape[1] + spare, rows[1].shape[1] + spare)

    def close(self) -> None:
        """Let the decoder have its memory back."""
        for address in (self.planes.luma, self.planes.chroma):
            self._gpu.device.free(address)

    def _written(self, plane: U8, pitch: int) -> int:
        address = self._gpu.device.allocate(plane.shape[0] * pitch)
        assert address is not None, "the simulated GPU is full"
        wide = self._gpu.octets(address, plane.shape[0] * pitch).reshape(plane.shape[0], pitch)
        wide[:, : plane.shape[1]] = plane
        return address
