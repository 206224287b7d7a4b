"""What flows through the product: frozen values, validated once where they are made.

Pixels are display pixels of the source frame (square, after the sample aspect ratio), origin top-left, boxes `xyxy`
half-open. Zones and lines are normalised to 0..1. `at_ns` is the monotonic (or media) clock, `wall_ns` is UTC.
"""

from edge.types.anomalies import RULE, Anomaly, AnomalyEnd, CameraFinding, Correction, ListedAnomaly, Ruling, Severity
from edge.types.boom import BoomChange, Opening
from edge.types.events import Body, CameraStatus, Draft, Event, EventKind, RegistryChange, RunMark
from edge.types.passes import (
    COLOURS,
    Access,
    Crossing,
    Decision,
    Direction,
    Evidence,
    EvidenceRef,
    Match,
    Pass,
    ReadRate,
    Stage,
)
from edge.types.plates import NoPlate, Plate, PlateQuads, PlateRead, Reading
from edge.types.tracks import (
    CLASSES,
    F32,
    I16,
    KIND,
    U8,
    U64,
    VEHICLES,
    Box,
    Detections,
    Point,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
)
from edge.types.visits import Visit, VisitSide, VisitState

__all__ = [
    "CLASSES",
    "COLOURS",
    "F32",
    "I16",
    "KIND",
    "RULE",
    "U8",
    "U64",
    "VEHICLES",
    "Access",
    "Anomaly",
    "AnomalyEnd",
    "Body",
    "BoomChange",
    "Box",
    "CameraFinding",
    "CameraStatus",
    "Correction",
    "Crossing",
    "Decision",
    "Detections",
    "Direction",
    "Draft",
    "Event",
    "EventKind",
    "Evidence",
    "EvidenceRef",
    "ListedAnomaly",
    "Match",
    "NoPlate",
    "Opening",
    "Pass",
    "Plate",
    "PlateQuads",
    "PlateRead",
    "Point",
    "ReadRate",
    "Reading",
    "RegistryChange",
    "Ruling",
    "RunMark",
    "Severity",
    "Stage",
    "TrackSnapshot",
    "TrackState",
    "TrackUpdate",
    "Visit",
    "VisitSide",
    "VisitState",
]
