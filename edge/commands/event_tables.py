"""How events and visits look to people: lines of text and rows of a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TextIO

from edge.store.reports import ReportedVisit
from edge.types import (
    Anomaly,
    BoomChange,
    CameraStatus,
    Correction,
    EffortChange,
    Event,
    Opening,
    Pass,
    Plate,
    Reconciliation,
    RegistryChange,
    Regrouping,
    Ruling,
    Visit,
    VisitSide,
)
from edge.wire import format_time

EVENT_COLUMNS = (
    "seq", "event_id", "time", "recorded", "clock", "kind", "camera", "road", "direction", "class", "plates",
    "visit_id", "anomaly", "severity", "text", "colour",
)  # fmt: skip
VISIT_COLUMNS = (
    "number", "state", "plates", "class", "road_in", "time_in", "road_out", "time_out", "dwell_s", "paired_by",
    "anomalies", "visit_id", "colour",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NONE = "-"


def show_time(wall_ns: int | None, zone: tzinfo) -> str:
    """Return a wall time to the second, as clocks at the site show it."""
    if wall_ns is None:
        return _NONE
    return f"{(_EPOCH + timedelta(seconds=wall_ns // 10**9)).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def show_dwell(seconds: float | None) -> str:
    """Return `4m 05s`, `1h 02m 03s` or, while a side is missing, a dash."""
    if seconds is None:
        return _NONE
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m {rest:02d}s" if hours else f"{minutes}m {rest:02d}s"


def show_plates(*groups: Sequence[Plate]) -> str:
    """Return each plate once, in the order they were given."""
    return ", ".join(dict.fromkeys(plate.shown for group in groups for plate in group))


def as_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return columns as wide as their widest cell."""
    cells = [[str(cell) if cell not in {"", None} else _NONE for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    lines = [header, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def write_csv(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a header and rows (RFC 4180); returns how many rows."""
    writer = csv.writer(out)
    writer.writerow(header)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the answer
        writer.writerow(row)
    return count


def describe(event: Event) -> str:
    """Return what happened in a few words."""
    body = event.body
    if isinstance(body, Pass):
        access = f", {body.access.decision.value}: {body.access.reason}" if body.access else ""
        seen = f"{body.colour} {body.class_name}".lstrip()
        return f"{seen} {body.direction.value} on {body.road_id}, {body.stage.value}{access}"
    if isinstance(body, Visit):
        stay = "" if body.dwell_s is None else f" after {show_dwell(body.dwell_s)}"
        given = ", its side is another visit's" if body.merged_into else ""
        return f"visit {body.number} {body.state.value}{stay}{given}"
    if isinstance(body, Anomaly):
        return f"{body.severity.value}: {body.kind}: {body.explanation}"
    if isinstance(
        body, Ruling | Correction | RegistryChange | Regrouping | Reconciliation | Opening | BoomChange | EffortChange
    ):
        return body.in_words
    if isinstance(body, CameraStatus):
        return ": ".join(filter(None, (body.state, body.reason)))
    return ": ".join(filter(None, (f"edge {body.version}", body.reason)))


def event_line(event: Event, zone: tzinfo) -> tuple[object, ...]:
    """Return an event for people: number, time, kind, camera, plates, what happened."""
    camera, plates = _camera_of(event), _plates_of(event)
    return event.seq, show_time(event.wall_ns, zone), event.kind.value, camera, plates, describe(event)


EVENT_LINE = ("seq", "time", "kind", "camera", "plates", "what")


def event_row(event: Event) -> tuple[object, ...]:
    """Return an event in EVENT_COLUMNS, times RFC 3339 in UTC, empty where it has no such value."""
    body = event.body
    return (
        event.seq,
        event.event_id,
        format_time(event.wall_ns),
        format_time(event.recorded_ns),
        event.quality.value,
        event.kind.value,
        _camera_of(event),
        getattr(body, "road_id", ""),
        body.direction.value if isinstance(body, Pass) else "",
        getattr(body, "class_name", ""),
        _plates_of(event),
        getattr(body, "visit_id", None) or "",
        body.kind if isinstance(body, Anomaly) else "",
        body.severity.value if isinstance(body, Anomaly) else "",
        describe(event),
        getattr(body, "colour", ""),
    )


VISIT_LINE = ("visit", "plates", "road in", "road out", "time in", "time out", "dwell", "anomalies")


def visit_line(reported: ReportedVisit, zone: tzinfo) -> tuple[object, ...]:
    """Return a visit for people, in VISIT_LINE."""
    visit = reported.visit
    into, out = visit.entry, visit.exit
    return (
        visit.number,
        _side_plates(visit),
        into.road_id if into else "",
        out.road_id if out else "",
        show_time(into.wall_ns if into else None, zone),
        show_time(out.wall_ns if out else None, zone),
        show_dwell(visit.dwell_s),
        ", ".join(dict.fromkeys(reported.anomalies)),
    )


def visit_row(reported: ReportedVisit) -> tuple[object, ...]:
    """Return a visit in VISIT_COLUMNS, times RFC 3339 in UTC, empty where a side is missing."""
    visit = reported.visit
    into, out = visit.entry, visit.exit
    side = into or out
    return (
        visit.number,
        visit.state.value,
        _side_plates(visit),
        side.class_name if side else "",
        into.road_id if into else "",
        format_time(into.wall_ns) if into else "",
        out.road_id if out else "",
        format_time(out.wall_ns) if out else "",
        "" if visit.dwell_s is None else round(visit.dwell_s, 3),
        visit.paired_by or "",
        " ".join(reported.anomalies),
        visit.visit_id,
        next((end.colour for end in (into, out) if end and end.colour), ""),
    )


def _side_plates(visit: Visit) -> str:
    return show_plates(*(side.plates for side in (visit.entry, visit.exit) if side))


def _camera_of(event: Event) -> str:
    body = event.body
    if isinstance(body, Visit):
        side: VisitSide | None = body.exit or body.entry
        return side.camera_id if side else ""
    return getattr(body, "camera_id", "")


def _plates_of(event: Event) -> str:
    body = event.body
    if isinstance(body, Visit):
        return _side_plates(body)
    return show_plates(getattr(body, "plates", ()))
