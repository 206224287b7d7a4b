"""What can be said of a file before any library opens it, and the wall time it starts at."""

from __future__ import annotations

import os
import re
from datetime import datetime, timezone
from pathlib import Path

from edge.capture.framing import Order
from edge.errors import SourceBroken

FIRST_BELIEVABLE_YEAR = 2000
"""Recorders without a clock write the year 1904 or 1970 into their files."""
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")


def check_file(path: str) -> None:
    """Refuse what cannot hold a video.

    Raises:
        SourceBroken: it is not there, a folder, empty or not readable.
    """
    file = Path(path)
    if not file.exists():
        raise SourceBroken(f"{path}: there is no such file; check the path")
    if file.is_dir():
        raise SourceBroken(f"{path}: is a folder; name a video file in it, or replay://FOLDER for a folder of pictures")
    if not os.access(file, os.R_OK):
        raise SourceBroken(f"{path}: may not be read; give this user the right to read it")
    if file.is_file() and file.stat().st_size == 0:
        raise SourceBroken(f"{path}: is empty (0 bytes); copy the recording again")


def wall_start(order: Order, file_date: str | None) -> tuple[int, str]:
    """Return the wall time of the first frame in ns and where it comes from: `start`, `file` or `now`.

    `file_date` is the creation date that the container carries, as ISO 8601, if any.
    """
    if order.wall_start_ns is not None:
        return order.wall_start_ns, "start"
    made = _parsed(file_date)
    if made is not None and made.year >= FIRST_BELIEVABLE_YEAR:
        return int(made.replace(microsecond=0).timestamp()) * 1_000_000_000 + made.microsecond * 1000, "file"
    return order.clock.wall_ns(), "now"


def _parsed(date: str | None) -> datetime | None:
    if not date:
        return None
    try:
        # Python 3.10 reads neither Z nor an offset without its colon.
        made = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", date.strip().replace("Z", "+00:00")))
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=timezone.utc)
