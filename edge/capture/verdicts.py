"""What the decoder trials of this device came to, kept beside the store: `edge doctor` writes, the service reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edge.capture.launch import Distrusted
from edge.errors import StoreFailed
from edge.logs import get_log

if TYPE_CHECKING:
    from edge.capture.trial import Verdict
    from edge.config.model import Store

RECORD_FILE = "decoders.json"
EDITION = 1
"""Of the clips and their bounds; what was found by another says nothing of these."""
DRIVERS = (Path("etc/nv_tegra_release"), Path("proc/driver/nvidia/version"))
"""Whose first line names the release of a Jetson's system, and the version of a graphics card's driver."""
MadeOf = Callable[[str], str]
"""What an element consists of: its plugin's name and version and the driver's; what was found of another is void."""
_LOG = get_log("capture")


class Entry(msgspec.Struct, frozen=True):
    """One trial: what was tried, what it was made of, and why it is refused; `at` in UTC, as ISO 8601."""

    element: str
    codec: str
    made_of: str
    at: str
    refused: str = ""


class Record(msgspec.Struct, frozen=True):
    """Every trial of this device, the last one of each decoder and codec."""

    edition: int = EDITION
    entries: tuple[Entry, ...] = ()


class Verdicts:
    """The record in a folder; `made_of` is asked only for decoders that stand in it."""

    def __init__(self, folder: Path, made_of: MadeOf | None = None) -> None:
        self._path = folder / RECORD_FILE
        self._made_of = made_of or made_here

    @staticmethod
    def beside(store: Store) -> Verdicts:
        """Return the record that lies beside the store's file."""
        return Verdicts(Path(store.path).parent)

    def distrusted(self, element: str, codec: str) -> str:
        """Return why a decoder was refused for a codec; empty when it was not, or is not the one that was tried."""
        for entry in self.read().entries:
            if (entry.element, entry.codec) == (element, codec) and entry.refused:
                return entry.refused if entry.made_of == self._made_of(element) else ""
        return ""

    def read(self) -> Record:
        """Return the record; an empty one where there is none, and, with a warning, where it is damaged."""
        try:
            record = msgspec.json.decode(self._path.read_bytes(), type=Record)
        except FileNotFoundError:
            return Record()
        except (OSError, msgspec.MsgspecError) as error:
            _LOG.warning("%s: cannot be read (%s); no decoder is left out: run edge doctor again", self._path, error)
            return Record()
        return record if record.edition == EDITION else Record()

    def keep(self, verdicts: Sequence[Verdict], at: str) -> None:
        """Note trials, each in place of the one before of its decoder and codec.

        Raises:
            StoreFailed: the folder cannot be written.
        """
        fresh = [
            Entry(each.decoder.element, each.codec, self._made_of(each.decoder.element), at, each.refused)
            for each in verdicts
        ]
        tried = {(entry.element, entry.codec) for entry in fresh}
        old = [entry for entry in self.read().entries if (entry.element, entry.codec) not in tried]
        draft = self._path.with_suffix(f".{os.getpid()}")
        try:
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(Record(entries=(*old, *fresh))), indent=1))
            draft.chmod(0o644)  # root writes it at installation, the service's user reads it
            draft.replace(self._path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StoreFailed(
                f"{self._path}: cannot be written ({error.strerror}); run edge doctor as the service's user or as root"
            ) from None


def made_here(element: str) -> str:
    """Return what an element here is made of."""
    from edge.capture.gst_runtime import plugin_of  # noqa: PLC0415 - asked only where GStreamer decodes

    return "; ".join(filter(None, (plugin_of(element), driver_of(Path("/")))))


def driver_of(root: Path) -> str:
    """Return the first line that a driver under `root` says of itself, empty where there is none."""
    for path in DRIVERS:
        try:
            return (root / path).read_text("utf-8", "replace").partition("\n")[0].strip()
        except OSError:
            continue
    return ""


def trusting(store: Store) -> Distrusted:
    """Return what to ask about a decoder before it is taken: the record beside the store, read each time anew."""
    return Verdicts.beside(store).distrusted
