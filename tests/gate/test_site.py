"""The site: the drafts a pass makes, each in its place, each anomaly once and with its numbers."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.clock import ClockQuality
from edge.config import Hours, Road, Rule, Site
from edge.errors import ConfigError
from edge.gate.site import GateSite
from edge.types import (
    RULE,
    Anomaly,
    CameraFinding,
    Direction,
    Draft,
    EventKind,
    Evidence,
    EvidenceRef,
    Pass,
    Plate,
    Ruling,
    Severity,
    Stage,
    Visit,
)

ZONE = "Africa/Johannesburg"
SITE = Site(
    id="quarry",
    timezone=ZONE,
    hours=(Hours(days=("mon", "tue", "wed", "thu", "fri"), open="06:00", close="18:00"),),
)
ROADS = (
    Road(id="Bypass", allows="both"),
    Road(id="Bypass Entry", allows="in"),
    Road(id="Inside", allows="none"),
    Road(id="Haul", allows="both", classes=("truck",)),
)
RULES = (Rule(kind="after-hours"), Rule(kind="wrong-road", severity="alarm"))


def numbered() -> Callable[[int], str]:
    count = itertools.count(1)
    return lambda _: f"id-{next(count)}"


def gate(rules: tuple[Rule, ...] = RULES, last: int = 0) -> GateSite:
    return GateSite(SITE, ROADS, rules, numbered(), last_visit_number=last)


def wall(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()) * 1_000_000_000


def pass_(
    when: str,
    direction: Direction = Direction.IN,
    road: str = "Bypass",
    plate: str = "CF207358",
    class_name: str = "car",
    stage: Stage = Stage.FINAL,
) -> Pass:
    plates = (Plate(plate, 0.95, 5, 5),) if plate else ()
    track = zlib.crc32((when + plate).encode())
    return Pass(
        f"{when} {direction.value} {plate}", stage, 2, "cam", track, "line", road, direction, 0.9,
        wall(when), class_name, plates, 0,
    )  # fmt: skip


def anomalies(drafts: tuple[Draft, ...]) -> list[Anomaly]:
    return [draft.body for draft in drafts if isinstance(draft.body, Anomaly)]


def kinds(drafts: tuple[Draft, ...]) -> list[EventKind]:
    return [draft.kind for draft in drafts]


def take(site: GateSite, told: Pass) -> tuple[Draft, ...]:
    return site.take(told, ClockQuality.SYNCED)


def test_a_final_pass_gives_itself_its_visit_and_what_was_wrong_in_that_order() -> None:
    drafts = take(gate(), pass_("2019-02-07 19:07:05"))
    assert kinds(drafts) == [EventKind.PASS_FINAL, EventKind.VISIT_OPENED, EventKind.ANOMALY_RAISED]
    told, opened, raised = (draft.body for draft in drafts)
    assert isinstance(told, Pass)
    assert isinstance(opened, Visit)
    assert isinstance(raised, Anomaly)
    assert told.visit_id == raised.visit_id == opened.visit_id
    assert {draft.quality for draft in drafts} == {ClockQuality.SYNCED}


@pytest.mark.parametrize(
    ("stage", "kind"), [(Stage.PROVISIONAL, EventKind.PASS_PROVISIONAL), (Stage.ANNULLED, EventKind.PASS_FINAL)]
)
def test_a_pass_not_final_or_withdrawn_gives_itself_alone(stage: Stage, kind: EventKind) -> None:
    assert kinds(take(gate(), pass_("2019-02-07 19:07:05", stage=stage))) == [kind]


def test_pictures_travel_with_the_pass_and_are_named_by_its_anomalies() -> None:
    evidence = Evidence(EvidenceRef("picture", "vehicle", 4, 3), np.zeros((3, 4, 3), np.uint8))
    told = replace(pass_("2019-02-07 19:07:05"), evidence=(evidence.ref,))
    drafts = gate().take(told, ClockQuality.STATED, [evidence])
    assert [len(draft.evidence) for draft in drafts] == [1, 0, 0]
    assert anomalies(drafts)[0].evidence == (evidence.ref,)


@pytest.mark.parametrize(
    ("number", "when", "direction", "road", "kind", "explanation"),
    [
        (
            2201, "2019-02-07 19:07:05", Direction.OUT, "Bypass", "after-hours",
            "Out by Bypass on Thu 07 Feb 2019 19:07:05: 1 h 7 min after closing (hours of the day: 06:00-18:00).",
        ),
        (
            2186, "2019-02-07 16:09:59", Direction.IN, "Inside", "wrong-road",
            "In by Inside on Thu 07 Feb 2019 16:09:59: the road is closed.",
        ),
        (
            2182, "2019-02-07 15:53:38", Direction.OUT, "Bypass Entry", "wrong-road",
            "Out by Bypass Entry on Thu 07 Feb 2019 15:53:38: the road is for entry only.",
        ),
        (
            2181, "2019-02-07 15:51:27", Direction.OUT, "Bypass Entry", "wrong-road",
            "Out by Bypass Entry on Thu 07 Feb 2019 15:51:27: the road is for entry only.",
        ),
    ],
)  # fmt: skip
def test_a_half_visit_carries_its_one_anomaly(
    number: int, when: str, direction: Direction, road: str, kind: str, explanation: str
) -> None:
    drafts = take(gate(last=number - 1), pass_(when, direction, road))
    (visit,) = (draft.body for draft in drafts if isinstance(draft.body, Visit))
    (raised,) = anomalies(drafts)
    assert (visit.number, visit.entry is None) == (number, direction is Direction.OUT)
    assert (raised.kind, raised.explanation, raised.road_id) == (kind, explanation, road)


def test_nothing_is_wrong_with_a_visit_in_hours_by_the_right_road() -> None:
    site = gate()
    assert not anomalies(take(site, pass_("2019-02-07 10:00:00")))
    assert not anomalies(take(site, pass_("2019-02-07 11:00:00", Direction.OUT)))


def test_each_side_of_a_visit_has_its_own_anomaly() -> None:
    site = gate()
    assert len(anomalies(take(site, pass_("2019-02-07 19:00:00")))) == 1
    assert len(anomalies(take(site, pass_("2019-02-07 20:00:00", Direction.OUT)))) == 1


def test_a_revised_pass_raises_nothing_twice() -> None:
    site, told = gate(), pass_("2019-02-07 19:00:00")
    take(site, told)
    again = replace(told, revision=3, plates=(Plate("CF207359", 0.9, 6, 6),))
    assert kinds(take(site, again)) == [EventKind.PASS_FINAL, EventKind.VISIT_REVISED]


def test_a_vehicle_over_two_lines_after_hours_is_one_anomaly() -> None:
    site, told = gate(), pass_("2019-02-07 19:00:00")
    take(site, told)
    inner = replace(pass_("2019-02-07 19:00:05"), line_id="inner", track_id=told.track_id)
    assert not anomalies(take(site, inner))


def test_a_class_that_is_not_allowed_on_the_road_is_the_wrong_road() -> None:
    site = gate()
    (raised,) = anomalies(take(site, pass_("2019-02-07 10:00:00", road="Haul")))
    assert raised.severity is Severity.ALARM
    assert raised.explanation.endswith("the road is for truck only, this was a car.")
    assert not anomalies(take(site, pass_("2019-02-07 10:01:00", road="Haul", class_name="truck", plate="GP1")))


@pytest.mark.parametrize(
    "rule",
    [
        Rule(kind="after-hours", enabled=False),
        Rule(kind="after-hours", roads=("Haul",)),
        Rule(kind="after-hours", classes=("truck",)),
    ],
)
def test_a_rule_speaks_only_of_its_roads_and_classes_and_while_enabled(rule: Rule) -> None:
    assert not anomalies(take(gate((rule,)), pass_("2019-02-07 19:00:00")))


def test_an_unknown_direction_is_no_wrong_road_but_may_be_after_hours() -> None:
    raised = anomalies(take(gate(), pass_("2019-02-07 19:00:00", Direction.UNKNOWN, "Bypass Entry")))
    assert [found.kind for found in raised] == ["after-hours"]
    assert raised[0].visit_id is None
    assert raised[0].explanation.startswith("Passed by Bypass Entry")


def test_a_reload_changes_rules_and_keeps_visits() -> None:
    site = gate()
    take(site, pass_("2019-02-07 19:00:00"))
    site.reconfigure(replace(SITE, hours=()), ROADS, RULES)
    drafts = take(site, pass_("2019-02-07 20:00:00", Direction.OUT))
    assert kinds(drafts) == [EventKind.PASS_FINAL, EventKind.VISIT_CLOSED]
    assert not site.open_visits


def test_a_reload_that_is_wrong_changes_nothing() -> None:
    site = gate()
    with pytest.raises(ConfigError):
        site.reconfigure(replace(SITE, timezone="Nowhere"), (), ())
    assert len(anomalies(take(site, pass_("2019-02-07 15:00:00", Direction.OUT, "Bypass Entry")))) == 1


def test_a_finding_about_a_camera_is_an_anomaly_of_no_pass_and_its_end_resolves_it() -> None:
    at_ns, site = wall("2019-02-07 19:07:05"), gate()
    finding = CameraFinding("camera-covered", raised=True, explanation="For 45 s: nothing is to be seen.")
    drafts = site.camera("cam", finding, at_ns, ClockQuality.SYNCED)
    (told,) = anomalies(drafts)
    assert kinds(drafts) == [EventKind.ANOMALY_RAISED]
    assert (told.kind, told.camera_id, told.wall_ns, told.pass_id) == ("camera-covered", "cam", at_ns, None)
    assert told.explanation == finding.explanation
    over = replace(finding, raised=False, explanation="It is to be seen again.")
    assert site.camera("other", over, at_ns, ClockQuality.SYNCED) == ()
    (end,) = site.camera("cam", over, at_ns + 1, ClockQuality.SYNCED)
    assert (end.kind, end.body) == (
        EventKind.ANOMALY_RESOLVED,
        Ruling(told.anomaly_id, RULE, "It is to be seen again.", at_ns + 1),
    )
    assert site.camera("cam", over, at_ns + 2, ClockQuality.SYNCED) == ()
