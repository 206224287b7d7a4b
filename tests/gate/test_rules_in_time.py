"""Rules and the clock: nights on which it changes, midnight, steps, restarts, cooldowns, and what ends by itself."""

from __future__ import annotations

import pytest

from edge.clock import ClockQuality
from edge.config.load import parse_config
from edge.types import Anomaly, Severity
from tests.gate.scenes import SITE, Play, play

BERLIN = SITE.replace("Africa/Johannesburg", "Europe/Berlin").replace('"mon", "tue"', '"sun", "mon", "tue"')


def rule(kind: str, more: str = "") -> str:
    return f'[[rule]]\nkind = "{kind}"\n{more}\n'


@pytest.mark.parametrize(
    ("night", "stayed"),
    [("2026-03-29", "6 h"), ("2026-10-25", "8 h")],  # an hour is left out, an hour comes twice
)
def test_what_a_stay_lasts_is_real_time_when_the_clocks_change(night: str, stayed: str) -> None:
    day = f"on {night[:8]}{int(night[8:]) - 1}\n22:00:00 in main car A1\non {night}\n05:00:00 tick"
    (told,) = play(BERLIN + rule("overstay", "for_s = 20000"), day)
    assert f"still inside after {stayed}," in told


@pytest.mark.parametrize(
    ("night", "moment", "before", "after"),
    [
        ("2026-03-29", "02:30", "01:30:50", "03:31:00"),  # 02:30 is left out: as late as it would have been
        ("2026-10-25", "02:30", "02:30:50", "02:31:00"),  # 02:30 comes twice: the first one counts
    ],
)
def test_the_site_reconciles_once_when_the_clocks_change(night: str, moment: str, before: str, after: str) -> None:
    site = BERLIN.replace('id = "quarry"', f'id = "quarry"\nreconcile_at = "{moment}"')
    come = f"on {night[:8]}{int(night[8:]) - 1}\n12:00:00 in main car A1\non {night}\n"
    assert play(site + rule("never-left"), f"{come}{before} tick") == []
    assert len(play(site + rule("never-left"), f"{come}{before} tick\n{after} tick\n03:35:00 tick\n04:00:00 tick")) == 1


@pytest.mark.parametrize(
    ("when", "fold", "count"),
    [("02:15:00", 0, 1), ("02:45:00", 0, 0), ("02:15:00", 1, 1), ("02:45:00", 1, 0)],
)
def test_after_hours_goes_by_the_clock_on_the_wall_when_an_hour_comes_twice(when: str, fold: int, count: int) -> None:
    site = BERLIN.replace('open = "06:00"', 'open = "02:30"')
    assert len(play(site + rule("after-hours"), f"on 2026-10-25\n{when} in main car A1 fold={fold}")) == count


def test_a_clock_set_back_tells_nothing_twice_and_silences_nothing() -> None:
    scene = (
        "08:00:00 in main car A1\n12:30:00 tick\n11:00:00 tick\n12:31:00 tick\n07:00:00 in main car B2\n11:30:00 tick"
    )
    assert len(play(SITE + rule("overstay"), scene)) == 2


def test_a_step_forward_while_the_clock_is_trusted_is_time_gone_by_for_whoever_came_while_it_was() -> None:
    assert len(play(SITE + rule("overstay"), "08:00:00 in main car A1\n08:00:05 tick\n20:00:00 tick")) == 1


def test_time_rules_wait_for_the_clock_and_others_do_not() -> None:
    told = play(
        SITE + rule("after-hours") + rule("wrong-road"),
        "10:00:00 clock unsynced for 5 s\n22:00:00 out entry car A1 clock=unsynced",
    )
    assert [line.partition(":")[0] for line in told] == ["wrong-road"]


def test_rules_that_are_held_back_say_so_unless_told_to_be_silent() -> None:
    held = "10:00:00 clock unsynced for 61 s"
    assert [line[:16] for line in play(SITE + rule("overstay"), held)] == ["clock-untrusted:"]
    assert play(SITE + rule("overstay") + rule("clock-untrusted", "enabled = false"), held) == []
    assert play(SITE + rule("wrong-road"), held) == [], "nothing is held back"


def test_a_lapse_shorter_than_its_patience_holds_nothing_back() -> None:
    scene = "10:00:00 clock synced for 5 s\n19:00:00 clock unsynced for 20 s\n19:00:21 in main car A1 clock=unsynced"
    assert [line[:12] for line in play(SITE + rule("after-hours"), scene)] == ["after-hours:"]


def test_a_composed_rule_about_time_is_held_back_too() -> None:
    late = rule("custom", 'name = "late"\nwhen = [{field = "hour", above = 20}]\nexplain = "{hour}"')
    big = rule("custom", 'name = "big"\nwhen = [{field = "class", is = "truck"}]\nexplain = "{class}"')
    scene = "21:30:00 in main truck A1 clock=unsynced"
    assert play(SITE + late + big, scene) == ["big: truck"]
    assert play(SITE + late + big, scene.replace(" clock=unsynced", "")) == ["late: 21.5", "big: truck"]


def test_a_subject_with_a_cooldown_is_told_again_when_that_is_over() -> None:
    queue = "{} 5 cars stand in lane for 70 s"
    near = "\n".join(queue.format(when) for when in ("10:00:00", "10:05:00"))
    later = "\n".join(queue.format(when) for when in ("10:00:00", "10:12:00"))
    raised = [[line for line in play(SITE + rule("queue-length"), scene) if "More" in line] for scene in (near, later)]
    assert [len(lines) for lines in raised] == [1, 2]
    short = play(SITE + rule("queue-length", "cooldown_s = 60"), near)
    assert [line.partition(":")[0] for line in short] == ["queue-length", "queue-length ends"] * 2


def test_what_was_told_before_a_restart_ends_after_it_and_names_the_anomaly() -> None:
    stage = Play(parse_config(SITE + rule("overstay"), "site.toml"))
    for line in ("08:00:00 in main car A1", "12:30:00 tick", "restart", "12:30:01 tick"):
        stage.play(line)
    (raised,) = (draft.body for draft in stage.drafts if isinstance(draft.body, Anomaly))
    stage.play("13:00:00 out main car A1")
    (end,) = stage.ended
    assert (end.anomaly_id, end.subject, end.wall_ns) == (raised.anomaly_id, raised.visit_id, stage.wall("13:00:00"))
    assert stage.site.ends() == ()


def test_an_entry_that_turns_up_late_ends_that_nobody_entered() -> None:
    scene = "15:51:27 out main car A1\non 2019-02-08\n03:01:00 tick\non 2019-02-07\n15:00:00 in main car A1"
    _, ended = play(SITE + rule("never-entered"), scene)
    assert ended == "never-entered ends: in by main on Thu 07 Feb 2019 15:00:00"


def test_a_zone_is_proved_by_a_picture_taken_when_it_is_told() -> None:
    stage = Play(parse_config(SITE + rule("keep-clear"), "site.toml"))
    stage.play("10:00:00 car stands in exit for 30 s")
    (draft,) = stage.drafts
    (evidence,) = draft.evidence
    assert isinstance(draft.body, Anomaly)
    assert draft.body.evidence == (evidence.ref,)
    assert (evidence.ref.kind, evidence.picture.shape) == ("vehicle", (40, 40, 3))
    assert (draft.body.camera_id, draft.body.severity, draft.quality) == (
        "gate", Severity.WARNING, ClockQuality.SYNCED
    )  # fmt: skip


def test_a_rule_of_its_own_for_classes_leaves_the_wrong_road_its_directions() -> None:
    told = play(
        SITE + rule("wrong-road") + rule("class-not-allowed"), "09:00:00 in haul car A1\n09:01:00 out entry car B2"
    )
    assert [line.partition(":")[0] for line in told] == ["class-not-allowed", "wrong-road"]
    elsewhere = rule("class-not-allowed", 'roads = ["main"]')
    assert len(play(SITE + rule("wrong-road") + elsewhere, "09:00:00 in haul car A1")) == 1


@pytest.mark.parametrize(
    ("kind", "where", "scene"),
    [
        ("overstay", 'roads = ["entry"]', "08:00:00 in main car A1\n15:00:00 tick"),
        ("overstay", 'classes = ["truck"]', "08:00:00 in main car A1\n15:00:00 tick"),
        ("tailgating", "within_s = 1", "08:00:00 in main car A1\n08:00:02 in main car B2"),
        ("loitering", 'classes = ["person"]', "10:00:00 car stands in yard for 90 s"),
        ("loitering", "enabled = false", "10:00:00 car stands in yard for 90 s"),
        ("keep-clear", "for_s = 60", "10:00:00 car stands in exit for 30 s"),
        ("queue-length", "more_than = 5", "10:00:00 5 cars stand in lane for 90 s"),
    ],
)
def test_a_rule_speaks_only_of_what_it_is_for(kind: str, where: str, scene: str) -> None:
    assert play(SITE + rule(kind, where), scene) == []
    assert play(SITE + rule(kind), scene) != []
