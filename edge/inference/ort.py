"""The one door to ONNX Runtime: an Engine on the processor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from edge.errors import EngineFailed, ModelError
from edge.inference.feeds import AtOnce, on_host
from edge.ports import Feeds, TensorSpec

PROVIDER = "CPUExecutionProvider"
_NO_LOG = 4
"""Fatal only: every failure is raised, and must not be printed a second time by the runtime."""
_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(bool)": "bool",
}
# The runtime's errors share no base class of their own but Exception, and differ between its versions.
_FAILURES: tuple[type[Exception], ...] = (
    ValueError,
    RuntimeError,
    *(kind for kind in vars(runtime_errors).values() if isinstance(kind, type) and issubclass(kind, Exception)),
)


class OrtEngine(AtOnce):
    """A network on ONNX Runtime's processor provider.

    Threads do not spin while they wait: the frame loop, the decoder and other cameras need the cores between two runs.

    Raises:
        ModelError: the file is missing, not ONNX, damaged, or uses what this runtime does not know.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _NO_LOG
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise ModelError(f"{path}: cannot be read ({error.strerror}): put the model there") from error
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=[PROVIDER])
        except _FAILURES as error:
            raise ModelError(
                f"{path}: is not a usable ONNX model ({_one_line(error)}): it is damaged, of another kind, or too new "
                f"for onnxruntime {onnxruntime.__version__}; copy it again"
            ) from error
        self._session: Any = session
        self.inputs = tuple(_spec(path, argument) for argument in session.get_inputs())
        self.outputs = tuple(_spec(path, argument) for argument in session.get_outputs())
        self.metadata: Mapping[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self.label = f"onnxruntime {onnxruntime.__version__} cpu, {threads} thread{'s' * (threads != 1)}"

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        """Run once; see `ports.Engine.infer`."""
        if self._session is None:
            raise EngineFailed(f"{self._path}: the engine is closed: open it again")
        try:
            answers = self._session.run(None, {name: on_host(value) for name, value in feeds.items()})
        except _FAILURES as error:
            raise EngineFailed(
                f"{self._path}: {self.label} failed ({_one_line(error)}): restart, or check the model"
            ) from error
        named = {spec.name: answer for spec, answer in zip(self.outputs, answers, strict=True)}
        for name, answer in named.items():
            if not isinstance(answer, np.ndarray):
                raise EngineFailed(f"{self._path}: output {name} is no array: use a model that gives tensors")
            if answer.dtype.kind == "f" and not np.isfinite(answer).all():
                raise EngineFailed(f"{self._path}: output {name} holds values that are not numbers: check the model")
        return named

    def close(self) -> None:
        """Let go of the network; may be called twice."""
        self._session = None


def _spec(path: Path, argument: Any) -> TensorSpec:
    if argument.type not in _DTYPES:
        raise ModelError(f"{path}: {argument.name} is a {argument.type}, not a tensor of numbers: use another model")
    shape = tuple(size if isinstance(size, int) and size > 0 else -1 for size in argument.shape)
    return TensorSpec(argument.name, shape, _DTYPES[argument.type])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).removeprefix("[ONNXRuntimeError] : ")[:300]
