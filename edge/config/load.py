"""One TOML file into one `Config`, or one error that tells everything wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from edge.config.build import build
from edge.config.checks import check_together
from edge.config.keys import Section
from edge.config.lines import index_lines
from edge.config.model import Config
from edge.config.problems import Problems
from edge.config.toml import tomllib
from edge.errors import ConfigError

S = TypeVar("S", bound=Section)
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load_config(path: Path | str) -> Config:
    """Return what the file at `path` says.

    Raises:
        ConfigError: it cannot be read, is no TOML, or is wrong: one `FILE:LINE: key: cause; cure` a line, all at once.
    """
    return parse_config(read_text(path), str(path))


def parse_config(text: str, name: str) -> Config:
    """Return what `text` says; `name` stands for the file in messages.

    Raises:
        ConfigError: as `load_config`.
    """
    config, problems = parse_section(Config, text, name)
    check_together(config, problems)
    problems.raise_if_any()
    return _beside(config, Path(name).parent)


def parse_section(section: type[S], text: str, name: str) -> tuple[S, Problems]:
    """Return what `text` says as a `section`, and what is wrong with it so far: the caller adds to it and raises.

    Raises:
        ConfigError: it is no TOML.
    """
    table = _parse(text, name)
    problems = Problems(name, index_lines(text) if table else {(): 1})
    return build(section, table, (), problems), problems


def read_text(path: Path | str) -> str:
    """Return the text of a configuration file.

    Raises:
        ConfigError: it cannot be read or is no UTF-8.
    """
    try:
        return Path(path).read_bytes().decode()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{path}: cannot be read: {reason}; give a file that exists and may be read") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: file: is no UTF-8 text; save it as UTF-8") from None


def _beside(config: Config, folder: Path) -> Config:
    """Let the registry lie where the configuration does, wherever the command is started, and engines by the store."""
    if not config.models.engines_dir:
        beside_store = str(Path(config.store.path).parent / "engines")
        config = replace(config, models=replace(config.models, engines_dir=beside_store))
    if not config.registry.file:
        return config
    return replace(config, registry=replace(config.registry, file=str(folder / config.registry.file)))


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _PLACE.search(said)
        line = place[1] if place and place[1] else str(max(1, len(text.splitlines())))
        column = f" column {place[2]}:" if place and place[2] else ""
        cause = _PLACE.sub("", said).lower()
        raise ConfigError(f"{name}:{line}: file:{column} {cause}; correct the line, it is no TOML") from None
    except RecursionError:
        raise ConfigError(f"{name}:1: file: brackets are nested too deeply; remove them") from None
    return table
