"""Pictures on the simulated GPU, their kernels run by the processor."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.inference.cuda.driver import Cuda
from edge.inference.cuda.pictures import HeldPictures, open_pictures
from tests.simulated import host_kernels
from tests.simulated.gpu import SimulatedGpu


@pytest.fixture
def pictures(cuda: Cuda, gpu: SimulatedGpu, tmp_path: Path) -> Iterator[HeldPictures]:
    """One camera's pictures through each binding in turn; closed at the end."""
    if not host_kernels.COMPILER:
        pytest.skip(host_kernels.NO_COMPILER)
    host_kernels.give(gpu)
    opened = open_pictures(tmp_path)
    assert opened.label == cuda.label
    yield opened
    # What pytest.raises caught refers to the test's own variables, pictures among them, until the collector ran.
    gc.collect()
    opened.close()
