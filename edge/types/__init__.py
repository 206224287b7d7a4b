"""What flows through the product: frozen values, validated once where they are made.

Pixels are display pixels of the source frame (square, after the sample aspect ratio), origin top-left, boxes `xyxy`
half-open. Zones and lines are normalised to 0..1. `at_ns` is the monotonic (or media) clock, `wall_ns` is UTC.
"""

from edge.types.anomalies import RULE, Anomaly, AnomalyEnd, CameraFinding, Correction, ListedAnomaly, Ruling, Severity
from edge.types.events import Body, CameraStatus, Draft, Event, EventKind, RegistryChange, RunMark
from edge.types.passes import Access, Crossing, Decision, Direction, Evidence, EvidenceRef, Match, Pass, Stage
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
from edge.types.visits import ClassCount, DayCount, Reconciliation, Regrouping, Visit, VisitSide, VisitState

__all__ = [
    "CLASSES",
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
    "Box",
    "CameraFinding",
    "CameraStatus",
    "ClassCount",
    "Correction",
    "Crossing",
    "DayCount",
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
    "Pass",
    "Plate",
    "PlateQuads",
    "PlateRead",
    "Point",
    "Reading",
    "Reconciliation",
    "RegistryChange",
    "Regrouping",
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
