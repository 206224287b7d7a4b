"""A decoder's surface comes over an EGLImage: registered, looked at, copied, given back, in this order."""

from __future__ import annotations

import ctypes

import pytest

from edge.errors import EngineFailed
from edge.inference.cuda.driver import CudaFailed
from edge.inference.cuda.egl import EglFrame
from edge.inference.cuda.pictures import HeldPictures
from edge.ports.device import DevicePlanes, PictureForm
from edge.vision.planes import Matrix
from tests.simulated.decoder import DecodedPicture, noise_and_shapes
from tests.simulated.gpu import SimulatedGpu

IMAGE = 0xE61
FORM = PictureForm((32, 16), Matrix.BT709.value)
EGL_CALLS = ["cuGraphicsEGLRegisterImage", "cuGraphicsResourceGetMappedEglFrame", "cuGraphicsUnregisterResource"]


def _frame(planes: DevicePlanes, **other: int) -> EglFrame:
    frame = EglFrame(
        width=32, height=16, depth=1, pitch=planes.luma_pitch, plane_count=2, channels=1, frame_type=1, array_format=1
    )
    frame.planes[0], frame.planes[1] = planes.luma, planes.chroma
    for name, value in other.items():
        setattr(frame, name, value)
    return frame


def test_the_frames_layout_is_that_of_cuda_egl_h() -> None:
    offsets = {
        name: getattr(EglFrame, name).offset for name in dir(EglFrame) if hasattr(getattr(EglFrame, name), "offset")
    }
    assert ctypes.sizeof(EglFrame) == 64, "three pointers and nine words, as gcc lays CUeglFrame out on 64 bits"
    assert (offsets["width"], offsets["pitch"], offsets["frame_type"], offsets["array_format"]) == (24, 36, 48, 56)


def test_a_surface_is_taken_over_and_given_back(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    decoded = DecodedPicture(gpu, *noise_and_shapes((32, 16)), 32)
    gpu.surfaces[IMAGE] = _frame(decoded.planes)
    gpu.calls.clear()
    picture = pictures.take_egl(IMAGE, FORM)
    asked = [call for call in gpu.calls if "Ctx" not in call]
    order = ["cuMemcpy2DAsync", "cuMemcpy2DAsync", "cuStreamSynchronize"]
    assert [call for call in asked if call != "cuMemAlloc"] == [*EGL_CALLS[:2], *order, EGL_CALLS[2]]
    same = pictures.take(decoded.planes, FORM)
    decoded.close()
    assert (picture.crop((0, 0, 32, 16)) == same.crop((0, 0, 32, 16))).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"frame_type": 0}, "block linear.*bl-output=false"),
        ({"plane_count": 3}, "not the 8-bit NV12 picture of 32x16"),
        ({"width": 31}, "2 planes of 31x16"),
        ({"array_format": 2}, "format 2"),
        ({"pitch": 8}, "rows of 8 bytes"),
    ],
)
def test_a_surface_laid_out_otherwise_is_refused_and_given_back(
    pictures: HeldPictures, gpu: SimulatedGpu, wrong: dict[str, int], words: str
) -> None:
    decoded = DecodedPicture(gpu, *noise_and_shapes((32, 16)), 32)
    gpu.surfaces[IMAGE] = _frame(decoded.planes, **wrong)
    with pytest.raises(EngineFailed, match=words):
        pictures.take_egl(IMAGE, FORM)
    assert not gpu.registered
    decoded.close()


def test_an_image_that_the_driver_refuses_is_told_by_its_status(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    with pytest.raises(CudaFailed, match="cuGraphicsEGLRegisterImage failed with CUDA_ERROR_INVALID_HANDLE"):
        pictures.take_egl(0xBAD, FORM)
    decoded = DecodedPicture(gpu, *noise_and_shapes((32, 16)), 32)
    gpu.surfaces[IMAGE] = _frame(decoded.planes)
    gpu.fail("cuGraphicsResourceGetMappedEglFrame", "CUDA_ERROR_INVALID_VALUE")
    with pytest.raises(CudaFailed, match="MappedEglFrame failed with CUDA_ERROR_INVALID_VALUE"):
        pictures.take_egl(IMAGE, FORM)
    gpu.fail("cuMemcpy2DAsync", "CUDA_ERROR_UNKNOWN")
    with pytest.raises(CudaFailed, match="cuMemcpy2DAsync failed with CUDA_ERROR_UNKNOWN"):
        pictures.take_egl(IMAGE, FORM)
    assert not gpu.registered
    decoded.close()
