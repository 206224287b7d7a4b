"""The GPU through either binding, on the simulated device: the same calls, results and errors."""

from __future__ import annotations

import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.cuda import library
from edge.inference.cuda.driver import Cuda, CudaFailed, DeviceFull, DeviceLost
from edge.inference.cuda.open import open_cuda
from tests.simulated.gpu import Kernel, Launch, SimulatedGpu
from tests.simulated.install import BINDINGS, install

ADD = """
struct Sum { unsigned long long at; int size, much; };
extern "C" __global__ void add(struct Sum sum) { ((unsigned char *)sum.at)[threadIdx.x] += sum.much; }
"""


def _add(gpu: SimulatedGpu, launch: Launch) -> None:
    address, size, much = struct.unpack("Qii", launch.argument)
    gpu.octets(address, size)[:] += much


def test_the_label_names_binding_device_architecture_and_cuda(cuda: Cuda) -> None:
    assert cuda.label.split(",")[1:] == [" Orin", " sm_87", " CUDA 12.6"]
    assert cuda.device == "Orin sm_87"
    assert cuda.architecture == "sm_87"
    assert cuda.memory() == (1 << 28, 1 << 28)


def test_bytes_go_to_the_device_and_come_back_in_the_streams_turn(cuda: Cuda) -> None:
    stream, block, pinned = cuda.stream(), cuda.allocate(100), cuda.pin(300)
    pinned.octets[:] = np.arange(300) % 251
    cuda.upload(block, pinned, 100, stream, offset=20)
    cuda.download(pinned, block, 100, stream, offset=200)
    assert pinned.octets[200] == 200, "nothing is there before it was waited for"
    cuda.synchronise(stream)
    assert (pinned.octets[200:] == pinned.octets[20:120]).all()
    cuda.unpin(pinned)
    cuda.free(block)
    cuda.end_stream(stream)


def test_rows_are_copied_between_pitches(cuda: Cuda) -> None:
    stream, source, target, pinned = cuda.stream(), cuda.allocate(3 * 16), cuda.allocate(3 * 8), cuda.pin(48)
    pinned.octets[:] = np.arange(48)
    cuda.upload(source, pinned, 48, stream)
    cuda.copy_rows(target, source, (8, 16), (5, 3), stream)
    cuda.download(pinned, target, 24, stream)
    cuda.synchronise(stream)
    rows = pinned.octets[:24].reshape(3, 8)[:, :5]
    assert (rows == np.arange(48).reshape(3, 16)[:, :5]).all()
    cuda.unpin(pinned)
    for block in (source, target):
        cuda.free(block)
    cuda.end_stream(stream)


def test_a_stream_waits_for_another_ones_event(cuda: Cuda) -> None:
    first, second, block, pinned = cuda.stream(), cuda.stream(), cuda.allocate(8), cuda.pin(16)
    pinned.octets[:8] = 7
    came = cuda.event()
    cuda.upload(block, pinned, 8, first)
    cuda.record(came, first)
    cuda.wait_event(second, came)
    cuda.download(pinned, block, 8, second, offset=8)
    cuda.synchronise(second)
    assert (pinned.octets[8:] == 7).all()
    cuda.end_event(came)
    cuda.unpin(pinned)
    cuda.free(block)
    for stream in (first, second):
        cuda.end_stream(stream)


def test_timed_events_tell_milliseconds(cuda: Cuda) -> None:
    stream, block, pinned = cuda.stream(), cuda.allocate(8), cuda.pin(8)
    begin, end = cuda.event(timed=True), cuda.event(timed=True)
    cuda.record(begin, stream)
    cuda.upload(block, pinned, 8, stream)
    cuda.record(end, stream)
    cuda.finish_event(end)
    assert cuda.elapsed_ms(begin, end) == pytest.approx(0.01)
    for event in (begin, end):
        cuda.end_event(event)
    cuda.unpin(pinned)
    cuda.free(block)
    cuda.end_stream(stream)


def test_a_compiled_kernel_is_loaded_and_launched(cuda: Cuda, gpu: SimulatedGpu) -> None:
    gpu.kernels["add"] = Kernel(16, _add)
    module = cuda.load(cuda.compile(ADD, "add.cu"))
    stream, block, pinned = cuda.stream(), cuda.allocate(8), cuda.pin(8)
    pinned.octets[:] = 1
    cuda.upload(block, pinned, 8, stream)
    argument = struct.pack("Qii", block, 8, 2)
    cuda.launch(cuda.function(module, "add"), (1, 1, 1), (8, 1, 1), argument, stream)
    cuda.download(pinned, block, 8, stream)
    cuda.synchronise(stream)
    assert (pinned.octets == 3).all()
    cuda.unload(module)
    cuda.unpin(pinned)
    cuda.free(block)
    cuda.end_stream(stream)


def test_source_that_does_not_compile_says_where(cuda: Cuda) -> None:
    with pytest.raises(EngineFailed, match=r"views\.cu: \w+ does not compile it for sm_87: .*error") as failed:
        cuda.compile('#error "broken"', "views.cu")
    assert "\n" not in str(failed.value)


def test_every_status_is_an_error_with_its_name(cuda: Cuda, gpu: SimulatedGpu) -> None:
    gpu.fail("cuStreamCreate", "CUDA_ERROR_NOT_SUPPORTED")
    with pytest.raises(CudaFailed, match="cuStreamCreate failed with CUDA_ERROR_NOT_SUPPORTED: ") as failed:
        cuda.stream()
    assert failed.value.status == "CUDA_ERROR_NOT_SUPPORTED"
    assert not isinstance(failed.value, (DeviceFull, DeviceLost))
    with pytest.raises(CudaFailed, match="CUDA_ERROR_INVALID_HANDLE"):
        cuda.end_event(12345)
    gpu.forgive()


def test_a_full_device_says_so_and_still_works(cuda: Cuda, gpu: SimulatedGpu) -> None:
    with pytest.raises(DeviceFull, match="cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY"):
        cuda.allocate(gpu.device.capacity + 1)
    cuda.free(cuda.allocate(8))


def test_a_fault_in_a_stream_loses_the_device_for_every_call_after_it(cuda: Cuda, gpu: SimulatedGpu) -> None:
    stream, block, pinned = cuda.stream(), cuda.allocate(8), cuda.pin(8)
    cuda.download(pinned, block, 8, stream)
    cuda.free(block)
    with pytest.raises(DeviceLost, match=r"cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS: .*restart"):
        cuda.synchronise(stream)
    for call in (cuda.stream, cuda.memory, cuda.attach, lambda: cuda.allocate(8)):
        with pytest.raises(DeviceLost, match="CUDA_ERROR_ILLEGAL_ADDRESS"):
            call()
    assert "used after it was freed" in gpu.forgive()[0]


@pytest.mark.parametrize("binding", BINDINGS)
def test_without_a_device_opening_fails_with_the_drivers_word(
    binding: str, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu
) -> None:
    install(monkeypatch, gpu, binding)
    gpu.fail("cuInit", "CUDA_ERROR_NO_DEVICE")
    with pytest.raises(CudaFailed, match=r"cuInit failed with CUDA_ERROR_NO_DEVICE: .*nvidia-smi"):
        open_cuda()


def test_without_a_driver_opening_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "NAME", "libcuda-of-nobody.so.1")
    with pytest.raises(ModelError, match=r"no NVIDIA driver here .*libcuda-of-nobody.*onnxruntime"):
        open_cuda()


def test_without_a_binding_opening_says_what_to_install(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu) -> None:
    install(monkeypatch, gpu, "cuda-bindings")
    monkeypatch.setattr("edge.inference.cuda.open.has", lambda _: False)
    with pytest.raises(ModelError, match="no binding to it: install pycuda, or cuda-bindings"):
        open_cuda()


def test_pycuda_is_taken_where_both_are_installed(monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu) -> None:
    monkeypatch.setattr("edge.inference.cuda.open.has", lambda _: True)
    install(monkeypatch, gpu, "pycuda")
    opened = open_cuda()
    assert opened.label.startswith("pycuda 2026.1, ")
    opened.close()


def test_two_openings_share_what_they_made_and_the_last_one_lets_the_context_go(cuda: Cuda, gpu: SimulatedGpu) -> None:
    other = open_cuda()
    stream, block, pinned = other.stream(), cuda.allocate(8), other.pin(8)
    cuda.upload(block, pinned, 8, stream)
    event = cuda.event()
    cuda.record(event, stream)
    other.finish_event(event)
    cuda.end_stream(stream)
    other.free(block)
    cuda.unpin(pinned)
    other.end_event(event)
    other.close()
    other.close()
    assert cuda.memory() == (1 << 28, 1 << 28)
    assert gpu.calls.count("cuDevicePrimaryCtxRelease") <= 1
    with pytest.raises(EngineFailed, match="after it was closed"):
        other.memory()


def test_any_thread_may_use_it_and_an_error_stays_in_its_own(cuda: Cuda, gpu: SimulatedGpu) -> None:
    start = threading.Barrier(8)

    def work(index: int) -> bool:
        stream, block, pinned = cuda.stream(), cuda.allocate(64), cuda.pin(128)
        start.wait()
        good = True
        for turn in range(20):
            pinned.octets[:64] = (index + turn) % 256
            cuda.upload(block, pinned, 64, stream)
            cuda.download(pinned, block, 64, stream, offset=64)
            if index == 3:
                with pytest.raises(DeviceFull):
                    cuda.allocate(gpu.device.capacity)
            cuda.synchronise(stream)
            good &= bool((pinned.octets[64:] == (index + turn) % 256).all())
        cuda.unpin(pinned)
        cuda.free(block)
        cuda.end_stream(stream)
        return good

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_a_library_that_expects_a_context_finds_one_after_attach(cuda: Cuda, gpu: SimulatedGpu) -> None:
    def enqueue() -> str:
        cuda.attach()
        gpu.demand_context("enqueueV3")
        return "done"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(enqueue).result() == "done"
