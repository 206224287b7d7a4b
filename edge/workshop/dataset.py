"""Which pictures train and which validate: whole cameras, clips and originals on one side, the list committed.

A folder of data holds sets; a set holds `images/`, `labels/` and `classes.txt`. The list names every picture with its
group, side and hash, so a training can be repeated and a leak between the sides can be seen.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edge.errors import ConfigError, UsageError
from edge.workshop.texts import read_rows, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Side = Literal["train", "validation"]
VALIDATION_SHARE = 5  # one group in so many
PICTURES = {".jpg", ".jpeg", ".png"}
HASH_DIGITS = 16
SCENE_COLUMNS = ("file", "source", "scene")
TRAIN_ONLY = ""  # the group of pictures whose camera is unknown: they never validate


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled picture. `file` is relative to the folder of data; `digest` begins the SHA-256 of both files."""

    file: str
    group: str
    side: Side
    digest: str

    def label(self) -> str:
        """Path of its label file, relative to the folder of data."""
        folder, _, name = self.file.rpartition("/images/")
        return f"{folder}/labels/{name.rpartition('.')[0]}.txt"


def build_list(data: Path) -> list[Entry]:
    """Walk the sets under `data` and put a fifth of each set's groups, chosen by hash, on the validation side.

    Raises:
        ConfigError: there is no set, or a picture has no label or is missing from the set's scenes.csv.
    """
    sets = sorted(path.parent for path in data.glob("*/images"))
    if not sets:
        raise ConfigError(
            f"{data}: holds no set (NAME/images, NAME/labels, NAME/classes.txt); give the folder above them"
        )
    return [entry for folder in sets for entry in _list_set(folder)]


def _list_set(folder: Path) -> list[Entry]:
    pictures = sorted(path for path in (folder / "images").iterdir() if path.suffix.lower() in PICTURES)
    groups = _groups(folder, [path.name for path in pictures])
    held_out = validation_groups(folder.name, groups.values())
    entries = []
    for path in pictures:
        label = folder / "labels" / f"{path.stem}.txt"
        if not label.is_file():
            raise ConfigError(f"{label}: is missing; every picture needs a label file, empty if need be")
        digest = hashlib.sha256(path.read_bytes() + label.read_bytes()).hexdigest()[:HASH_DIGITS]
        group = groups[path.name]
        side: Side = "validation" if group in held_out else "train"
        entries.append(Entry(f"{folder.name}/images/{path.name}", group, side, digest))
    return entries


def validation_groups(set_name: str, groups: Iterable[str]) -> frozenset[str]:
    """Choose a fifth of the groups (rounded, at least one of two) by the hash of their names."""
    known = sorted(
        set(groups) - {TRAIN_ONLY}, key=lambda group: hashlib.sha256(f"{set_name}/{group}".encode()).digest()
    )
    share = round(len(known) / VALIDATION_SHARE) or int(len(known) > 1)
    return frozenset(known[:share])


def _groups(folder: Path, names: list[str]) -> dict[str, str]:
    scenes = folder / "scenes.csv"
    if not scenes.is_file():
        return {name: group_of(folder.name, name) for name in names}
    reader = csv.DictReader(read_text(scenes, "restore it").splitlines())
    lacking = [name for name in SCENE_COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise ConfigError(f"{scenes}: has no column {' and no '.join(lacking)}; it needs {', '.join(SCENE_COLUMNS)}")
    rows = {row["file"]: row for row in reader}
    missing = sorted(set(names) - rows.keys())
    if missing:
        raise ConfigError(f"{scenes}: does not name {missing[0]} ({len(missing)} missing); add its scene")
    return {name: _scene(rows[name]["source"] or "", rows[name]["scene"] or "") for name in names}


def _scene(source: str, scene: str) -> str:
    # Two collections of Singapore's road authority show some of the same cameras: there the camera's name alone counts.
    return scene if source.startswith("sg_lta") else f"{source}/{scene}"


def group_of(set_name: str, name: str) -> str:
    """Name what must not be torn apart: the clip, the camera, or the original that variants were made of."""
    stem = name.rpartition(".")[0]
    if set_name == "road_cctv_day_night":  # CLIP-FRAME
        return stem.rpartition("-")[0]
    if set_name == "web_cameras":  # m4_CAMERA12_1; frames of unnamed cameras carry the word frame
        found = re.fullmatch(r"m\d_([a-z]+?)\d+_\d+", stem)
        return found[1] if found and "frame" not in stem else TRAIN_ONLY
    if set_name == "street_photos":  # ORIGINAL[-2]_HASH or ORIGINAL.rf.HASH
        return re.sub(r"(-\d)?-?(_(jpe?g|png))?(_|\.rf\.)[0-9a-f]{32}$", "", stem)
    if set_name == "vehicle_photos":  # ORIGINAL_jpg_VARIANT; pictures of one film count as one original
        original = re.sub(r"_(jpe?g|png)_\d+$", "", stem, flags=re.IGNORECASE)
        return "youtube" if original.startswith("youtube") else original
    return TRAIN_ONLY


def write_list(path: Path, entries: Iterable[Entry]) -> None:
    """Write the list as CSV.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("file", "group", "side", "sha256"))
            writer.writerows((entry.file, entry.group, entry.side, entry.digest) for entry in entries)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error}); give another path") from error


def read_list(path: Path) -> list[Entry]:
    """Read a list.

    Raises:
        ConfigError: the file is missing or a line is not as `write_list` wrote it.
    """
    entries = []
    for number, row in read_rows(path, "make it with `edge models split`"):
        if len(row) != 4 or row[2] not in ("train", "validation"):  # noqa: PLR2004 - the columns of write_list
            raise ConfigError(f"{path}:{number}: is not `file,group,side,sha256`; make the list again")
        side: Side = "validation" if row[2] == "validation" else "train"
        entries.append(Entry(row[0], row[1], side, row[3]))
    return entries


def check_files(data: Path, entries: Iterable[Entry]) -> None:
    """Compare every picture and label with the list.

    Raises:
        ConfigError: one is missing or has changed; the message names the first and counts the rest.
    """
    changed = []
    for entry in entries:
        try:
            content = (data / entry.file).read_bytes() + (data / entry.label()).read_bytes()
        except OSError:
            changed.append(entry.file)
            continue
        if hashlib.sha256(content).hexdigest()[:HASH_DIGITS] != entry.digest:
            changed.append(entry.file)
    if changed:
        raise ConfigError(
            f"{data / changed[0]}: is missing or not as listed ({len(changed)} in all); "
            "restore the data or make the list again"
        )


def list_digest(entries: Iterable[Entry]) -> str:
    """Name a whole list by one hash: SHA-256 over the digests in order, 16 hex digits."""
    return hashlib.sha256("".join(entry.digest for entry in entries).encode()).hexdigest()[:HASH_DIGITS]
