"""The last good detector: what passed the acceptance test on this device is kept, so a bad replacement costs nothing.

The test runs once for each card, weights, engine and version of the product, not at every start: a record says what
passed. Card and weights of it are copied beside the record, because files that are overwritten where they lie would
take a link with them. What was refused is noted too: the same files are refused again without another trial.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import edge
from edge.errors import EngineFailed, ModelError
from edge.inference.acceptance import bound_of, try_engine
from edge.inference.card import CARD_FILE, ModelCard, load_card
from edge.inference.detector import YoloDetector, chosen_card, open_build
from edge.inference.engines import best_engine
from edge.inference.golden import GoldenFrame, trial_frames
from edge.logs import get_log

if TYPE_CHECKING:
    from edge.clock import Clock
    from edge.config.model import Models, Store

FOLDER = "detector"
RECORD_FILE = "record.json"
WEIGHTS_FILE = "weights.onnx"
_log = get_log("detector")


class Identity(msgspec.Struct, frozen=True):
    """What a trial is good for: with anything else here it is another engine, which has to pass for itself.

    `card` and `weights` are SHA-256 sums; `label` names the runtime, its version and the device.
    """

    card: str
    weights: str
    precision: str
    label: str
    product: str


class Accepted(msgspec.Struct, frozen=True):
    """What passed: `folder` is where its copy lies, beside the record, and `at` when it passed, in UTC."""

    identity: Identity
    title: str
    engine: str
    folder: str
    at: str

    def told(self) -> str:
        """Say that it stands in for another."""
        return f"the last good detector goes on: {self.title}, accepted {self.at}"


class Refused(msgspec.Struct, frozen=True):
    """What did not pass, and why, as it was told."""

    identity: Identity
    reason: str


class Record(msgspec.Struct, frozen=True):
    """The last detector that passed here, and the last one that did not pass since."""

    accepted: Accepted | None = None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The detector that runs: its card, whose weights nobody overwrites, and its engine by name.

    `trouble` says why it is not the one asked for, or what else a person should know; empty when all is well.
    """

    card: ModelCard
    engine: str
    trouble: str = ""

    def open(self, models: Models) -> YoloDetector:
        """Open it, for one thread.

        Raises:
            ModelError: the weights are missing or damaged, or the engine does not work here any more.
        """
        self.card.check_file()
        return YoloDetector(self.card, open_build(self.card, models, self.engine), models.confidence)


class LastGood:
    """The record in a folder, and the choice between what is asked for and what passed last.

    Args:
        folder: made when something has passed; the service's state.
        clock: says when.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    @staticmethod
    def beside(store: Store, clock: Clock) -> LastGood:
        """Return the record that lies beside the store's file."""
        return LastGood(Path(store.path).parent / FOLDER, clock)

    def choose(self, models: Models, stop: threading.Event | None = None) -> Choice:
        """Return the detector of the configuration if it has passed or passes now, else the last good one.

        A trial takes a second for every two frames on a small board; nothing is tried twice. `stop` ends it
        early, and then it proves nothing.

        Raises:
            ModelError: what is asked for is refused, and there is no last good one.
        """
        record = self.read()
        try:
            return self._asked_for(models, record, stop)
        except (ModelError, EngineFailed) as error:
            kept = self._kept(record.accepted, models)
            if record.accepted is None or kept is None:
                raise ModelError(f"{error}; and no detector has passed on this device before") from error
            return replace(kept, trouble=f"{error}; {record.accepted.told()}")

    def stand_in(self, models: Models) -> Choice | None:
        """Return the last good detector where it works, to go on with while the one asked for is made ready."""
        accepted = self.read().accepted
        kept = self._kept(accepted, models)
        return kept if accepted is None or kept is None else replace(kept, trouble=accepted.told())

    def read(self) -> Record:
        """Return the record; an empty one where there is none or it is damaged: then what is asked for is tried."""
        path = self._folder / RECORD_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Record)
        except FileNotFoundError:
            return Record()
        except (OSError, msgspec.MsgspecError) as error:
            _log.warning("%s: cannot be read (%s); the detector is tried anew", path, error)
            return Record()

    def _asked_for(self, models: Models, record: Record, stop: threading.Event | None) -> Choice:
        full = load_card(models.detector)
        engine_name = best_engine(models.engine)
        card = full.at(models.precision, engine_name)
        card.check_file()
        with closing(open_build(card, models, engine_name)) as engine:
            identity = identify(card, engine.label)
            if record.accepted is not None and record.accepted.identity == identity:
                kept = self._kept(record.accepted, models)
                if kept is not None:
                    return kept
            if record.refused is not None and record.refused.identity == identity:
                raise ModelError(record.refused.reason)
            _log.info("%s on %s is tried before it is used", card.title, identity.label)
            try:
                trial = try_engine(full, engine, bound_of(card.precision), _until(stop), card)
            except ModelError as error:
                for tried in (full, card):
                    tried.check_file()  # what was replaced meanwhile says nothing of what is noted here
                self._refuse(record, Refused(identity, str(error)))
                raise
        _log.info("%s on %s is accepted: %s", card.title, identity.label, trial.told())
        return self._keep(card, engine_name, identity)

    def _kept(self, accepted: Accepted | None, models: Models) -> Choice | None:
        """Return what was accepted if its copy still is what it was and works."""
        if accepted is None:
            return None
        folder = self._folder / accepted.folder
        try:
            if not _is_what_passed(folder, accepted.identity):
                _log.warning("%s: card or weights were changed; they are no use any more", folder)
                return None
            card = load_card(folder / CARD_FILE)
            choice = Choice(
                replace(
                    card,
                    file=folder / WEIGHTS_FILE,
                    sha256=accepted.identity.weights,
                    precision=accepted.identity.precision,
                ),
                accepted.engine,
            )
            choice.open(models).close()
        except (ModelError, EngineFailed, OSError) as error:
            _log.warning("the copy of the last good detector is of no use: %s", error)
            return None
        return choice

    def _keep(self, card: ModelCard, engine: str, identity: Identity) -> Choice:
        """Copy card and weights, note them, and drop what was kept before, in this order.

        Raises:
            ModelError: they were replaced while the trial ran; what was copied is not what passed.
        """
        name = f"{card.name}-{hashlib.sha256(msgspec.json.encode(identity)).hexdigest()[:12]}"
        folder = self._folder / name
        at = datetime.fromtimestamp(self._clock.wall_ns() / 1e9, timezone.utc).isoformat(timespec="seconds")
        partial = self._folder / f"{name}.part"
        try:
            for old in (partial, folder):
                shutil.rmtree(old, ignore_errors=True)
            partial.mkdir(parents=True)
            shutil.copyfile(card.path, partial / CARD_FILE)
            shutil.copyfile(card.file, partial / WEIGHTS_FILE)
            if not _is_what_passed(partial, identity):
                raise ModelError("card or weights were replaced while they were tried: the new ones have to pass first")
            partial.rename(folder)
            self._write(Record(Accepted(identity, card.title, engine, name, at)))
            for other in self._folder.iterdir():
                if other.is_dir() and other.name != name:
                    shutil.rmtree(other, ignore_errors=True)
        except OSError as error:
            said = f"{card.title} is accepted but cannot be kept in {self._folder} ({error.strerror or error})"
            return Choice(card, engine, f"{said}: free some room, or a bad replacement leaves nothing to go on with")
        finally:
            shutil.rmtree(partial, ignore_errors=True)  # where the disk is full, half a copy takes what is left
        return Choice(replace(card, path=folder / CARD_FILE, file=folder / WEIGHTS_FILE), engine)

    def _refuse(self, record: Record, refused: Refused) -> None:
        try:
            self._write(Record(record.accepted, refused))
        except OSError as error:
            _log.warning("%s: cannot be written (%s); the same files will be tried again", self._folder, error)

    def _write(self, record: Record) -> None:
        """Write the record, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{RECORD_FILE}.part"
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        partial.replace(self._folder / RECORD_FILE)


def _until(stop: threading.Event | None) -> Iterator[GoldenFrame]:
    for one in trial_frames():
        if stop is not None and stop.is_set():
            raise EngineFailed("the trial was stopped: it is done at the next start")
        yield one


def _is_what_passed(folder: Path, identity: Identity) -> bool:
    """Whether the card and weights in a folder are those of a trial; raises OSError."""
    sums = ((CARD_FILE, identity.card), (WEIGHTS_FILE, identity.weights))
    return all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted for name, wanted in sums)


def identity_of(models: Models) -> Identity:
    """Return what a trial of the configured detector would be good for; the engine is opened to ask its name.

    Raises:
        ModelError: card or weights are missing, damaged or do not agree, or the engine does not work here.
    """
    card = chosen_card(models)
    card.check_file()
    with closing(open_build(card, models)) as engine:
        return identify(card, engine.label)


def identify(card: ModelCard, label: str) -> Identity:
    """Return what a trial of this card on this engine is good for.

    Raises:
        ModelError: the card cannot be read.
    """
    try:
        text = card.path.read_bytes()
    except OSError as error:
        raise ModelError(f"{card.path}: cannot be read ({error.strerror}): put the model card there") from error
    return Identity(hashlib.sha256(text).hexdigest(), card.sha256, card.precision, label, edge.__version__)
