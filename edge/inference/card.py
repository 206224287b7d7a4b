"""Model cards: `model.toml` beside the weights says what a detector network wants, gives and may be used for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.errors import ModelError
from edge.inference import tables
from edge.types import CLASSES, I16

CARD_FILE = "model.toml"
HEADS = ("yolo-v8", "yolo-end2end", "yolox")
"""Kinds of output: [1,4+nc,N] for class-wise NMS; [1,K,6] end to end; [1,N,5+nc] raw grid of strides 8, 16, 32."""
SYNONYMS = {
    "auto": "car", "taxi": "car", "van": "car", "suv": "car", "pickup": "car",
    "lorry": "truck", "coach": "bus", "minibus": "bus",
    "motorbike": "motorcycle", "biker": "motorcycle", "scooter": "motorcycle",
    "bike": "bicycle", "cyclist": "bicycle", "people": "person", "pedestrian": "person",
}  # fmt: skip
"""Other names that public models use for our classes."""


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """The one input of a detector: [1,3,height,width] float32, value = (pixel * scale - mean) / std per colour.

    `colour` is the order of the planes (rgb or bgr), and so of `mean` and `std`. `centre`: the letterbox has the
    picture in the middle, else top-left. `pad` is the value of the bars before scaling.
    """

    name: str
    width: int
    height: int
    colour: str
    scale: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    centre: bool
    pad: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What `model.toml` says. `file` is absolute, `classes` are the model's own names in its order."""

    path: Path
    name: str
    version: str
    file: Path
    sha256: str
    head: str
    classes: tuple[str, ...]
    input: NetworkInput
    confidence: float
    iou: float
    max_detections: int
    licence: str
    description: str

    def class_ids(self) -> I16:
        """Return for each class of the model its index in CLASSES, -1 where the product has none: (nc,) int16."""
        return np.array([_product_class(name) for name in self.classes], np.int16)

    def check_file(self) -> None:
        """Compare the weights with the card.

        Raises:
            ModelError: the file is missing, cannot be read, or is another one than the card was written for.
        """
        try:
            found = hashlib.sha256(self.file.read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(
                f"{self.path}: cannot read {self.file} ({error.strerror}): put the weights there or correct `file`"
            ) from error
        if found != self.sha256:
            raise ModelError(
                f"{self.file}: its SHA-256 is {found}, {self.path} says {self.sha256}: "
                "the file is damaged or another one; copy it again or correct the card"
            )


def card_folders() -> tuple[Path, ...]:
    """Return where named models lie: inside the installed package, and beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return tuple(folder for folder in (package / "_models", package.parent / "models") if folder.is_dir())


def list_cards() -> tuple[Path, ...]:
    """Return the cards that can be asked for by name, sorted by it."""
    found: dict[str, Path] = {}
    for folder in card_folders():
        for path in sorted(folder.glob(f"*/{CARD_FILE}")):
            found.setdefault(path.parent.name, path)
    return tuple(found[name] for name in sorted(found))


def load_card(name_or_path: str | Path) -> ModelCard:
    """Read a card by name (`gate-n`), by its path, or by the path of its folder.

    Raises:
        ModelError: no such card, or everything that is wrong with it in one line.
    """
    path = _find(name_or_path)
    try:
        table, faults = tables.read(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}): check the path and its permissions") from error
    except ValueError as error:
        raise ModelError(f"{path}: is not a TOML file ({error}): correct the card") from error
    card = _card(path, table)
    _check_classes(card, faults)
    if faults.lines:
        raise ModelError(f"model card is wrong: {faults}")
    return card


def _find(name_or_path: str | Path) -> Path:
    asked = Path(name_or_path)
    if asked.suffix == ".toml" or len(asked.parts) != 1 or asked.is_dir():
        path = asked / CARD_FILE if asked.is_dir() else asked
        if not path.is_file():
            raise ModelError(
                f"{path}: no such model card: give a name (see `edge models`) or the path of a {CARD_FILE}"
            )
        return path.resolve()
    for path in list_cards():
        if path.parent.name == asked.name:
            return path
    known = ", ".join(path.parent.name for path in list_cards()) or "none"
    raise ModelError(f"no model is called {asked.name!r}: known are {known}; or give the path of a {CARD_FILE}")


def _card(path: Path, table: tables.Table) -> ModelCard:
    table.text("task", choices=("detect",))
    card = ModelCard(
        path=path,
        name=table.text("name"),
        version=table.text("version", ""),
        file=(path.parent / table.text("file")).resolve(),
        sha256=table.text("sha256").lower(),
        head=table.text("head", choices=HEADS),
        classes=table.texts("classes"),
        input=_input(table.table("input")),
        confidence=table.number("confidence", 0.001, 1, 0.25),
        iou=table.number("iou", 0.05, 1, 0.6),
        max_detections=table.whole("max_detections", 1, 1000, 100),
        licence=table.text("licence"),
        description=table.text("description", ""),
    )
    table.close()
    return card


def _input(table: tables.Table) -> NetworkInput:
    made = NetworkInput(
        name=table.text("name"),
        width=table.whole("width", 32, 4096),
        height=table.whole("height", 32, 4096),
        colour=table.text("colour", "rgb", choices=("rgb", "bgr")),
        scale=table.number("scale", 1e-6, 1, 1 / 255),
        mean=table.triple("mean", (0.0, 0.0, 0.0), zero=True),
        std=table.triple("std", (1.0, 1.0, 1.0), zero=False),
        centre=table.text("letterbox", "centre", choices=("centre", "top-left")) == "centre",
        pad=table.whole("pad", 0, 255, 114),
    )
    table.close()
    return made


def _check_classes(card: ModelCard, faults: tables.Faults) -> None:
    if card.classes and not (card.class_ids() >= 0).any():
        faults.add("", "classes", f"none of the classes is ours: name at least one of {', '.join(CLASSES)}")
    if card.sha256 and not (len(card.sha256) == 64 and set(card.sha256) <= set("0123456789abcdef")):  # noqa: PLR2004 - hex digits of a SHA-256
        faults.add("", "sha256", "sha256 is not 64 hexadecimal digits: write what `sha256sum` prints")


def _product_class(name: str) -> int:
    plain = name.strip().lower()
    plain = SYNONYMS.get(plain, plain)
    return CLASSES.index(plain) if plain in CLASSES else -1
