"""Sums up what an analysis saw: the summary of `edge watch` and the lines it prints for people."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import datetime, tzinfo

from edge.pipeline import Step
from edge.types import (
    Anomaly,
    BoomChange,
    CameraStatus,
    Correction,
    Direction,
    EffortChange,
    Event,
    NoPlate,
    Opening,
    Pass,
    Plate,
    Reconciliation,
    RegistryChange,
    Regrouping,
    Ruling,
    Stage,
    Visit,
)


class Tally:
    """Counts as steps come in. `dropped` is set by whoever knows the mailbox."""

    def __init__(self) -> None:
        self.frames = 0
        self.analysed = 0
        self.dropped = 0
        self._began = time.monotonic()
        self._tracks: set[int] = set()
        self._passes: dict[str, Pass] = {}
        self._others: Counter[str] = Counter()
        self._visits: set[str] = set()
        self._plates: list[Plate] = []
        self._anomalies: Counter[str] = Counter()

    def add(self, step: Step) -> None:
        """Count one step."""
        self.frames += step.frames
        self.analysed += step.analysed
        self._tracks.update(track.track_id for track in step.tracks.started)
        self._plates.extend(step.plates)
        self._others.update(crossing.direction.value for crossing in step.on_foot)
        for pass_ in step.passes:
            self._passes[pass_.pass_id] = pass_
        for event in step.events:
            if isinstance(event.body, Visit):
                self._visits.add(event.body.visit_id)
            elif isinstance(event.body, Anomaly):
                self._anomalies[event.body.kind] += 1

    @property
    def summary(self) -> dict[str, object]:
        """The summary of `edge watch --json`. A vehicle's crossings are its passes: a turn on the line is none."""
        seconds = time.monotonic() - self._began
        passes = [pass_ for pass_ in self._passes.values() if pass_.stage is not Stage.ANNULLED]
        ways = Counter(pass_.direction.value for pass_ in passes) + self._others
        return {
            "kind": "summary",
            "frames": self.frames,
            "analysed": self.analysed,
            "dropped": self.dropped,
            "seconds": round(seconds, 3),
            "fps": round(self.frames / seconds, 2) if seconds else 0.0,
            "tracks": len(self._tracks),
            "passes": len(passes),
            "crossings": {way.value: ways[way.value] for way in Direction},
            "visits": len(self._visits),
            "plates": [
                {"text": plate.text, "confidence": round(plate.confidence, 3), "looks": plate.looks}
                for plate in self._plates
            ],
            "anomalies": dict(self._anomalies),
        }

    def as_json(self) -> str:
        """Return the summary as one line."""
        return json.dumps(self.summary, separators=(",", ":"))

    def as_text(self) -> str:
        """Return the summary for people."""
        told = self.summary
        plates = ", ".join(plate.shown for plate in self._plates) or "none"
        anomalies = ", ".join(f"{count} {kind}" for kind, count in sorted(self._anomalies.items())) or "none"
        return (
            f"{told['frames']} frames ({told['analysed']} analysed, {told['dropped']} dropped) in {told['seconds']} s, "
            f"{told['fps']} frames/s\n"
            f"{told['tracks']} tracks, {told['passes']} passes {told['crossings']}, {told['visits']} visits\n"
            f"plates: {plates}\nanomalies: {anomalies}"
        )


def event_line(event: Event, zone: tzinfo) -> str:
    """Return one line for people about one event, in the site's own time."""
    when = datetime.fromtimestamp(event.wall_ns / 1e9, zone).strftime("%Y-%m-%d %H:%M:%S")
    return f"{when}  {event.kind.value:<17}  {event_text(event)}"


def event_text(event: Event) -> str:
    """Return in words what one event is about, without its time and kind."""
    body = event.body
    if isinstance(body, Pass):
        access = f", {body.access.decision.value}: {body.access.reason}" if body.access else ""
        seen = f"{body.colour} {body.class_name}".lstrip()
        return f"{seen} {body.direction.value} by {body.road_id}, {_plates(body.plates, body.no_plate)}{access}"
    if isinstance(body, Visit):
        sides = [
            f"{name} {side.road_id} {_plates(side.plates)}"
            for name, side in (("in", body.entry), ("out", body.exit))
            if side
        ]
        dwell = f", {body.dwell_s:.0f} s" if body.dwell_s is not None else ""
        return f"visit {body.number}: {'; '.join(sides)}{dwell}"
    if isinstance(body, Anomaly):
        return f"{body.severity.value}: {body.explanation}"
    if isinstance(
        body, Ruling | Correction | RegistryChange | Regrouping | Reconciliation | Opening | BoomChange | EffortChange
    ):
        return body.in_words
    if isinstance(body, CameraStatus):
        return f"camera {body.camera_id} {body.state} {body.reason}".rstrip()
    return f"run {body.run_id} {body.reason}".rstrip()


def _plates(plates: tuple[Plate, ...], reason: NoPlate | None = None) -> str:
    none = f"no plate ({reason.value})" if reason else "no plate"
    return " + ".join(plate.shown for plate in plates) or none
