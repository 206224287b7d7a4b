"""Vehicles that cross lines: crossings, passes, and whether they may."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from edge.types.plates import NoPlate, Plate
from edge.types.tracks import U8


class Direction(enum.Enum):
    """Which way a line was crossed. Unknown rather than wrong."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Crossing:
    """One track going over one line."""

    track_id: int
    line_id: str
    road_id: str
    direction: Direction
    at_ns: int
    wall_ns: int
    confidence: float
    turned_back: bool = False  # it came back before it had cleared the line: the crossing before this one was none
    mode: str = ""  # how the scene was lit: day, dusk, night or infra-red


class Stage(enum.Enum):
    """A pass is told at once and again when nothing more can be learnt about it."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    ANNULLED = "annulled"  # the vehicle turned back on the line: the last word on a pass that was none


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A picture kept on the device: JPEG, fetched by id on request."""

    evidence_id: str
    kind: str
    width_px: int
    height_px: int


class Decision(enum.Enum):
    """Whether a vehicle may pass, as far as the registry can tell. Unknown rather than wrong."""

    ALLOW = "allow"
    DENY = "deny"
    UNKNOWN = "unknown"


class Match(enum.Enum):
    """How a plate stands to the registry."""

    EXACT = "exact"
    NEAR = "near"  # misread, but near enough to one registered plate and clearly farther from every other
    OUT_OF_DATE = "out-of-date"  # registered, but not for that moment
    AMBIGUOUS = "ambiguous"  # near enough to several
    NONE = "none"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Access:
    """What the registry says of a pass, and why in a sentence.

    `listed` is allow, deny or watch; `entry` the first plate of the entry that decided, as it is registered;
    `distance` how far the reading was from the registered plate (edge.gate.alike). `watched` is the first plate of the
    entry by which the vehicle is watched, whatever it may do. `class_name` and `colour` are those of `entry`.
    """

    decision: Decision
    match: Match
    reason: str
    listed: str | None = None
    entry: str | None = None
    distance: float | None = None
    watched: str | None = None
    class_name: str | None = None
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One vehicle crossing once. The provisional and the final pass share `pass_id`; `revision` grows.

    `no_plate`: why a final pass has no plate, where that is known.
    `mode`: how the scene was lit when it crossed: day, dusk, night or infra-red; empty when nobody looked.
    """

    pass_id: str
    stage: Stage
    revision: int
    camera_id: str
    track_id: int
    line_id: str
    road_id: str
    direction: Direction
    direction_confidence: float
    wall_ns: int
    class_name: str
    plates: tuple[Plate, ...] = ()
    dhash: int = 0
    evidence: tuple[EvidenceRef, ...] = ()
    visit_id: str | None = None
    no_plate: NoPlate | None = None
    access: Access | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A crop to keep: `picture` (H,W,3) uint8 RGB."""

    ref: EvidenceRef
    picture: U8
