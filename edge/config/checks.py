"""What no single key can tell: names that must exist or be unique, and keys that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.config.lines import Path
from edge.config.model import Config
from edge.config.problems import Problems, nearest
from edge.config.rule_checks import check_rules


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def check_together(config: Config, problems: Problems) -> None:
    """Note every contradiction. Values that were wrong by themselves are empty by now and are not told twice."""
    _check_unique(config.cameras, ("camera",), problems)
    _check_unique(config.roads, ("road",), problems)
    for place, camera in enumerate(config.cameras):
        _check_unique(camera.lines, ("camera", place, "line"), problems)
        _check_unique(camera.zones, ("camera", place, "zone"), problems)
        _check_unique(camera.masks, ("camera", place, "mask"), problems)
    _check_roads(config, problems)
    _check_hours(config, problems)
    check_rules(config, problems)
    _check_models(config, problems)
    _check_boom(config, problems)
    _check_mqtt(config, problems)


def _check_unique(named: Sequence[_Named], path: Path, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for place, one in enumerate(named):
        if one.id and one.id in seen:
            first = problems.line((*path, seen[one.id], "id"))
            problems.add((*path, place, "id"), f"{one.id!r} is taken already, line {first}", "give each its own name")
        seen.setdefault(one.id, place)


def _check_roads(config: Config, problems: Problems) -> None:
    roads = [road.id for road in config.roads]
    if "" in roads:
        return  # a road whose own name is wrong may be the one that is meant
    used: list[tuple[Path, str]] = [
        (("camera", at, "line", place, "road"), line.road)
        for at, camera in enumerate(config.cameras)
        for place, line in enumerate(camera.lines)
    ]
    used += [
        (("rule", at, "roads", place), road)
        for at, rule in enumerate(config.rules)
        for place, road in enumerate(rule.roads)
    ]
    used += [(("boom", "roads", place), road) for place, road in enumerate(config.boom.roads)]
    for path, road in used:
        if road and road not in roads:
            cure = nearest(road, roads) if roads else f'add [[road]] with id = "{road}"'
            problems.add(path, f"road {road!r} does not exist", cure)


def _check_hours(config: Config, problems: Problems) -> None:
    for place, hours in enumerate(config.site.hours):
        if hours.open and hours.open == hours.close:
            cure = 'write open = "00:00" and close = "24:00" for the whole day'
            problems.add(("site", "hours", place, "close"), "closes at the minute it opens", cure)
    if config.site.hours or problems.under(("site",)):
        return
    for place, rule in enumerate(config.rules):
        if rule.kind == "after-hours" and rule.enabled:
            problems.add(("rule", place), "can never fire: the site is always open", "add [[site.hours]]")


def _check_models(config: Config, problems: Problems) -> None:
    models = config.models
    if models.plates == "paddle" and not problems.under(("models",)):
        for name in ("paddle_dir", "paddle_python"):
            if not getattr(models, name):
                problems.add(("models", name), "is missing", 'plates = "paddle" needs it')


def _check_boom(config: Config, problems: Problems) -> None:
    boom = config.boom
    if problems.under(("boom",)):
        return
    if boom.output and not config.registry.file and not problems.under(("registry",)):
        problems.add(("boom", "output"), "can never open: nobody is known here", "set registry.file")
    if boom.output and boom.output == boom.input:
        problems.add(("boom", "input"), "is the output's own line", "name the line that the contact is wired to")
    if boom.input.startswith("mqtt:") and not config.mqtt.url and not problems.under(("mqtt",)):
        problems.add(("boom", "input"), "nobody can hear it: there is no broker", "set mqtt.url")


def _check_mqtt(config: Config, problems: Problems) -> None:
    mqtt = config.mqtt
    if problems.under(("mqtt",)):
        return
    if mqtt.password and mqtt.password_file:
        problems.add(("mqtt", "password"), "is given twice", "keep password_file alone")
    if (mqtt.password or mqtt.password_file) and not mqtt.username:
        problems.add(("mqtt", "username"), "is missing", "a password needs a user name")
    if bool(mqtt.cert_file) != bool(mqtt.key_file):
        absent, given = ("key_file", "cert_file") if mqtt.cert_file else ("cert_file", "key_file")
        problems.add(("mqtt", absent), "is missing", f"{given} is of no use without it")
    for name in ("ca_file", "cert_file"):
        if getattr(mqtt, name) and mqtt.url.startswith("mqtt:"):
            problems.add(("mqtt", name), "is of no use on an open connection", "write url = mqtts://…")
