"""The Engine port: every engine and the canned one keep the same promises."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from edge.errors import EngineFailed, ModelError
from edge.inference.engines import open_engine
from edge.inference.ort import OrtEngine
from edge.inference.scripted import CannedEngine
from edge.ports import Engine, TensorSpec
from tests.inference.trt.conftest import shelve
from tests.simulated.install_tensorrt import Installation

SAVED = {"opset_imports": [helper.make_opsetid("", 13)], "ir_version": 8}


def _write(path: Path, operator: str, kind: int = TensorProto.FLOAT, shape: tuple[int | str, ...] = (1, 3)) -> Path:
    """Write a network of one operator, `x` to `y`."""
    graph = helper.make_graph(
        [helper.make_node(operator, ["x"], ["y"])],
        "tiny",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", kind, shape)],
    )
    model = helper.make_model(graph, **SAVED)
    helper.set_model_props(model, {"names": "{0: 'car'}"})
    onnx.save(model, str(path))
    return path


def _ort(path: Path) -> Engine:
    return open_engine(_write(path / "log.onnx", "Log"), "onnxruntime")


def _ort_here(path: Path, _request: pytest.FixtureRequest) -> Engine:
    return _ort(path)


def _tensorrt(path: Path, request: pytest.FixtureRequest) -> Engine:
    patch, gpu = request.getfixturevalue("monkeypatch"), request.getfixturevalue("gpu")
    Installation(patch, gpu, path / "machine")
    onnx = _write(path / "log.onnx", "Log")
    shelve(onnx, "fp32", path / "engines")
    return open_engine(onnx, "tensorrt", engines_dir=str(path / "engines"))


def _canned(path: Path, _request: pytest.FixtureRequest) -> Engine:
    del path
    spec = [TensorSpec(name, (1, 3), "float32") for name in "xy"]
    return CannedEngine(spec[:1], spec[1:], {"y": np.log(_POSITIVE)}, {"names": "{0: 'car'}"})


_POSITIVE = np.array([[1, 2, 4]], np.float32)


@pytest.fixture(params=[_ort_here, _tensorrt, _canned], ids=["onnxruntime", "tensorrt", "canned"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    make: Callable[[Path, pytest.FixtureRequest], Engine] = request.param
    with closing(make(tmp_path, request)) as made:
        yield made


def test_it_says_what_it_wants_gives_and_is(engine: Engine) -> None:
    assert engine.inputs == (TensorSpec("x", (1, 3), "float32"),)
    assert engine.outputs == (TensorSpec("y", (1, 3), "float32"),)
    assert engine.metadata["names"] == "{0: 'car'}"
    assert engine.label


def test_every_output_comes_back_by_name(engine: Engine) -> None:
    answer = engine.infer({"x": _POSITIVE})
    assert list(answer) == ["y"]
    np.testing.assert_allclose(answer["y"], np.log(_POSITIVE), rtol=1e-6)


def test_runs_that_were_begun_one_after_the_other_are_answered_in_that_order(engine: Engine) -> None:
    runs = [engine.submit({"x": _POSITIVE}) for _ in range(4)]
    for run in runs:
        np.testing.assert_allclose(run.wait()["y"], np.log(_POSITIVE), rtol=1e-6)


def test_a_wrong_name_is_a_failure_and_no_empty_answer(engine: Engine) -> None:
    with pytest.raises(EngineFailed):
        engine.infer({"z": _POSITIVE})


def test_a_closed_engine_fails_and_may_be_closed_again(engine: Engine) -> None:
    engine.close()
    engine.close()
    with pytest.raises(EngineFailed):
        engine.infer({"x": _POSITIVE})


@pytest.mark.parametrize("bad", [-1.0, 0.0])
def test_values_that_are_not_numbers_are_a_failure(tmp_path: Path, bad: float) -> None:
    with pytest.raises(EngineFailed, match="output y holds values that are not numbers"):
        _ort(tmp_path).infer({"x": np.array([[1, bad, 1]], np.float32)})


@pytest.mark.parametrize("feed", [np.ones((1, 4), np.float32), np.ones((1, 3), np.float64), np.ones(3, np.float32)])
def test_a_wrong_shape_or_dtype_is_a_failure_in_one_line(tmp_path: Path, feed: np.ndarray) -> None:
    with pytest.raises(EngineFailed) as caught:
        _ort(tmp_path).infer({"x": feed})
    assert "\n" not in str(caught.value)


def test_free_sizes_are_told_as_minus_one_and_may_change(tmp_path: Path) -> None:
    engine = open_engine(_write(tmp_path / "free.onnx", "Abs", shape=("n", 3)))
    assert engine.inputs[0].shape == (-1, 3)
    for rows in (1, 5):
        assert engine.infer({"x": -np.ones((rows, 3), np.float32)})["y"].shape == (rows, 3)


def test_threads_change_nothing_in_the_answer(tmp_path: Path) -> None:
    path = _write(tmp_path / "log.onnx", "Log")
    one, two = OrtEngine(path, threads=1), OrtEngine(path, threads=2)
    np.testing.assert_array_equal(one.infer({"x": _POSITIVE})["y"], two.infer({"x": _POSITIVE})["y"])
    assert "1 thread" in one.label
    assert "2 threads" in two.label


def _refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        open_engine(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_model_says_so(tmp_path: Path) -> None:
    assert "No such file" in _refused(tmp_path / "none.onnx")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "Is a directory" in _refused(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_model_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = _write(tmp_path / "log.onnx", "Log")
    path.chmod(0)
    assert "Permission denied" in _refused(path)


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.95])
def test_a_truncated_model_is_refused(tmp_path: Path, keep: float) -> None:
    whole = (Path(__file__).parents[2] / "models/gate-n/gate-n.onnx").read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert "is not a usable ONNX model" in _refused(path)


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_refused(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "noise.onnx"
    path.write_bytes(np.random.default_rng(seed).bytes(4096))
    assert "is not a usable ONNX model" in _refused(path)


def test_a_network_of_texts_is_refused(tmp_path: Path) -> None:
    assert "not a tensor of numbers" in _refused(_write(tmp_path / "text.onnx", "Identity", TensorProto.STRING))


def test_an_operator_of_tomorrow_is_refused(tmp_path: Path) -> None:
    assert "is not a usable ONNX model" in _refused(_write(tmp_path / "new.onnx", "Teleport"))


@pytest.mark.parametrize(("name", "cure"), [("tensorrt", "set it to auto or onnxruntime"), ("cuda", "use auto")])
def test_an_engine_that_is_not_here_is_refused_not_replaced(tmp_path: Path, name: str, cure: str) -> None:
    with pytest.raises(ModelError, match=cure):
        open_engine(_write(tmp_path / "log.onnx", "Log"), name)
