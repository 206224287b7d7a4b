"""What every test leaves behind as it found it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.open import open_cuda
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install import BINDINGS, install


@pytest.fixture(autouse=True)
def _the_log_as_it_was() -> Iterator[None]:
    """Undo what a command run in this process does to the product's log: the next test may listen to it."""
    log = logging.getLogger("edge")
    handlers, level, propagate = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.propagate = handlers, propagate
    log.setLevel(level)


@pytest.fixture
def gpu() -> Iterator[SimulatedGpu]:
    """A simulated GPU; at the end nothing may be left on it, and no breach of the driver's contract have happened."""
    simulated = SimulatedGpu()
    yield simulated
    simulated.close()


@pytest.fixture(params=BINDINGS)
def cuda(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, gpu: SimulatedGpu) -> Iterator[Cuda]:
    """The simulated GPU opened through each binding in turn, closed at the end."""
    pycuda = install(monkeypatch, gpu, request.param)
    opened = open_cuda()
    yield opened
    if not gpu.lost:
        opened.close()
        assert pycuda is None or not pycuda.left_on_stacks(), "pycuda would abort the process"
