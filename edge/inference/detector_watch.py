"""The detector while the service runs: a replaced card, weights or key is judged beside the cameras, then taken."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from edge.config.model import Models
from edge.errors import EngineFailed, ModelError
from edge.inference.card import find_card, load_card
from edge.inference.engine_builds import EngineBuilds
from edge.inference.last_good import Choice, LastGood

CLOSE_S = 10.0
"""How long one golden frame may take to end a trial; systemd waits longer."""
_Stamp = tuple[object, ...]


class DetectorWatch:
    """One choice of a detector, kept up to date. `poll` and `choice` belong to one thread.

    Args:
        good: what chooses.
        models: what is asked for at first; it is tried here and now, unless its engine must be built and there is a
            last good one to go on with meanwhile.
        stop: ends that first trial early.
        builds: makes engines ready before they are tried; None where nothing is ever built.

    Raises:
        ModelError: at the start nothing is good enough to run, or the trial was stopped.
    """

    def __init__(
        self,
        good: LastGood,
        models: Models,
        stop: threading.Event | None = None,
        builds: EngineBuilds | None = None,
    ) -> None:
        self._good = good
        self._builds = builds
        self._read: tuple[_Stamp, tuple[Path, ...]] = ((), ())
        self._judged = self._waiting = self._stamp(models)
        self._trial: threading.Thread | None = None
        self._outcome: Choice | None = None
        self._stop = threading.Event()
        meanwhile = self._meanwhile(models)
        if meanwhile is None:
            self.choice = self._choose(models, stop)
        else:
            self.choice = meanwhile
            self._begin_trial(models)

    def poll(self, models: Models) -> Choice | None:
        """Return the new choice once there is one, None while nothing has changed or a trial still runs.

        Files are judged when two calls in a row find them the same: weights take their time to be copied, and until
        then they do not agree with their card.
        """
        if self._trial is not None:
            if self._trial.is_alive():
                return None
            self._trial = None
            outcome, self._outcome = self._outcome, None
            if outcome is not None and outcome != self.choice:
                self.choice = outcome
                return outcome
        stamp = self._stamp(models)
        settled, self._waiting = stamp == self._waiting, stamp
        if stamp != self._judged and settled:
            self._judged = stamp
            self._begin_trial(models)
        return None

    def close(self) -> None:
        """Give up a trial that still runs: a process that ends while a network runs is ended by force."""
        self._stop.set()
        if self._trial is not None:
            self._trial.join(CLOSE_S)

    def _stamp(self, models: Models) -> _Stamp:
        """Return what changes when another detector is asked for, or the files of this one are replaced."""
        asked = (models.detector, models.engine, models.precision, models.plates, models.finder, models.recogniser)
        try:
            card = find_card(models.detector)
        except ModelError:
            return asked
        stamp = _file_stamp(card)
        if stamp != self._read[0]:
            self._read = (stamp, _weights(card))
        return (*asked, stamp, *map(_file_stamp, self._read[1]))

    def _meanwhile(self, models: Models) -> Choice | None:
        """Return the last good detector where an engine must be built and it can be run without; else None."""
        missing = self._builds.missing(models) if self._builds is not None else ()
        kept = self._good.stand_in(models) if missing else None
        if kept is None:
            return None
        return replace(kept, trouble=f"{', '.join(missing)}: the engine is being built; {kept.trouble}")

    def _choose(self, models: Models, stop: threading.Event | None) -> Choice:
        """Have engines built that are missing, then choose; why one could not be built is told beside the choice."""
        trouble = self._builds.make(models, stop) if self._builds is not None else ""
        try:
            choice = self._good.choose(models, stop)
        except ModelError as error:
            raise ModelError("; ".join(filter(None, (trouble, str(error))))) from error
        return replace(choice, trouble="; ".join(filter(None, (trouble, choice.trouble))))

    def _begin_trial(self, models: Models) -> None:
        self._trial = threading.Thread(target=self._judge, args=(models,), name="trial", daemon=True)
        self._trial.start()

    def _judge(self, models: Models) -> None:
        try:
            self._outcome = self._choose(models, self._stop)
        except (ModelError, EngineFailed) as error:  # even the copy is gone: what runs has its weights in memory
            self._outcome = replace(self.choice, trouble=str(error))


def _weights(card: Path) -> tuple[Path, ...]:
    """Return the files that a card names; none while it is wrong."""
    with suppress(ModelError):
        said = load_card(card)
        return (said.file, *(said.path.parent / build.file for build in said.builds))
    return ()


def _file_stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return (str(path),)
    return (str(path), found.st_mtime_ns, found.st_size, found.st_ino)
