"""The detector while the service runs: a replaced card, weights or key is judged beside the cameras, then taken."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from edge.config.model import Models
from edge.errors import ModelError
from edge.inference.card import find_card, load_card
from edge.inference.last_good import Choice, LastGood

CLOSE_S = 10.0
"""How long one golden frame may take to end a trial; systemd waits longer."""
_Stamp = tuple[object, ...]


class DetectorWatch:
    """One choice of a detector, kept up to date. `poll` and `choice` belong to one thread.

    Args:
        good: what chooses.
        models: what is asked for at first; it is tried here and now.
        stop: ends that first trial early.

    Raises:
        ModelError: at the start nothing is good enough to run, or the trial was stopped.
    """

    def __init__(self, good: LastGood, models: Models, stop: threading.Event | None = None) -> None:
        self._good = good
        self._read: tuple[_Stamp, tuple[Path, ...]] = ((), ())
        self._judged = self._waiting = self._stamp(models)
        self.choice = good.choose(models, stop)
        self._trial: threading.Thread | None = None
        self._outcome: Choice | None = None
        self._stop = threading.Event()

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
            self._trial = threading.Thread(target=self._judge, args=(models,), name="trial", daemon=True)
            self._trial.start()
        return None

    def close(self) -> None:
        """Give up a trial that still runs: a process that ends while a network runs is ended by force."""
        self._stop.set()
        if self._trial is not None:
            self._trial.join(CLOSE_S)

    def _stamp(self, models: Models) -> _Stamp:
        """Return what changes when another detector is asked for, or the files of this one are replaced."""
        asked = (models.detector, models.engine, models.precision)
        try:
            card = find_card(models.detector)
        except ModelError:
            return asked
        stamp = _file_stamp(card)
        if stamp != self._read[0]:
            self._read = (stamp, _weights(card))
        return (*asked, stamp, *map(_file_stamp, self._read[1]))

    def _judge(self, models: Models) -> None:
        try:
            self._outcome = self._good.choose(models, self._stop)
        except ModelError as error:  # even the copy is gone: what runs has its weights in memory
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
