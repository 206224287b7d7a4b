"""What flows through the product: frozen values, validated once where they are made.

Pixels are display pixels of the source frame (square, after the sample aspect ratio), origin top-left, boxes `xyxy`
half-open. Zones and lines are normalised to 0..1. `at_ns` is the monotonic (or media) clock, `wall_ns` is UTC.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from edge.clock import ClockQuality

U8: TypeAlias = npt.NDArray[np.uint8]
F32: TypeAlias = npt.NDArray[np.float32]
I16: TypeAlias = npt.NDArray[np.int16]
U64: TypeAlias = npt.NDArray[np.uint64]
Box: TypeAlias = tuple[float, float, float, float]
"""One box `x1 y1 x2 y2` in display pixels, half-open."""
Point: TypeAlias = tuple[float, float]

CLASSES = ("car", "truck", "bus", "motorcycle", "bicycle", "person")
"""The product's classes; `class_id` is an index into this, whatever the model's own list is."""
KIND = np.array([0, 0, 0, 1, 1, 2], np.int16)
"""Kind of each class: four wheels or more, two wheels, on foot. Networks take the classes of one kind for each other: a
van found as car and as truck is one vehicle, and so is a scooter found as motorcycle and as bicycle."""
KIND.flags.writeable = False
VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})
"""Classes that make passes and visits; the others are seen and tracked, and only the rules may ask for them."""


class Direction(enum.Enum):
    """Which way a line was crossed. Unknown rather than wrong."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class Severity(enum.Enum):
    """How soon an operator should look."""

    INFO = "info"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Objects found in one frame: a struct of parallel arrays.

    `xyxy` (N,4) float32 display pixels, `confidence` (N,) float32 in 0..1, `class_id` (N,) int16 index into CLASSES.

    Raises:
        ValueError: when the columns differ in length, shape or dtype.
    """

    xyxy: F32
    confidence: F32
    class_id: I16

    def __post_init__(self) -> None:
        n = len(self.xyxy)
        wanted = (("xyxy", self.xyxy, (n, 4), np.float32), ("confidence", self.confidence, (n,), np.float32))
        for name, column, shape, dtype in (*wanted, ("class_id", self.class_id, (n,), np.int16)):
            if column.shape != shape or column.dtype != dtype:
                raise ValueError(
                    f"Detections.{name}: is {column.dtype}{column.shape}, must be {np.dtype(dtype)}{shape}"
                )
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, rows: npt.NDArray[Any] | slice) -> Detections:
        """Return the rows that a mask, an index array or a slice picks, columns in step."""
        return Detections(self.xyxy[rows].copy(), self.confidence[rows].copy(), self.class_id[rows].copy())

    @staticmethod
    def empty() -> Detections:
        """Return no detections."""
        return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))


class TrackState(enum.Enum):
    """Where a track stands in its life."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class TrackSnapshot:
    """One track as it stands after a frame. `track_id` is unique per camera and run.

    `vehicle_id` is the first track of the same vehicle, 0 while a track is tentative. `bits` is the Hamming distance of
    `dhash` from the nearest view remembered. `jumped_ns`: when the looks or the place last changed so abruptly as if
    the track had gone over to another vehicle.
    """

    track_id: int
    state: TrackState
    box: Box
    class_id: int
    confidence: float
    dhash: int
    hits: int
    started_ns: int
    seen_ns: int
    vehicle_id: int = 0
    bits: int = 0
    jumped_ns: int | None = None

    @property
    def class_name(self) -> str:
        """The product's name of the class."""
        return CLASSES[self.class_id]

    @property
    def anchor(self) -> Point:
        """Bottom centre of the box: where the vehicle touches the road."""
        return ((self.box[0] + self.box[2]) / 2, self.box[3])


@dataclass(frozen=True, slots=True)
class TrackUpdate:
    """What one frame did to the tracks.

    `active`: tentative and confirmed tracks seen in this frame. `started`: those confirmed by it. `lost`: confirmed,
    not seen in it, still expected back. `ended`: those given up by it. `joined`: pairs (track, earlier track) that
    turned out by this frame to be one vehicle; the earlier one is not seen again. `coasting`: those of the lost ones
    that were missed for a moment only, in boxes where they should be now.
    """

    at_ns: int
    active: tuple[TrackSnapshot, ...] = ()
    started: tuple[TrackSnapshot, ...] = ()
    ended: tuple[TrackSnapshot, ...] = ()
    lost: tuple[TrackSnapshot, ...] = ()
    joined: tuple[tuple[int, int], ...] = ()
    coasting: tuple[TrackSnapshot, ...] = ()

    @property
    def vehicles(self) -> tuple[TrackSnapshot, ...]:
        """What is in the picture, each vehicle once: the confirmed tracks that are seen, and those that coast."""
        seen = [track for track in self.active if track.state is TrackState.CONFIRMED]
        best: dict[int, TrackSnapshot] = {}
        for track in (*seen, *self.coasting):
            known = best.setdefault(track.vehicle_id, track)
            if known.state is track.state and known.hits < track.hits:
                best[track.vehicle_id] = track
        return tuple(best.values())


@dataclass(frozen=True, slots=True, eq=False)
class PlateQuads:
    """Plates found in one picture, surest first: a struct of parallel arrays.

    `quads` (N,4,2) float32 corners in pixels of the picture as the plate is read: top left, top right, bottom right,
    bottom left; they may lie a little outside the picture. `confidence` (N,) float32 in 0..1.

    Raises:
        ValueError: when the columns differ in length, shape or dtype, or the surest is not first.
    """

    quads: F32
    confidence: F32

    def __post_init__(self) -> None:
        n = len(self.quads)
        wanted = (("quads", self.quads, (n, 4, 2)), ("confidence", self.confidence, (n,)))
        for name, column, shape in wanted:
            if column.shape != shape or column.dtype != np.float32:
                raise ValueError(f"PlateQuads.{name}: is {column.dtype}{column.shape}, must be float32{shape}")
            column.flags.writeable = False
        if (np.diff(self.confidence) > 0).any():
            raise ValueError("PlateQuads.confidence: rises; the surest plate comes first")

    def __len__(self) -> int:
        return len(self.quads)

    @staticmethod
    def empty() -> PlateQuads:
        """Return no plates."""
        return PlateQuads(np.empty((0, 4, 2), np.float32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class PlateRead:
    """One look at one plate; `text` is empty for a plate that was seen and could not be read.

    `box` lies in the picture that was read; `char_confidence` has one value in 0..1 for each character.
    """

    text: str
    char_confidence: tuple[float, ...]
    box: Box
    sharpness: float
    width_px: float
    height_px: float

    @property
    def confidence(self) -> float:
        """The mean of the character confidences, 0 for no text."""
        return sum(self.char_confidence) / len(self.char_confidence) if self.char_confidence else 0.0


@dataclass(frozen=True, slots=True)
class Plate:
    """What the looks at one plate agreed on. `votes` counts the looks that read exactly `text`.

    `margin` is how far, in 0..1 of the votes, its least certain character was ahead of the next one: 0 where what a
    plate must look like decided against the votes, None where nobody counted. `country` is the first of the site's
    countries whose plates are composed so, and `written` how people write it there, where that is not `text`.
    """

    text: str
    confidence: float
    looks: int
    votes: int
    runner_up: str | None = None
    margin: float | None = None
    country: str | None = None
    written: str | None = None

    @property
    def shown(self) -> str:
        """The plate as people write it."""
        return self.written or self.text


class NoPlate(enum.Enum):
    """Why a vehicle has no plate: why it was not looked at, or what most looks suffered from."""

    TOO_SMALL = "too-small"  # it never came near enough, or showed its side alone
    CUT = "cut"  # where it was largest, the border of the picture cut it off
    GLARE = "glare"  # pictures burnt out by lamps or sun
    BLURRED = "blurred"  # pictures without fine detail
    NOT_FOUND = "not-found"  # clear pictures without a plate: there is none, or it is hidden
    NOT_READ = "not-read"  # reading is off, or could not keep up
    UNSURE = "unsure"  # something was read, but no two looks agreed


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a track's plates so far. `complete`: no further look will add to it.

    `no_plate`: why there is none so far; None too where nothing is known of the track.
    """

    plates: tuple[Plate, ...] = ()
    complete: bool = False
    no_plate: NoPlate | None = None


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
    `distance` how far the reading was from the registered plate (edge.gate.alike).
    """

    decision: Decision
    match: Match
    reason: str
    listed: str | None = None
    entry: str | None = None
    distance: float | None = None


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


class VisitState(enum.Enum):
    """A visit is open until its other side is known."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VisitSide:
    """One end of a visit: the pass that made it, where and when."""

    pass_id: str
    camera_id: str
    road_id: str
    wall_ns: int
    class_name: str
    plates: tuple[Plate, ...] = ()
    dhash: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """An entry pass and an exit pass of one vehicle; one side may be missing. `number` is what a person says aloud."""

    visit_id: str
    number: int
    state: VisitState
    revision: int
    entry: VisitSide | None = None
    exit: VisitSide | None = None
    paired_by: str | None = None

    @property
    def dwell_s(self) -> float | None:
        """Seconds between the two sides, or None while one is missing."""
        if self.entry is None or self.exit is None:
            return None
        return (self.exit.wall_ns - self.entry.wall_ns) / 1e9


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something an operator should look at, explained in one sentence with the numbers that made it."""

    anomaly_id: str
    kind: str
    severity: Severity
    explanation: str
    wall_ns: int
    camera_id: str
    road_id: str
    pass_id: str | None = None
    visit_id: str | None = None
    evidence: tuple[EvidenceRef, ...] = ()


RULE = "rule"
"""Who resolved an anomaly when no person did: the rule that had raised it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A word on an anomaly: resolved, or open again; the kind of its event says which. `who`: a person or RULE."""

    anomaly_id: str
    who: str
    why: str
    wall_ns: int

    @property
    def in_words(self) -> str:
        """Who says so and why."""
        return f"by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says a pass really was; the pass itself stays as it was recorded.

    `class_name` and `plate` are None where nothing is said of them. `was_plate` is the plate that `plate` stands in
    for, None for one that nobody had read.
    """

    pass_id: str
    camera_id: str
    who: str
    why: str
    wall_ns: int
    class_name: str | None = None
    was_class: str | None = None
    plate: str | None = None
    was_plate: str | None = None
    visit_id: str | None = None

    @property
    def change(self) -> str:
        """What it is now, and what stood there before: `truck, not car; CF 207-358, not read before`."""
        changes = ((self.class_name, self.was_class), (self.plate, self.was_plate or "read before"))
        return "; ".join(f"{now}, not {was}" for now, was in changes if now)

    @property
    def in_words(self) -> str:
        """What changes, who says so and why."""
        return f"{self.change}, by {self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class ListedAnomaly:
    """An anomaly and whether somebody still has to look at it; `visit` is the number of its visit."""

    anomaly: Anomaly
    resolved: bool = False
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class AnomalyEnd:
    """An anomaly that is over by itself: `subject` is no longer what it was about, `why` says what happened."""

    kind: str
    subject: str
    why: str
    wall_ns: int
    anomaly_id: str


@dataclass(frozen=True, slots=True)
class CameraFinding:
    """Something began or ceased to be wrong with a camera's view; `kind` is that of the anomaly, the rest says why."""

    kind: str
    raised: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera changed state: connecting, live, stalled, lost, ended; `reason` says why.

    Of a live camera `reason` names the anomaly that its view is in, as camera-covered.
    """

    camera_id: str
    state: str
    reason: str = ""
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class RunMark:
    """The service started or stopped; `reason` says why it stopped."""

    run_id: str
    version: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegistryChange:
    """The service knows other vehicles than before: entries by their first plate, and the file that now holds."""

    file: str
    sha256: str
    entries: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Who came and went."""
        parts = (("added", self.added), ("removed", self.removed), ("altered", self.altered))
        told = [f"{word} {', '.join(names)}" for word, names in parts if names]
        return f"{'; '.join(told) or 'no vehicle changed'}; {self.entries} entries"


Body: TypeAlias = Pass | Visit | Anomaly | Ruling | Correction | CameraStatus | RunMark | RegistryChange


class EventKind(enum.Enum):
    """What happened; the topic and the CloudEvents type are made from it."""

    PASS_PROVISIONAL = "pass.provisional"  # noqa: S105 - a vehicle's pass, not a password
    PASS_FINAL = "pass.final"  # noqa: S105 - as above
    PASS_CORRECTED = "pass.corrected"  # noqa: S105 - as above
    VISIT_OPENED = "visit.opened"
    VISIT_CLOSED = "visit.closed"
    VISIT_REVISED = "visit.revised"
    ANOMALY_RAISED = "anomaly.raised"
    ANOMALY_RESOLVED = "anomaly.resolved"
    ANOMALY_REOPENED = "anomaly.reopened"
    CAMERA_STATUS = "camera.status"
    REGISTRY_CHANGED = "registry.changed"
    RUN_STARTED = "run.started"
    RUN_STOPPED = "run.stopped"


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A crop to keep: `picture` (H,W,3) uint8 RGB."""

    ref: EvidenceRef
    picture: U8


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An event before the store numbers it, with the pictures that prove it."""

    kind: EventKind
    wall_ns: int
    quality: ClockQuality
    body: Body
    evidence: Sequence[Evidence] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event.

    `event_id` is ordered by time, `seq` is gap-free per device from 1, `epoch` names the life of the device's store (a
    new store starts a new epoch at seq 1), `chain` is the hex SHA-256 over the previous event's chain and this event.
    """

    event_id: str
    seq: int
    epoch: str
    kind: EventKind
    device: str
    site: str
    wall_ns: int
    recorded_ns: int
    quality: ClockQuality
    body: Body
    chain: str = ""
