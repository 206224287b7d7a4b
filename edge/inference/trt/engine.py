"""The Engine port on TensorRT: several runs under way, each with a context, a stream and buffers of its own."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from edge.errors import EngineFailed
from edge.inference.cuda.driver import Cuda, DeviceLost
from edge.inference.trt.runtime import Messages, load_version, make_logger, open_plan, specs_of
from edge.inference.trt.shelf import Plan
from edge.inference.trt.slot import Slot
from edge.logs import get_log
from edge.ports import Feeds, TensorSpec

if TYPE_CHECKING:
    import tensorrt as trt

SLOTS = 2
"""Runs under way at once: one computes while the next one's input travels. More gain nothing on one small GPU."""
_log = get_log("tensorrt")


class Run:
    """A run that was begun; waits when it is asked, or when its slot is wanted for another."""

    def __init__(self, slot: Slot) -> None:
        self.slot: Slot | None = slot
        self._answer: Mapping[str, npt.NDArray[Any]] | None = None
        self._failure: EngineFailed | None = None

    def settle(self) -> None:
        """Collect what it came to, good or bad; its slot is free afterwards."""
        slot, self.slot = self.slot, None
        if slot is None:
            return
        try:
            self._answer = slot.collect()
        except EngineFailed as error:
            self._failure = error

    def wait(self) -> Mapping[str, npt.NDArray[Any]]:
        """Return every output by name; see `ports.Pending.wait`."""
        self.settle()
        answer, self._answer = self._answer, None
        if self._failure is not None:
            raise self._failure
        if answer is None:
            raise EngineFailed("a run was waited for twice: keep its answer")
        return answer


class TrtEngine:
    """A plan at work on one GPU; see `ports.Engine`.

    `cuda` becomes the engine's own: it is closed with it, and at once when the engine cannot be opened.

    Raises:
        ModelError: TensorRT is absent, or the plan is for another GPU or version, or damaged.
        EngineFailed: the device has no memory left, or failed.
    """

    def __init__(self, plan: Plan, cuda: Cuda, slots: int = SLOTS) -> None:
        label = plan.label
        self._name = f"{label.network} {label.precision}"
        self._cuda = cuda
        self._messages = Messages()
        self._slots: deque[Slot] = deque()
        self._last: dict[Slot, Run] = {}
        with ExitStack() as stack:
            stack.callback(cuda.close)
            version = load_version()
            cuda.attach()
            self._logger: trt.ILogger = make_logger(self._messages)
            try:
                self._open(plan, slots, stack)
            except BaseException as error:
                # What failed keeps its variables, and TensorRT's objects in them would outlive the context.
                traceback.clear_frames(error.__traceback__)
                raise
            self._ends = stack.pop_all()
        self.metadata: Mapping[str, str] = dict(label.metadata)
        self.label = f"tensorrt {version} {label.precision} on {cuda.device}"
        self._closed = False

    def infer(self, feeds: Feeds) -> Mapping[str, npt.NDArray[Any]]:
        """Run once and wait; see `ports.Engine.infer`."""
        return self.submit(feeds).wait()

    def submit(self, feeds: Feeds) -> Run:
        """Begin a run; where every slot is taken, the oldest run is waited for first. See `ports.Engine.submit`."""
        if self._closed:
            raise EngineFailed(f"{self._name}: the engine is closed: open it again")
        wanted = {spec.name for spec in self.inputs}
        if feeds.keys() != wanted:
            given = ", ".join(sorted(feeds)) or "nothing"
            raise EngineFailed(
                f"{self._name}: is fed {given} and takes {', '.join(sorted(wanted))}: feed it what it takes"
            )
        slot = self._slots[0]  # they take turns, so this one's run is the oldest
        self._slots.rotate(-1)
        if slot in self._last:
            self._last.pop(slot).settle()
        try:
            slot.begin(feeds)
        except BaseException:
            self._abandon(slot)
            raise
        self._last[slot] = run = Run(slot)
        return run

    def close(self) -> None:
        """Let go of everything, contexts before the engine, the engine before its runtime; may be called twice."""
        if self._closed:
            return
        self._closed = True
        for run in self._last.values():
            run.settle()
        self._last.clear()
        self._slots.clear()
        try:
            self._ends.close()
        except DeviceLost as error:
            _log.warning("%s: what was on the device went with it: %s", self._name, error)

    def _open(self, plan: Plan, slots: int, stack: ExitStack) -> None:
        import tensorrt as trt  # noqa: PLC0415 - loads libnvinfer

        self._runtime: trt.Runtime | None = trt.Runtime(self._logger)
        stack.callback(self._drop, "_runtime")
        self._engine: trt.ICudaEngine | None = open_plan(self._runtime, plan.octets, self._messages, self._name)
        stack.callback(self._drop, "_engine")
        specs = specs_of(self._engine, self._name)
        self.inputs: tuple[TensorSpec, ...] = specs[0]
        self.outputs: tuple[TensorSpec, ...] = specs[1]
        for _ in range(slots):
            slot = Slot(self._engine, self._cuda, specs, self._messages, self._name)
            stack.callback(slot.close)
            self._slots.append(slot)
        self._slots[0].warm()

    def _abandon(self, slot: Slot) -> None:
        """Take a slot back whose run did not begin; what of it was put on the stream must be over first."""
        try:
            slot.collect()
        except EngineFailed as error:
            _log.debug("%s: %s", self._name, error)  # the failure that is told came first

    def _drop(self, name: str) -> None:
        """Let go of an object of TensorRT's: it is destroyed when nobody refers to it."""
        try:
            self._cuda.attach()
        finally:
            setattr(self, name, None)
