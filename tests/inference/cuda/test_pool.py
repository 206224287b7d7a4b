"""Blocks that come back from any thread: never lost, never lent twice, never waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.open import open_cuda
from edge.inference.cuda.pool import Pool
from edge.inference.cuda.through_pycuda import ThroughPycuda
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import install


class User:
    """Who borrows a block."""


def _nothing() -> None:
    """Stand for a stream that has nothing to do."""


def test_many_threads_never_hold_the_same_block_and_none_is_lost(cuda: Cuda, gpu: SimulatedGpu) -> None:
    pool = Pool(cuda, "blocks", 16, _nothing)
    held: set[int] = set()
    lock = threading.Lock()
    ended: list[bool] = []

    def work(seed: int) -> bool:
        chance, good = np.random.default_rng(seed), True
        for _ in range(60):
            user, size = User(), int(chance.choice((64, 128)))
            address = pool.lend(size, user).address
            with lock:
                good &= address not in held
                held.add(address)
            with lock:
                held.discard(address)
            del user
        return good

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
    pool.close(lambda: ended.append(True))
    assert ended == [True]
    assert not gpu.device.alive


def test_the_bound_is_an_error_at_once(cuda: Cuda, gpu: SimulatedGpu) -> None:
    pool = Pool(cuda, "blocks", 2, _nothing)
    users = [User(), User()]
    for user in users:
        pool.lend(8, user)
    with pytest.raises(EngineFailed, match="blocks: all 2 are in use"):
        pool.lend(8, User())
    users.pop()
    del user
    assert pool.lend(8, users[0]).address in gpu.device.alive
    users.clear()
    pool.close(_nothing)


def test_a_block_given_back_by_hand_is_not_given_back_twice(cuda: Cuda, gpu: SimulatedGpu) -> None:
    pool = Pool(cuda, "blocks", 1, _nothing)
    user = User()
    loan = pool.lend(8, user)
    loan.give_back()
    del user
    other = User()
    assert pool.lend(8, other).address == loan.address
    with pytest.raises(EngineFailed, match="all 1 are in use"):
        pool.lend(8, User())
    assert len(gpu.device.alive) == 1
    del other
    pool.close(_nothing)


def test_after_close_the_last_block_to_come_back_calls_the_end_once(cuda: Cuda, gpu: SimulatedGpu) -> None:
    pool = Pool(cuda, "blocks", 8, _nothing)
    users = [User() for _ in range(8)]
    for user in users:
        pool.lend(8, user)
    del user
    ended: list[int] = []
    pool.close(lambda: ended.append(len(gpu.device.alive)))
    assert ended == []
    start = threading.Barrier(8)

    def drop(index: int) -> None:
        start.wait()
        kept[index].clear()

    kept = [[users.pop()] for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(drop, range(8)))
    assert ended == [0]


def test_memory_that_a_lost_device_does_not_take_back_is_told_in_the_log(
    cuda: Cuda, gpu: SimulatedGpu, caplog: pytest.LogCaptureFixture
) -> None:
    pool = Pool(cuda, "blocks", 1, _nothing)
    user = User()
    pool.lend(8, user)
    end: Callable[[], None] = _nothing
    pool.close(end)
    gpu.lose()
    with caplog.at_level("WARNING", "edge"):
        del user
    assert "blocks: device memory was not given back" in caplog.text


def test_a_block_that_comes_back_in_the_middle_of_a_driver_call_is_freed_there(cuda: Cuda, gpu: SimulatedGpu) -> None:
    pool = Pool(cuda, "blocks", 1, _nothing)
    users = [User()]
    pool.lend(8, users[0])
    pool.close(_nothing)
    if isinstance(cuda, ThroughPycuda):
        with cuda._inside():
            # What the collector may do while pycuda has its context on the stack.
            users.clear()
            assert cuda.memory()[1] == gpu.device.capacity
    users.clear()
    assert not gpu.device.alive


def test_closing_in_the_middle_of_opening_does_not_wait_for_itself(
    gpu: SimulatedGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, gpu, "pycuda")
    forgotten = open_cuda()
    told = ThroughPycuda._joined

    def joined(self: ThroughPycuda) -> object:
        forgotten.close()
        return told(self)

    monkeypatch.setattr(ThroughPycuda, "_joined", joined)
    other = open_cuda()
    assert other.memory() == (gpu.device.capacity, gpu.device.capacity)
    other.close()
