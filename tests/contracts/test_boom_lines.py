"""The ports of the boom: a simulated chip, and libgpiod with the kernel behind it played by the same chip.

No kernel with gpio-sim was at hand: what the real library does is taken at its own word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.boom import simulated
from edge.boom.chip import Chip, Seen
from edge.boom.lines import contact_of, describe, open_input, open_output
from edge.boom.simulator import simulating
from edge.config.contacts import Contact
from edge.errors import BoomFailed, ConfigError
from edge.ports import BoomInput, BoomOutput

OUT, IN = "12", "13"
DEBOUNCE_S = 0.05


@dataclass
class Rig:
    """Lines under test, and the world around them."""

    chip: Chip
    contact: Callable[[str], Contact]
    drive: Callable[..., None]

    def output(self) -> BoomOutput:
        return open_output(self.contact(OUT))

    def input(self) -> BoomInput:
        return open_input(self.contact(IN), debounce_s=DEBOUNCE_S)

    def edges(self) -> list[tuple[bool, str]]:
        return [(seen.edge.on, seen.why) for seen in self.chip.edges if seen.line == OUT]


class Kernel:
    """What stands in for gpiod.request_lines and gpiod.Chip: requests are held on a chip until they are released."""

    def __init__(self, gpiod: Any) -> None:
        self.gpiod = gpiod
        self.chip = Chip()

    def request_lines(self, path: str, config: dict[int | str, Any], consumer: str | None = None) -> Request:
        if path != "/dev/gpiochip0":
            raise FileNotFoundError(2, "No such file or directory", path)
        ((line, settings),) = config.items()
        assert consumer == "edge"
        return Request(self, str(line), settings)

    @contextmanager
    def open_chip(self, _path: str) -> Iterator[Kernel]:
        yield self

    def get_line_info(self, line: int | str) -> Any:
        held = self.chip.level(str(line))[1]
        return type("LineInfo", (), {"used": held, "consumer": "edge"})


class Request:
    """One request of the played kernel."""

    def __init__(self, kernel: Kernel, line: str, settings: Any) -> None:
        self.kernel, self.line, self.lines = kernel, line, kernel.gpiod
        output = settings.direction is self.lines.line.Direction.OUTPUT
        debounce_s = settings.debounce_period.total_seconds()
        now_ns = time.monotonic_ns()
        if not kernel.chip.hold(line, self, now_ns, output=output, debounce_s=debounce_s):
            raise OSError(16, "Device or resource busy")

    def set_value(self, line: int | str, value: Any) -> None:
        assert str(line) == self.line
        self.kernel.chip.set(self.line, time.monotonic_ns(), on=value is self.lines.line.Value.ACTIVE)

    def get_value(self, _line: int | str) -> Any:
        value = self.lines.line.Value
        return value.ACTIVE if self.kernel.chip.level(self.line)[0] else value.INACTIVE

    def wait_edge_events(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            due_ns = self.kernel.chip.due_ns()
            if due_ns is not None and due_ns <= time.monotonic_ns():
                return True
            time.sleep(0.005)
        return False

    def read_edge_events(self) -> list[Any]:
        kinds = self.lines.EdgeEvent.Type
        told = [edge for holder, edge in self.kernel.chip.settled(time.monotonic_ns()) if holder is self]
        names = [kinds.RISING_EDGE.value if edge.on else kinds.FALLING_EDGE.value for edge in told]
        return [self.lines.EdgeEvent(name, edge.mono_ns, 13, 1, 1) for name, edge in zip(names, told, strict=True)]

    def release(self) -> None:
        self.kernel.chip.release(self, time.monotonic_ns())


@pytest.fixture(params=["simulated", "gpiod"])
def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if request.param == "simulated":
        path = tmp_path / "chip"
        with simulating(path) as simulator:
            world = contact_of(f"simulate://{path}/{IN}")
            yield Rig(
                simulator.chip,
                lambda line: contact_of(f"simulate://{path}/{line}"),
                lambda *, on: simulated.drive(world, on=on),
            )
        return
    gpiod = pytest.importorskip("gpiod", reason="libgpiod's Python package is absent: pip install 'edge-gate[boom]'")
    kernel = Kernel(gpiod)
    monkeypatch.setattr(gpiod, "request_lines", kernel.request_lines)
    monkeypatch.setattr(gpiod, "Chip", kernel.open_chip)
    yield Rig(
        kernel.chip,
        lambda line: contact_of(f"gpiochip0/{line}"),
        lambda *, on: kernel.chip.drive(IN, time.monotonic_ns(), on=on),
    )


def test_an_output_is_off_from_the_start_and_follows_what_it_is_set_to(rig: Rig) -> None:
    output = rig.output()
    assert rig.chip.level(OUT) == (False, True)
    output.set(on=True)
    assert rig.chip.level(OUT) == (True, True)
    output.set(on=False)
    assert rig.chip.level(OUT) == (False, True)
    output.close()


def test_an_output_that_is_let_go_is_off_and_another_may_hold_it(rig: Rig) -> None:
    output = rig.output()
    output.set(on=True)
    output.close()
    output.close()
    wait_until(lambda: rig.chip.level(OUT) == (False, False))
    rig.output().close()
    assert [on for on, _ in rig.edges()] == [True, False]


def test_a_line_is_held_by_one_alone_and_the_other_is_told_so(rig: Rig) -> None:
    output = rig.output()
    with pytest.raises(BoomFailed, match=r"boom: .*/12: "):
        rig.output()
    output.set(on=True)
    assert rig.chip.level(OUT)[0]
    output.close()


def test_an_output_that_was_let_go_cannot_be_set(rig: Rig) -> None:
    output = rig.output()
    output.close()
    with pytest.raises(BoomFailed):
        output.set(on=True)


def test_an_input_tells_its_edges_with_the_time_they_began(rig: Rig) -> None:
    line = rig.input()
    assert (line.on, line.wait(0.01)) == (False, ())
    before_ns = time.monotonic_ns()
    rig.drive(on=True)
    (edge,) = line.wait(2.0)
    assert edge.on
    assert line.on
    assert before_ns <= edge.mono_ns <= time.monotonic_ns() - DEBOUNCE_S * 1e9
    rig.drive(on=False)
    assert [edge.on for edge in line.wait(2.0)] == [False]
    line.close()


def test_a_bounce_is_no_edge(rig: Rig) -> None:
    line = rig.input()
    for on in (True, False, True, False):
        rig.drive(on=on)
    assert line.wait(4 * DEBOUNCE_S) == ()
    line.close()


def test_an_input_that_is_on_already_is_found_on(rig: Rig) -> None:
    rig.drive(on=True)
    line = rig.input()
    assert line.on
    line.close()


def test_a_line_says_how_it_stands_without_being_taken(rig: Rig) -> None:
    output = rig.output()
    assert "held" in describe(rig.contact(OUT))
    output.close()
    wait_until(lambda: not rig.chip.level(OUT)[1])
    assert "free" in describe(rig.contact(OUT))


def test_a_chip_that_is_not_there_is_told_in_one_line_with_its_cure(rig: Rig) -> None:
    del rig
    pytest.importorskip("gpiod", reason="libgpiod's Python package is absent")
    for address, cure in (("simulate:///nowhere/chip/12", "edge boom simulate"), ("gpiochip99/12", "gpioinfo")):
        with pytest.raises(BoomFailed, match=cure) as told:
            open_output(contact_of(address))
        assert "\n" not in str(told.value)


def test_without_libgpiod_a_gpio_line_is_a_mistake_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gpiod", None)
    with pytest.raises(ConfigError, match=r"pip install 'edge-gate\[boom\]'"):
        open_output(contact_of("gpiochip0/12"))


def test_a_simulated_chip_that_goes_away_fails_the_line(tmp_path: Path) -> None:
    with simulating(tmp_path / "chip"):
        output = open_output(contact_of(f"simulate://{tmp_path}/chip/12"))
    with pytest.raises(BoomFailed):
        output.set(on=True)
    output.close()


def test_every_edge_is_kept_with_why_it_came(tmp_path: Path) -> None:
    with simulating(tmp_path / "chip") as simulator:
        output = open_output(contact_of(f"simulate://{tmp_path}/chip/12"))
        output.set(on=True)
        output.close()
        wait_until(lambda: len(simulator.chip.edges) == 2)
        assert [(seen.edge.on, seen.why) for seen in simulator.chip.edges] == [(True, "set"), (False, "released")]
        assert isinstance(simulator.chip.edges[0], Seen)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for the other side of a socket."""
    for _ in range(400):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")
