"""Cards of our plate finders: what such a network wants, gives and may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.config.keys import Section, key
from edge.config.problems import Problems
from edge.inference.card import FIND_TASK, Card, check_sha256, find_card, read_card_text

STRIDE_PX = 8
"""Side of a cell of the answer, in pixels of the input."""


@dataclass(frozen=True, slots=True, repr=False)
class GrayPicture(Section):
    """The one input of a finder: [1,1,height,width] float32, brightness 0..1, the picture letterboxed at the middle."""

    name: str = key("Name of the network's input.", form="some", example="image")
    width: int = key("Width of the input.", unit="px", low=64, high=2048, example="384")
    height: int = key("Height of the input.", unit="px", low=64, high=2048, example="256")
    pad: int = key("Value of the bars beside the picture, 0 to 255.", default=114, low=0, high=255)


@dataclass(frozen=True, slots=True, repr=False)
class FinderText(Section):
    """A finder's card as it is written."""

    name: str = key("Name of the model: the folder's.", form="name", example="plate-n")
    task: str = key("What the network does.", choices=(FIND_TASK,), example=FIND_TASK)
    file: str = key("The ONNX file, relative to the card.", form="some", example="plate-n.onnx")
    sha256: str = key("SHA-256 of the ONNX file.", form="some", example="what sha256sum prints")
    output: str = key("Name of the output [1,9,height/8,width/8]: probability, then four corners from the cell's "
                      "middle, px.", form="some", example="plates")  # fmt: skip
    licence: str = key("What the weights may be used for.", form="some", example="Apache-2.0")
    input: GrayPicture = key("The input.")
    confidence: float = key("Lowest confidence of a plate.", default=0.3, low=0.001, high=1)
    version: str = key("Which training this is.", default="")
    description: str = key("One sentence for people.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderCard(Card):
    """A finder's card that is right, as written (see FinderText)."""

    output: str
    input: GrayPicture
    confidence: float

    @property
    def cells_wh(self) -> tuple[int, int]:
        """Columns and rows of the answer."""
        return self.input.width // STRIDE_PX, self.input.height // STRIDE_PX


def load_finder_card(name_or_path: str | Path) -> FinderCard:
    """Read a finder's card by name, by its path, or by the path of its folder.

    Raises:
        ModelError: no such card, or everything that is wrong with it in one line.
    """
    path = find_card(name_or_path)
    said = read_card_text(path, FinderText, _check)
    return FinderCard(
        path=path,
        file=(path.parent / said.file).resolve(),
        name=said.name,
        version=said.version,
        sha256=said.sha256.lower(),
        output=said.output,
        input=said.input,
        confidence=said.confidence,
        licence=said.licence,
        description=said.description,
    )


def _check(said: FinderText, problems: Problems) -> None:
    check_sha256(said.sha256, problems)
    for name in ("width", "height"):
        if not problems.under(("input", name)) and getattr(said.input, name) % STRIDE_PX:
            problems.add(("input", name), f"is no multiple of {STRIDE_PX}", f"write the next multiple of {STRIDE_PX}")
