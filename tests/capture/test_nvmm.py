"""From NVMM to the GPU: the calls in their order whatever fails, and no structure believed that contradicts itself."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable

import numpy as np
import pytest

from edge.capture import nvmm
from edge.capture.nvbufsurface import Surface, SurfaceParams, SurfaceUnfit, nv12_surface
from edge.capture.nvmm import NvBufSurfaceLibrary, take_surface
from edge.errors import EngineFailed
from edge.types import U8
from edge.vision.planes import Matrix
from tests.simulated.nvbufsurface import CUDA_DEVICE, EGL_IMAGE_AT, LAYOUTS, SimulatedLibrary, SimulatedSurface
from tests.simulated.pictures import SimulatedPicture, SimulatedPictureMemory

WH = (320, 180)
SAR = (1, 1)


def surface(layout: str = "jetpack-6", **changes: int) -> SimulatedSurface:
    return SimulatedSurface(picture(), np.full((WH[1] // 2, WH[0] // 2, 2), 90, np.uint8), layout, **changes)


def picture() -> U8:
    return np.arange(WH[0] * WH[1], dtype=np.uint32).reshape(WH[1], WH[0]).astype(np.uint8)


def take(one: SimulatedSurface, library: SimulatedLibrary, memory: SimulatedPictureMemory) -> SimulatedPicture:
    taken = take_surface(one.address, WH, SAR, memory, library)
    assert isinstance(taken, SimulatedPicture)
    return taken


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_layouts_agree_in_all_that_is_read(layout: str) -> None:
    whole, params = LAYOUTS[layout]
    ours = {"memory": "memType", "list": "surfaceList", "filled": "numFilled", "batch_size": "batchSize"}
    for name, theirs in ours.items():
        assert getattr(Surface, name).offset == getattr(whole, theirs).offset, name
    ours = {"width": "width", "height": "height", "pitch": "pitch", "colour_format": "colorFormat", "layout": "layout"}
    ours |= {"size": "dataSize", "data": "dataPtr", "planes": "planeParams", "mapped": "mappedAddr"}
    for name, theirs in ours.items():
        assert getattr(SurfaceParams, name).offset == getattr(params, theirs).offset, name
    assert SurfaceParams.egl_image.offset == EGL_IMAGE_AT[layout] == 312
    sizes = {"jetpack-6": (64, 384), "deepstream-9": (72, 416)}
    assert (ctypes.sizeof(whole), ctypes.sizeof(params)) == sizes[layout]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_surface_array_is_mapped_copied_and_given_back_in_this_order(layout: str) -> None:
    one = surface(layout)
    library = SimulatedLibrary(one)
    memory = SimulatedPictureMemory(library=library)
    memory.on_take = lambda: library.log.append("copy")
    taken = take(one, library, memory)
    assert library.log == ["map", "register", "copy", "unmap"]
    assert library.images == {}
    assert (taken.form.coded_wh, taken.form.matrix, taken.form.full_range) == (WH, Matrix.BT709.value, False)
    one.store[:] = 0  # the decoder goes on with its memory
    expected = np.clip(np.rint((picture().astype(float) - 16) * 255 / 219), 0, 255).astype(np.uint8)
    assert (taken.luma(*WH) == expected).all()


def test_cuda_memory_is_copied_from_its_own_address_without_egl() -> None:
    one = surface(memory=CUDA_DEVICE)
    library = SimulatedLibrary(one)
    memory = SimulatedPictureMemory()
    assert take(one, library, memory).luma(*WH).shape == (WH[1], WH[0])
    assert (library.log, memory.taken) == ([], 1)


@pytest.mark.parametrize(
    ("colour", "matrix", "full"),
    [
        (6, Matrix.BT601, False),
        (7, Matrix.BT601, True),
        (33, Matrix.BT709, False),
        (34, Matrix.BT709, True),
        (36, Matrix.BT2020, False),
    ],
)
def test_colours_are_what_the_surface_says(colour: int, matrix: Matrix, full: bool) -> None:  # noqa: FBT001 - a case
    one = surface(colour=colour, memory=CUDA_DEVICE)
    form = take(one, SimulatedLibrary(one), SimulatedPictureMemory()).form
    assert (form.matrix, form.full_range) == (matrix.value, full)


def test_a_device_that_fails_leaves_nothing_mapped_and_its_own_words() -> None:
    one = surface()
    library = SimulatedLibrary(one)
    memory = SimulatedPictureMemory(library=library)
    memory.fault = EngineFailed("CUDA_ERROR_LAUNCH_FAILED")
    with pytest.raises(EngineFailed, match="LAUNCH_FAILED"):
        take(one, library, memory)
    assert library.log == ["map", "register", "unmap"]
    memory.fault = None
    take(one, library, memory)  # a second map of the same buffer would break the contract, had it not been unmapped


def test_a_map_that_fails_is_not_unmapped_and_names_the_cure() -> None:
    one = surface()
    library = SimulatedLibrary(one)
    library.map_fails = True
    with pytest.raises(SurfaceUnfit, match="without DISPLAY") as refusal:
        take(one, library, SimulatedPictureMemory(library=library))
    assert library.log == ["map"]
    assert "\n" not in str(refusal.value)


def test_a_map_without_an_image_is_given_back_and_refused() -> None:
    one = surface()
    library = SimulatedLibrary(one)
    library.maps_nothing = True
    with pytest.raises(SurfaceUnfit, match="no EGLImage"):
        take(one, library, SimulatedPictureMemory(library=library))
    assert library.log == ["map", "unmap"]


def test_an_unmap_that_fails_is_an_error_and_never_hides_the_first_one(caplog: pytest.LogCaptureFixture) -> None:
    one = surface()
    library = SimulatedLibrary(one)
    library.unmap_fails = True
    memory = SimulatedPictureMemory(library=library)
    with pytest.raises(SurfaceUnfit, match="UnMapEglImage failed"):
        take(one, library, memory)
    memory.fault = EngineFailed("the device is lost")
    with caplog.at_level(logging.ERROR), pytest.raises(EngineFailed, match="the device is lost"):
        take(one, library, memory)
    assert "UnMapEglImage failed too" in caplog.text


def test_what_another_element_mapped_is_used_and_left_to_it() -> None:
    one = surface()
    library = SimulatedLibrary(one)
    library.map_egl(one.address)
    library.log.clear()
    take(one, library, SimulatedPictureMemory(library=library))
    assert library.log == ["register"]
    assert len(library.images) == 1


def _whole(name: str, value: int) -> Callable[[SimulatedSurface], None]:
    return lambda one: setattr(one.whole, name, value)


def _params(name: str, value: int) -> Callable[[SimulatedSurface], None]:
    return lambda one: setattr(one.params, name, value)


def _planes(name: str, plane: int, value: int) -> Callable[[SimulatedSurface], None]:
    def change(one: SimulatedSurface) -> None:
        getattr(one.params.planeParams, name)[plane] = value

    return change


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_whole("batchSize", 2), "batch of 2"),
        (_whole("numFilled", 0), "0 filled"),
        (_whole("surfaceList", 0), "batch of 1"),
        (_whole("surfaceList", 0x1003), "batch of 1"),
        (_whole("memType", 1), "CUDA pinned"),
        (_whole("memType", 99), "kind 99"),
        (_params("width", 322), "322x180 where the stream says 320x180"),
        (_params("layout", 1), "block-linear"),
        (_params("colorFormat", 19), "colour format 19"),
        (_params("pitch", 320), "do not agree"),
        (_params("dataSize", 1000), "do not agree"),
        (_planes("pitch", 1, 256), "do not agree"),
        (_planes("width", 1, 320), "do not agree"),
        (_planes("height", 1, 180), "do not agree"),
        (_planes("offset", 1, 512), "do not agree"),
        (_planes("bytesPerPix", 1, 1), "do not agree"),
    ],
)
def test_a_structure_that_contradicts_itself_is_refused_before_it_is_used(
    spoil: Callable[[SimulatedSurface], None], says: str
) -> None:
    one = surface()
    library = SimulatedLibrary(one)
    spoil(one)
    with pytest.raises(SurfaceUnfit, match=says) as refusal:
        take(one, library, SimulatedPictureMemory(library=library))
    assert library.log == []
    assert "\n" not in str(refusal.value)


def test_a_layout_shifted_by_one_field_is_noticed() -> None:
    one = surface()
    held = (ctypes.c_char * 512)()
    ctypes.memmove(ctypes.addressof(held) + 8, ctypes.addressof(one.params), ctypes.sizeof(one.params))
    one.whole.surfaceList = ctypes.addressof(held)
    with pytest.raises(SurfaceUnfit):
        nv12_surface(one.address, WH)


def test_odd_sizes_are_left_to_the_processor() -> None:
    one = surface()
    one.params.width = 319
    with pytest.raises(SurfaceUnfit, match="both must be even"):
        nv12_surface(one.address, (319, 180))


def test_cuda_memory_without_an_address_is_refused() -> None:
    one = surface(memory=CUDA_DEVICE)
    one.params.dataPtr = None
    with pytest.raises(SurfaceUnfit, match="without an address"):
        nv12_surface(one.address, WH)


def test_a_machine_without_the_library_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvmm, "_NAMES", ("libnosuchthing.so.9",))
    with pytest.raises(SurfaceUnfit, match="nvidia-l4t-multimedia"):
        NvBufSurfaceLibrary()
