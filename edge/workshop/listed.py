"""What lists of sequences and clips share on disk: choosing some by name, and folders that are there whole or not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from edge.errors import UsageError

T = TypeVar("T")


def select(
    rows: Sequence[T], only: Collection[str], names: Callable[[T], tuple[str, ...]], whose: str
) -> tuple[T, ...]:
    """Return all rows, or those that `only` names; `names` gives a row's own name and those it shares with others.

    Raises:
        UsageError: a name is none of them; `whose` list that is, for the message.
    """
    strange = set(only) - {name for row in rows for name in names(row)}
    if strange:
        known = ", ".join(names(row)[0] for row in rows)
        raise UsageError(f"--only {' '.join(sorted(strange))}: not in the {whose}; it has {known}")
    return tuple(row for row in rows if not only or set(names(row)) & set(only))


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into that becomes `folder` once it is complete; what was cut off begins anew.

    Raises:
        OSError: it cannot be written.
    """
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    yield part
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
