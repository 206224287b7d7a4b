"""The words of an explanation: who, which way, when and for how long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

from edge.gate.hours import OpeningHours
from edge.types import Direction, Pass, Plate, Visit, VisitSide

VERB = MappingProxyType({Direction.IN: "In", Direction.OUT: "Out", Direction.UNKNOWN: "Passed"})
_MINUTE = 60


def what(pass_: Pass, hours: OpeningHours) -> str:
    """Return `Out by Bypass on Thu 07 Feb 2019 19:07:05`."""
    return f"{VERB[pass_.direction]} by {pass_.road_id} on {moment(pass_.wall_ns, hours)}"


def moment(wall_ns: int, hours: OpeningHours) -> str:
    """Return a time as the clock on the site's wall shows it."""
    return f"{hours.local(wall_ns):%a %d %b %Y %H:%M:%S}"


def visited(visit: Visit, hours: OpeningHours) -> str:
    """Return `Visit 2201 (car CF207358, in by Main on Thu 07 Feb 2019 08:00:05)`, by its first known side."""
    side = visit.entry or visit.exit
    if side is None:
        return f"Visit {visit.number}"
    way = "in" if visit.entry else "out"
    return f"Visit {visit.number} ({vehicle(side)}, {way} by {side.road_id} on {moment(side.wall_ns, hours)})"


def vehicle(side: VisitSide | Pass) -> str:
    """Return the class and what its plates read."""
    plates = plates_text(side.plates)
    return f"{side.class_name} {plates}" if plates else side.class_name


def plates_text(plates: Sequence[Plate]) -> str:
    """Return the texts of all plates, the surest first, or nothing."""
    return " + ".join(plate.text for plate in plates if plate.text)


def ago(seconds: float) -> str:
    """Return how long ago something was, in whole minutes from the first one on."""
    minutes = int(seconds // _MINUTE)
    hours, minutes = divmod(minutes, 60)
    if not hours and not minutes:
        return f"{int(seconds)} s"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def lasting(seconds: float) -> str:
    """Return a length of time: tenths of seconds to two minutes, then minutes, then hours; never more than it is."""
    if seconds < 2 * _MINUTE:
        return f"{math.floor(seconds * 10) / 10:g} s"
    hours, minutes = divmod(int(seconds // _MINUTE), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
