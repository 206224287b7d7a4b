"""Which engines a configuration needs, and having them built: before cameras are opened, never at the first frame."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.card import Card, ModelCard, load_card
from edge.inference.detector import chosen_card
from edge.inference.engines import best_engine, check_tensorrt, engines_folder
from edge.inference.finder_card import load_finder_card
from edge.inference.reader_card import load_reader_card
from edge.logs import get_log

if TYPE_CHECKING:
    from edge.inference.trt.here import Built

OnBuild = Callable[[str, str, float], None]
"""Is told the network, what is being done, and the share of its build that is behind it, 0..1; every ten seconds."""
_log = get_log("engines")


@dataclass(frozen=True, slots=True)
class Network:
    """A network that an engine is built of: a card's, at the precision that its file is written in."""

    card: Card
    precision: str

    @property
    def title(self) -> str:
        """Name, version and precision."""
        return " ".join(filter(None, (self.card.name, self.card.version, self.precision)))


def networks_of(models: Models) -> tuple[Callable[[], Network], ...]:
    """Return what finds each network that a configuration runs on TensorRT; none where it runs none there.

    PP-OCR's are not among them: they take pictures of any size and run on ONNX Runtime.
    """
    if best_engine(models.engine) != "tensorrt":
        return ()
    found: list[Callable[[], Network]] = [lambda: network_of(chosen_card(models))]
    if models.plates == "plate-ocr":
        found += [
            lambda: network_of(load_finder_card(models.finder)),
            lambda: network_of(load_reader_card(models.recogniser)),
        ]
    return tuple(found)


def network_of(card: Card) -> Network:
    """Return the network of a card of any kind."""
    return Network(card, card.precision if isinstance(card, ModelCard) else "fp32")


def network_at(card: Card, precision: str) -> Network:
    """Return the network of a card at a precision, `auto` for what its card names for TensorRT.

    Raises:
        ModelError: the card lists no such build.
    """
    if isinstance(card, ModelCard):
        return network_of(load_card(card.path).at(precision, "tensorrt"))
    if precision not in {"auto", "fp32"}:
        raise ModelError(f"{card.path}: lists no {precision} build: leave --precision out")
    return network_of(card)


def build_network(
    network: Network,
    folder: Path,
    on_build: OnBuild,
    stop: threading.Event | None = None,
    *,
    force: bool = False,
) -> Built:
    """Build the engine of one network unless it lies there.

    Raises:
        ModelError: its weights, TensorRT or the disk does not allow it.
        EngineFailed: `stop` was set, or the GPU does not answer.
    """
    check_tensorrt()
    from edge.inference.trt.here import build_here  # noqa: PLC0415 - only where this engine is chosen

    network.card.check_file()
    title = network.title
    return build_here(
        network.card.file,
        network.precision,
        folder,
        lambda step, share: on_build(title, step, share),
        stop,
        force=force,
    )


class EngineBuilds:
    """Makes ready what the service runs. What cannot be built is told, and does not keep the others from it."""

    def __init__(self, on_build: OnBuild = lambda *_: None) -> None:
        self._on_build = on_build

    def missing(self, models: Models) -> tuple[str, ...]:
        """Return the titles of the networks whose engines are not there yet."""
        finders = networks_of(models)
        if not finders:
            return ()
        try:
            check_tensorrt()
            from edge.inference.trt.here import is_built, open_shelf  # noqa: PLC0415 - only where it is chosen

            # Asked once for all: every look at the GPU makes a context of it and lets it go.
            shelf = open_shelf(engines_folder(models.engines_dir))
        except (ModelError, EngineFailed) as error:
            _log.warning("%s", error)
            return ()
        titles = []
        for find in finders:
            try:
                network = find()
                if not is_built(network.card.file, network.precision, shelf):
                    titles.append(network.title)
            except ModelError as error:  # told again when it is opened
                _log.warning("%s", error)
        return tuple(titles)

    def make(self, models: Models, stop: threading.Event | None = None) -> str:
        """Build what is missing; return why some could not be built, empty when all is there."""
        troubles = []
        for find in networks_of(models):
            try:
                network = find()
                built = build_network(network, engines_folder(models.engines_dir), self._on_build, stop)
            except (ModelError, EngineFailed) as error:
                troubles.append(str(error))
                continue
            if built.fresh:
                _log.info("%s: built in %.0f s, %s", network.title, built.label.seconds, built.label.told)
        if networks_of(models):
            self._compile(engines_folder(models.engines_dir))
        return "; ".join(troubles)

    def _compile(self, folder: Path) -> None:
        """Compile the kernels for pictures on the device; where that fails, only such pictures are hindered."""
        try:
            check_tensorrt()
            from edge.inference.trt.here import compile_kernels  # noqa: PLC0415 - only where this engine is chosen

            compile_kernels(folder)
        except (ModelError, EngineFailed) as error:
            _log.warning("pictures cannot stay on the GPU: %s", error)
