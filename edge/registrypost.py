"""The registry at work: its file is followed, who is known becomes the guard of every camera, each change an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.config import Config
from edge.errors import ConfigError
from edge.gate.guard import Guard
from edge.gate.registry import Entry, Registry
from edge.logs import get_log
from edge.registryfile import RegistryWatch
from edge.sitebook import SiteBook
from edge.store.sitekey import KEY_FILE, fresh_key, site_key
from edge.types import RegistryChange

_log = get_log("registry")


class RegistryPost:
    """Follows the registry of a configuration. `record` writes a change and says whether it could be written."""

    def __init__(self, config: Config, site: SiteBook, record: Callable[[RegistryChange], bool]) -> None:
        self._config = config
        self._site = site
        self._record = record
        self._file = _watched(config)
        self._troubles: dict[str, str] = {}

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the file or the key, one sentence each."""
        return tuple(self._troubles.values())

    def start(self) -> None:
        """Let what was known at the last start judge, and take in what has changed since."""
        self._place()
        self.follow()

    def reconfigure(self, config: Config) -> None:
        """Go on by a changed configuration."""
        before, self._config = self._config, config
        if (before.registry, before.site.timezone) != (config.registry, config.site.timezone):
            self._file = _watched(config)
            self._place()

    def follow(self) -> None:
        """Take in a changed file; every change is recorded, and a wrong file changes nothing."""
        news = self._file.poll()
        if news is None:
            return
        self._troubles.pop("file", None)
        if news.error is not None:
            self._complain("file", f"the registry is wrong, the last good one stays: {news.error}")
        elif news.change is not None:
            self._take_in(news.change)

    def _take_in(self, change: RegistryChange) -> None:
        guard = self._place()
        counts = f"{len(change.added)} added, {len(change.removed)} removed, {len(change.altered)} altered"
        _log.info("%s: %d entries", counts, change.entries)
        # Who was removed is unknown from now on, and may have to be kept back.
        told = replace(change, removed=tuple(map(guard.shown, change.removed)))
        if not self._record(told):
            return
        try:
            self._file.keep()
        except OSError as error:
            self._complain("file", f"what is known cannot be kept for the next start: {error}")

    def _place(self) -> Guard:
        self._troubles.pop("key", None)
        try:
            key = open_key(self._config)
        except ConfigError as error:
            key = fresh_key()  # plates stay hidden; only those of before and after a restart are not told to be one
            self._complain("key", f"unknown plates are hidden by a passing key: {error}")
        guard = make_guard(self._config, self._file.entries, key)
        self._site.place(guard)
        return guard

    def _complain(self, place: str, trouble: str) -> None:
        self._troubles[place] = trouble
        _log.error("%s", trouble)


def make_guard(config: Config, entries: Sequence[Entry], key: bytes | None) -> Guard:
    """Return who judges the passes of the site; `key` hides unknown plates, None leaves them in clear."""
    known = Registry(entries, ZoneInfo(config.site.timezone), config.registry.fuzzy) if config.registry.file else None
    return Guard(known, key)


def open_key(config: Config) -> bytes | None:
    """Return the key that hides unknown plates, None where they are recorded as they are read.

    Raises:
        ConfigError: the key cannot be read or made.
    """
    if config.registry.unknown_plates != "hash":
        return None
    return site_key(key_file(config))


def key_file(config: Config) -> Path:
    """Return where the key lies that hides unknown plates."""
    return Path(config.registry.key_file or Path(config.store.path).with_name(KEY_FILE))


def watch_key(config: Config, db: Path | None) -> bytes | None:
    """Return the key of a one-shot analysis: beside its store, or one that ends with it. Raises as `open_key`."""
    if config.registry.unknown_plates == "hash" and db is None and not config.registry.key_file:
        return fresh_key()
    return open_key(replace(config, store=replace(config.store, path=str(db or config.store.path))))


def _watched(config: Config) -> RegistryWatch:
    """Return the registry's file, and what was known at the last start, which lies beside the store."""
    return RegistryWatch(config.registry.file, Path(config.store.path).with_name("registry.last.csv"))
