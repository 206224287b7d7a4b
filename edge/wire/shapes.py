"""The published contract: what an event looks like on the wire, version 1.

Domain types may change beside these structs; a field here only changes its meaning with a new version.
Absent values are left out.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from edge.clock import ClockQuality
from edge.types import Decision, Direction, Effort, Match, NoPlate, Severity, Stage, VisitState
from edge.wire.scalars import Dhash, Instant

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(ge=0.0)]
Count = Annotated[int, Meta(ge=0)]


class PlateV1(Struct, omit_defaults=True):
    """A plate that the looks agreed on."""

    text: str
    confidence: Share
    looks: Count
    votes: Count
    runner_up: str | None = None
    margin: Share | None = None
    country: str | None = None
    written: str | None = None


class EvidenceRefV1(Struct):
    """A picture that stays on the device until it is asked for."""

    evidence_id: str
    kind: str
    width_px: Count
    height_px: Count


class AccessV1(Struct, omit_defaults=True, rename={"listed": "list"}):
    """What the registry says of a pass; `list` and `entry` name the entry that decided or is out of date.

    `watched` names the entry of the watch list that it is on, whatever was decided.
    """

    decision: Decision
    match: Match
    reason: str
    listed: str | None = None
    entry: str | None = None
    distance: Annotated[float, Meta(ge=0.0)] | None = None
    watched: str | None = None
    class_name: str | None = None
    colour: str | None = None


class PassV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """One vehicle crossing once; its provisional and its final event share `pass_id`."""

    pass_id: str
    stage: Stage
    revision: Count
    camera_id: str
    track_id: int
    line_id: str
    road_id: str
    direction: Direction
    direction_confidence: Share
    wall_ns: Instant
    class_name: str
    plates: tuple[PlateV1, ...] = ()
    dhash: Dhash = msgspec.field(default_factory=Dhash)
    evidence: tuple[EvidenceRefV1, ...] = ()
    visit_id: str | None = None
    no_plate: NoPlate | None = None
    access: AccessV1 | None = None
    mode: str = ""
    colour: str = ""
    colour_confidence: Share | None = None


class VisitSideV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """One end of a visit."""

    pass_id: str
    camera_id: str
    road_id: str
    wall_ns: Instant
    class_name: str
    plates: tuple[PlateV1, ...] = ()
    dhash: Dhash = msgspec.field(default_factory=Dhash)
    colour: str = ""
    no_plate: NoPlate | None = None
    route: tuple[str, ...] = ()


class VisitV1(Struct, omit_defaults=True):
    """An entry and an exit of one vehicle; `dwell_s` is theirs, for readers, and is not read back."""

    visit_id: str
    number: Count
    state: VisitState
    revision: Count
    entry: VisitSideV1 | None = None
    exit: VisitSideV1 | None = None
    paired_by: str | None = None
    dwell_s: float | None = None
    merged_into: str | None = None


class RegroupingV1(Struct, rename={"wall_ns": "time"}):
    """Two half visits were merged, or a visit was split in two; `pass_id` is the pass that went over."""

    visit_id: str
    number: Count
    other_id: str
    other_number: Count
    pass_id: str
    who: str
    why: str
    wall_ns: Instant


class ClassCountV1(Struct):
    """How many of a class there are."""

    class_name: str
    count: Count


class ReconciliationV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """How the site stood when it reconciled, and what the day before that came to."""

    site_id: str
    wall_ns: Instant
    inside: Count
    without_entry: Count
    unpaired_exits: Count
    closed: Count
    set_aside: Count
    passes: Count
    read_rate: Share | None = None
    by_class: tuple[ClassCountV1, ...] = ()


class AnomalyV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """Something an operator should look at."""

    anomaly_id: str
    kind: str
    severity: Severity
    explanation: str
    wall_ns: Instant
    camera_id: str
    road_id: str
    pass_id: str | None = None
    visit_id: str | None = None
    evidence: tuple[EvidenceRefV1, ...] = ()


class ListedAnomalyV1(Struct):
    """An anomaly with what is derived from later events: its state, and the number of its visit."""

    state: Literal["open", "resolved"]
    visit: int | None
    anomaly: msgspec.Raw
    kind: Literal["anomaly"] = "anomaly"


class RulingV1(Struct, rename={"wall_ns": "time"}):
    """An anomaly was resolved or reopened; `who` is a person, or `rule`."""

    anomaly_id: str
    who: str
    why: str
    wall_ns: Instant


class CorrectionV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """What a person says a pass really was; without `was_plate`, `plate` is one that nobody had read."""

    pass_id: str
    camera_id: str
    who: str
    why: str
    wall_ns: Instant
    class_name: str | None = None
    was_class: str | None = None
    plate: str | None = None
    was_plate: str | None = None
    visit_id: str | None = None


class CameraStatusV1(Struct):
    """A camera changed state."""

    camera_id: str
    state: str
    reason: str = ""
    decoder: str = ""


class EffortChangeV1(Struct, omit_defaults=True):
    """The device does less than before, or more again; temperatures in degrees Celsius."""

    effort: Effort
    before: Effort
    reason: str
    zone: str = ""
    temp_c: float | None = None
    throttle_c: float | None = None


class RunMarkV1(Struct):
    """The service started or stopped."""

    run_id: str
    version: str
    reason: str = ""


class RegistryChangeV1(Struct, omit_defaults=True):
    """The device knows other vehicles than before; entries go by their first plate."""

    file: str
    sha256: str
    entries: Count
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


class OpeningV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """The boom is told to open for a vehicle; `failed` says why it stayed shut all the same."""

    opening_id: str
    camera_id: str
    track_id: int
    class_name: str
    wall_ns: Instant
    open_s: Seconds
    access: AccessV1
    plates: tuple[PlateV1, ...] = ()
    zone_id: str | None = None
    pass_id: str | None = None
    road_id: str | None = None
    failed: str = ""


class BoomChangeV1(Struct, omit_defaults=True, rename={"wall_ns": "time"}):
    """The boom is open (shut), or the loop occupied (free), as its input tells; `senses` says which of them."""

    senses: str
    on: bool
    wall_ns: Instant
    opening_id: str | None = None
    lasted_s: Seconds | None = None
    passes: Count | None = None


class EnvelopeV1(Struct, omit_defaults=True):
    """The CloudEvents attributes, in the order they are written; `chain` must stay last."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: Instant
    subject: str
    datacontenttype: Literal["application/json"]
    seq: Count
    epoch: str
    recordedtime: Instant
    clock: ClockQuality
    data: msgspec.Raw
    chain: str = ""
