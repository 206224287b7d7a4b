"""Text files that people hand over: lists, tables and labels, whatever editor wrote them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_text(path: Path, cure: str) -> str:
    """Return the text of a file in UTF-8, without the mark that some editors put first.

    Args:
        path: the file.
        cure: what to do where it is not there, for the message.

    Raises:
        ConfigError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror or error}); {cure}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8 text; save it as UTF-8") from error


def read_rows(path: Path, cure: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each line of a CSV list behind its heading, and what stands between its commas.

    Args:
        path: the file.
        cure: as for `read_text`.

    Raises:
        ConfigError: as `read_text`.
    """
    rows = csv.reader(read_text(path, cure).splitlines())
    next(rows, None)
    yield from enumerate(rows, start=2)
