"""Rules as data: each fault with its line, its cause and its cure; what is right is kept as it was written."""

from __future__ import annotations

import json

import pytest

from edge.config.conditions import Comparison, Group
from edge.config.kinds import KINDS
from edge.config.load import parse_config
from edge.config.rule_checks import keys_of
from edge.config.schema import explain, json_schema
from edge.config.show import to_toml
from edge.errors import ConfigError

GOOD = """\
[device]
id = "box"
[site]
id = "quarry"
[[road]]
id = "main"
[[camera]]
id = "gate"
source = "test://gate"
[[camera.zone]]
id = "lane"
polygon = [[0, 0], [1, 0], [1, 1]]
kind = "queue"
[[rule]]
"""
CUSTOM = """\
kind = "custom"
name = "long-truck"
when = [
    {field = "direction", is = "out"},
    {any = [{field = "class", in = ["truck", "bus"]}, {not = {field = "open", is = true}}]},
    {field = "dwell_s", above = 1800},
]
explain = "A {class} left after {dwell} {{sic}}."
"""


def fault(rule: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(GOOD + rule, "edge.toml")
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('kind = "overstayed"', "edge.toml:15: rule.kind: 'overstayed' is not one of after-hours, wrong-road"),
        ('kind = "overstayed"', "did you mean overstay?"),
        ('kind = "xyz"', "known are after-hours, wrong-road, wrong-way"),
        ('kind = "overstay"\nfro_s = 3', "edge.toml:16: rule.fro_s: unknown key; did you mean for_s?"),
        ('kind = "overstay"\nfor_s = "3"', "edge.toml:16: rule.for_s: is a text '3', must be a number"),
        ('kind = "overstay"\nmore_than = 3', "edge.toml:16: rule.more_than: means nothing to a rule of kind overstay"),
        ('kind = "overstay"\nmore_than = 3', "it takes kind, enabled, severity, roads, classes, cameras, for_s"),
        ('kind = "tailgating"\nfor_s = 3', "it takes kind, enabled, severity, roads, classes, cameras, within_s"),
        ('kind = "queue-length"\nroads = ["main"]', "roads: means nothing to a rule of kind queue-length"),
        (
            'kind = "queue-length"\nzones = ["lnae"]',
            "edge.toml:16: rule.zones: zone 'lnae' does not exist or is not",
        ),
        ('kind = "queue-length"\ncameras = ["gaet"]', "camera 'gaet' does not exist; did you mean gate?"),
        ('kind = "loitering"', 'can never fire: no camera has a zone for it; add [[camera.zone]] with kind = "loiter"'),
        ('kind = "wrong-way"', "edge.toml:14: rule: can never fire: no line is one-way"),
        ('kind = "class-not-allowed"', "can never fire: every road is for all classes"),
        ('kind = "overstay"\nseverity = "loud"', "'loud' is not one of auto, info, warning, alarm"),
        ('kind = "overstay"\nwhen = [{field = "class", is = "car"}]', "when: means nothing to a rule of kind overstay"),
    ],
)
def test_a_wrong_rule_is_told_with_its_line(rule: str, expected: str) -> None:
    assert expected in fault(rule)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '"direction", is',
            '"direktion", is',
            "edge.toml:18: rule.when.field: field 'direktion' does not exist; did you",
        ),
        (
            'is = "out"',
            'is = "outt"',
            "edge.toml:18: rule.when.is: 'outt' is not one of in, out, unknown; did you mean",
        ),
        ('is = "out"', "is = 3", "rule.when.is: 3 is no text"),
        ('is = "out"', 'like = "out"', "edge.toml:18: rule.when.like: unknown operator"),
        ('is = "out"', "above = 3", "above does not fit the field; use is or in"),
        ('is = "out"', 'is = "out", in = ["in"]', "has 2 operators, must have one"),
        ('["truck", "bus"]', '["truck", "tram"]', "edge.toml:19: rule.when.any.in: 'tram' is not one of car, truck"),
        ('["truck", "bus"]', '"truck"', "'truck' is no list"),
        ("is = true", 'is = "yes"', "edge.toml:19: rule.when.any.not.is: 'yes' is neither true nor false"),
        ("above = 1800", 'above = "1800"', "edge.toml:20: rule.when.above: '1800' is no number"),
        ('{field = "dwell_s", above = 1800}', '"dwell"', 'is no condition; write {field = "…", is = "…"}'),
        ('{field = "dwell_s", above = 1800}', "{any = []}", "edge.toml:20: rule.when.any: is no list of conditions"),
        (
            '{field = "dwell_s", above = 1800}',
            '{field = "road", is = "mian"}',
            "'mian' does not exist",
        ),
        (
            '{field = "dwell_s", above = 1800}',
            '{field = "state", is = "open"}',
            "a pass has no field 'state'",
        ),
        ("{class}", "{klass}", "edge.toml:22: rule.explain: {klass} is no field of a pass; did you mean class?"),
        ("{class}", "{class:>9}", "{class} has a format; write the field alone"),
        ("{class}", "{class", "is no sentence"),
        ('name = "long-truck"', 'name = "overstay"', "'overstay' is a kind of its own"),
        ('name = "long-truck"', "", "rule.name: is missing"),
    ],
)
def test_a_wrong_composed_rule_is_told_with_its_line(old: str, new: str, expected: str) -> None:
    assert CUSTOM.count(old) == 1
    assert expected in fault(CUSTOM.replace(old, new))


def test_two_composed_rules_have_two_names() -> None:
    assert "rule.name: 'long-truck' is taken already, line 16" in fault(f"{CUSTOM}[[rule]]\n{CUSTOM}")


def test_a_composed_rule_is_read_and_shown_as_it_was_written() -> None:
    config = parse_config(GOOD + CUSTOM, "edge.toml")
    first, second, third = config.rules[0].when
    assert first == Comparison("direction", "is", "out")
    inner = Group("not", (Comparison("open", "is", value=True),))
    assert second == Group("any", (Comparison("class", "in", ("truck", "bus")), inner))
    assert third == Comparison("dwell_s", "above", 1800)
    assert parse_config(to_toml(config), "shown.toml") == config


def test_the_schema_knows_conditions_and_every_kind() -> None:
    schema = json_schema()
    rule = schema["properties"]["rule"]["items"]["properties"]
    assert rule["kind"]["enum"] == list(KINDS)
    assert rule["when"]["items"] == {"$ref": "#/$defs/condition"}
    shapes = schema["$defs"]["condition"]["oneOf"]
    assert [list(shape["properties"]) for shape in shapes][-3:] == [["all"], ["any"], ["not"]]
    json.dumps(schema)


def test_a_key_of_a_rule_explains_itself() -> None:
    assert "list of conditions" in explain("rule.when")
    assert "0 takes the kind's own" in explain("rule.for_s")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_its_own_numbers(kind: str) -> None:
    assert set(KINDS[kind].numbers) <= set(keys_of(kind))
