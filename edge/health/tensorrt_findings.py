"""What is found of TensorRT and of what gives it memory: looked up, never imported, for importing it starts CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from edge.health.board import Board
from edge.health.examinee import Examinee
from edge.health.findings import Finding, broken, doubtful, well

OLDEST = 10
"""Networks are built strongly typed with named tensors, as TensorRT has it from version 10 on."""
DISTRIBUTIONS = ("tensorrt", "tensorrt-cu13", "tensorrt-cu12", "tensorrt_cu13_bindings", "tensorrt_cu12_bindings")
BINDINGS = ("pycuda", "cuda-bindings")
MODEL_FAILED = 4
_NO_NETWORK = "set models.engine to auto, or "


def examine_tensorrt(examinee: Examinee, board: Board, engine: str) -> Iterator[Finding]:
    """Say whether the networks can run through TensorRT, `engine` being what the configuration asks for."""
    installed = ((name, version) for name in DISTRIBUTIONS if (version := examinee.version_of(name)))
    name, found = next(installed, ("", ""))
    if not found:
        yield _absent(board, engine)
        return
    ours = f"; the board's is {board.tensorrt}" if board.tensorrt else ""
    mend = f"pip uninstall {name}, and let the virtual environment see the system's packages"
    if int(found.split(".")[0]) < OLDEST:
        said = f"TensorRT {found} is too old, {OLDEST} is needed{ours}"
        yield _refused(said, mend if board.is_jetson else f"pip install 'tensorrt>={OLDEST}'", engine)
    elif board.is_jetson and board.tensorrt and _release(found) != _release(board.tensorrt):
        said = f"Python's TensorRT {found} is another than the drivers on this board are made for{ours}"
        yield _refused(said, mend, engine)
    else:
        yield well("engine", f"TensorRT {found} is installed")
    yield from _examine_binding(examinee, board, engine)


def _examine_binding(examinee: Examinee, board: Board, engine: str) -> Iterator[Finding]:
    cuda = board.cuda.split(".")[0] if board.cuda else ""
    wanted = f"'cuda-bindings=={cuda}.*'" if cuda else "cuda-bindings"
    found = {name: version for name in BINDINGS if (version := examinee.version_of(name))}
    if not found:
        said = f"neither {' nor '.join(BINDINGS)} is installed: TensorRT cannot be given memory"
        yield _refused(said, f"pip install {wanted}, or apt install python3-pycuda", engine)
        return
    newest = found.get("cuda-bindings", "").split(".")[0]
    if cuda and newest and newest != cuda and "pycuda" not in found:
        said = f"cuda-bindings {found['cuda-bindings']} is not of CUDA {board.cuda}: the driver may refuse its calls"
        yield doubtful("engine", said, f"pip install {wanted}")
        return
    yield well("engine", f"CUDA through {', '.join(f'{name} {version}' for name, version in found.items())}")


def examine_jetson_utils(examinee: Examinee) -> Iterator[Finding]:
    """Find the package of the index that carries the board's library's name and is another author's.

    It brings a second module, jetson_serial, by which it is known; the board's library has none.
    """
    version = examinee.version_of("jetson-utils")
    if version and examinee.has_module("jetson_serial"):
        said = f"jetson-utils {version} of the package index is another author's, and hides the board's own library"
        yield doubtful("capture", said, "pip uninstall jetson-utils; the board's is built from dusty-nv/jetson-utils")


def _absent(board: Board, engine: str) -> Finding:
    if not board.is_jetson:
        if engine == "tensorrt":
            return broken("engine", "TensorRT is absent", f"{_NO_NETWORK}pip install tensorrt", MODEL_FAILED)
        return well("engine", "TensorRT is absent; ONNX Runtime runs the networks")
    if board.tensorrt:
        said = f"TensorRT {board.tensorrt} is on the board, but this Python does not see it"
        cure = "apt install python3-libnvinfer, and make the virtual environment with --system-site-packages"
    else:
        said, cure = "TensorRT is absent: networks run on the processor", "apt install tensorrt python3-libnvinfer"
    return _refused(said, cure, engine)


def _refused(said: str, cure: str, engine: str) -> Finding:
    """Return a failure where the configuration insists on TensorRT; elsewhere ONNX Runtime serves."""
    if engine == "tensorrt":
        return broken("engine", said, f"{_NO_NETWORK}{cure}", MODEL_FAILED)
    return doubtful("engine", said, cure)


def _release(version: str) -> tuple[str, ...]:
    """Return what makes two builds of one release: Python calls it 10.3.0, the distribution 10.3.0.30."""
    return tuple(version.split(".")[:3])
