"""THE TABLE: one row for each kind of anomaly. Its severity, numbers and cooldown stand in edge/config/kinds.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from edge.config import Rule
from edge.gate.rules import access, custom, passes, visits, zones
from edge.gate.rules.facts import Finding, PassFacts, VisitFacts
from edge.gate.stays import ZoneLook

JudgePass: TypeAlias = Callable[[Rule, PassFacts], Iterable[Finding]]
JudgeVisit: TypeAlias = Callable[[Rule, VisitFacts], Iterable[Finding]]
JudgeZone: TypeAlias = Callable[[Rule, ZoneLook], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind listens to and who judges there; what ends its anomalies, and their evidence.

    `on_visit` is asked when a visit changes and once a second while it is open. `ends` says why an anomaly about a
    visit is over, `over` is why one about a zone is, once its judge no longer finds it. `evidence`: pass (the pictures
    of the pass), box (a picture taken when it is told) or none.
    """

    evidence: str = "none"
    on_pass: JudgePass | None = None
    on_visit: JudgeVisit | None = None
    on_zone: JudgeZone | None = None
    ends: Callable[[VisitFacts], str | None] | None = None
    over: str = ""


TABLE: Mapping[str, Kind] = MappingProxyType(
    {
        "after-hours": Kind("pass", on_pass=passes.after_hours),
        "wrong-road": Kind("pass", on_pass=passes.wrong_road),
        "wrong-way": Kind("pass", on_pass=passes.wrong_way),
        "class-not-allowed": Kind("pass", on_pass=passes.class_not_allowed),
        "tailgating": Kind("pass", on_pass=passes.tailgating),
        "plate-inside-twice": Kind("pass", on_pass=passes.plate_inside_twice),
        "plate-mismatch": Kind(
            "pass", on_pass=access.plate_mismatch, on_visit=visits.plate_mismatch, ends=visits.parted
        ),
        "denied-plate": Kind("pass", on_pass=access.denied_plate),
        "watched-plate": Kind("pass", on_pass=access.watched_plate),
        "unknown-plate": Kind("pass", on_pass=access.unknown_plate),
        "overstay": Kind(on_visit=visits.overstay, ends=visits.left),
        "never-left": Kind(on_visit=visits.never_left, ends=visits.left),
        "never-entered": Kind(on_visit=visits.never_entered, ends=visits.entered),
        "loitering": Kind("box", on_zone=zones.loitering, over="the zone was left"),
        "keep-clear": Kind("box", on_zone=zones.keep_clear, over="the zone is clear again"),
        "queue-length": Kind("box", on_zone=zones.queue_length, over="the queue is short again"),
        "clock-untrusted": Kind(),  # listens to the clock: edge/gate/trust.py
        "custom": Kind("pass", on_pass=custom.of_pass, on_visit=custom.of_visit),
    }
)
"""Every kind of anomaly that a rule may raise."""
