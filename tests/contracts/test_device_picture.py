"""What every picture promises, on the processor and in device memory: one test for each promise of Frame's views."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.inference.cuda.picture import HeldPicture
from edge.inference.cuda.pictures import open_pictures
from edge.ports.capture import TensorOrder
from edge.ports.device import PictureForm
from edge.types import F32
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix
from tests.simulated import host_kernels
from tests.simulated.decoder import DecodedPicture, noise_and_shapes, planes_of
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import BINDINGS, install

FORM = PictureForm((66, 38), Matrix.BT601.value, sar=(12, 11))
SIZE = (72, 38)

Picture = PlanarFrame | HeldPicture


@pytest.fixture(params=["processor", *BINDINGS])
def picture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Picture:
    luma, chroma = noise_and_shapes(FORM.coded_wh)
    if request.param == "processor":
        return PlanarFrame("gate", 0, 0, 0, 0, planes_of(luma, chroma, FORM))
    if not host_kernels.COMPILER:
        pytest.skip(host_kernels.NO_COMPILER)
    # Not asked what is left on it: pytest keeps the picture until after everything was closed.
    gpu = SimulatedGpu()
    install(monkeypatch, gpu, request.param)
    host_kernels.give(gpu)
    return open_pictures(tmp_path).take(DecodedPicture(gpu, luma, chroma).planes, FORM)


def test_the_size_is_in_square_pixels(picture: Picture) -> None:
    assert picture.size_wh == SIZE


def test_thumbnails_have_the_size_asked_for_aspect_or_not(picture: Picture) -> None:
    for width, height in ((1, 1), (10, 30), (72, 38), (100, 3)):
        luma, tint = picture.luma(width, height), picture.tint(width, height)
        assert luma.shape == (height, width)
        assert tint.shape == (height, width, 2)
        assert {luma.dtype.name, tint.dtype.name} == {"uint8"}


def test_a_letterbox_keeps_the_aspect_and_says_where_the_picture_lies(picture: Picture) -> None:
    for centre in (True, False):
        view = picture.letterbox(64, 64, centre=centre, pad=7)
        height = round(SIZE[1] * view.scale)
        assert view.scale == 64 / SIZE[0]
        assert (view.pad_x, view.pad_y) == (0, (64 - height) // 2 if centre else 0)
        assert view.picture.shape == (64, 64, 3)
        bars = np.ones(64, bool)
        bars[view.pad_y : view.pad_y + height] = False
        assert (view.picture[bars] == 7).all()
        assert (view.picture[~bars] != 7).any()


@pytest.mark.parametrize("colour", ["rgb", "bgr"])
def test_a_tensor_is_the_letterboxs_pixels_in_the_networks_order(picture: Picture, colour: str) -> None:
    order = TensorOrder(48, 32, pad=9, colour=colour, gain=(0.5, 0.25, 2.0), offset=(1.0, 0.0, -3.0))
    made, box = picture.tensor(order), picture.letterbox(48, 32, pad=9)
    value: F32 = made.value if isinstance(made.value, np.ndarray) else made.value.host()
    assert value.shape == (1, 3, 32, 48)
    assert value.dtype.name == "float32"
    assert (made.scale, made.pad_x, made.pad_y) == (box.scale, box.pad_x, box.pad_y)
    planes = box.picture if colour == "rgb" else box.picture[..., ::-1]
    expected = planes.astype(np.float32) * np.array(order.gain, np.float32) + np.array(order.offset, np.float32)
    assert (value[0] == expected.transpose(2, 0, 1)).all()


def test_a_crop_is_every_pixel_that_the_box_touches_and_is_clipped(picture: Picture) -> None:
    whole = picture.crop((0, 0, *SIZE))
    assert whole.shape == (SIZE[1], SIZE[0], 3)
    part = picture.crop((10.2, 5.9, 20.1, 8.0))
    assert part.shape == (3, 11, 3)
    assert (part == whole[5:8, 10:21]).all()
    assert picture.crop((-100, -100, 1, 1)).shape == (1, 1, 3)
    assert picture.crop((60, 30, 1000, 1000)).shape == (8, 12, 3)


@pytest.mark.parametrize("box", [(72, 0, 80, 9), (-9, -9, 0, 0), (5, 5, 5, 9), (9, 9, 5, 5)])
def test_a_box_outside_of_the_picture_is_an_error(picture: Picture, box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="nothing of the box"):
        picture.crop(box)


def test_views_are_the_callers_own_and_never_change_the_picture(picture: Picture) -> None:
    first = picture.crop((0, 0, *SIZE))
    seen = first.copy()
    for view in (first, picture.luma(9, 9), picture.tint(9, 9), picture.letterbox(16, 16).picture):
        view.setflags(write=True)
        view[:] = 99
    assert (picture.crop((0, 0, *SIZE)) == seen).all()
    tensors = [picture.tensor(TensorOrder(16, 16)).value for _ in range(2)]
    assert tensors[0] is not tensors[1]
