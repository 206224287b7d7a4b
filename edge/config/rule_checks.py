"""What is wrong with a rule as a whole: keys that its kind does not take, and rules that can never fire."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from edge.config.conditions import FIELDS, WORDS, Comparison, comparisons
from edge.config.keys import slots_of
from edge.config.kinds import CLOCK, CUSTOM, KINDS
from edge.config.lines import Path
from edge.config.model import Config, Rule
from edge.config.problems import Problems, nearest

_SHARED = ("kind", "enabled", "severity")
_WHERE = ("roads", "classes", "cameras")
_CUSTOM = ("name", "about", "when", "explain")
_NAMED = ("cameras", "zones")  # roads are checked where all are


def keys_of(kind: str) -> tuple[str, ...]:
    """Return every key that a rule of `kind` takes."""
    terms = KINDS[kind]
    where: tuple[str, ...] = ("classes", "cameras", "zones") if terms.zone else _WHERE
    where = ("cameras", "zones") if terms.zone == "queue" else where  # a queue is one of vehicles, whatever they are
    own = _CUSTOM if kind == CUSTOM else (*terms.numbers, *(() if terms.cooldown_s is None else ("cooldown_s",)))
    return (*_SHARED, *(() if kind == CLOCK else where), *own)


def check_rules(config: Config, problems: Problems) -> None:
    """Note every contradiction inside the rules, and between them and what they speak of."""
    for at, rule in enumerate(config.rules):
        path: Path = ("rule", at)
        if rule.kind not in KINDS or problems.under(path):
            continue
        _check_keys(rule, path, problems)
        _check_names(config, rule, path, problems)
        if rule.kind == CUSTOM:
            _check_custom(config, rule, path, problems)
        elif rule.enabled:
            _check_reach(config, rule, path, problems)
    _check_unique(config, problems)


def _check_keys(rule: Rule, path: Path, problems: Problems) -> None:
    taken = keys_of(rule.kind)
    for slot in slots_of(Rule):
        if (
            slot.name not in taken and getattr(rule, slot.name) != slot.default
        ):  # `edge config show` writes defaults out
            problems.add((*path, slot.name), f"means nothing to a rule of kind {rule.kind}", f"it takes {_list(taken)}")


def _check_names(config: Config, rule: Rule, path: Path, problems: Problems) -> None:
    known = {
        "cameras": [camera.id for camera in config.cameras],
        "zones": [zone.id for camera in config.cameras for zone in camera.zones if zone.kind == KINDS[rule.kind].zone],
    }
    for key in _NAMED:
        for place, name in enumerate(getattr(rule, key)):
            if name not in known[key]:
                what = f"{key[:-1]} {name!r} does not exist"
                what += f" or is not of kind {KINDS[rule.kind].zone}" if key == "zones" else ""
                problems.add((*path, key, place), what, nearest(name, known[key]) if known[key] else "leave it out")


def _check_reach(config: Config, rule: Rule, path: Path, problems: Problems) -> None:
    """Note a rule that nothing in the file can ever break; opening hours are checked where all of them are."""
    cameras = config.cameras
    zone = KINDS[rule.kind].zone
    if zone and not any(one.kind == zone for camera in cameras for one in camera.zones):
        problems.add(path, "can never fire: no camera has a zone for it", f'add [[camera.zone]] with kind = "{zone}"')
    if KINDS[rule.kind].registry and not config.registry.file:
        problems.add(path, "can never fire: there is no registry", 'name one: [registry] file = "plates.csv"')
    if rule.kind == "wrong-way" and all(line.one_way == "no" for camera in cameras for line in camera.lines):
        problems.add(path, "can never fire: no line is one-way", 'add one_way = "in" or "out" to a [[camera.line]]')
    if rule.kind == "class-not-allowed" and not any(road.classes for road in config.roads):
        problems.add(path, "can never fire: every road is for all classes", "add classes = […] to a [[road]]")


def _check_custom(config: Config, rule: Rule, path: Path, problems: Problems) -> None:
    for key, cure in (("name", 'name = "long-truck"'), ("when", "when = [{…}]"), ("explain", 'explain = "…"')):
        if not getattr(rule, key):
            problems.add((*path, key), "is missing", f"add {cure}")
    if rule.name in KINDS:
        problems.add((*path, "name"), f"{rule.name!r} is a kind of its own", "give it another name")
    for place, condition in enumerate(rule.when):
        for where, one in comparisons(condition, (*path, "when", place)):
            _check_comparison(config, rule, one, where, problems)
    for fault in _sentence_faults(rule):
        problems.add((*path, "explain"), *fault)


def _check_comparison(config: Config, rule: Rule, one: Comparison, path: Path, problems: Problems) -> None:
    if one.field not in FIELDS[rule.about]:
        cure = f"known are {', '.join(FIELDS[rule.about])}"
        problems.add((*path, "field"), f"a {rule.about} has no field {one.field!r}", cure)
    if not one.field.endswith("road"):
        return
    roads = [road.id for road in config.roads]
    for name in one.value if isinstance(one.value, tuple) else (str(one.value),):
        if name not in roads:
            cure = nearest(name, roads) if roads else f'add [[road]] with id = "{name}"'
            problems.add((*path, one.operator), f"road {name!r} does not exist", cure)


def _sentence_faults(rule: Rule) -> Iterator[tuple[str, str]]:
    words = WORDS[rule.about]
    try:
        parts = list(Formatter().parse(rule.explain))
    except ValueError as error:
        yield f"is no sentence: {error}", "write a field in braces, {class}, and a brace as {{ or }}"
        return
    for _, word, form, conversion in parts:
        if word is not None and word not in words:
            yield f"{{{word}}} is no field of a {rule.about}", nearest(word, sorted(words))
        elif form or conversion:
            yield f"{{{word}}} has a format", "write the field alone"


def _check_unique(config: Config, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for at, rule in enumerate(config.rules):
        if rule.name and rule.name in seen:
            first = problems.line(("rule", seen[rule.name], "name"))
            problems.add(
                ("rule", at, "name"), f"{rule.name!r} is taken already, line {first}", "give each its own name"
            )
        seen.setdefault(rule.name, at)


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words)
