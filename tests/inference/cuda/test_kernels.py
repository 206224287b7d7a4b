"""The kernels: compiled once, kept, compiled anew when they do not load; and they compile for the boards there are."""

from __future__ import annotations

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.cuda.driver import OPTIONS, Cuda, DeviceFull
from edge.inference.cuda.kernels import NAMES, Kernels, compile_ahead, image_path, source
from edge.inference.cuda.nvcc import found_nvcc
from edge.inference.cuda.nvrtc import compile_with_nvrtc
from edge.inference.cuda.sampling import PAINT, VIEW
from tests.simulated import host_kernels
from tests.simulated.gpu import SimulatedGpu

ORIN, HOPPER = "sm_87", "sm_90"
THOR = ("sm_101", "sm_110")
"""CUDA 12.9 calls Thor's the first, CUDA 13 the second."""
ELF = b"\x7fELF"


def test_kernels_are_compiled_once_for_a_device_and_kept(cuda: Cuda, tmp_path: Path) -> None:
    path = compile_ahead(cuda, tmp_path / "engines")
    image, written = path.read_bytes(), path.stat().st_mtime_ns
    assert path.name.startswith(f"views-sm_87-{cuda.compiler}-")
    assert compile_ahead(cuda, tmp_path / "engines") == path
    assert path.stat().st_mtime_ns == written
    assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing half written is left"
    kernels = Kernels(cuda, tmp_path / "engines")
    kernels.close()
    assert path.read_bytes() == image


def test_a_kept_file_that_does_not_load_is_compiled_anew(
    cuda: Cuda, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = compile_ahead(cuda, tmp_path)
    good = path.read_bytes()
    path.write_bytes(b"half a file")
    with caplog.at_level("WARNING", "edge"):
        Kernels(cuda, tmp_path).close()
    assert path.read_bytes() == good
    assert "does not load (CUDA_ERROR_INVALID_IMAGE): compiled anew" in caplog.text


def test_cameras_that_are_opened_together_compile_once(
    cuda: Cuda, gpu: SimulatedGpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    compile_one = type(cuda).compile

    def counted(self: Cuda, text: str, name: str) -> bytes:
        compiled.append(name)
        return compile_one(self, text, name)

    monkeypatch.setattr(type(cuda), "compile", counted)
    start = threading.Barrier(8)

    def load(_: int) -> None:
        start.wait()
        Kernels(cuda, tmp_path).close()

    for path in (image_path(cuda, tmp_path), None):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(load, range(8)))
        assert compiled.pop() == "views.cu"
        assert compiled == []
        if path is not None:
            path.write_bytes(b"damaged")
    assert gpu.left() == ["1 retained contexts"]


def test_a_full_device_is_no_reason_to_compile(cuda: Cuda, gpu: SimulatedGpu, tmp_path: Path) -> None:
    path = compile_ahead(cuda, tmp_path)
    gpu.fail("cuModuleLoadData", "CUDA_ERROR_OUT_OF_MEMORY")
    with pytest.raises(DeviceFull):
        Kernels(cuda, tmp_path)
    assert path.is_file()


def test_a_folder_that_cannot_be_written_is_told(cuda: Cuda, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ModelError, match=r"cannot be written .*make room"):
        compile_ahead(cuda, tmp_path / "file" / "engines")


def test_another_source_or_compiler_is_another_file(
    cuda: Cuda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = image_path(cuda, tmp_path)
    monkeypatch.setattr("edge.inference.cuda.kernels.source", lambda: source() + "// changed")
    assert image_path(cuda, tmp_path) != path


@pytest.mark.skipif(not host_kernels.COMPILER, reason=host_kernels.NO_COMPILER)
def test_the_structures_are_as_large_as_the_kernels_have_them(gpu: SimulatedGpu) -> None:
    host_kernels.give(gpu)
    sizes = {name: gpu.kernels[name].size for name in NAMES}
    assert sizes == {name: (PAINT if name == "blacken" else VIEW).itemsize for name in NAMES}


@pytest.mark.slow
@pytest.mark.parametrize("architecture", [ORIN, HOPPER, THOR])
def test_the_kernels_compile_with_nvrtc(architecture: str | tuple[str, str]) -> None:
    nvrtc = pytest.importorskip("cuda.bindings.nvrtc", reason="cuda-bindings is not installed (make kernels)")
    try:
        _, major, _ = nvrtc.nvrtcVersion()
    except RuntimeError:
        pytest.skip("NVRTC is not installed (make kernels)")
    wanted = architecture if isinstance(architecture, str) else architecture[major >= 13]
    assert compile_with_nvrtc(source(), "views.cu", wanted).startswith(ELF)
    with pytest.raises(EngineFailed, match=r"broken\.cu: NVRTC does not compile it for .*error"):
        compile_with_nvrtc("__global__ void broken( {}", "broken.cu", wanted)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", [ORIN, HOPPER, THOR[1]])
def test_the_kernels_compile_with_nvcc(architecture: str, tmp_path: Path) -> None:
    nvcc = found_nvcc()
    if not nvcc:
        pytest.skip("nvcc is not installed: there is no CUDA toolkit here")
    listed = subprocess.run([nvcc, "--list-gpu-arch"], capture_output=True, text=True, check=True).stdout
    if architecture.replace("sm", "compute") not in listed:
        pytest.skip(f"this nvcc does not know {architecture}")
    text, made = tmp_path / "views.cu", tmp_path / "views.cubin"
    text.write_text(source(), "utf-8")
    subprocess.run([nvcc, "-cubin", "-arch", architecture, *OPTIONS, str(text), "-o", str(made)], check=True)
    assert made.read_bytes().startswith(ELF)
