"""What is true in a replay: its passes with the plates that could be read, and its visits; kept beside the video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge.errors import ConfigError
from edge.scene import chronicle
from edge.scene.truth import FrameTruth, LineTruth, PassTruth, PlateTruth
from edge.workshop.texts import read_text

LEGIBLE_LINE_PX = 14.0
"""A plate that is wide enough counts as legible from this height of a line."""


@dataclass(frozen=True, slots=True)
class TruePass:
    """One vehicle crossing once: who, over which line, "in" or "out", when; its legible plates' texts."""

    vehicle: int
    kind: str
    line: str
    direction: str
    media_ns: int
    plates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplayTruth:
    """All of a replay. `texts` are the plates of everybody in it, by vehicle; `visits` are pairs of passes by index.

    A visit of which one side only lies within the replay is true, too: its other index is None.
    """

    name: str
    scenario: str
    fps: float
    seconds: float
    passes: tuple[TruePass, ...]
    visits: tuple[tuple[int | None, int | None], ...]
    texts: dict[int, tuple[str, ...]]


class Witness:
    """Takes the truth of frames one by one, and tells what happened."""

    def __init__(self, lines: tuple[LineTruth, ...], size_wh: tuple[int, int]) -> None:
        self._lines, self._size_wh = lines, size_wh
        self._frames: list[FrameTruth] = []

    def add(self, frame: FrameTruth) -> None:
        """Take one frame."""
        self._frames.append(frame)

    def tell(self, name: str, scenario: str, fps: float, seconds: float) -> ReplayTruth:
        """Return what happened in all the frames."""
        crossed = chronicle.crossings(self._frames, self._lines, self._size_wh)
        passes = tuple(map(_pass, chronicle.passes(crossed, self._frames, _legible)))
        texts: dict[int, set[str]] = {}
        for frame in self._frames:
            for actor in frame.actors:
                texts.setdefault(actor.actor, set()).update(plate.text for plate in actor.plates)
        told = {number: tuple(sorted(some)) for number, some in texts.items() if some}
        return ReplayTruth(name, scenario, fps, seconds, passes, _visits(passes), told)


def _pass(found: PassTruth) -> TruePass:
    one = found.crossing
    return TruePass(one.actor, one.kind, one.line, one.direction, one.media_ns, found.plates)


def _legible(plate: PlateTruth) -> bool:
    (x0, y0), (x3, y3) = plate.corners[0], plate.corners[3]
    high = float(((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5)
    lines = plate.text.count("|") + 1
    return chronicle.is_wide(plate) and high / lines >= LEGIBLE_LINE_PX


def _visits(passes: tuple[TruePass, ...]) -> tuple[tuple[int | None, int | None], ...]:
    """Each entry with the next exit of the same vehicle, and the sides that stay alone."""
    inside: dict[int, int] = {}
    found: list[tuple[int | None, int | None]] = []
    for index, one in enumerate(passes):
        if one.direction == "in":
            if one.vehicle in inside:
                found.append((inside[one.vehicle], None))
            inside[one.vehicle] = index
        else:
            found.append((inside.pop(one.vehicle, None), index))
    return (*found, *((index, None) for index in inside.values()))


def write_truth(path: Path, truth: ReplayTruth) -> None:
    """Write the truth as JSON; raises OSError."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n")


def read_truth(path: Path) -> ReplayTruth:
    """Read what `write_truth` wrote.

    Raises:
        ConfigError: it cannot be read, or is no truth of a replay.
    """
    text = read_text(path, "render the replays anew")
    try:
        return msgspec.json.decode(text, type=ReplayTruth)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path}: {error}; remove the folder, and the replay is rendered anew") from error
