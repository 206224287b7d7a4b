"""How the system on chip is doing: temperatures, throttling, clocks, loads, power. Read, never changed, never failing.

From /sys and /proc alone, as any user may read them: no program is started and no library of the GPU is loaded. A
machine that tells less has less in its reading; a card's own sensors are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.health import clocks
from edge.health.attributes import text
from edge.health.board_sensors import Counted, Fan, Rail, read_fan, read_over_current, read_rails
from edge.health.clocks import Clocked
from edge.health.thermal import Cooler, Zone, read_coolers, read_zones


@dataclass(frozen=True, slots=True)
class SocReading:
    """Everything at one moment. What is unknown is None, what there is none of is empty.

    `gpu_load` 0 to 1; `decoder_powered` tells whether a video decoder is on; memory in bytes.
    """

    zones: tuple[Zone, ...] = ()
    coolers: tuple[Cooler, ...] = ()
    over_current: tuple[Counted, ...] = ()
    processors: tuple[Clocked, ...] = ()
    gpu: Clocked | None = None
    gpu_load: float | None = None
    decoder: Clocked | None = None
    decoder_powered: bool | None = None
    memory: Clocked | None = None
    memory_total: int | None = None
    memory_free: int | None = None
    rails: tuple[Rail, ...] = ()
    fan: Fan | None = None

    @property
    def hottest(self) -> Zone | None:
        """The zone with the highest temperature."""
        told = [(zone.temp_c, zone) for zone in self.zones if zone.temp_c is not None]
        return max(told, key=lambda one: one[0])[1] if told else None

    @property
    def closest(self) -> Zone | None:
        """The zone with the fewest degrees left until something is slowed for it."""
        told = [(zone.margin_c, zone) for zone in self.zones if zone.margin_c is not None]
        return min(told, key=lambda one: one[0])[1] if told else None

    @property
    def margin_c(self) -> float | None:
        """Degrees left until something is slowed; None when unknown."""
        return self.closest.margin_c if self.closest else None

    @property
    def throttled_by(self) -> tuple[str, ...]:
        """Types of the cooling devices that slow something down now."""
        return tuple(cooler.name for cooler in self.coolers if cooler.slowing)

    @property
    def watts(self) -> float | None:
        """What the module takes: its input where that is measured, else the sum of its rails; None when unknown."""
        whole = next((rail.watts for rail in self.rails if rail.name == "VDD_IN"), None)
        return whole if whole is not None else (sum(rail.watts for rail in self.rails) if self.rails else None)


def read_soc(root: Path = Path("/")) -> SocReading:
    """Read the machine below `root`, which is `/` or a folder laid out like it."""
    thermal, hwmon = root / "sys/class/thermal", root / "sys/class/hwmon"
    decoder = clocks.devfreq(root, clocks.DECODER)
    total, free = _memory(root / "proc/meminfo")
    return SocReading(
        zones=read_zones(thermal),
        coolers=read_coolers(thermal),
        over_current=read_over_current(hwmon),
        processors=clocks.read_processors(root),
        gpu=clocks.read_clock(clocks.devfreq(root, clocks.GPU)),
        gpu_load=clocks.read_gpu_load(root),
        decoder=clocks.read_clock(decoder),
        decoder_powered=clocks.read_powered(decoder),
        memory=clocks.read_clock(clocks.devfreq(root, clocks.MEMORY)),
        memory_total=total,
        memory_free=free,
        rails=read_rails(hwmon),
        fan=read_fan(hwmon),
    )


def _memory(meminfo: Path) -> tuple[int | None, int | None]:
    lines = dict(line.split(":", 1) for line in (text(meminfo) or "").splitlines() if ":" in line)

    def bytes_of(name: str) -> int | None:
        value = lines.get(name, "").split()
        return int(value[0]) * 1024 if value and value[0].isdigit() else None

    return bytes_of("MemTotal"), bytes_of("MemAvailable")
