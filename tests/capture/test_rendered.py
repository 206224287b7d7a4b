"""`test://gate` behaves as a camera does, and its faults come when they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from edge.capture.address import parse_address
from edge.capture.framing import Order
from edge.capture.rendered import RenderedSource
from edge.clock import ManualClock
from edge.config.model import Camera
from edge.errors import ConfigError, SourceEnded, SourceLost, SourceStalled
from edge.vision.frame import PlanarFrame

SMALL = "size=128x72&fps=10"


def source(options: str, clock: ManualClock | None = None, *, first_seq: int = 0) -> RenderedSource:
    address = f"test://gate?{SMALL}&{options}" if "size=" not in options else f"test://gate?{options}"
    order = Order(Camera("gate", address), clock or ManualClock(), first_seq, 1_000)
    return RenderedSource(parse_address(address), order)


def opened(options: str, clock: ManualClock | None = None) -> RenderedSource:
    found = source(options, clock)
    found.open()
    return found


def picture(frame: PlanarFrame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return frame.crop((0, 0, *frame.size_wh))


def test_not_live_it_delivers_every_frame_and_ends() -> None:
    found = source("live=0&seconds=0.5", first_seq=7)
    spec = found.open()
    frames = [found.read(1.0) for _ in range(5)]
    assert (spec.live, spec.frames, spec.size_wh, spec.fps) == (False, 5, (128, 72), 10.0)
    assert [frame.seq for frame in frames] == [7, 8, 9, 10, 11]
    assert [frame.pts_ns for frame in frames] == [i * 100_000_000 for i in range(5)]
    assert frames[3].wall_ns == 1_000 + 300_000_000
    with pytest.raises(SourceEnded, match="5 frames"):
        found.read(1.0)


def test_the_same_seed_shows_the_same_pictures_and_another_one_others() -> None:
    first, again, other = (opened(f"live=0&seed={seed}") for seed in (3, 3, 4))
    shown = [[picture(found.read(1.0)) for _ in range(3)] for found in (first, again, other)]
    assert all(np.array_equal(a, b) for a, b in zip(shown[0], shown[1], strict=True))
    assert not np.array_equal(shown[0][2], shown[2][2])


def test_live_it_keeps_to_the_clock() -> None:
    clock = ManualClock()
    found = opened("live=1", clock)
    stamps = []
    for _ in range(5):
        found.read(1.0)
        stamps.append(clock.mono_ns())
    assert stamps == [i * 100_000_000 for i in range(5)]


def test_live_frames_that_nobody_fetched_in_time_are_gaps() -> None:
    clock = ManualClock()
    found = opened("live=1", clock)
    before = found.read(1.0).seq
    clock.advance(450_000_000)
    assert found.read(1.0).seq == before + 4


def test_live_it_has_no_end() -> None:
    assert source("live=1").open().frames is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("sede=3", "did you mean seed"),
        ("light=dask", "did you mean dusk"),
        ("traffic=heavi", "did you mean heavy"),
        ("faults=lots@4", "did you mean lost"),
        ("faults=stall@x", "write stall@20:5"),
        ("faults=black@nan", "write black@20:5"),
        ("shake=-1", "write shake=0"),
        ("size=12x13", "write size=1280x720"),
        ("fps=0", "write fps=12.5"),
        ("fps=nan", "write fps=12.5"),
        ("live=yes", "did you mean"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_with_what_does(options: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        source(options)
    assert "\n" not in str(error.value)


def test_a_lost_connection_is_lost_once() -> None:
    found = opened("live=0&faults=lost@0.2")
    found.read(1.0)
    found.read(1.0)
    with pytest.raises(SourceLost, match="broke"):
        found.read(1.0)
    assert found.read(1.0).seq == 2


def test_a_stall_longer_than_the_reader_waits_is_told_and_takes_that_long() -> None:
    clock = ManualClock()
    found = opened("live=1&faults=stall@0.2:3", clock)
    found.read(1.0)
    found.read(1.0)
    before = clock.mono_ns()
    with pytest.raises(SourceStalled, match="no frame for 1 s"):
        found.read(1.0)
    assert clock.mono_ns() - before == 1_000_000_000


def test_missing_frames_leave_a_gap_in_the_numbers() -> None:
    found = opened("live=0&faults=gap@0.2:0.3")
    assert [found.read(1.0).seq for _ in range(4)] == [0, 1, 5, 6]


def test_a_covered_lens_is_black_and_a_frozen_picture_stands_still() -> None:
    dark = opened("live=0&faults=black@0.1:0.1")
    shown = [picture(dark.read(1.0)) for _ in range(3)]
    brightest = [int(np.max(one)) for one in shown]
    assert brightest[1] < 16
    assert min(brightest[0], brightest[2]) > 100
    frozen = opened("live=0&faults=freeze@0.1:0.2")
    first, second, third, fourth = (picture(frozen.read(1.0)) for _ in range(4))
    assert np.array_equal(first, second)
    assert np.array_equal(first, third)
    assert not np.array_equal(first, fourth)


def test_closed_it_reads_no_more() -> None:
    found = opened("live=0")
    found.close()
    with pytest.raises(SourceLost, match="closed"):
        found.read(1.0)
    found.close()
