"""The engine on a simulated TensorRT, in its three versions: what it computes, how it fails, what it leaves behind."""

from __future__ import annotations

import threading
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.card import load_card
from edge.inference.cuda.driver import Cuda, DeviceLost
from edge.inference.cuda.open import open_cuda
from edge.inference.detector import YoloDetector
from edge.inference.golden import GoldenFrame, trial_frames
from edge.inference.ort import OrtEngine
from edge.inference.trt.here import open_built
from tests.inference.trt.conftest import Ready, shelve
from tests.inference.trt.networks import POSITIVE, write_network
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install_tensorrt import Installation


@pytest.fixture(scope="module")
def frames() -> tuple[GoldenFrame, ...]:
    """A few of the golden frames: drawing all takes longer than all the rest here."""
    return tuple(islice(trial_frames(), 3))


class Tensor:
    """A network input that is on the device already."""

    def __init__(self, cuda: Cuda, value: np.ndarray) -> None:
        self.shape, self.dtype = value.shape, value.dtype.name
        self._cuda, self._pinned, self.readied = cuda, cuda.pin(value.nbytes), list[int]()
        self.address = cuda.allocate(value.nbytes)
        self._pinned.octets[:] = value.reshape(-1).view(np.uint8)
        self._stream, self._event = cuda.stream(), cuda.event()
        cuda.upload(self.address, self._pinned, value.nbytes, self._stream)
        cuda.record(self._event, self._stream)

    def ready(self, stream: int) -> None:
        self.readied.append(stream)
        self._cuda.wait_event(stream, self._event)

    def host(self) -> np.ndarray:
        raise AssertionError("an engine on the device has no need of a copy on the host")

    def give_back(self) -> None:
        self._cuda.end_event(self._event)
        self._cuda.end_stream(self._stream)
        self._cuda.free(self.address)
        self._cuda.unpin(self._pinned)


def test_the_detector_sees_what_it_sees_on_the_processor(
    tensorrt: Installation, frames: tuple[GoldenFrame, ...], tmp_path: Path
) -> None:
    card = load_card("gate-n")
    shelve(card.file, "fp32", tmp_path)
    reference, tested = (
        YoloDetector(card, OrtEngine(card.file)),
        YoloDetector(card, open_built(card.file, "fp32", tmp_path)),
    )
    assert tensorrt.world.version in tested.label
    for one in frames:
        ours, theirs = reference.detect(one.frame), tested.detect(one.frame)
        assert len(ours) > 0
        np.testing.assert_array_equal(ours.xyxy, theirs.xyxy)
        np.testing.assert_array_equal(ours.confidence, theirs.confidence)
    tested.close()


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_it_says_what_it_wants_gives_and_is(
    tensorrt: Installation, ready: Ready, precision: str, tmp_path: Path
) -> None:
    engine = ready(write_network(tmp_path / "tiny.onnx", "Abs", precision=precision), precision)
    assert [(spec.name, spec.shape, spec.dtype) for spec in (*engine.inputs, *engine.outputs)] == [
        ("x", (1, 3), "float32"),
        ("y", (1, 3), "float32"),
    ]
    assert engine.metadata == {"names": "{0: 'car'}"}
    assert engine.label == f"tensorrt {tensorrt.world.version} {precision} on Orin sm_87"
    engine.close()


@pytest.mark.usefixtures("either_binding")
def test_more_runs_than_slots_are_answered_each_with_its_own(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"), slots=2)
    runs = [engine.submit({"x": POSITIVE * factor}) for factor in range(1, 8)]
    for factor, run in enumerate(runs, start=1):
        np.testing.assert_allclose(run.wait()["y"], np.log(POSITIVE * factor), rtol=1e-6)
    engine.close()


@pytest.mark.usefixtures("one_tensorrt")
def test_an_answer_is_the_callers_own_and_told_once(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"), slots=1)
    first = engine.submit({"x": POSITIVE})
    kept = first.wait()["y"]
    engine.infer({"x": POSITIVE * 7})
    np.testing.assert_allclose(kept, np.log(POSITIVE), rtol=1e-6)
    with pytest.raises(EngineFailed, match="waited for twice"):
        first.wait()
    engine.close()


@pytest.mark.usefixtures("one_tensorrt")
def test_the_callers_array_may_change_once_a_run_is_begun(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    feed = POSITIVE.copy()
    run = engine.submit({"x": feed})
    feed[:] = 99
    np.testing.assert_allclose(run.wait()["y"], np.log(POSITIVE), rtol=1e-6)
    engine.close()


@pytest.mark.usefixtures("one_tensorrt")
def test_a_tensor_on_the_device_is_waited_for_there_and_not_copied(
    gpu: SimulatedGpu, ready: Ready, tmp_path: Path
) -> None:
    engine, cuda = ready(write_network(tmp_path / "log.onnx")), open_cuda()
    tensor = Tensor(cuda, POSITIVE)
    copies = gpu.calls.count("cuMemcpyHtoDAsync")
    np.testing.assert_allclose(engine.infer({"x": tensor})["y"], np.log(POSITIVE), rtol=1e-6)
    assert gpu.calls.count("cuMemcpyHtoDAsync") == copies
    assert len(tensor.readied) == 1
    tensor.give_back()
    engine.close()
    cuda.close()


@pytest.mark.usefixtures("one_tensorrt")
@pytest.mark.parametrize("feed", [np.ones((1, 4), np.float32), np.ones((1, 3), np.float64), np.ones(3, np.float32)])
def test_a_wrong_feed_is_a_failure_and_the_next_run_works(ready: Ready, feed: np.ndarray, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    with pytest.raises(EngineFailed, match="input x is"):
        engine.infer({"x": feed})
    with pytest.raises(EngineFailed, match="is fed z and takes x"):
        engine.infer({"z": feed})
    np.testing.assert_allclose(engine.infer({"x": POSITIVE})["y"], np.log(POSITIVE), rtol=1e-6)
    engine.close()


def test_eight_threads_with_an_engine_each_do_not_disturb_one_another(
    either_binding: Installation, ready: Ready, tmp_path: Path
) -> None:
    del either_binding
    path = write_network(tmp_path / "log.onnx")
    ready(path).close()
    wrong: list[object] = []

    def work(factor: int) -> None:
        try:
            engine = open_built(path, "fp32", tmp_path / "engines")
            for turn in range(1, 20):
                answer = engine.infer({"x": POSITIVE * factor * turn})["y"]
                if not np.allclose(answer, np.log(POSITIVE * factor * turn)):
                    wrong.append(answer)
            engine.close()
        except EngineFailed as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(factor,)) for factor in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.usefixtures("either_binding")
def test_an_engine_may_be_used_and_closed_in_other_threads_than_it_was_opened_in(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    answers: list[np.ndarray] = []
    for work in (lambda: answers.append(engine.infer({"x": POSITIVE})["y"]), engine.close):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    np.testing.assert_allclose(answers[0], np.log(POSITIVE), rtol=1e-6)


@pytest.mark.usefixtures("one_tensorrt")
def test_a_run_under_way_when_it_is_closed_is_answered_and_a_later_one_refused(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    run = engine.submit({"x": POSITIVE})
    engine.close()
    engine.close()
    np.testing.assert_allclose(run.wait()["y"], np.log(POSITIVE), rtol=1e-6)
    with pytest.raises(EngineFailed, match="is closed"):
        engine.infer({"x": POSITIVE})


@pytest.mark.usefixtures("one_tensorrt")
def test_values_that_are_not_numbers_are_a_failure(ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    with pytest.raises(EngineFailed, match="output y holds values that are not numbers"):
        engine.infer({"x": -POSITIVE})
    engine.close()


def test_a_run_that_tensorrt_does_not_begin_is_a_failure_with_its_words(
    one_tensorrt: Installation, ready: Ready, tmp_path: Path
) -> None:
    one_tensorrt.set(enqueue=2)
    engine = ready(write_network(tmp_path / "log.onnx"))  # it runs once when it is opened
    engine.infer({"x": POSITIVE})
    with pytest.raises(EngineFailed, match=r"did not begin a run .*no kernel image"):
        engine.infer({"x": POSITIVE})
    engine.close()


@pytest.mark.usefixtures("one_tensorrt")
def test_a_lost_device_says_so_by_name_and_closing_still_works(gpu: SimulatedGpu, ready: Ready, tmp_path: Path) -> None:
    engine = ready(write_network(tmp_path / "log.onnx"))
    run = engine.submit({"x": POSITIVE})
    gpu.lose("CUDA_ERROR_ILLEGAL_ADDRESS")
    for ask in (run.wait, lambda: engine.submit({"x": POSITIVE})):
        with pytest.raises(DeviceLost, match="CUDA_ERROR_ILLEGAL_ADDRESS"):
            ask()
    engine.close()


def test_an_engine_that_cannot_run_here_is_told_when_it_is_opened_and_leaves_nothing(
    one_tensorrt: Installation, ready: Ready, tmp_path: Path
) -> None:
    one_tensorrt.set(enqueue=0)
    with pytest.raises(EngineFailed, match="did not begin a run"):
        ready(write_network(tmp_path / "log.onnx"))


def test_no_memory_for_a_second_engine_is_a_failure_that_leaves_nothing_and_the_first_works(
    one_tensorrt: Installation, gpu: SimulatedGpu, ready: Ready, tmp_path: Path
) -> None:
    del one_tensorrt
    small, large = write_network(tmp_path / "log.onnx"), write_network(tmp_path / "big.onnx", shape=(1, 200_000))
    shelve(large, "fp32", tmp_path / "engines")
    first = ready(small)
    before = sorted(gpu.left())
    for room in (0, 5_000, 20_000, 1_700_000):
        gpu.device.capacity = gpu.device.used + room
        with pytest.raises((ModelError, EngineFailed)) as caught:
            open_built(large, "fp32", tmp_path / "engines")
        assert "memory" in str(caught.value).lower()
        assert "\n" not in str(caught.value)
        assert sorted(gpu.left()) == before
    np.testing.assert_allclose(first.infer({"x": POSITIVE})["y"], np.log(POSITIVE), rtol=1e-6)
    first.close()


def test_an_engine_of_another_version_is_told_with_the_cure(
    one_tensorrt: Installation, ready: Ready, tmp_path: Path
) -> None:
    path = write_network(tmp_path / "log.onnx")
    ready(path).close()
    one_tensorrt.set(version="10.16.1.11")
    with pytest.raises(ModelError, match=r"one of TensorRT 10\.3\.0 for Orin sm_87.*edge models build"):
        open_built(path, "fp32", tmp_path / "engines")


def test_a_plan_that_cannot_be_loaded_leaves_nothing(one_tensorrt: Installation, tmp_path: Path) -> None:
    one_tensorrt.set(gpu_name="Thor sm_110")
    path = write_network(tmp_path / "log.onnx")
    shelve(path, "fp32", tmp_path / "engines")
    one_tensorrt.set(gpu_name="Orin sm_87")
    with pytest.raises(ModelError, match=r"incompatible device.*build it anew"):
        open_built(path, "fp32", tmp_path / "engines")
