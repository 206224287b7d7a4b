"""Described boards: each folder here holds one, with the origin of its values; variants say what can be wrong.

`board.toml` keeps paths and numbers in tables, `materialise` lays them out as the kernel and the distribution would.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from edge.config.toml import tomllib
from edge.health.dpkg import STATUS, excerpt
from edge.health.packages import OPTIONAL, PRODUCT, required

HERE = Path(__file__).parent
BOARDS = tuple(sorted(path.parent.name for path in HERE.glob("*/board.toml")))
Table = dict[str, Any]
VARIANTS: Table = tomllib.loads((HERE / "variants.toml").read_text("utf-8"))
JETPACK_PLUGINS = ("nvvideo4linux2", "nvvidconv", "nvarguscamerasrc", "nvjpeg")


SENSORS = {"zones", "cooling", "counters", "rails", "watchdog"}
"""What of a description becomes files under /sys."""


def materialise(board: str, folder: Path, *variants: str, like: Path | None = None) -> Path:
    """Lay a described board out under `folder`, changed as the variants say, and return the folder.

    `like` is the same board laid out whole: where no variant changes a sensor, its hundred files under /sys are linked.
    """
    described = _load(HERE / board / "board.toml")
    for variant in variants:
        described = changed(described, VARIANTS[variant])
    if like is not None and not any(SENSORS & set(VARIANTS[variant]) for variant in variants):
        (folder / "sys").symlink_to(like / "sys", target_is_directory=True)
    else:
        _sensors(folder, described)
    for path, text in described["files"].items():
        if not (folder / path).exists():
            write(folder, path, text)
    write(folder, STATUS, excerpt(described["packages"], ("",)))
    _gst(folder, _load(HERE / board / "gst.toml"), described)
    write(folder, "described.toml", _rest(described))
    return folder


def _sensors(folder: Path, described: Table) -> None:
    _cooling(folder, described["cooling"])
    _zones(folder, described["zones"], described["bound"], list(described["cooling"]))
    _hwmon(folder, described["counters"], described["rails"])
    for name, value in described.get("watchdog", {}).items():
        write(folder, f"sys/class/watchdog/watchdog0/{name}", str(value))


def elements_of_board(board: str) -> dict[str, set[str]]:
    """Return element -> properties of a described board."""
    return {name: set(one["properties"]) for name, one in _load(HERE / board / "gst.toml")["elements"].items()}


def changed(table: Table, change: Table) -> Table:
    """Return a table with another one laid over it; `false` takes a key away."""
    merged = dict(table)
    for key, value in change.items():
        if value is False and key not in {"synced", "elements"}:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = changed(merged.get(key, {}), value)
        else:
            merged[key] = value
    return merged


def write(folder: Path, path: str, text: str) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{text.strip(chr(10))}\n", "utf-8")


@cache
def _load(path: Path) -> Table:
    table: Table = tomllib.loads(path.read_text("utf-8"))
    return table


def _zones(folder: Path, zones: Table, bound: Table, coolers: list[str]) -> None:
    for number, (kind, zone) in enumerate(zones.items()):
        place = f"sys/class/thermal/thermal_zone{number}"
        write(folder, f"{place}/type", kind)
        if "temp" in zone:
            write(folder, f"{place}/temp", str(zone["temp"]))
        trips = [("passive", celsius) for celsius in zone["passive"]]
        trips.insert(1, ("critical", zone["critical"]))
        for trip, (name, celsius) in enumerate(trips):
            write(folder, f"{place}/trip_point_{trip}_type", name)
            write(folder, f"{place}/trip_point_{trip}_temp", str(celsius))
            for cooler in bound.get(str(celsius), ()):
                device = coolers.index(cooler)
                write(folder, f"{place}/cdev{device}_trip_point", str(trip))
                (folder / place / f"cdev{device}").symlink_to(f"../cooling_device{device}", target_is_directory=True)


def _cooling(folder: Path, devices: Table) -> None:
    for number, (kind, (now, most)) in enumerate(devices.items()):
        place = f"sys/class/thermal/cooling_device{number}"
        for name, value in (("type", kind), ("cur_state", now), ("max_state", most)):
            write(folder, f"{place}/{name}", str(value))


def _hwmon(folder: Path, counters: Table, rails: Table) -> None:
    write(folder, "sys/class/hwmon/hwmon1/name", "ina3221")
    for number, (label, (millivolts, milliamperes)) in enumerate(rails.items(), 1):
        write(folder, f"sys/class/hwmon/hwmon1/in{number}_label", label)
        write(folder, f"sys/class/hwmon/hwmon1/in{number}_input", str(millivolts))
        write(folder, f"sys/class/hwmon/hwmon1/curr{number}_input", str(milliamperes))
    write(folder, "sys/class/hwmon/hwmon3/name", "soctherm_oc")
    for name, count in counters.items():
        write(folder, f"sys/class/hwmon/hwmon3/{name}_event_cnt", str(count))
        write(folder, f"sys/class/hwmon/hwmon3/{name}_throt_en", "1")


def _gst(folder: Path, gst: Table, described: Table) -> None:
    if "gst-fault" in described:
        write(folder, "gst.toml", f"fault = {json.dumps(described['gst-fault'])}")
        return
    lines = [f'version = "{gst["version"]}"']
    for name, element in gst["elements"].items():
        if described.get("elements", True) or element["plugin"] not in JETPACK_PLUGINS:
            lines += [f"[elements.{name}]", f'plugin = "{element["plugin"]}"']
            lines.append(f"properties = {json.dumps(element['properties'])}")
    write(folder, "gst.toml", "\n".join(lines))


@cache
def _ours() -> dict[str, str]:
    """Return the product's packages, which are no board's: they are taken to be installed there as they are here."""
    return {name: metadata.version(name) for name in (PRODUCT, *required())}


def _rest(described: Table) -> str:
    machine, python = described["machine"], described["python"]
    packages = {**_ours(), **python["packages"]}
    modules = ["av", *(module for _, module, _, _ in OPTIONAL), *python["modules"]]
    lines = [f"{key} = {json.dumps(value)}" for key, value in machine.items()]
    lines += ["[clock]", "at = 2026-09-21T10:00:00Z", f"synced = {json.dumps(described['clock']['synced'])}"]
    lines += ["[python]", f'version = "{python["version"]}"', f"modules = {json.dumps(modules)}", "[python.packages]"]
    lines += [f"{json.dumps(name)} = {json.dumps(version)}" for name, version in packages.items()]
    return "\n".join(lines)
