"""What a rule may look for: the kinds by name, with the numbers of their own that a configuration may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class KindTerms:
    """The terms of one kind where a rule says nothing else.

    `numbers` are the keys of its own with their defaults. `cooldown_s` None: a subject is told once and for all; else
    after that many seconds it may be told again. `clock`: held back while the clock is not to be trusted. `registry`:
    asks the registry, and says nothing without one. `zone`: the kind of zone it watches.
    """

    severity: str = "warning"
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    cooldown_s: float | None = None
    clock: bool = False
    registry: bool = False
    zone: str = ""


def _numbers(**numbers: float) -> Mapping[str, float]:
    return MappingProxyType(numbers)


KINDS: Mapping[str, KindTerms] = MappingProxyType(
    {
        "after-hours": KindTerms(clock=True),
        "wrong-road": KindTerms(),
        "wrong-way": KindTerms("alarm"),
        "class-not-allowed": KindTerms(),
        "tailgating": KindTerms("alarm", _numbers(within_s=4)),
        "plate-inside-twice": KindTerms("alarm"),
        "plate-mismatch": KindTerms("alarm", _numbers(bits=0)),
        "denied-plate": KindTerms("alarm", registry=True),
        "watched-plate": KindTerms(registry=True),
        "unknown-plate": KindTerms(registry=True),
        "overstay": KindTerms(numbers=_numbers(for_s=4 * 3600), clock=True),
        "never-left": KindTerms(numbers=_numbers(for_s=3600), clock=True),
        "never-entered": KindTerms(clock=True),
        "loitering": KindTerms(numbers=_numbers(for_s=60), cooldown_s=600, zone="loiter"),
        "keep-clear": KindTerms(numbers=_numbers(for_s=10), cooldown_s=300, zone="keep-clear"),
        "queue-length": KindTerms("info", _numbers(more_than=3, for_s=60), cooldown_s=600, zone="queue"),
        "clock-untrusted": KindTerms(numbers=_numbers(for_s=60), cooldown_s=3600),
        "custom": KindTerms(),
    }
)
"""Every kind of rule that a configuration may name. What each one judges by stands in edge/gate/rules/table.py."""

CUSTOM = "custom"
CLOCK = "clock-untrusted"
