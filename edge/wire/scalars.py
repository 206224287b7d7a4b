"""The values JSON has no word for: instants and 64-bit hashes, and the one encoder and decoder that know them.

An instant is RFC 3339 in UTC with 3, 6 or 9 decimals, the fewest that lose nothing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from edge.errors import WireError

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the zone is the Z that the text ends with
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


class Instant(int):
    """UTC nanoseconds since 1970; text on the wire."""


class Dhash(int):
    """A 64-bit difference hash; 16 hex digits on the wire, because 64 bits do not fit a JSON number everywhere."""


def to_json(value: Struct, place: str) -> bytes:
    """Return the struct as JSON. Raises WireError that begins with `place`."""
    try:
        return _ENCODER.encode(value)
    except (ValueError, OverflowError, TypeError, msgspec.MsgspecError) as error:
        raise WireError(f"{place}: {error}; it cannot be published") from error


def from_json(payload: bytes, to: Any, place: str, *, within: str = "") -> Any:
    """Return JSON as what `to` says. Raises WireError that begins with `place` and names the path, below `within`."""
    try:
        return msgspec.json.decode(payload, type=to, dec_hook=_read_scalar)
    except msgspec.MsgspecError as error:
        text = str(error).replace("`$", f"`$.{within}") if within else str(error)
        raise WireError(f"{place}: {text}; expected what edge.wire describes") from error
    except UnicodeDecodeError as error:
        raise WireError(f"{place}: {error}; expected UTF-8") from error


def _write_scalar(value: Any) -> str:
    if isinstance(value, Dhash):
        return format_dhash(value)
    if isinstance(value, Instant):
        return format_time(value)
    raise TypeError(f"{type(value).__name__} has no place on the wire")


def _read_scalar(to: type[Any], text: Any) -> Any:
    if not isinstance(text, str):
        raise TypeError(f"expected text, got {type(text).__name__}")
    return Instant(parse_time(text)) if to is Instant else Dhash(parse_dhash(text))


def format_dhash(value: int) -> str:
    """Return 16 hex digits. Raises ValueError beyond 64 bits."""
    if not 0 <= value < 1 << 64:
        raise ValueError(f"dhash {value} is not a 64-bit number")
    return f"{value:016x}"


def parse_dhash(text: str) -> int:
    """Return the inverse of `format_dhash`. Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9a-f]{16}", text):
        raise ValueError(f"{text!r} is not 16 hex digits")
    return int(text, 16)


def format_time(wall_ns: int) -> str:
    """Return RFC 3339 in UTC with 3, 6 or 9 decimals. Raises ValueError outside the years 1 to 9999."""
    seconds, rest_ns = divmod(wall_ns, 1_000_000_000)
    try:
        at = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(f"{wall_ns} ns is no time of the years 1 to 9999") from None
    decimals = f"{rest_ns:09d}"
    while len(decimals) > 3 and decimals.endswith("000"):  # noqa: PLR2004 - milliseconds are always shown
        decimals = decimals[:-3]
    return f"{at.isoformat()}.{decimals}Z"


def parse_time(text: str) -> int:
    """Return UTC nanoseconds of what `format_time` writes; 0 to 9 decimals. Raises ValueError for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an RFC 3339 time in UTC (2026-03-04T17:59:00.000Z)")
    at = datetime.fromisoformat(found[1]) - _EPOCH
    return (at.days * 86_400 + at.seconds) * 1_000_000_000 + int((found[2] or "").ljust(9, "0"))


_ENCODER = msgspec.json.Encoder(enc_hook=_write_scalar)
