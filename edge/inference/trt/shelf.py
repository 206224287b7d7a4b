"""Where built engines lie: one file each and what it is beside it, under a key that names all that it hangs on.

The key is made of the GPU, TensorRT's version, the precision, the ONNX file's SHA-256 and our own recipe: with anything
else it is another engine. What is damaged is noticed by its checksum and counts as absent: it is built again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge.errors import ModelError
from edge.logs import get_log

RECIPE = 1
"""Counted up whenever builder.py builds otherwise than before."""
PLAN, LABEL, PARTIAL = ".plan", ".json", ".part"
_KEY = 20
_log = get_log("engines")


class PlanLabel(msgspec.Struct, frozen=True):
    """What an engine is: `gpu` and `tensorrt` it was built on and with, `onnx` and `plan` SHA-256 sums of both files.

    `metadata` is what the ONNX says of itself, such as its classes; `told` what the engine computes in; `size` bytes.
    """

    network: str
    precision: str
    gpu: str
    tensorrt: str
    onnx: str
    plan: str
    size: int
    seconds: float
    told: str
    metadata: dict[str, str]
    recipe: int = RECIPE


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An engine from the shelf: its bytes, sound, and what it is."""

    octets: bytes
    label: PlanLabel


class Shelf:
    """The engines in a folder, as seen from one GPU and one TensorRT.

    Args:
        folder: made when something is put there.
        gpu: name of the device and its compute capability.
        tensorrt: its version.
    """

    def __init__(self, folder: Path, gpu: str, tensorrt: str) -> None:
        self.folder, self.gpu, self.tensorrt = folder, gpu, tensorrt

    def key(self, onnx: str, precision: str) -> str:
        """Return the key of the engine that an ONNX file with this SHA-256 becomes here."""
        return _digest(self.gpu, self.tensorrt, precision, onnx, str(RECIPE))

    @property
    def timing(self) -> Path:
        """What TensorRT measured here, which makes the next build quicker."""
        return self.folder / f"timing-{_digest(self.gpu, self.tensorrt)}.cache"

    def has(self, onnx: str, precision: str) -> bool:
        """Whether an engine lies here, by its label and size; whether it is sound is seen when it is found."""
        key = self.key(onnx, precision)
        label = _label_at(self.folder / f"{key}{LABEL}")
        try:
            return label is not None and (self.folder / f"{key}{PLAN}").stat().st_size == label.size
        except OSError:
            return False

    def find(self, onnx: str, precision: str) -> Plan | None:
        """Return an engine, None where it was not built here, or is damaged (logged)."""
        path = self.folder / f"{self.key(onnx, precision)}{PLAN}"
        label = _label_at(path.with_suffix(LABEL))
        if label is None:
            return None
        try:
            octets = path.read_bytes()
        except OSError as error:
            _log.warning("%s: cannot be read (%s): it is built again", path, error.strerror)
            return None
        if hashlib.sha256(octets).hexdigest() != label.plan:
            _log.warning("%s: is damaged, its checksum is another one: it is built again", path)
            return None
        return Plan(octets, label)

    def strangers(self, onnx: str, precision: str) -> str:
        """Say which GPU or TensorRT an engine of the same file was built with; empty when there is none."""
        others = (label for _, label in self._labels() if (label.onnx, label.precision) == (onnx, precision))
        return "; ".join(f"there is one of TensorRT {one.tensorrt} for {one.gpu}" for one in others)

    def place(self, onnx: str, precision: str) -> Path:
        """Return where a new engine is written before `put`, a file of this process alone.

        Raises:
            ModelError: the folder cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = self.folder / f"{self.key(onnx, precision)}.{os.getpid()}{PARTIAL}"
            partial.touch()
        except OSError as error:
            raise self._unwritable(error) from error
        return partial

    def put(self, partial: Path, label: PlanLabel) -> None:
        """Take an engine in, whole or not at all: its label is what makes it there, and comes last.

        Raises:
            ModelError: the disk is full or not writable.
        """
        path = self.folder / f"{self.key(label.onnx, label.precision)}{PLAN}"
        noted = path.with_name(f"{path.stem}.{os.getpid()}.label{PARTIAL}")
        try:
            path.with_suffix(LABEL).unlink(missing_ok=True)
            partial.replace(path)
            noted.write_bytes(msgspec.json.format(msgspec.json.encode(label)) + b"\n")
            noted.replace(path.with_suffix(LABEL))
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            for rest in (partial, noted):
                rest.unlink(missing_ok=True)

    def prune(self) -> tuple[str, ...]:
        """Remove what can never be used here again: of another GPU, TensorRT or recipe, or left by a build cut off.

        Engines of other files stay: the last good detector may be one of them. Returns what went, in words.
        """
        gone = []
        kept = {self.timing.name}
        for path, label in self._labels():
            if (label.gpu, label.tensorrt, label.recipe) == (self.gpu, self.tensorrt, RECIPE):
                kept |= {path.name, path.with_suffix(PLAN).name}
            else:
                gone.append(f"{label.network} {label.precision} of TensorRT {label.tensorrt} for {label.gpu}")
        for path in self.folder.glob("*"):
            useless = path.suffix in {PLAN, LABEL, ".cache"} and path.name not in kept
            if useless or (path.suffix == PARTIAL and not _is_at_work(path)):
                path.unlink(missing_ok=True)
        return tuple(gone)

    def _labels(self) -> Iterator[tuple[Path, PlanLabel]]:
        for path in sorted(self.folder.glob(f"*{LABEL}")):
            label = _label_at(path)
            if label is not None:
                yield path, label

    def _unwritable(self, error: OSError) -> ModelError:
        return ModelError(
            f"{self.folder}: built engines cannot be kept there ({error.strerror or error}): free some room, give the "
            "service the right to write there, or set models.engines_dir"
        )


def _label_at(path: Path) -> PlanLabel | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=PlanLabel)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("%s: cannot be read (%s): the engine is built again", path, error)
        return None


def _is_at_work(partial: Path) -> bool:
    """Whether the process that a partial file is named after still runs."""
    owner = partial.name.split(".")[1]
    return owner.isdigit() and Path("/proc", owner).exists()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_KEY]
