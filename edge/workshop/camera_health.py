"""How well the watch over a camera's view tells what is wrong from what only looks so, on rendered minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge.scene.light import Light
from edge.scene.lists import PROOF, SceneList
from edge.scene.view_cases import FAULTS, LOOK_ALIKES, QUIET_S, view_case
from edge.vision.camera_watch import CameraView
from edge.vision.frame import PlanarFrame
from edge.vision.motion import LUMA_WH

_DAY_TO, _NIGHT_FROM = 0.1, 0.9  # how strongly headlights show
_SETTLED_NS = 40_000_000_000


@dataclass(frozen=True, slots=True)
class Played:
    """One case and what was said of it: each finding's kind and seconds after the case began to be wrong.

    `modes`: moments in a mode that had lasted for a while, and how many of them were called by its name.
    """

    name: str
    seed: int
    found: tuple[tuple[str, float], ...]
    modes: tuple[tuple[str, int, int], ...]

    @property
    def is_wrong(self) -> bool:
        """Whether anything was found but the fault, once and after it had begun; nothing at all where there is none."""
        told = [kind for kind, seconds in self.found if seconds >= 0]
        return len(told) != len(self.found) or told != [self.name] * (self.name in FAULTS)


@dataclass(frozen=True, slots=True)
class KindScore:
    """Of one kind: cases that are of it and that are not, those found, those wrongly found, seconds until noticed."""

    kind: str
    n: int
    others: int
    found: int
    false: int
    seconds: tuple[float, ...]

    @property
    def recall(self) -> float:
        return self.found / self.n if self.n else 1.0

    @property
    def precision(self) -> float:
        told = self.found + self.false
        return self.found / told if told else 1.0

    def noticed_s(self, percent: float) -> float:
        """Return a percentile of the seconds until noticed, NaN when nothing was."""
        return float(np.percentile(self.seconds, percent)) if self.seconds else float("nan")


def play(name: str, seed: int, source: SceneList = PROOF) -> Played:
    """Show one case to the very class that a camera's pipeline calls."""
    view = CameraView()
    found: list[tuple[str, float]] = []
    modes: dict[str, list[int]] = {}
    lit, lit_ns = "", 0
    for at_ns, picture, light in view_case(name, seed, source):
        frame = PlanarFrame.from_rgb(picture, camera_id="case", seq=0, wall_ns=at_ns, mono_ns=at_ns, pts_ns=at_ns)
        findings = view.step(frame, frame.luma(*LUMA_WH))
        found += [(one.kind, at_ns / 1e9 - QUIET_S) for one in findings if one.raised]
        if mode_of(light) != lit:
            lit, lit_ns = mode_of(light), at_ns
        if name not in FAULTS and at_ns - lit_ns >= _SETTLED_NS:
            counts = modes.setdefault(lit, [0, 0])
            counts[0] += 1
            counts[1] += view.mode == lit
    return Played(name, seed, tuple(found), tuple((mode, n, right) for mode, (n, right) in modes.items()))


def mode_of(light: Light) -> str:
    """Return the mode that a rendered light is."""
    if light.gray:
        return "infra-red"
    return "day" if light.beams < _DAY_TO else "night" if light.beams > _NIGHT_FROM else "dusk"


def cases(each: int, alike: int) -> Iterator[tuple[str, int]]:
    """Yield names and seeds: `each` of every fault, `alike` of everything that looks like one."""
    for names, count in ((FAULTS, each), (LOOK_ALIKES, alike)):
        yield from ((name, seed) for name in names for seed in range(count))


def evaluate_camera_health(
    each: int = 10, alike: int = 2, source: SceneList = PROOF, tell: Callable[[Played], None] = lambda _: None
) -> tuple[Played, ...]:
    """Play every case; `tell` is called after each. The usual numbers take about ten minutes."""
    played = []
    for name, seed in cases(each, alike):
        played.append(play(name, seed, source))
        tell(played[-1])
    return tuple(played)


def score(played: Sequence[Played]) -> tuple[KindScore, ...]:
    """Return the scores by kind; what is found in another fault's case or before anything is wrong is false."""
    scores = []
    for kind in FAULTS:
        mine = [[s for k, s in case.found if k == kind] for case in played if case.name == kind]
        others = [[s for k, s in case.found if k == kind] for case in played if case.name != kind]
        right = [min(found) for found in mine if found and min(found) >= 0]
        false = sum(bool(found) for found in others) + sum(bool(found) and min(found) < 0 for found in mine)
        scores.append(KindScore(kind, len(mine), len(others), len(right), false, tuple(right)))
    return tuple(scores)


def mode_accuracy(played: Sequence[Played]) -> dict[str, tuple[int, float]]:
    """Return by mode how many moments there were and which share of them was called so."""
    totals: dict[str, list[int]] = {}
    for mode, n, right in (row for case in played for row in case.modes):
        counts = totals.setdefault(mode, [0, 0])
        counts[0], counts[1] = counts[0] + n, counts[1] + right
    return {mode: (n, right / n) for mode, (n, right) in totals.items()}
