"""A labelled set as somebody hands it over: a folder of pictures, a folder of labels, and what was left out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import ConfigError
from edge.inference.class_names import class_of
from edge.types import F32, U8
from edge.workshop.coco_labels import is_coco, read_coco
from edge.workshop.labels import COCO_NAMES, list_class_names, read_yolo
from edge.workshop.pictures import read_rgb
from edge.workshop.region import REGION_FILE, Region, read_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
NAMES_FILE = "classes.txt"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A picture (H,W,3) uint8 RGB with its truth: boxes (N,5) rows `class x1 y1 x2 y2` in pixels.

    `optional` (N,): boxes that need not be found, and are not false when they are. Outside `region` nothing counts, nor
    do objects that are none of `kinds` (indices into CLASSES) where not everything was labelled. `light`: day, dark or
    not known.
    """

    picture: U8
    boxes: F32
    optional: npt.NDArray[np.bool_]
    name: str = ""
    region: Region | None = None
    kinds: frozenset[int] | None = None
    light: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A picture on disk: `boxes` (N,5) rows index into CLASSES, x1 y1 x2 y2 in 0..1; the rest as in Example."""

    path: Path
    boxes: F32
    optional: npt.NDArray[np.bool_]
    kinds: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The pictures with labels, and what is not among them.

    `left_out` counts boxes by the name of a class that is none of ours; `unlabelled` pictures have no label file, and
    `absent` ones are labelled and not there.
    """

    pictures: tuple[Labelled, ...]
    region: Region | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0
    absent: int = 0
    named: bool = True

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the figures must know, a line each."""
        known = {name: count for name, count in self.left_out.items() if name in COCO_NAMES}
        notes = [
            f"{count} boxes left out: unknown class {name!r}; if it is one of ours, add it to SYNONYMS in "
            "edge/inference/class_names.py"
            for name, count in sorted(self.left_out.items() - known.items())
        ]
        if known:
            several = ", ".join(f"{name} {count}" for name, count in sorted(known.items()))
            notes.append(f"{sum(known.values())} boxes left out of classes that are none of ours: {several}")
        if not self.named:
            notes.append(f"no {NAMES_FILE} beside the labels: their numbers are taken for COCO's 80 classes")
        if self.unlabelled:
            notes.append(
                f"{self.unlabelled} pictures left out: they have no label file (an empty one says: nothing there)"
            )
        if self.absent:
            notes.append(f"{self.absent} pictures left out: the labels name them, and they are not in the folder")
        return tuple(notes)


def open_set(images: Path, labels: Path) -> LabelledSet:
    """Read the labels of a folder of pictures: YOLO's text files, or one file of COCO's JSON.

    YOLO's numbers mean the lines of a `classes.txt` beside the two folders (or among the labels), else COCO's classes.
    A `region.json` there says where the pictures have truth.

    Raises:
        ConfigError: a folder is missing or empty, or a label is wrong; the message names file and line.
    """
    found = _pictures(images)
    source = _coco_file(labels)
    opened = _open_coco(found, images, source) if source else _open_yolo(found, images, labels)
    if not opened.pictures:
        raise ConfigError(f"{labels}: labels none of the {len(found)} pictures in {images}; names must be the same")
    return opened


def _pictures(images: Path) -> list[Path]:
    if not images.is_dir():
        raise ConfigError(f"{images}: no such folder; give the one with the pictures")
    found = sorted(path for path in images.rglob("*") if path.suffix.lower() in PICTURES)
    if not found:
        raise ConfigError(f"{images}: holds no picture ({', '.join(sorted(PICTURES))}); give the folder of pictures")
    return found


def _coco_file(labels: Path) -> Path | None:
    if labels.is_file():
        return labels
    if not labels.is_dir():
        raise ConfigError(f"{labels}: no such folder or file; give the labels' folder, or a COCO file")
    tables = sorted(path for path in labels.glob("*.json") if path.name != REGION_FILE)
    files = [path for path in tables if is_coco(path)]
    if len(files) > 1:
        raise ConfigError(f"{labels}: holds {len(files)} files of COCO labels; give the one that is meant")
    if not files and len(tables) == 1 and not any(labels.rglob("*.txt")):
        return tables[0]  # it is meant for one: reading it says what is wrong with it
    return files[0] if files else None


def _open_yolo(found: Sequence[Path], images: Path, labels: Path) -> LabelledSet:
    beside = next((path for path in _beside(images, labels, NAMES_FILE) if path.is_file()), None)
    names = list_class_names(beside) if beside else COCO_NAMES
    numbers = tuple(range(len(names)))
    left_out = Counter({name: 0 for name in names if class_of(name) is None and name not in COCO_NAMES})
    pictures = []
    for path in found:
        file = (labels / path.relative_to(images)).with_suffix(".txt")
        if file.is_file():
            boxes = read_yolo(file, numbers)
            pictures.append(_ours(path, boxes, np.zeros(len(boxes), bool), names, left_out))
    region = _region(images, labels)
    return LabelledSet(tuple(pictures), region, left_out, len(found) - len(pictures), named=beside is not None)


def _open_coco(found: Sequence[Path], images: Path, file: Path) -> LabelledSet:
    names, labelled = read_coco(file)
    left_out: Counter[str] = Counter()
    by_path = {path.relative_to(images).as_posix(): path for path in found}
    by_name: dict[str, list[Path]] = {}
    for path in found:
        by_name.setdefault(path.name, []).append(path)
    pictures = []
    for one in labelled:
        name = one.file.replace("\\", "/").removeprefix("./")
        namesakes = by_name.get(name.rpartition("/")[2], [])
        if name not in by_path and len(namesakes) > 1:
            raise ConfigError(
                f"{file}: {one.file} may be {namesakes[0]} or {namesakes[1]}; give the folder it begins in"
            )
        if name in by_path or namesakes:
            path = by_path[name] if name in by_path else namesakes[0]
            pictures.append(_ours(path, one.boxes, np.array(one.crowd, bool), names, left_out))
    unlabelled, absent = len(found) - len(pictures), len(labelled) - len(pictures)
    return LabelledSet(tuple(pictures), _region(images, file), left_out, unlabelled, absent)


def _ours(
    path: Path, boxes: F32, optional: npt.NDArray[np.bool_], names: Sequence[str], left_out: Counter[str]
) -> Labelled:
    """Put our classes in the place of theirs; boxes of others are counted and go."""
    ours = [class_of(name) for name in names]
    left_out.update(names[int(number)] for number in boxes[:, 0] if ours[int(number)] is None)
    kept = np.array([ours[int(number)] is not None for number in boxes[:, 0]], bool)
    mapped = boxes[kept].copy()
    mapped[:, 0] = [float(ours[int(number)] or 0) for number in mapped[:, 0]]
    return Labelled(path, mapped, optional[kept])


def _beside(images: Path, labels: Path, name: str) -> tuple[Path, ...]:
    return tuple(folder / name for folder in (labels.parent, images.parent, labels))


def _region(images: Path, labels: Path) -> Region | None:
    path = next((path for path in _beside(images, labels, REGION_FILE) if path.is_file()), None)
    return read_region(path) if path else None


def examples(pictures: Iterable[Labelled], region: Region | None = None) -> Iterator[Example]:
    """Yield the pictures one by one.

    Raises:
        ConfigError: a picture cannot be decoded.
    """
    for entry in pictures:
        pixels = read_rgb(entry.path)
        height, width = pixels.shape[:2]
        boxes = (entry.boxes * np.array([1, width, height, width, height], np.float32)).astype(np.float32)
        example = marked(pixels, boxes, entry.optional, entry.path.name, region)
        yield replace(example, kinds=entry.kinds)


def marked(picture: U8, boxes: F32, optional: npt.NDArray[np.bool_], name: str, region: Region | None) -> Example:
    """Return an example whose boxes outside the region need not be found: what crosses its border is no mistake."""
    outside = ~region.counts(boxes[:, 1:]) if region else np.zeros(len(boxes), bool)
    return Example(picture, boxes, optional | outside, name, region)
