"""The simulated GPU fails on every breach that a real one punishes late, so that the tests on it mean something."""

from __future__ import annotations

import threading

import pytest

from edge.inference.cuda.driver import Cuda
from tests.simulated.fake_pycuda import FakePycuda
from tests.simulated.gpu import PRIMARY, SimulatedGpu
from tests.simulated.statuses import CudaStatus


@pytest.fixture
def bare() -> SimulatedGpu:
    """A GPU with its context current in this thread, called as the driver is."""
    gpu = SimulatedGpu(capacity=1024)
    gpu.cuInit()
    gpu.cuCtxPushCurrent(gpu.cuDevicePrimaryCtxRetain(0))
    return gpu


def test_every_call_but_a_few_needs_a_context_in_its_own_thread(bare: SimulatedGpu) -> None:
    failed: list[str] = []

    def elsewhere() -> None:
        try:
            bare.cuMemAlloc(8)
        except CudaStatus as told:
            failed.append(told.status)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert failed == ["CUDA_ERROR_INVALID_CONTEXT"]
    assert "cuMemAlloc without a context" in bare.forgive()[0]


def test_memory_freed_twice_or_never_allocated_is_a_fault(bare: SimulatedGpu) -> None:
    address = bare.cuMemAlloc(8)
    bare.cuMemFree(address)
    for wrong, words in ((address, "a second time"), (4096, "never allocated")):
        with pytest.raises(CudaStatus, match="INVALID_VALUE"):
            bare.cuMemFree(wrong)
        assert words in bare.forgive()[0]


def test_a_copy_from_memory_that_is_not_page_locked_is_a_fault(bare: SimulatedGpu) -> None:
    stream, address = bare.cuStreamCreate(1), bare.cuMemAlloc(8)
    with pytest.raises(CudaStatus, match="INVALID_VALUE"):
        bare.cuMemcpyHtoDAsync(address, 12345, 8, stream)
    assert "not page-locked" in bare.forgive()[0]


def test_memory_used_after_it_was_freed_or_past_its_end_loses_the_device(bare: SimulatedGpu) -> None:
    stream, address, host = bare.cuStreamCreate(1), bare.cuMemAlloc(8), bare.cuMemHostAlloc(64)
    bare.cuMemcpyHtoDAsync(address, host, 9, stream)
    with pytest.raises(CudaStatus, match="cuStreamSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS"):
        bare.cuStreamSynchronize(stream)
    with pytest.raises(CudaStatus, match="cuMemGetInfo: CUDA_ERROR_ILLEGAL_ADDRESS"):
        bare.cuMemGetInfo()
    assert "outside of any allocation" in bare.forgive()[0]


def test_native_code_that_writes_past_a_block_is_found(bare: SimulatedGpu) -> None:
    address = bare.cuMemAlloc(8)
    block = bare.device.alive[address]
    block.whole[block.first + 8] = 0
    with pytest.raises(CudaStatus, match="INVALID_VALUE"):
        bare.cuMemFree(address)
    assert "written outside of block" in bare.forgive()[0]


def test_nothing_is_done_before_it_is_waited_for_and_then_in_order(bare: SimulatedGpu) -> None:
    first, second, done = bare.cuStreamCreate(1), bare.cuStreamCreate(1), []
    event = bare.cuEventCreate(0)
    bare.enqueue(first, lambda: done.append("first"))
    bare.cuEventRecord(event, first)
    bare.enqueue(first, lambda: done.append("after the event"))
    bare.cuStreamWaitEvent(second, event)
    bare.enqueue(second, lambda: done.append("second"))
    assert done == []
    bare.cuStreamSynchronize(second)
    assert done == ["first", "second"]
    bare.cuStreamSynchronize(first)
    assert done[2:] == ["after the event"]


def test_an_elapsed_time_needs_events_that_came(bare: SimulatedGpu) -> None:
    stream, begin, end = bare.cuStreamCreate(1), bare.cuEventCreate(0), bare.cuEventCreate(0)
    with pytest.raises(CudaStatus, match="INVALID_HANDLE"):
        bare.cuEventElapsedTime(begin, end)
    for event in (begin, end):
        bare.cuEventRecord(event, stream)
    with pytest.raises(CudaStatus, match="NOT_READY"):
        bare.cuEventElapsedTime(begin, end)
    bare.cuEventSynchronize(end)
    assert bare.cuEventElapsedTime(begin, end) == 0


def test_the_nth_call_of_a_name_can_be_made_to_fail(bare: SimulatedGpu) -> None:
    bare.fail("cuMemAlloc", "CUDA_ERROR_OUT_OF_MEMORY", nth=2)
    bare.cuMemFree(bare.cuMemAlloc(8))
    with pytest.raises(CudaStatus, match="OUT_OF_MEMORY"):
        bare.cuMemAlloc(8)
    bare.cuMemFree(bare.cuMemAlloc(8))
    with pytest.raises(CudaStatus, match="OUT_OF_MEMORY"):
        bare.cuMemAlloc(1025)


def test_what_is_left_over_fails_the_test_that_left_it() -> None:
    gpu = SimulatedGpu()
    gpu.cuInit()
    gpu.cuCtxPushCurrent(gpu.cuDevicePrimaryCtxRetain(0))
    gpu.cuMemAlloc(8)
    gpu.cuStreamCreate(1)
    with pytest.raises(AssertionError, match=r"1 device blocks.*1 streams.*1 retained contexts"):
        gpu.close()


def test_a_released_context_cannot_be_made_current(bare: SimulatedGpu) -> None:
    bare.cuDevicePrimaryCtxRelease(0)
    with pytest.raises(CudaStatus, match="INVALID_CONTEXT"):
        bare.cuCtxSetCurrent(PRIMARY)
    with pytest.raises(CudaStatus, match="INVALID_VALUE"):
        bare.cuDevicePrimaryCtxRelease(0)
    assert len(bare.forgive()) == 2


def test_pycudas_own_rules_are_kept(gpu: SimulatedGpu) -> None:
    pycuda = FakePycuda(gpu)
    driver = pycuda.driver
    driver.init()
    context = driver.Device(0).retain_primary_context()
    with pytest.raises(driver.LogicError, match="no currently active context"):
        driver.Stream()
    context.push()
    stream = driver.Stream()
    assert len(pycuda.left_on_stacks()) == 1
    context.pop()
    assert pycuda.left_on_stacks() == []
    del stream
    told = gpu.forgive()
    assert "without a current context" in told[0]
    assert "a stream dropped where its context is not current" in told[1]
    context.push()
    context.detach()
    assert "the context went with 1 streams in it" in gpu.forgive()[0]
    gpu.lose()


def test_a_cuda_left_open_is_found(cuda: Cuda, gpu: SimulatedGpu) -> None:
    stream = cuda.stream()
    assert gpu.left() == ["1 streams", "1 retained contexts"]
    cuda.end_stream(stream)
    assert gpu.left() == ["1 retained contexts"]
