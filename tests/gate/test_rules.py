"""Every kind of anomaly: what raises it, and what looks like it and does not."""

from __future__ import annotations

import re

import pytest

from edge.config.kinds import KINDS
from edge.errors import ConfigError
from tests.gate.scenes import SITE, play

RULE = '[[rule]]\nkind = "{}"\n'
CUSTOM = RULE.format("custom") + (
    'name = "late-truck"\nwhen = [{field = "class", is = "truck"}, {field = "direction", is = "out"}, '
    '{field = "dwell_s", above = 3600}, {not = {field = "plate", is = "CF207358"}}]\n'
    'explain = "{class} {plate} {dwell}"'
)
RULES = {kind: RULE.format(kind) for kind in KINDS} | {
    "plate-mismatch": RULE.format("plate-mismatch") + "bits = 24",
    "clock-untrusted": RULE.format("clock-untrusted") + RULE.format("after-hours"),
    "unknown-plate": RULE.format("unknown-plate") + 'roads = ["main"]',
    "late-truck": CUSTOM,
}
_ASKING = ("denied-plate", "watched-plate", "unknown-plate", "plate-mismatch")
RAISED = {
    "after-hours": [
        "19:07:05 in main car A1",
        "05:59:59.900 out main truck A1",
        "on 2019-02-09\n12:00:00 in main car A1  # Saturday",
        "on 2019-03-21\n12:00:00 in main car A1  # a holiday, a Thursday",
        "18:00:00 unknown main car A1  # the minute of closing is closed",
        "on 2019-02-08\n00:00:00 in main car A1  # midnight",
        "10:00:00 in main car A1 clock=unsynced\n10:00:01 clock synced for 10 s\n19:00:00 in main car A2",
    ],
    "wrong-road": [
        "15:51:27 out entry car A1",
        "15:51:27 out entry truck -",
        "15:51:27 in haul car A1  # no rule of its own tells of the class",
    ],
    "wrong-way": [
        "09:00:00 out main car A1 line=ramp",
        "09:00:00 out main car - line=ramp",
        "09:00:00 in main car A1 line=ramp\n09:30:00 out main car A1 line=ramp",
    ],
    "class-not-allowed": [
        "09:00:00 in haul car A1",
        "09:00:00 out haul bus A1",
        "09:00:00 unknown haul motorcycle -",
    ],
    "tailgating": [
        "09:00:00 in main car A1\n09:00:02 in main car B2",
        "09:00:02 in main car B2\n09:00:00 in main car A1  # the one in front is told last",
        "09:00:00 in main car A1\n09:00:04 in main truck -",
        "23:59:59 in main car A1\non 2019-02-08\n00:00:01 in main car B2",
    ],
    "plate-inside-twice": [
        "08:00:00 in main car CF207358\n09:00:00 in main car CF207358",
        "08:00:00 in main car CF207358\n09:00:00 in entry truck CF-207-358",
        "09:00:00 in main car CF207358\n08:00:00 in main car CF207358  # told in another order",
        "08:00:00 in main car CF207358\nrestart\n09:00:00 in main car CF207358",
    ],
    "plate-mismatch": [
        "08:00:00 in main car CF207358\n09:00:00 out main truck CF207358",
        "08:00:00 in main motorcycle CF207358\n09:00:00 out entry car CF-207-358",
        "08:00:00 in main car CF207358 hash=ffffffff\n09:00:00 out main car CF207358 hash=ffffffff00000000",
        "08:00:00 in main car ND55012  # registered for a truck",
        "08:00:00 in main car ND55012\n09:00:00 out main car ND55012  # one visit",
        "08:00:00 in main car ND55012\nrestart\n09:00:00 out main truck ND55012",
        "08:00:00 in main truck ND55012\n09:00:00 out main bus ND55012  # other than it came, other than registered",
        "08:00:00 out entry bus CAB987654+CAA123456",
        "08:00:00 unknown main truck CY88431  # watched and allowed, a car",
    ],
    "denied-plate": [
        "08:00:00 in main car GP404911",
        "08:00:00 out haul truck GP-404-911 conf=0.5  # not surely read, and denied all the same",
        "08:00:00 unknown entry car GP4O4911  # a near reading",
        "08:00:00 in main truck ND55012+GP404911  # the truck is allowed, its trailer denied",
    ],
    "watched-plate": [
        "08:00:00 in main car EB30777",
        "08:00:00 out main car CY88431  # allowed too",
        "08:00:00 unknown main car EB3O777",
        "08:00:00 in main truck ND55012+EB30777",
        "08:00:00 in main car GP404911+EB30777  # denied, and no rule tells of that",
    ],
    "unknown-plate": [
        "08:00:00 in main car XK7PWZ",
        "08:00:00 out main truck NW61700  # since yesterday",
        "08:00:00 unknown main car XK7PWZ+XK8PWZ",
        "on 2019-02-03\n23:59:59 in main car NW61700",
    ],
    "overstay": [
        "08:00:00 in main car A1\n12:00:01 tick\n12:00:02 tick\n12:00:03 tick",
        "08:00:00 in main car -\n09:00:00 in main truck B22222\n10:00:00 out main truck B22222\n12:30:00 tick",
        "22:00:00 in main car A1\non 2019-02-08\n02:00:01 tick\nrestart\n02:00:02 tick",
        "08:00:00 in main car A1\nrestart\n15:00:00 tick",
    ],
    "never-left": [
        "08:00:00 in main car A1\non 2019-02-08\n03:01:00 tick\n03:01:01 tick\non 2019-02-09\n03:01:00 tick",
        "08:00:00 in main car A1\non 2019-02-08\n09:00:00 tick  # the box was off at night",
        "02:00:00 in main car A1\n03:01:00 tick\nrestart\n03:02:00 tick",
    ],
    "never-entered": [
        "15:51:27 out main car A1\non 2019-02-08\n03:01:00 tick\n03:01:01 tick",
        "15:51:27 out main truck -\non 2019-02-09\n03:01:00 tick",
        "02:59:59 out main car A1\n03:01:00 tick\nrestart\n03:02:00 tick",
    ],
    "loitering": [
        "10:00:00 person stands in yard for 75 s",
        "10:00:00 car roams in yard for 75 s",
        "10:00:00 motorcycle passes in yard for 90 s",
    ],
    "keep-clear": [
        "10:00:00 car stands in exit for 12 s",
        "10:00:00 bus stands in exit for 100 s",
        "10:00:00 truck stands in exit for 11 s",
    ],
    "queue-length": [
        "10:00:00 4 cars stand in lane for 65 s",
        "10:00:00 6 trucks stand in lane for 300 s",
        "10:00:00 4 cars pass in lane for 70 s  # creeping",
    ],
    "clock-untrusted": [
        "10:00:00 clock unsynced for 60 s",
        "10:00:00 clock synced for 100 s\n10:02:00 clock unsynced for 70 s",
        "10:00:00 clock unsynced for 50 s\n10:00:51 clock synced for 3 s\n10:00:55 clock unsynced for 30 s",
    ],
    "late-truck": [
        "08:00:00 in main truck GP991ZZ\n09:00:01 out main truck GP991ZZ",
        "08:00:00 in main truck GP991ZZ\n15:00:00 out entry truck GP991ZZ",
        "22:00:00 in main truck GP991ZZ\non 2019-02-08\n02:00:00 out main truck GP991ZZ",
    ],
}
ALIKE = {
    "after-hours": [
        "06:00:00 in main car A1",
        "17:59:59.900 out main car A1",
        "on 2019-03-20\n12:00:00 in main car A1  # the day before the holiday",
        "10:00:00 clock synced for 1 s\n19:00:00 in main car A1 clock=stated\n".replace("19:00", "17:00"),
        "10:00:00 clock unsynced for 10 s\n19:00:00 in main car A1 clock=unsynced  # nobody knows what time it is",
        "19:00:00 person stands in yard for 20 s",
        "19:00:00 tick",
    ],
    "wrong-road": [
        "09:00:00 in entry car A1",
        "09:00:00 out main car A1",
        "09:00:00 unknown entry car A1",
        "09:00:00 in haul truck A1",
        "09:00:00 out haul truck -",
        "09:00:00 out main car A1 line=ramp  # the wrong way, on a road that may be left",
    ],
    "wrong-way": [
        "09:00:00 in main car A1 line=ramp",
        "09:00:00 unknown main car A1 line=ramp",
        "09:00:00 out main car A1",
        "09:00:00 out entry car A1  # the wrong road, over a line that is not one-way",
        "09:00:00 in main car A1 line=ramp\n09:10:00 out main car A1",
    ],
    "class-not-allowed": [
        "09:00:00 in haul truck A1",
        "09:00:00 out haul truck A1",
        "09:00:00 in main car A1",
        "09:00:00 out entry bus A1  # the wrong road, not the wrong class",
        "09:00:00 in entry motorcycle -",
    ],
    "tailgating": [
        "09:00:00 in main car A1\n09:00:04.100 in main car B2",
        "09:00:00 out main car A1\n09:00:02 out main car B2",
        "09:00:00 in main car A1\n09:00:02 out main car B2",
        "09:00:00 in main car A1\n09:00:02 in entry car B2  # another line",
        "09:00:00 in main car CF207358\n09:00:02 in main car CF207358  # one vehicle, told twice",
        "09:00:00 in main truck -\n09:00:02 in main truck - track=1  # a trailer of the same track",
        "09:00:00 unknown main car A1\n09:00:02 in main car B2",
    ],
    "plate-inside-twice": [
        "08:00:00 in main car CF207358\n09:00:00 out main car CF207358\n10:00:00 in main car CF207358",
        "08:00:00 in main car CF207358\n09:00:00 in main car CF207359",
        "08:00:00 in main car CF207358\n08:00:05 in main car CF207358  # two lines, one entry",
        "08:00:00 in main car CF207358 conf=0.5\n09:00:00 in main car CF207358",
        "08:00:00 in main car -\n09:00:00 in main car -",
        "08:00:00 out main car CF207358\n09:00:00 in main car CF207358",
    ],
    "plate-mismatch": [
        "08:00:00 in main car CF207358\n09:00:00 out main car CF207358",
        "08:00:00 in main car CF207358 hash=ffff\n09:00:00 out main car CF207358 hash=fff0",
        "08:00:00 in main car CF207358 hash=ffffffff\n09:00:00 out main car CF207358  # no picture of one side",
        "08:00:00 in main car CF207358\n09:00:00 out main truck GP991ZZ",
        "08:00:00 in main car CF207358 conf=0.5\n09:00:00 out main truck CF207358",
        "08:00:00 in main car -\n09:00:00 out main truck -",
        "08:00:00 in main truck ND55012\n09:00:00 out main truck ND55012",
        "08:00:00 in main car ND55O12  # only near the registered plate",
        "08:00:00 in main car ND55012 conf=0.5",
        "08:00:00 in main bus EB30777  # registered without a class",
        "08:00:00 in main truck CAA123456+CAB987654",
        "08:00:00 in main car XK7PWZ",
    ],
    "denied-plate": [
        "08:00:00 in main truck ND55012",
        "on 2019-01-31\n08:00:00 in main car GP404911  # not yet",
        "08:00:00 in main car GP404912",
        "08:00:00 in main car GP40491",
        "08:00:00 in main car EB30777  # watched",
        "08:00:00 in main car XK7PWZ",
        "08:00:00 in main car -",
    ],
    "watched-plate": [
        "08:00:00 in main truck ND55012",
        "08:00:00 in main car GP404911  # denied",
        "08:00:00 in main car EB30778",
        "on 2020-01-01\n08:00:00 in main car CY88431  # no longer",
        "08:00:00 in main car XK7PWZ",
        "08:00:00 in main car -",
    ],
    "unknown-plate": [
        "08:00:00 in main truck ND55012",
        "08:00:00 in main truck ND55O12  # near a registered plate",
        "08:00:00 in main car -  # not read: perhaps a registered one",
        "08:00:00 in main car XK7PWZ conf=0.5  # not surely read: as above",
        "08:00:00 in entry car XK7PWZ  # a road for everybody",
        "08:00:00 in main truck CAA123456+XK7PWZ  # somebody's truck, a strange trailer",
        "08:00:00 in main car GP404911  # denied is not unknown",
        "08:00:00 in main car EB30777",
        "on 2019-02-06\n23:59:59 in main car NW61700  # its last day",
    ],
    "overstay": [
        "08:00:00 in main car A1\n12:00:00 tick",
        "08:00:00 in main car A1\n11:00:00 out main car A1\n15:00:00 tick",
        "08:00:00 out main car A1\n15:00:00 tick",
        "08:00:00 unknown main car A1\n15:00:00 tick",
        "08:00:00 in main car A1 clock=unsynced\n08:00:01 clock synced for 20 s\n20:00:00 tick  # since when?",
        "15:00:00 in main car A1\n08:00:00 tick  # the clock was set back",
    ],
    "never-left": [
        "08:00:00 in main car A1\n23:00:00 out main car A1\non 2019-02-08\n03:01:00 tick",
        "02:30:00 in main car A1\n03:01:00 tick  # it has only just come",
        "08:00:00 in main car A1\n23:59:59 tick\non 2019-02-08\n02:59:59 tick",
        "04:00:00 in main car A1\n05:00:00 tick",
        "08:00:00 out main car A1\non 2019-02-08\n03:01:00 tick",
        "01:00:00 in main car A1\n02:59:30 out main car A1\n03:01:00 tick",
    ],
    "never-entered": [
        "15:51:27 out main car A1\n23:00:00 tick",
        "08:00:00 in main car A1\n15:51:27 out main car A1\non 2019-02-08\n03:01:00 tick",
        "15:51:27 out main car CF207358\n15:00:00 in main car CF207358\non 2019-02-08\n03:01:00 tick",
        "03:30:00 out main car A1\n04:00:00 tick",
        "15:51:27 unknown main car A1\non 2019-02-08\n03:01:00 tick",
        "03:00:05 out main car A1\n03:01:10 tick",
    ],
    "loitering": [
        "10:00:00 person stands in yard for 58 s",
        "10:00:00 car passes in yard for 20 s",
        "10:00:00 person stands in yard for 50 s\n10:02:00 person stands in yard for 50 s  # another one",
        "10:00:00 person stands in lane for 90 s",
        "10:00:00 2 persons stand in exit for 90 s",
    ],
    "keep-clear": [
        "10:00:00 car stands in exit for 9 s",
        "10:00:00 car roams in exit for 60 s",
        "10:00:00 truck passes in exit for 20 s",
        "10:00:00 person stands in exit for 60 s",
        "10:00:00 car stands in yard for 60 s",
        "10:00:00 car stands in exit for 8 s\n10:01:00 car stands in exit for 8 s",
    ],
    "queue-length": [
        "10:00:00 3 cars stand in lane for 200 s",
        "10:00:00 5 cars stand in lane for 55 s",
        "10:00:00 5 cars roam in lane for 90 s",
        "10:00:00 5 persons stand in lane for 90 s",
        "10:00:00 5 cars stand in yard for 90 s",
        "10:00:00 5 cars stand in lane for 40 s\n10:01:00 5 cars stand in lane for 40 s",
    ],
    "clock-untrusted": [
        "10:00:00 clock synced for 300 s",
        "10:00:00 clock stated for 300 s",
        "10:00:00 clock unsynced for 55 s",
        "10:00:00 clock synced for 60 s\n10:01:00 clock unsynced for 50 s\n10:01:50 clock synced for 5 s",
        "10:00:00 clock synced for 60 s\n23:00:00 clock synced for 60 s  # set forward by a time server",
        "10:00:00 clock unsynced for 3 s\n23:00:00 clock unsynced for 3 s  # a step is no time gone by",
    ],
    "late-truck": [
        "08:00:00 in main truck GP991ZZ\n09:00:00 out main truck GP991ZZ",
        "08:00:00 in main car GP991ZZ\n10:00:00 out main car GP991ZZ",
        "10:00:00 out main truck GP991ZZ  # nobody knows since when",
        "08:00:00 in main truck CF207358\n10:00:00 out main truck CF207358",
        "08:00:00 in main truck -\n10:00:00 out main truck -  # another plate than that? nobody read one",
        "08:00:00 in main truck GP991ZZ",
    ],
}


def kinds(told: list[str]) -> list[str]:
    return [line.partition(": ")[0] for line in told if not re.match(r"[a-z-]+ ends: ", line)]


@pytest.mark.parametrize(("kind", "scene"), [(kind, scene) for kind, scenes in RAISED.items() for scene in scenes])
def test_it_is_told_once(kind: str, scene: str) -> None:
    assert kinds(play(SITE + RULES[kind], scene)) == [kind]


@pytest.mark.parametrize(("kind", "scene"), [(kind, scene) for kind, scenes in ALIKE.items() for scene in scenes])
def test_what_only_looks_like_it_is_not_told(kind: str, scene: str) -> None:
    assert play(SITE + RULES[kind], scene) == []


def test_a_denied_vehicle_that_is_watched_too_is_told_of_once() -> None:
    both = RULE.format("denied-plate") + RULE.format("watched-plate")
    assert kinds(play(SITE + both, "08:00:00 in main car GP404911+EB30777")) == ["denied-plate"]


def test_an_unknown_plate_that_is_kept_back_is_in_no_sentence() -> None:
    hidden = SITE + 'unknown_plates = "hash"\n' + "".join(RULES[kind] + "\n" for kind in KINDS if kind in _ASKING)
    (sentence,) = play(hidden, "08:00:00 in main car XK7PWZ\n09:00:00 out entry car ND55O12")
    assert re.fullmatch(r"unknown-plate: .*, car #[0-9a-f]{16}: No registered plate .*", sentence)


@pytest.mark.parametrize("kind", ["denied-plate", "watched-plate", "unknown-plate"])
def test_a_rule_that_asks_the_registry_is_refused_where_there_is_none(kind: str) -> None:
    with pytest.raises(ConfigError, match="can never fire: there is no registry"):
        play(SITE.partition("[registry]")[0] + RULES[kind], "")


def test_every_kind_has_its_cases() -> None:
    wanted = (KINDS.keys() - {"custom"}) | {"late-truck"}
    assert {kind for kind, scenes in RAISED.items() if len(scenes) >= 3} == wanted
    assert {kind for kind, scenes in ALIKE.items() if len(scenes) >= 5} == wanted
