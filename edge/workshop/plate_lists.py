"""Lists of pictures that a `plates.csv` tells of: who trains, who validates, and whether files are still as listed.

A folder of data holds `images/` and the table. What the table says of a picture counts for its hash: a text or boxes
that were changed are noticed as a changed picture is.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.workshop.dataset import HASH_DIGITS, Entry, Side, validation_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

TABLE = "plates.csv"
NEVER_TRAINED = "romania_dusk_night"


def check_may_train(data: Path) -> None:
    """Refuse the folder that is kept for the proof.

    Raises:
        ConfigError: it is that folder.
    """
    if data.resolve().name == NEVER_TRAINED:
        raise ConfigError(f"{data}: is kept for the proof and never trained on; give another folder")


def list_pictures(
    data: Path, groups: Mapping[str, str], said: Mapping[str, str], decided: Mapping[str, Side]
) -> list[Entry]:
    """List every picture; a group that another list has decided stays on its side, of the others a fifth validates.

    Args:
        data: the folder.
        groups: each file's group, which is not torn apart.
        said: what the table says of each file; `digest` begins the SHA-256 of the picture and this.
        decided: sides of groups.

    Raises:
        ConfigError: a picture is missing.
    """
    held_out = validation_groups(data.resolve().name, (group for group in groups.values() if group not in decided))
    entries = []
    for file, group in sorted(groups.items()):
        side: Side = decided.get(group, "validation" if group in held_out else "train")
        digest = _digest(data, file, said[file])
        if digest is None:
            raise ConfigError(f"{data / 'images' / file}: cannot be read; restore it or take it off {TABLE}")
        entries.append(Entry(file, group, side, digest))
    return entries


def check_pictures(data: Path, entries: Iterable[Entry], said: Mapping[str, str]) -> None:
    """Compare every listed picture, and what the table says of it, with the list.

    Raises:
        ConfigError: one is missing or has changed; the message names the first and counts the rest.
    """
    changed = [e.file for e in entries if e.file not in said or _digest(data, e.file, said[e.file]) != e.digest]
    if changed:
        raise ConfigError(
            f"{data / 'images' / changed[0]}: is missing or not as listed ({len(changed)} in all); "
            "restore the data or make the list again"
        )


def _digest(data: Path, file: str, said: str) -> str | None:
    try:
        content = (data / "images" / file).read_bytes()
    except OSError:
        return None
    return hashlib.sha256(content + said.encode()).hexdigest()[:HASH_DIGITS]
