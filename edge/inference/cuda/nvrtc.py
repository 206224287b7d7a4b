"""CUDA C++ to a device's machine code with NVRTC, NVIDIA's compiler in a library; needs no GPU."""

from __future__ import annotations

from typing import Any

from edge.errors import EngineFailed
from edge.inference.cuda.driver import OPTIONS


def compile_with_nvrtc(source: str, name: str, architecture: str) -> bytes:
    """Return the cubin of `source` for `architecture` (`sm_87`); `name` is what messages call the source.

    Raises:
        EngineFailed: NVRTC is absent, does not know the architecture, or says what is wrong with the source.
    """
    from cuda.bindings import nvrtc  # noqa: PLC0415 - loads a library of 60 MB

    try:
        return _compiled(nvrtc, source, name, architecture)
    except RuntimeError as absent:
        # The package finds the library when it is first called.
        raise EngineFailed(
            f"{name}: cannot be compiled, NVRTC is absent: install cuda-nvrtc of JetPack, or the package "
            f"nvidia-cuda-nvrtc ({' '.join(str(absent).split())})"
        ) from absent


def _compiled(nvrtc: Any, source: str, name: str, architecture: str) -> bytes:
    program = _good(nvrtc, nvrtc.nvrtcCreateProgram(source.encode(), name.encode(), 0, [], []), name)
    try:
        options = [option.encode() for option in (f"--gpu-architecture={architecture}", *OPTIONS)]
        (status,) = nvrtc.nvrtcCompileProgram(program, len(options), options)
        if status != 0:
            said = _text(nvrtc, nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program)
            told = " ".join(said.rstrip(b"\0").decode(errors="replace").split())
            raise EngineFailed(f"{name}: NVRTC does not compile it for {architecture}: {told or status.name}")
        return _text(nvrtc, nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN, program)
    finally:
        nvrtc.nvrtcDestroyProgram(program)


def _text(nvrtc: Any, size: Any, content: Any, program: Any) -> bytes:
    room = bytearray(_good(nvrtc, size(program), "size"))
    _good(nvrtc, (*content(program, room), None), "content")
    return bytes(room)


def _good(nvrtc: Any, answer: tuple[Any, Any], name: str) -> Any:
    status, result = answer
    if status != 0:
        raise EngineFailed(f"{name}: NVRTC failed with {status.name}: {nvrtc.nvrtcGetErrorString(status)[-1]!r}")
    return result
