"""Pictures in device memory: their views are the processor's, their memory is theirs and comes back."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Cuda, DeviceFull, DeviceLost
from edge.inference.cuda.picture import HeldPicture, HeldTensor
from edge.inference.cuda.pictures import MOST_PICTURES, MOST_TENSORS, HeldPictures, open_pictures
from edge.ports.capture import TensorOrder
from edge.ports.device import PictureForm
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.masks import PrivacyMasks
from edge.vision.planes import Matrix
from tests.simulated import host_kernels
from tests.simulated.decoder import DecodedPicture, noise_and_shapes, planes_of
from tests.simulated.gpu import SimulatedGpu

MOST_LEVELS, MEAN_LEVELS = 1, 0.1
"""How far a value on the device may be from the processor's, of 255, at most and on average, over noise and edges.

Where OpenCV resizes, every value is the same. It differs where OpenCV warps: pixels that are not square, and a
letterbox whose last step leaves the size as it is.
"""
FORM = PictureForm((48, 32), Matrix.BT709.value)
MASK = [[(0.1, 0.1), (0.5, 0.2), (0.3, 0.6)], [(0.7, 0.7), (1.0, 0.7), (1.0, 1.0), (0.7, 1.0)]]


def _taken(pictures: HeldPictures, gpu: SimulatedGpu, form: PictureForm = FORM, *, spare: int = 0) -> HeldPicture:
    decoded = DecodedPicture(gpu, *noise_and_shapes(form.coded_wh), spare)
    try:
        return pictures.take(decoded.planes, form)
    finally:
        decoded.close()


def _most(ours: U8, theirs: U8) -> int:
    return int(np.abs(ours.astype(np.int16) - theirs).max())


def _close(ours: U8, theirs: U8) -> bool:
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    apart = np.abs(ours.astype(np.float64) - theirs)
    return bool(apart.max() <= MOST_LEVELS and apart.mean() <= MEAN_LEVELS)


@pytest.mark.parametrize(
    ("coded_wh", "sar", "matrix", "full_range", "spare"),
    [
        ((320, 180), (1, 1), Matrix.BT709, False, 0),
        ((201, 113), (1, 1), Matrix.BT601, True, 55),
        ((176, 144), (12, 11), Matrix.BT601, False, 80),
        ((180, 120), (8, 9), Matrix.BT601, False, 12),
        ((96, 54), (4, 3), Matrix.BT2020, True, 1),
        ((33, 17), (1, 1), Matrix.BT2020, False, 31),
        ((2, 2), (1, 1), Matrix.BT709, True, 0),
        ((1, 1), (1, 1), Matrix.BT709, False, 3),
    ],
)
def test_every_view_is_the_processors(
    pictures: HeldPictures,
    gpu: SimulatedGpu,
    coded_wh: tuple[int, int],
    sar: tuple[int, int],
    matrix: Matrix,
    full_range: bool,  # noqa: FBT001 - an example's
    spare: int,
) -> None:
    form = PictureForm(coded_wh, matrix.value, full_range, sar)
    luma, chroma = noise_and_shapes(coded_wh)
    decoded = DecodedPicture(gpu, luma, chroma, spare)
    picture = pictures.take(decoded.planes, form)
    decoded.close()
    frame = PlanarFrame("gate", 0, 0, 0, 0, planes_of(luma, chroma, form))
    width, height = frame.size_wh
    assert picture.size_wh == frame.size_wh
    for size in ((24, 14), (160, 90), (31, 100), (width * 2, height)):
        assert (picture.luma(*size) == frame.luma(*size)).all()
        assert (picture.tint(*size) == frame.tint(*size)).all()
    for side in (64, 97, width):
        for centre in (True, False):
            ours, theirs = (each.letterbox(side, side, centre=centre, pad=17) for each in (picture, frame))
            assert (ours.scale, ours.pad_x, ours.pad_y) == (theirs.scale, theirs.pad_x, theirs.pad_y)
            assert _close(ours.picture, theirs.picture)
    for box in ((0, 0, width, height), (width * 0.3, height * 0.2, width * 0.7, height * 0.9), (-5, -5, 1, 1)):
        assert _close(picture.crop(box), frame.crop(box))


def test_pictures_of_any_size_are_seen_as_the_processor_sees_them(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    chance = np.random.default_rng(7)
    for seed in range(40):
        width, height, across, down, side = (int(each) for each in chance.integers(1, 90, 5))
        sar = ((1, 1), (12, 11), (10, 11), (4, 3), (16, 9))[seed % 5]
        form = PictureForm((width, height), list(Matrix)[seed % 3].value, bool(seed % 2), sar)
        luma, chroma = noise_and_shapes(form.coded_wh, seed)
        decoded = DecodedPicture(gpu, luma, chroma, seed)
        picture = pictures.take(decoded.planes, form)
        decoded.close()
        frame = PlanarFrame("gate", 0, 0, 0, 0, planes_of(luma, chroma, form))
        assert _most(picture.luma(across, down), frame.luma(across, down)) <= MOST_LEVELS, form
        assert _most(picture.tint(across, down), frame.tint(across, down)) <= MOST_LEVELS, form
        boxed = [each.letterbox(side, down).picture for each in (picture, frame)]
        assert _most(*boxed) <= MOST_LEVELS, (form, side, down)
        crops = [each.crop((0, 0, across, down)) for each in (picture, frame)]
        assert _most(*crops) <= MOST_LEVELS, form


@pytest.mark.parametrize("colour", ["rgb", "bgr"])
def test_a_tensor_is_the_letterbox_with_gain_and_offset(pictures: HeldPictures, gpu: SimulatedGpu, colour: str) -> None:
    luma, chroma = noise_and_shapes(FORM.coded_wh)
    decoded = DecodedPicture(gpu, luma, chroma)
    picture = pictures.take(decoded.planes, FORM)
    decoded.close()
    order = TensorOrder(64, 96, pad=114, colour=colour, gain=(1 / 58, 1 / 57, 1 / 57), offset=(-2.1, -2.0, 0.0))
    ours = picture.tensor(order)
    theirs = PlanarFrame("gate", 0, 0, 0, 0, planes_of(luma, chroma, FORM)).tensor(order)
    assert (ours.scale, ours.pad_x, ours.pad_y) == (theirs.scale, theirs.pad_x, theirs.pad_y)
    assert not isinstance(ours.value, np.ndarray)
    assert ours.value.shape == (1, 3, 96, 64)
    assert (ours.value.host() == theirs.value).all(), "the same numbers, to the last bit"


def test_masks_are_black_in_every_view(cuda: Cuda, gpu: SimulatedGpu, tmp_path: Path) -> None:
    if not host_kernels.COMPILER:
        pytest.skip(host_kernels.NO_COMPILER)
    assert cuda.compiler in {"nvcc", "nvrtc"}
    host_kernels.give(gpu)
    pictures = open_pictures(tmp_path, MASK)
    for coded_wh in ((64, 48), (63, 47), (64, 48)):
        form = PictureForm(coded_wh, Matrix.BT601.value)
        luma, chroma = noise_and_shapes(coded_wh)
        decoded = DecodedPicture(gpu, luma, chroma, 9)
        picture = pictures.take(decoded.planes, form)
        assert (gpu.octets(decoded.planes.luma, 8) == luma[0, :8]).all(), "the decoder's own picture is not touched"
        decoded.close()
        masked = PrivacyMasks(MASK).blacken(planes_of(luma, chroma, form))
        frame = PlanarFrame("gate", 0, 0, 0, 0, masked)
        assert (picture.crop((0, 0, 64, 48)) == frame.crop((0, 0, 64, 48))).all()
        assert (picture.luma(64, 48) == frame.luma(64, 48)).all()
        assert (picture.tint(20, 20) == frame.tint(20, 20)).all()
    del picture
    pictures.close()


def test_an_engines_stream_waits_for_a_tensor(pictures: HeldPictures, gpu: SimulatedGpu, cuda: Cuda) -> None:
    picture = _taken(pictures, gpu)
    tensor = picture.tensor(TensorOrder(16, 16)).value
    assert isinstance(tensor, HeldTensor)
    stream, pinned = cuda.stream(), cuda.pin(16 * 16 * 3 * 4)
    tensor.ready(stream)
    cuda.download(pinned, tensor.address, pinned.octets.size, stream)
    cuda.synchronise(stream)
    assert (pinned.octets.view(np.float32).reshape(1, 3, 16, 16) == tensor.host()).all()
    cuda.unpin(pinned)
    cuda.end_stream(stream)


def test_a_picture_outlives_its_decoders_memory_and_the_next_pictures(
    pictures: HeldPictures, gpu: SimulatedGpu
) -> None:
    first = _taken(pictures, gpu)
    seen = first.crop((0, 0, 48, 32))
    for _ in range(3 * MOST_PICTURES):
        _taken(pictures, gpu, PictureForm((48, 32), Matrix.BT709.value, full_range=True))
    assert (first.crop((0, 0, 48, 32)) == seen).all()


def test_memory_is_used_again_and_more_than_the_bound_is_an_error(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    held = [_taken(pictures, gpu) for _ in range(MOST_PICTURES)]
    with pytest.raises(EngineFailed, match="pictures on the GPU: all 8 are in use"):
        _taken(pictures, gpu)
    used = gpu.device.used
    held.pop()
    held.append(_taken(pictures, gpu))
    assert gpu.device.used == used
    tensors = [held[0].tensor(TensorOrder(8, 8)) for _ in range(MOST_TENSORS)]
    with pytest.raises(EngineFailed, match="network inputs on the GPU: all 8 are in use"):
        held[0].tensor(TensorOrder(8, 8))
    tensors.clear()
    assert held[0].tensor(TensorOrder(8, 8)).value.shape == (1, 3, 8, 8)


def test_memory_follows_when_the_camera_changes_its_size(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    small = PictureForm((16, 16), Matrix.BT601.value)
    for form in (FORM, small, FORM, small):
        assert _taken(pictures, gpu, form).crop((0, 0, 99, 99)).shape == (*form.coded_wh[::-1], 3)
    assert len(gpu.device.alive) <= 3, "one picture, and room for results"


def test_after_close_pictures_still_answer_and_the_last_one_takes_everything_along(
    pictures: HeldPictures, gpu: SimulatedGpu
) -> None:
    picture = _taken(pictures, gpu)
    pictures.close()
    pictures.close()
    tensor = picture.tensor(TensorOrder(8, 8)).value
    assert isinstance(tensor, HeldTensor)
    assert picture.luma(4, 4).shape == (4, 4)
    with pytest.raises(EngineFailed, match="after they were closed"):
        _taken(pictures, gpu)
    del picture
    assert tensor.host().shape == (1, 3, 8, 8)
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(_drop, [tensor]).result()
    del tensor
    gc.collect()
    assert not gpu.device.alive
    assert not gpu.pinned.alive


def _drop(held: list[Any]) -> None:
    held.clear()


def test_a_full_device_is_told_and_the_next_picture_is_taken(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    gpu.fail("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY")
    with pytest.raises(DeviceFull, match="cuMemAlloc"):
        _taken(pictures, gpu)
    gpu.fail("cuMemcpy2DAsync", "CUDA_ERROR_INVALID_VALUE")
    with pytest.raises(EngineFailed, match="cuMemcpy2DAsync failed with CUDA_ERROR_INVALID_VALUE"):
        _taken(pictures, gpu)
    held = [_taken(pictures, gpu) for _ in range(MOST_PICTURES)]
    assert len(held) == MOST_PICTURES, "what failed kept nothing"


def test_a_lost_device_is_an_error_in_every_view_and_never_an_empty_picture(
    pictures: HeldPictures, gpu: SimulatedGpu
) -> None:
    picture = _taken(pictures, gpu)
    gpu.lose("CUDA_ERROR_LAUNCH_FAILED")
    views: list[Callable[[], object]] = [
        lambda: picture.luma(8, 8),
        lambda: picture.tint(8, 8),
        lambda: picture.letterbox(8, 8),
        lambda: picture.tensor(TensorOrder(8, 8)),
        lambda: picture.crop((0, 0, 8, 8)),
    ]
    for view in views:
        with pytest.raises(DeviceLost, match="CUDA_ERROR_LAUNCH_FAILED"):
            view()


def test_a_picture_that_cannot_be_is_refused(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    decoded = DecodedPicture(gpu, *noise_and_shapes((48, 32)))
    for form in (
        PictureForm((49, 32), (0.3, 0.1)),
        PictureForm((0, 0), (0.3, 0.1)),
        PictureForm((8, 8), (0.3, 0.1), sar=(0, 1)),
    ):
        with pytest.raises(EngineFailed, match="something impossible"):
            pictures.take(decoded.planes, form)
    decoded.close()


def test_views_may_be_asked_for_from_many_threads(pictures: HeldPictures, gpu: SimulatedGpu) -> None:
    picture = _taken(pictures, gpu)
    wanted = [picture.crop((x, 0, x + 16, 16)) for x in range(8)]
    start = threading.Barrier(8)

    def ask(x: int) -> bool:
        start.wait()
        crops = all((picture.crop((x, 0, x + 16, 16)) == wanted[x]).all() for _ in range(5))
        return crops and picture.tensor(TensorOrder(8 + x, 8)).value.shape == (1, 3, 8, 8 + x)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def test_cameras_in_threads_of_their_own_do_not_disturb_each_other(
    cuda: Cuda, gpu: SimulatedGpu, tmp_path: Path
) -> None:
    if not host_kernels.COMPILER:
        pytest.skip(host_kernels.NO_COMPILER)
    host_kernels.give(gpu)

    def run(camera: int) -> str:
        pictures = open_pictures(tmp_path, MASK if camera % 2 else ())
        form = PictureForm((32 + camera, 24), Matrix.BT601.value)
        shapes = [_taken(pictures, gpu, form).crop((0, 0, 99, 99)).shape for _ in range(6)]
        pictures.close()
        return pictures.label if shapes == [(24, 32 + camera, 3)] * 6 else "wrong"

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, range(4))) == {cuda.label}
