"""How the list of anomalies looks to people, and the page of one visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from edge.commands.event_tables import as_table, describe, show_dwell, show_plates
from edge.store.reports import Reports
from edge.types import Correction, EventKind, ListedAnomaly, Ruling, Visit, VisitSide, VisitState

COLUMNS = (
    "visit", "road in", "road out", "time in", "time out", "anomalies", "pictures in", "pictures out",
)  # fmt: skip
_TITLES = {"wrong-road": "Road", "wrong-way": "Wrong Way"}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def show_when(wall_ns: int | None, zone: tzinfo) -> str:
    """Return a wall time as a person would say it: the day of the week counts at a gate."""
    if wall_ns is None:
        return ""
    return f"{(_EPOCH + timedelta(seconds=wall_ns // 10**9)).astimezone(zone):%a %d %b %Y %H:%M:%S}"


def title(kind: str) -> str:
    """Return what operators call a kind of anomaly."""
    return _TITLES.get(kind, kind.title())


def list_page(reports: Reports, listed: Sequence[ListedAnomaly], zone: tzinfo) -> str:
    """Return the visits with anomalies, newest anomaly first, and below them the anomalies that have no visit."""
    by_visit: dict[str, list[ListedAnomaly]] = {}
    for found in sorted(listed, key=lambda found: (found.anomaly.wall_ns, found.anomaly.anomaly_id)):
        by_visit.setdefault(found.anomaly.visit_id or "", []).append(found)
    newest = sorted(by_visit, key=lambda visit_id: by_visit[visit_id][-1].anomaly.wall_ns, reverse=True)
    rows, alone = [], []
    for visit_id in newest:
        visit = reports.visit(visit_id)
        if visit is None:
            alone += by_visit[visit_id]
        else:
            rows.append(_row(reports, visit, by_visit[visit_id], zone))
    lines = [f"Unresolved anomalies: {sum(not found.resolved for found in listed)}"]
    if rows:
        lines += ["", as_table(COLUMNS, rows)]
    if alone:
        alone.sort(key=lambda found: found.anomaly.wall_ns, reverse=True)
        lines += ["", as_table(("anomaly", "time", "camera", "kind", "what"), (_alone(found, zone) for found in alone))]
    return "\n".join((*lines, "", f"{len(rows)} visits, {len(alone)} anomalies without one; times are {zone}"))


def _row(reports: Reports, visit: Visit, listed: Iterable[ListedAnomaly], zone: tzinfo) -> tuple[object, ...]:
    into, out = visit.entry, visit.exit
    names = dict.fromkeys(f"{title(found.anomaly.kind)}{' (resolved)' * found.resolved}" for found in listed)
    return (
        visit.number,
        into.road_id if into else "",
        out.road_id if out else "",
        show_when(into.wall_ns if into else None, zone),
        show_when(out.wall_ns if out else None, zone),
        ", ".join(names),
        len(reports.pictures(into.pass_id)) if into else "",
        len(reports.pictures(out.pass_id)) if out else "",
    )


def _alone(found: ListedAnomaly, zone: tzinfo) -> tuple[object, ...]:
    anomaly = found.anomaly
    what = f"{anomaly.explanation}{' (resolved)' * found.resolved}"
    return anomaly.anomaly_id, show_when(anomaly.wall_ns, zone), anomaly.camera_id, title(anomaly.kind), what


def visit_page(reports: Reports, found: ListedAnomaly, zone: tzinfo) -> str:
    """Return the page of the visit that an anomaly is about, or of the anomaly alone where it has none."""
    anomaly = found.anomaly
    visit = reports.visit(anomaly.visit_id) if anomaly.visit_id else None
    if visit is None:
        heading = (f"No visit, camera {anomaly.camera_id}, road {anomaly.road_id or '-'}",)
        return "\n".join((*heading, "", *_anomaly_lines(reports, found, zone)))
    return "\n".join((f"Visit {visit.number}, {visit.state.value}", *_visit_lines(reports, visit, zone)))


def visit_history_page(reports: Reports, visit: Visit, zone: tzinfo) -> str:
    """Return the page of a visit with how its sides came together and everything that became of it."""
    heading = ", ".join((f"Visit {visit.number}", visit.state.value, *_standing(reports, visit)))
    told = (
        f"  {show_when(event.wall_ns, zone)}  {event.kind.value:<13}  {describe(event)}; event {event.seq}"
        for event in reports.history(visit.visit_id)
    )
    return "\n".join((heading, *_visit_lines(reports, visit, zone), "", "History", *told))


def _standing(reports: Reports, visit: Visit) -> Iterator[str]:
    """Yield what is to be said of a visit beside its state."""
    if visit.merged_into is not None:
        into = reports.visit(visit.merged_into)
        yield f"merged into visit {into.number if into else visit.merged_into}"
    elif len(visit.sides) == 1:
        missing = "exit" if visit.exit is None else "entry"
        yield f"waits for its {missing}" if visit.state is VisitState.OPEN else f"nobody waits for its {missing}"
    elif visit.sides:
        yield f"{show_dwell(visit.dwell_s)}, paired by {visit.paired_by or 'nobody knows what'}"
    emptied = reports.emptied_into(visit.visit_id)
    if emptied is not None:
        yield f"its exit was visit {emptied.number}"


def _visit_lines(reports: Reports, visit: Visit, zone: tzinfo) -> Iterator[str]:
    for name, side in (("In", visit.entry), ("Out", visit.exit)):
        if side is not None:
            yield from ("", name, *_side_lines(reports, side, zone))
    yield from ("", "Anomalies")
    for one in reports.find_anomalies(str(visit.number)):
        if one.anomaly.visit_id == visit.visit_id:
            yield from _anomaly_lines(reports, one, zone)


def _side_lines(reports: Reports, side: VisitSide, zone: tzinfo) -> Iterator[str]:
    pictures = ", ".join(f"{ref.evidence_id} ({ref.kind})" for ref in reports.pictures(side.pass_id))
    route = " > ".join(side.route) if len(side.route) > 1 else ""
    facts = (
        ("time", show_when(side.wall_ns, zone)),
        ("camera", side.camera_id),
        ("road", side.road_id),
        *([("route", route)] if route else ()),
        ("class", side.class_name),
        ("plates", show_plates(side.plates)),
        ("evidence", pictures),
        ("pass", side.pass_id),
    )
    for name, fact in facts:
        yield f"  {name:<9} {fact or '-'}"
    for event in reports.about(side.pass_id):
        if isinstance(event.body, Correction):
            yield f"  corrected {event.body.change}; by {event.body.who}, {_said(event.body, zone)}"


def _anomaly_lines(reports: Reports, found: ListedAnomaly, zone: tzinfo) -> Iterator[str]:
    anomaly = found.anomaly
    yield f"  {title(anomaly.kind)}, {'resolved' if found.resolved else 'unresolved'}: {anomaly.explanation}"
    yield f"    anomaly {anomaly.anomaly_id}, {anomaly.severity.value}"
    for event in reports.about(anomaly.anomaly_id):
        if isinstance(event.body, Ruling):
            word = "resolved" if event.kind is EventKind.ANOMALY_RESOLVED else "reopened"
            yield f"    {word} by {event.body.who}, {_said(event.body, zone)}"


def _said(body: Ruling | Correction, zone: tzinfo) -> str:
    return f"{show_when(body.wall_ns, zone)}: {body.why}"
