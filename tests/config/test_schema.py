"""Every key explains itself, and the JSON Schema says what the loader does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from edge.config.load import parse_config
from edge.config.schema import all_keys, explain, json_schema
from edge.errors import ConfigError, UsageError


def test_every_key_can_be_explained() -> None:
    for name, slot in all_keys():
        told = explain(name)
        assert told.startswith(f"{name}\n  {slot.about.doc}")
        assert slot.about.doc.endswith(".")


def test_a_bounded_key_tells_its_bounds_unit_and_default() -> None:
    told = explain("camera.stall_s")
    assert "0.2 to 60 s" in told
    assert "default  1.5" in told


@pytest.mark.parametrize("key", ["[camera.line]", "[[camera.line]]", "camera.line"])
def test_a_table_may_be_asked_for_as_it_is_written(key: str) -> None:
    assert "keys     id, points, road, inward" in explain(key)


@pytest.mark.parametrize(
    ("key", "guess"),
    [("stall_s", "camera.stall_s"), ("camera.stal_s", "camera.stall_s"), ("retenton.days", "retention.days")],
)
def test_an_unknown_key_is_told_the_nearest(key: str, guess: str) -> None:
    with pytest.raises(UsageError, match=rf"unknown key; did you mean {guess}\?"):
        explain(key)


@pytest.mark.parametrize("name", [name for name, slot in all_keys() if slot.about.example and slot.kind is not str])
def test_an_example_of_a_list_is_written_as_a_list(name: str) -> None:
    assert dict(all_keys())[name].about.example.startswith("[")


def _properties(schema: Mapping[str, Any], above: str = "") -> set[str]:
    names = set()
    for name, inner in schema.get("properties", {}).items():
        names |= {above + name} | _properties(inner.get("items", inner), f"{above}{name}.")
    return names


def test_the_schema_has_exactly_the_keys_of_the_model() -> None:
    assert _properties(json_schema()) == {name for name, _ in all_keys()}


def test_the_schema_refuses_what_it_does_not_know_at_every_level() -> None:
    def closed(schema: Mapping[str, Any]) -> bool:
        inner = [part.get("items", part) for part in schema["properties"].values()]
        return schema["additionalProperties"] is False and all(closed(part) for part in inner if "properties" in part)

    assert closed(json_schema())


def test_the_schema_and_the_loader_agree_on_what_must_be_given() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config("", "edge.toml")
    missing = {line.split(": ")[1] for line in str(caught.value).splitlines()}
    assert missing == set(json_schema()["required"])


def test_bounds_and_choices_of_the_schema_are_those_of_the_model() -> None:
    camera = json_schema()["properties"]["camera"]["items"]["properties"]
    assert (camera["stall_s"]["minimum"], camera["stall_s"]["maximum"]) == (0.2, 60)
    assert camera["transport"]["enum"] == ["tcp", "udp"]
    assert camera["line"]["items"]["properties"]["points"]["maxItems"] == 2
    assert json_schema()["properties"]["mqtt"]["properties"]["password"]["writeOnly"] is True
