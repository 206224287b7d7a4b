"""How far a build is: TensorRT tells of phases within phases, each of a known number of steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorrt as trt


@dataclass(slots=True)
class Phase:
    """One phase at work: how many steps it has, how many are done, and what it is a part of."""

    name: str
    parent: str
    steps: int
    done: int = 0


class Course:
    """The phases at work, and the share of the whole that they come to. Safe to be told from several threads."""

    def __init__(self) -> None:
        self._phases: dict[str, Phase] = {}
        self._lock = threading.Lock()
        self._reached = 0.0

    def begin(self, name: str, parent: str | None, steps: int) -> float:
        """Note that a phase begins; return the share, 0..1, that never falls."""
        with self._lock:
            self._phases[name] = Phase(name, parent or "", max(1, steps))
            return self._share()

    def step(self, name: str, step: int) -> float:
        """Note that a step, counted from 0, is done."""
        with self._lock:
            if name in self._phases:
                self._phases[name].done = step + 1
            return self._share()

    def finish(self, name: str) -> float:
        """Note that a phase is over."""
        with self._lock:
            phase = self._phases.get(name)
            if phase is not None:
                phase.done = phase.steps
            share = self._share()
            self._phases.pop(name, None)
            return share

    def _share(self) -> float:
        """A phase without a parent is the whole; one within fills the step that its parent is at."""
        for phase in self._phases.values():
            share, room, at = 0.0, 1.0, phase
            line = [phase]
            while at.parent in self._phases and self._phases[at.parent] not in line:
                at = self._phases[at.parent]
                line.insert(0, at)
            for one in line:
                share += room * min(1.0, one.done / one.steps)
                room /= one.steps
            self._reached = max(self._reached, min(1.0, share))
        return self._reached


def make_monitor(report: Callable[[str, float], None]) -> trt.IProgressMonitor:
    """Return what TensorRT tells its progress to. It must outlive the build."""
    import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

    course = Course()

    class Monitor(trt.IProgressMonitor):
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            report(phase_name, course.begin(phase_name, parent_phase, num_steps))

        def step_complete(self, phase_name: str, step: int) -> bool:
            report(phase_name, course.step(phase_name, step))
            return True

        def phase_finish(self, phase_name: str) -> None:
            report(phase_name, course.finish(phase_name))

    return Monitor()
