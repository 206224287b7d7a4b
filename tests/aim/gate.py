"""Stand-ins for the live view's tests: an analysis that does nothing, frames, tracks, events, and a plain viewer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timezone, tzinfo
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from edge.clock import ClockQuality
from edge.config import Line
from edge.pipeline import Step
from edge.ports import SourceSpec
from edge.types import (
    Anomaly,
    Box,
    Event,
    EventKind,
    Plate,
    Reading,
    Severity,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
)
from edge.vision.frame import PlanarFrame

SIZE_WH = (320, 180)
NOON_NS = 1_772_625_600_000_000_000
STEP_NS = 80_000_000


@dataclass
class Quiet:
    """What the live view needs of an analysis."""

    zone: tzinfo = timezone.utc
    spec: SourceSpec = field(
        default_factory=lambda: SourceSpec(
            live=True, backend="pyav", decoder="h264", codec="h264", size_wh=SIZE_WH, fps=12.5
        )
    )
    size_wh: tuple[int, int] = SIZE_WH
    lines: tuple[Line, ...] = (Line("gate", ((0.1, 0.6), (0.9, 0.6)), "main"),)
    detector: str = "scripted"
    dropped: int = 0
    asked: list[int] = field(default_factory=list)

    def read(self, track_id: int) -> Reading:
        self.asked.append(track_id)
        return Reading((Plate(f"CA{track_id:06}", 0.9, 3, 3),))


def frame(seq: int = 0, size_wh: tuple[int, int] = SIZE_WH) -> PlanarFrame:
    """Return a picture of one colour that depends on `seq`."""
    width, height = size_wh
    picture = np.full((height, width, 3), (40 + 9 * seq) % 200, np.uint8)
    at_ns = seq * STEP_NS
    return PlanarFrame.from_rgb(picture, camera_id="cam", seq=seq, wall_ns=NOON_NS + at_ns, mono_ns=at_ns, pts_ns=at_ns)


def track(
    track_id: int = 1, seq: int = 0, *, dhash: int = 0, box: Box | None = None, state: TrackState = TrackState.CONFIRMED
) -> TrackSnapshot:
    """Return a car that drives to the right, 8 px a frame."""
    left = 20.0 + 8 * seq
    return TrackSnapshot(
        track_id, state, box or (left, 60.0, left + 60, 120.0), 0, 0.9, dhash, seq + 1, 0, seq * STEP_NS
    )


def step(
    seq: int,
    active: Sequence[TrackSnapshot] = (),
    *,
    lost: Sequence[TrackSnapshot] = (),
    ended: Sequence[TrackSnapshot] = (),
    events: Sequence[Event] = (),
    analysed: bool = True,
) -> Step:
    """Return what a frame came to."""
    tracks = TrackUpdate(seq * STEP_NS, active=tuple(active), lost=tuple(lost), ended=tuple(ended))
    return Step(tracks, 1, analysed, events=tuple(events))


def event(seq: int, severity: Severity = Severity.ALARM) -> Event:
    """Return an anomaly."""
    body = Anomaly(f"a{seq}", "after-hours", severity, f"anomaly {seq}", NOON_NS, "cam", "main")
    kind = EventKind.ANOMALY_RAISED
    return Event(f"e{seq}", seq, "epoch", kind, "box", "yard", NOON_NS, NOON_NS, ClockQuality.SYNCED, body)


@dataclass
class Viewer:
    """Asks as the page does, remembering what it has."""

    url: str
    name: str = "viewer"
    number: int = 0
    event: int = 0
    run: str = ""

    def ask(self) -> tuple[dict[str, Any], bytes] | None:
        """Return what is told and the JPEG, or None when nothing is new."""
        words = f"viewer={self.name}&run={self.run}&after={self.number}&event={self.event}"
        status, body = get(f"{self.url}next?{words}")
        if status == 204:
            return None
        length = int.from_bytes(body[:4], "big")
        told = json.loads(body[4 : 4 + length])
        self.number, self.run = told["number"], told["run"]
        self.event = max([self.event, *(one["number"] for one in told["events"])])
        return told, body[4 + length :]


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Fetch an address; raises HTTPError for refusals."""
    request = Request(url, headers=headers)  # noqa: S310 - always the server under test
    with urlopen(request, timeout=30) as reply:  # noqa: S310 - as above
        return reply.status, reply.read()
