"""Cards of our plate recognisers: what such a network wants, gives and may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.config.keys import Section, key
from edge.config.problems import Problems
from edge.inference.card import READ_TASK, Card, check_sha256, find_card, read_card_text


@dataclass(frozen=True, slots=True, repr=False)
class GrayInput(Section):
    """The one input of a recogniser: [1,1,height,width] float32, brightness 0..1, the plate stretched to fill it."""

    name: str = key("Name of the network's input.", form="some", example="image")
    width: int = key("Width of the input.", unit="px", low=32, high=1024, example="160")
    height: int = key("Height of the input.", unit="px", low=16, high=512, example="64")


@dataclass(frozen=True, slots=True, repr=False)
class ReaderText(Section):
    """A recogniser's card as it is written."""

    name: str = key("Name of the model: the folder's.", form="name", example="plate-ocr")
    task: str = key("What the network does.", choices=(READ_TASK,), example=READ_TASK)
    file: str = key("The ONNX file, relative to the card.", form="some", example="plate-ocr.onnx")
    sha256: str = key("SHA-256 of the ONNX file.", form="some", example="what sha256sum prints")
    characters: str = key("Name of the output [1,slots,37]: probabilities of 0-9, A-Z, end.", form="some",
                          example="characters")  # fmt: skip
    region: str = key("Name of the output [1,R]: probabilities of the regions.", form="some", example="region")
    regions: tuple[str, ...] = key("Layout families in their order.", form="some", each="some", example='["eu"]')
    licence: str = key("What the weights may be used for.", form="some", example="Apache-2.0")
    input: GrayInput = key("The input.")
    temperature: float = key("What the scores are divided by inside the network.", default=1.0, low=0.05, high=20)
    version: str = key("Which training this is.", default="")
    description: str = key("One sentence for people.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCard(Card):
    """A recogniser's card that is right, as written (see ReaderText)."""

    characters: str
    region: str
    regions: tuple[str, ...]
    input: GrayInput
    temperature: float


def load_reader_card(name_or_path: str | Path) -> ReaderCard:
    """Read a recogniser's card by name, by its path, or by the path of its folder.

    Raises:
        ModelError: no such card, or everything that is wrong with it in one line.
    """
    path = find_card(name_or_path)
    said = read_card_text(path, ReaderText, _check)
    return ReaderCard(
        path=path,
        file=(path.parent / said.file).resolve(),
        name=said.name,
        version=said.version,
        sha256=said.sha256.lower(),
        characters=said.characters,
        region=said.region,
        regions=said.regions,
        input=said.input,
        temperature=said.temperature,
        licence=said.licence,
        description=said.description,
    )


def _check(said: ReaderText, problems: Problems) -> None:
    check_sha256(said.sha256, problems)
