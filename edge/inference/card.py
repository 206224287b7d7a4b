"""Model cards: `model.toml` beside the weights says what a detector network wants, gives and may be used for.

A recogniser's card has other keys: see reader_card.py.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from edge.config.keys import Section, key
from edge.config.lines import Path as KeyPath
from edge.config.load import parse_section, read_text
from edge.config.problems import Problems
from edge.config.toml import tomllib
from edge.errors import ConfigError, ModelError
from edge.inference.class_names import class_of
from edge.ports import TensorOrder
from edge.types import CLASSES, I16

if TYPE_CHECKING:
    from collections.abc import Callable

Said = TypeVar("Said", bound=Section)
CARD_FILE = "model.toml"
PLANES = 3
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
HEADS = ("yolo-v8", "yolo-end2end", "yolox", "ssd")
"""Kinds of output: [1,4+nc,N] for class-wise NMS; [1,K,6] end to end; [1,N,5+nc] raw grid of strides 8, 16, 32;
boxes [1,N,4] in 0..1 beside scores [1,N,1+nc], the background first (it is no class of the card)."""
FULL = "fp32"
REDUCED = ("fp16", "int8")
PRECISIONS = (FULL, *REDUCED)
FIND_TASK, READ_TASK = "find", "read"
OTHER_TASKS: dict[object, str] = {FIND_TASK: "finds plates", READ_TASK: "reads plates"}
"""What networks with cards of other kinds do."""


@dataclass(frozen=True, slots=True, repr=False)
class NetworkInput(Section):
    """The one input of a detector: [1,3,height,width] float32, value = (pixel * scale - mean) / std per colour."""

    name: str = key("Name of the network's input.", form="some", example="images")
    width: int = key("Width of the input.", unit="px", low=32, high=4096, example="416")
    height: int = key("Height of the input.", unit="px", low=32, high=4096, example="256")
    colour: str = key("Order of the planes, and of `mean` and `std`.", default="rgb", choices=("rgb", "bgr"))
    scale: float = key("Factor for pixel values 0 to 255.", default=1 / 255, low=1e-6, high=1)
    mean: tuple[float, ...] = key("Taken off each plane after scaling.", default=(0.0, 0.0, 0.0))
    std: tuple[float, ...] = key("What each plane is then divided by.", default=(1.0, 1.0, 1.0))
    letterbox: str = key("Where the picture lies in it.", default="centre", choices=("centre", "top-left"))
    pad: int = key("Value of the bars beside the picture, before scaling.", default=114, low=0, high=255)

    def order(self) -> TensorOrder:
        """Return what a frame is asked for."""
        gain = tuple(self.scale / std for std in self.std)
        offset = tuple(-mean / std for mean, std in zip(self.mean, self.std, strict=True))
        return TensorOrder(self.width, self.height, self.letterbox == "centre", self.pad, self.colour, gain, offset)


@dataclass(frozen=True, slots=True, repr=False)
class Build(Section):
    """The same network in other arithmetic, inputs and outputs as they were: FP16, or INT8 with explicit Q/DQ nodes."""

    kind: str = key("Its arithmetic.", choices=REDUCED, example="int8")
    file: str = key("The ONNX file, relative to the card.", form="some", example="gate-n.int8.onnx")
    sha256: str = key("SHA-256 of the ONNX file.", form="some", example="what sha256sum prints")
    engines: tuple[str, ...] = key(
        "Engines that take it unasked, because it was measured to be quicker there.", default=(), each="some"
    )


@dataclass(frozen=True, slots=True, repr=False)
class CardText(Section):
    """A card as it is written."""

    name: str = key("Name of the model: the folder's.", form="name", example="gate-n")
    task: str = key("What the network does.", choices=("detect",), example="detect")
    file: str = key("The ONNX file, relative to the card.", form="some", example="gate-n.onnx")
    sha256: str = key("SHA-256 of the ONNX file.", form="some", example="what sha256sum prints")
    head: str = key("Kind of output.", choices=HEADS, example="yolo-end2end")
    classes: tuple[str, ...] = key(
        "The model's own class names in its order.", form="some", each="some", example='["car"]'
    )
    licence: str = key("What the weights may be used for.", form="some", example="Apache-2.0")
    input: NetworkInput = key("The input.")
    version: str = key("Which training this is.", default="")
    confidence: float = key("Lowest confidence of a detection.", default=0.25, low=0.001, high=1)
    iou: float = key("Overlap above which two boxes are one object.", default=0.6, low=0.05, high=1)
    max_detections: int = key("Most objects in one picture.", default=100, low=1, high=1000)
    description: str = key("One sentence for people.", default="")
    builds: tuple[Build, ...] = key("Other builds of it, one [[build]] each.", default=(), toml="build")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the right card of any network says of its weights; `path` is the card's and `file` theirs, absolute."""

    path: Path
    file: Path
    name: str
    version: str
    sha256: str
    licence: str
    description: str

    def check_file(self) -> None:
        """Compare the weights with the card.

        Raises:
            ModelError: the file is missing, cannot be read, or is another one than the card was written for.
        """
        check_weights(self.path, self.file, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard(Card):
    """A detector's card that is right, as written (see CardText).

    `precision` says which build `file` and `sha256` are; cards are read at FULL, see `at`.
    """

    head: str
    classes: tuple[str, ...]
    input: NetworkInput
    confidence: float
    iou: float
    max_detections: int
    builds: tuple[Build, ...] = ()
    precision: str = FULL

    @property
    def title(self) -> str:
        """Name, version and, where it is not the full one, precision."""
        return " ".join(filter(None, (self.name, self.version, self.precision if self.precision != FULL else "")))

    def at(self, precision: str, engine: str = "") -> ModelCard:
        """Return the card with the weights of one of its builds.

        Args:
            precision: one of PRECISIONS, or `auto` for the first build that says it is for `engine`, FULL if none does.
            engine: who will run it; asked for `auto` alone.

        Raises:
            ModelError: the card lists no such build.
        """
        if precision == "auto":
            precision = next((build.kind for build in self.builds if engine in build.engines), FULL)
        if precision == self.precision:
            return self
        for build in self.builds:
            if build.kind == precision:
                file = (self.path.parent / build.file).resolve()
                return replace(self, file=file, sha256=build.sha256.lower(), precision=precision)
        raise ModelError(
            f"{self.path}: lists no {precision} build: make one with `edge models quantize {self.name}`, "
            "or set models.precision to auto"
        )

    def class_ids(self) -> I16:
        """Return for each class of the model its index in CLASSES, -1 where the product has none: (nc,) int16."""
        return np.array([-1 if ours is None else ours for ours in map(class_of, self.classes)], np.int16)


def check_weights(card: Path, file: Path, sha256: str) -> None:
    """Compare a file of weights with what its card says; raises as `ModelCard.check_file`."""
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"{card}: cannot read {file} ({error.strerror}): put the weights there or correct `file`"
        ) from error
    if found != sha256:
        raise ModelError(
            f"{file}: its SHA-256 is {found}, {card} says {sha256}: "
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
    path = find_card(name_or_path)
    task = task_of(path)
    if task in OTHER_TASKS:
        raise ModelError(f"{path}: its network {OTHER_TASKS[task]}, and a detector is wanted here: name one")
    said = read_card_text(path, CardText, _check)
    return ModelCard(
        path=path,
        file=(path.parent / said.file).resolve(),
        name=said.name,
        version=said.version,
        sha256=said.sha256.lower(),
        head=said.head,
        classes=said.classes,
        input=said.input,
        confidence=said.confidence,
        iou=said.iou,
        max_detections=said.max_detections,
        licence=said.licence,
        description=said.description,
        builds=said.builds,
    )


def task_of(path: Path) -> object:
    """Return what a card says its network's task is; None where it says nothing, or cannot be read."""
    try:
        return tomllib.loads(read_text(path)).get("task")
    except (ConfigError, tomllib.TOMLDecodeError, RecursionError):
        return None


def read_card_text(path: Path, kind: type[Said], check: Callable[[Said, Problems], None]) -> Said:
    """Return what a card says, as a section of its kind; `check` notes what a closer look shows.

    Raises:
        ModelError: everything that is wrong with it in one line.
    """
    try:
        said, problems = parse_section(kind, read_text(path), str(path))
        check(said, problems)
        problems.raise_if_any()
    except ConfigError as error:
        raise ModelError(f"model card is wrong: {'; '.join(str(error).splitlines())}") from error
    return said


def find_card(name_or_path: str | Path) -> Path:
    """Return the path of a card given by name, path or folder.

    Raises:
        ModelError: there is none.
    """
    asked = Path(name_or_path)
    try:
        named = asked.suffix != ".toml" and len(asked.parts) == 1 and not asked.is_dir()
        path = asked / CARD_FILE if asked.is_dir() else asked
        there = path.is_file()
    except OSError as error:
        raise ModelError(f"{asked}: cannot be looked at ({error.strerror}): give a card that may be read") from error
    if not named:
        if not there:
            raise ModelError(
                f"{path}: no such model card: give a name (see `edge models`) or the path of a {CARD_FILE}"
            )
        if path.suffix != ".toml":
            raise ModelError(f"{path}: is no model card: write a {CARD_FILE} that names it as `file`, and give that")
        return path.resolve()
    for path in list_cards():
        if path.parent.name == asked.name:
            return path
    known = ", ".join(path.parent.name for path in list_cards()) or "none"
    raise ModelError(f"no model is called {asked.name!r}: known are {known}; or give the path of a {CARD_FILE}")


def _check(said: CardText, problems: Problems) -> None:
    """Note what only several values together, or a closer look, can show."""
    twice = sorted({name for name in said.classes if said.classes.count(name) > 1})
    if twice:
        problems.add(("classes",), f"{', '.join(twice)} stands twice", "name each class once")
    if said.classes and all(class_of(name) is None for name in said.classes):
        problems.add(("classes",), "none of them is ours", f"name at least one of {', '.join(CLASSES)}")
    check_sha256(said.sha256, problems)
    kinds = [build.kind for build in said.builds]
    for place, build in enumerate(said.builds):
        check_sha256(build.sha256, problems, ("build", place, "sha256"))
    if len(set(kinds)) < len(kinds):
        problems.add(("build",), "lists one kind twice", "keep one build of each kind")
    for name, values in (("mean", said.input.mean), ("std", said.input.std)):
        if not problems.under(("input", name)) and (len(values) != PLANES or (name == "std" and 0 in values)):
            problems.add(
                ("input", name), "is wrong", "write three numbers" + (", none of them 0" if name == "std" else "")
            )


def check_sha256(said: str, problems: Problems, place: KeyPath = ("sha256",)) -> None:
    """Note a sum that is none; an absent one is noted already."""
    if said and not _SHA256.fullmatch(said):
        problems.add(place, "is not 64 hexadecimal digits", "write what `sha256sum` prints")
