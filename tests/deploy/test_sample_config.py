"""The sample configuration is valid as it stands, complete, and true about its defaults."""

from __future__ import annotations

import re
from pathlib import Path

from edge.config.keys import Slot
from edge.config.load import load_config, parse_config
from edge.config.schema import all_keys
from edge.config.toml import tomllib
from edge.scene.camera import Camera
from edge.scene.gate_site import lines
from edge.scene.lists import PROOF

SAMPLE = Path(__file__).parents[2] / "deploy" / "config" / "edge.toml"
_OFF = re.compile(r"^# (?=\w+ = |\[)", re.MULTILINE)


def with_every_key() -> str:
    """Return the sample with every commented key and table switched on."""
    return _OFF.sub("", SAMPLE.read_text())


def test_the_sample_is_valid_as_it_stands() -> None:
    config = load_config(SAMPLE)
    assert config.cameras[0].source == "test://gate"
    assert config.mqtt.url == "", "a fresh install needs no broker"


def test_the_sample_s_lines_lie_where_the_built_in_scene_has_its_roads() -> None:
    drawn = {line.id: line for line in load_config(SAMPLE).cameras[0].lines}
    true = lines(PROOF.plans[0], Camera(PROOF.poses[0], (1280, 720)))
    assert {name: (line.points, line.road, line.inward) for name, line in drawn.items()} == {
        line.name: ((line.start, line.end), line.road, line.inward) for line in true
    }


def test_every_key_of_the_model_stands_in_the_sample() -> None:
    def keys(value: object, above: str = "") -> set[str]:
        if isinstance(value, list):
            return set().union(*(keys(one, above) for one in value if isinstance(one, dict)))
        if isinstance(value, dict):
            return set().union(*({above + name} | keys(inner, f"{above}{name}.") for name, inner in value.items()))
        return set()

    assert {name for name, _ in all_keys()} - keys(tomllib.loads(with_every_key())) == set()


def test_the_commented_parts_are_valid_too() -> None:
    config = parse_config(
        re.sub(r"^password(_file)? = .*$", "", with_every_key(), flags=re.MULTILINE), "edge.toml with everything on"
    )
    assert [camera.id for camera in config.cameras] == ["gate", "gate-out"]


def test_a_commented_scalar_shows_its_default() -> None:
    table = tomllib.loads(with_every_key())
    told_otherwise = {"url", "password_file", "classes", "roads", "transport"}  # an example says more than ""

    def differs(slots: list[tuple[str, Slot]]) -> list[str]:
        found = []
        for name, slot in slots:
            head, _, key = name.rpartition(".")
            if head in {"models", "store", "retention", "mqtt"} and key not in told_otherwise:
                found += [name] if table[head][key] != slot.default else []
        return found

    assert differs(list(all_keys())) == []
