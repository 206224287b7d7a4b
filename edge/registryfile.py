"""The registry's file: read whole, followed while the service runs, replaced whole, and remembered over a restart."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.config.load import read_text
from edge.config.reload import Stamp, stamp_of
from edge.errors import ConfigError
from edge.gate.registry import Entry
from edge.gate.registry_csv import difference, parse_registry, render_registry
from edge.types import RegistryChange

_GROUP_READS = 0o640


def read_registry(file: str) -> tuple[Entry, ...]:
    """Return the entries of a file, none for no name.

    Raises:
        ConfigError: it cannot be read or is wrong.
    """
    return parse_registry(read_text(file), file) if file else ()


def write_registry(file: str, entries: Sequence[Entry]) -> None:
    """Put these entries into the place of the file at once; its owner and rights stay, a new one's are its folder's.

    Raises:
        ConfigError: they are no registry: what `parse_registry` would refuse is never written.
        OSError: the folder cannot be written.
    """
    text = render_registry(entries)
    parse_registry(text, file)
    _replace(Path(file), text)


@dataclass(frozen=True, slots=True)
class RegistryNews:
    """What came of a look at the file: what changed, if anything did, or why the last good entries stay."""

    change: RegistryChange | None = None
    error: ConfigError | None = None


class RegistryWatch:
    """One registry file and the last good entries it held; none are known where `file` is empty.

    `kept` is a copy of what was taken in last: it tells after a restart what changed meanwhile, and stands in for a
    file that is missing or wrong by then.
    """

    def __init__(self, file: str, kept: Path) -> None:
        self._file = file
        self._kept = kept
        self._judged: Stamp | None = None
        self._waiting = self._look()
        self._text, self.entries = _kept(kept)

    def poll(self) -> RegistryNews | None:
        """Return what happened to the file since the last call, None for nothing; never raises for a bad file.

        As with the configuration, a file is judged once two calls in a row find it the same.
        """
        stamp = self._look()
        settled, self._waiting = stamp == self._waiting, stamp
        if stamp == self._judged or not settled:
            return None
        self._judged = stamp
        try:
            text = read_text(self._file) if self._file else ""
            entries = parse_registry(text, self._file) if self._file else ()
        except ConfigError as error:
            return RegistryNews(error=error)
        if text == self._text:
            return RegistryNews()
        digest = hashlib.sha256(text.encode()).hexdigest()
        change = difference(self.entries, entries, Path(self._file).name, digest)
        self._text, self.entries = text, entries
        return RegistryNews(change)

    def keep(self) -> None:
        """Remember what was taken in. Raises OSError where the copy cannot be written."""
        _replace(self._kept, self._text)

    def _look(self) -> Stamp:
        return stamp_of(Path(self._file)) if self._file else (0, 0, 0)


def _kept(path: Path) -> tuple[str, tuple[Entry, ...]]:
    try:
        text = read_text(path)
        return text, parse_registry(text, str(path))
    except ConfigError:
        return "", ()  # the first start, or the copy is gone or damaged: every entry will be told as added


def _replace(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old one or the new one, also after a power cut."""
    old = path if path.exists() else None
    like = (old or path.parent).stat()  # the service must be able to read what an administrator writes
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            os.fchmod(out.fileno(), like.st_mode & 0o777 if old else _GROUP_READS)
            if os.geteuid() == 0:
                os.fchown(out.fileno(), like.st_uid, like.st_gid)
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
