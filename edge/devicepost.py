"""The device itself at work: how hot it is decides how much its cameras do, and each change is an event."""

from __future__ import annotations

from collections.abc import Callable

from edge.clock import Clock
from edge.health.clocks import Clocked
from edge.health.plan import Plan
from edge.health.soc import SocReading
from edge.logs import get_log
from edge.ports import Allowance
from edge.types import DeviceState, Effort, EffortChange, OverCurrent

READ_NS = 5_000_000_000
"""Between two readings: a die under a heat sink gains a fraction of a degree in that time, and a reading costs
milliseconds."""
_log = get_log("device")
_MB = 1_000_000


class DevicePost:
    """Reads the device and says through the allowance how much is done.

    Args:
        record: writes a change and says whether it could be written; what could not is written later.
        read: returns a reading; never fails.
    """

    def __init__(
        self,
        clock: Clock,
        record: Callable[[EffortChange], bool],
        read: Callable[[], SocReading],
    ) -> None:
        self.allowance = Allowance()
        self.state: DeviceState | None = None
        """The newest reading, for the status; None before the first one."""
        self._clock = clock
        self._record = record
        self._read = read
        self._plan = Plan()
        self._read_ns: int | None = None
        self._untold: list[EffortChange] = []

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why the device does less, or no longer knows whether it should."""
        return (f"device {self._plan.trouble}",) if self._plan.trouble else ()

    def follow(self) -> None:
        """Take a reading when it is time for one, and let what follows from it hold."""
        now_ns = self._clock.mono_ns()
        if self._read_ns is None or now_ns - self._read_ns >= READ_NS:
            self._read_ns = now_ns
            self._take_in(self._read(), now_ns)
        while self._untold and self._record(self._untold[0]):
            self._untold.pop(0)

    def _take_in(self, reading: SocReading, now_ns: int) -> None:
        before = self._plan.effort
        effort = self._plan.step(reading, now_ns)
        self.allowance.effort = effort
        self.state = state_of(reading, effort)
        if effort is not before:
            state = self.state
            change = EffortChange(effort, before, self._plan.reason, state.zone, state.temp_c, state.throttle_c)
            _log.warning("%s", change.in_words)
            self._untold.append(change)


def state_of(reading: SocReading, effort: Effort) -> DeviceState:
    """Return what the control room is told of a reading."""
    zone = reading.closest or reading.hottest
    return DeviceState(
        effort=effort,
        zone=zone.name if zone else "",
        temp_c=zone.temp_c if zone else None,
        throttle_c=zone.throttle_c if zone else None,
        throttled_by=reading.throttled_by,
        over_current=tuple(OverCurrent(name, times) for name, times in reading.over_current),
        cpu_mhz=max((mhz for one in reading.processors if (mhz := _mhz(one)) is not None), default=None),
        gpu_mhz=_mhz(reading.gpu),
        memory_mhz=_mhz(reading.memory),
        decoder_mhz=_mhz(reading.decoder),
        gpu_load=reading.gpu_load,
        decoder_powered=reading.decoder_powered,
        watts=None if reading.watts is None else round(reading.watts, 3),
        fan=reading.fan.share if reading.fan else None,
        memory_free_mb=None if reading.memory_free is None else reading.memory_free // _MB,
    )


def _mhz(clock: Clocked | None) -> float | None:
    return None if clock is None or clock.hz is None else clock.hz / 1e6
