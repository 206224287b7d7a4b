"""The forms a text or a shape in the configuration must have: one small check each, named by `About.form`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from edge.config.contacts import parse_contact
from edge.config.masking import mask_uri
from edge.config.problems import nearest

SOURCE_SCHEMES = ("rtsp", "rtsps", "srt", "http", "https", "csi", "v4l2", "file", "test", "replay")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_PORT = 65535
_LEAST_CORNERS = 3
_LEAST_AREA = 1e-6  # of the picture: less than two pixels of a 1080p frame

Fault = tuple[str, str]
"""What is wrong with a value: cause and cure."""


def fault_of(form: str, value: Any) -> Fault | None:
    """Return cause and cure when `value` has not the form named `form`, else None."""
    check = _FORMS.get(form)
    return check(value) if check else None


def _some(value: Any) -> Fault | None:
    return None if value else ("is empty", "give at least one" if isinstance(value, tuple) else "give it a value")


def _name(value: str) -> Fault | None:
    if _NAME.fullmatch(value):
        return None
    return (
        f"{value!r} is no name",
        "use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
    )


def _opens(value: str) -> Fault | None:
    return None if _TIME.fullmatch(value) else (f"{value!r} is no time", 'write HH:MM, "00:00" to "23:59"')


def _closes(value: str) -> Fault | None:
    if value == "24:00" or _TIME.fullmatch(value):
        return None
    return f"{value!r} is no time", 'write HH:MM, "00:00" to "24:00"'


def _date(value: str) -> Fault | None:
    if not _DATE.fullmatch(value):
        return f"{value!r} is no date", "write YYYY-MM-DD"
    try:
        dt.date.fromisoformat(value)
    except ValueError as error:
        return f"{value!r} is no date: {error}", "write a day of the calendar"
    return None


def _timezone(value: str) -> Fault | None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = available_timezones()
        guess = nearest(value, sorted(known)) if known else ""
        cure = guess if guess.startswith("did") else "write an IANA name such as Africa/Johannesburg"
        return f"time zone {value!r} is unknown", cure
    return None


def _source(value: str) -> Fault | None:
    if not value.strip():
        return "is empty", "give an address such as rtsp://… or test://gate, or the path of a file"
    if "://" not in value:
        return None
    parts = _split(value)
    if parts is None:
        return f"{mask_uri(value)!r} is no address", "check its brackets and its port"
    if parts.scheme not in SOURCE_SCHEMES:
        return f"source scheme {parts.scheme!r} is unknown", nearest(parts.scheme, SOURCE_SCHEMES)
    names_enough, cure = _SOURCES.get(parts.scheme, _NETWORK)
    return None if names_enough(parts) else (f"{mask_uri(value)!r} is incomplete", cure)


_Enough = Callable[[SplitResult], bool]
_NETWORK: tuple[_Enough, str] = (lambda parts: bool(parts.hostname), "name the host, as in rtsp://192.0.2.10/stream1")
_SOURCES: Mapping[str, tuple[_Enough, str]] = MappingProxyType(
    {
        "csi": (lambda parts: parts.netloc.isdigit(), "write csi://0, the number of the sensor"),
        "v4l2": (lambda parts: parts.path.startswith("/dev/"), "write v4l2:///dev/video0, with three slashes"),
        "file": (lambda parts: bool(parts.path.strip("/")), "write file:///path/of/clip.mp4, with three slashes"),
        "test": (lambda parts: bool(parts.netloc), "write test://gate"),
        "replay": (lambda parts: bool((parts.netloc + parts.path).strip("/")), "name what is replayed"),
    }
)


def _broker(value: str) -> Fault | None:
    if not value:
        return None
    shown = mask_uri(value)
    parts = _split(value)
    if parts is None or parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        return f"{shown!r} is no broker address", "write mqtt://host:1883 or mqtts://host:8883"
    if parts.username is not None:
        return "the address carries a login", "put it into mqtt.username and mqtt.password_file"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return f"{shown!r} has more than host and port", f"write {parts.scheme}://{parts.netloc}"
    return None


def _output(value: str) -> Fault | None:
    contact = parse_contact(value)
    if not value or (contact is not None and contact.kind != "mqtt"):
        return None
    return f"{value!r} is no line", "write chip and line, as in gpiochip0/12, or simulate:///run/chip.sock/12"


def _input(value: str) -> Fault | None:
    if not value or parse_contact(value) is not None:
        return None
    return f"{value!r} is no line and no topic", "write it like gpiochip0/13 or mqtt:yard/boom"


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        port = parts.port  # reading it checks it
    except ValueError:
        return None
    return parts if port is None or 0 < port <= _MAX_PORT else None


def _line(points: tuple[tuple[float, float], ...]) -> Fault | None:
    if len(points) != 2:  # noqa: PLR2004 - a line has two ends
        return f"has {len(points)} points", "a line has two; draw one [[camera.line]] for each piece"
    if points[0] == points[1]:
        return "both ends are the same point", "draw it from one side of the road to the other"
    return _outside(points)


def _polygon(points: tuple[tuple[float, float], ...]) -> Fault | None:
    if len(points) < _LEAST_CORNERS:
        return f"has {len(points)} points", "an area needs three or more"
    outside = _outside(points)
    if outside:
        return outside
    ends = zip(points, (*points[1:], points[0]), strict=True)
    if abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in ends)) / 2 < _LEAST_AREA:
        return "encloses no area", "its points lie on one line; move a corner"
    return None


def _outside(points: tuple[tuple[float, float], ...]) -> Fault | None:
    for x, y in points:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            return (
                f"[{x:g}, {y:g}] lies outside the picture",
                "points are parts of width and height, 0 to 1, not pixels",
            )
    return None


_FORMS: Mapping[str, Callable[[Any], Fault | None]] = MappingProxyType(
    {
        "some": _some,
        "name": _name,
        "opens": _opens,
        "closes": _closes,
        "date": _date,
        "timezone": _timezone,
        "source": _source,
        "broker": _broker,
        "output": _output,
        "input": _input,
        "line": _line,
        "polygon": _polygon,
    }
)
