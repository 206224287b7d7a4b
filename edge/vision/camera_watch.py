"""Whether a fixed camera still sees what it should: covered, moved, defocused or blind by night.

The usual view is learnt anew in every mode (the first two minutes of it without a verdict) and then follows slowly,
only while all is well. A verdict must hold for `hold_s`, longer than a lorry fills the picture; it ends when the usual
view is back. Nothing outlives a restart: what the camera sees then is learnt as its view.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np

from edge.ports import Frame
from edge.types import F32, U8, CameraFinding
from edge.vision.mode import TINT_WH, Mode, ModeWatch
from edge.vision.view import Layers, Looks, compare, entropy, layers, small

COVERED, MOVED, DEFOCUSED, BLIND = "camera-covered", "camera-moved", "camera-defocused", "camera-blind"
PACE_S = 0.48
"""So that frames 40, 80 or 100 ms apart make two looks a second."""
KINDS = (COVERED, MOVED, DEFOCUSED, BLIND)


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What counts as wrong and for how long. Shifts in pixels of a view 160 wide, shares 0..1."""

    hold_s: float = 45.0
    """Something is wrong when it was so for this long..."""
    hold_share: float = 0.9
    """... in this share of the moments."""
    well_s: float = 10.0
    """It is over after this long of the usual view."""
    learn_s: float = 120.0
    """A mode's usual view is known after this long: the middle of looks spread over it."""
    looks: int = 9
    follow_s: float = 600.0
    """Time constant with which the usual view follows the sun."""
    gap_s: float = 5.0
    """After so long without a picture, holding begins anew."""
    fewest_places: int = 8
    """A usual view with fewer places that have edges cannot be judged by them."""
    kept: float = 0.45
    """Another view or a cover leaves fewer places than this as they were..."""
    well: float = 0.6
    """... and all is well again above this."""
    strength: float = 0.4
    """A cover leaves less contrast than this."""
    opaque: float = 0.12
    """Less contrast than this is a cover, even when the layout shines through."""
    layout: float = 0.5
    """What is only out of focus keeps its layout in more places than this."""
    fineness: float = 0.55
    """Out of focus is what has less fine detail than this, compared with its usual."""
    shift_px: float = 3.0
    """A camera that sees its view so far from its place has been moved."""
    dark: float = 40.0
    """Brightness that nine tenths of a dark picture stay below."""
    bare_bits: float = 1.5
    """A picture of less entropy shows nothing."""


@dataclass(slots=True, eq=False)
class _Usual:
    """The usual view of one mode, in the making until `layers` is there. `fineness` is what a sharp moment has."""

    looks: list[U8] = field(default_factory=list)
    looked_ns: int = 0
    view: F32 | None = None
    layers: Layers | None = None
    fineness: float = 1.0


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one moment shows; `kind` is empty when nothing is wrong, `why` has the numbers."""

    at_ns: int
    kind: str
    why: str = ""
    well: bool = True


class CameraView:
    """The light and the health of one camera, looked at `PACE_S` apart however many frames there are."""

    def __init__(self) -> None:
        self._modes = ModeWatch()
        self._watch = CameraWatch()
        self._looked_ns: int | None = None
        self.mode = ""
        """How the scene is lit: day, dusk, night or infra-red."""
        self.turned = False
        """Whether the last frame showed that the camera was moved."""

    @property
    def trouble(self) -> str:
        """The kind of anomaly that holds now, or empty."""
        return self._watch.raised

    def step(self, frame: Frame, luma: U8) -> tuple[CameraFinding, ...]:
        """Take a frame and its brightness (h,w) uint8; return what has begun or ended with it."""
        self.turned = False
        if self._looked_ns is not None and 0 <= frame.mono_ns - self._looked_ns < PACE_S * 1e9:
            return ()
        self._looked_ns = frame.mono_ns
        mode = self._modes.step(luma, frame.tint(*TINT_WH), frame.mono_ns)
        self.mode = mode.value
        findings = self._watch.step(luma, mode, frame.mono_ns)
        self.turned = any(finding.raised and finding.kind == MOVED for finding in findings)
        return findings


class CameraWatch:
    """The watch over one camera. Called about twice a second, in order of time."""

    def __init__(self, settings: WatchSettings | None = None) -> None:
        self._settings = settings or WatchSettings()
        self._last: deque[U8] = deque(maxlen=7)
        self._usual: dict[Mode, _Usual] = {}
        self._mode: Mode | None = None
        self._verdicts: deque[_Verdict] = deque()
        self._raised = ""

    @property
    def raised(self) -> str:
        """The kind that holds now, or empty."""
        return self._raised

    def step(self, luma: U8, mode: Mode, at_ns: int) -> tuple[CameraFinding, ...]:
        """Take the brightness (h,w) uint8 of the frame at `at_ns`; return what has begun or ended with it."""
        s = self._settings
        if self._verdicts and not 0 <= at_ns - self._verdicts[-1].at_ns <= s.gap_s * 1e9:
            self._verdicts.clear()
            self._last.clear()
        self._last.append(small(luma))
        # The middle of the last few moments has neither rain nor noise, nor what only passes.
        steady = np.asarray(np.median(np.stack(self._last), axis=0), np.uint8)
        verdict = self._judge(steady, mode, at_ns)
        self._verdicts.append(verdict)
        while at_ns - self._verdicts[0].at_ns > s.hold_s * 1e9:
            self._verdicts.popleft()
        return self._changes(at_ns)

    def _judge(self, steady: U8, mode: Mode, at_ns: int) -> _Verdict:
        s = self._settings
        bits = entropy(steady)
        bright = float(np.percentile(steady, 90))
        if bits < s.bare_bits:
            # A covered camera looks like night: what the light was before says which of the two it is.
            self._mode = self._mode or mode
            return self._hidden(
                at_ns, bright, f"{bits:.1f} bits per pixel (under {s.bare_bits:g}: nothing is to be seen)"
            )
        now = layers(steady)
        usual = self._usual_for(mode, now)
        if usual.view is None or usual.layers is None:
            if not self._raised:
                self._learn(usual, steady, at_ns)
            return _Verdict(at_ns, "", well=self._ends_with_any_picture())
        looks = compare(usual.layers, now)
        verdict = self._compared(looks, usual, at_ns, (bits, bright))
        if verdict.well and not self._raised:
            self._follow(usual, steady, looks, at_ns)
        return verdict

    def _ends_with_any_picture(self) -> bool:
        """Return whether what is raised was darkness, or a cover over a view that nobody knows."""
        return self._raised == BLIND or all(usual.layers is None for usual in self._usual.values())

    def _usual_for(self, mode: Mode, now: Layers) -> _Usual:
        """Return what to compare with: what a cover darkens is not night, and a camera turned to a lamp is no dawn."""
        before = self._usual.get(self._mode) if self._mode is not None else None
        usual = self._usual.setdefault(mode, _Usual())
        if mode is not self._mode and before is not None and before.layers is not None:
            looks = compare(before.layers, now)
            covered = looks.kept < self._settings.kept and looks.strength < self._settings.strength
            if covered or (usual.layers is None and self._is_turned(looks)):
                return before
        self._mode = mode
        return usual

    def _is_turned(self, looks: Looks) -> bool:
        """Return whether the view is there, only elsewhere in the picture."""
        s = self._settings
        return looks.shift >= s.shift_px and looks.aligned >= max(s.kept, looks.kept + 0.1)

    def _hidden(self, at_ns: int, bright: float, said: str) -> _Verdict:
        """Return what it is when nothing is to be seen: by day a cover, else the dark."""
        if bright < self._settings.dark and self._mode is not Mode.DAY:
            return _Verdict(at_ns, BLIND, f"nine tenths are darker than {bright:.0f} of 255, {said}", well=False)
        return _Verdict(at_ns, COVERED, said, well=False)

    def _compared(self, looks: Looks, usual: _Usual, at_ns: int, measured: tuple[float, float]) -> _Verdict:
        s = self._settings
        if looks.places < s.fewest_places:
            return _Verdict(at_ns, "")
        fineness = looks.fineness / max(usual.fineness, 0.1)
        if self._is_turned(looks):
            across, down = looks.shift_px
            why = f"the view has moved by {across / 1.6:+.1f} % across and {down / 0.9:+.1f} % down the picture"
            return _Verdict(at_ns, MOVED, why, well=False)
        if fineness < s.fineness and looks.layout >= s.layout and looks.strength >= s.opaque:
            told = f"the layout is as it was in {looks.layout:.0%} of {looks.places} places"
            why = f"fine detail is {fineness:.0%} of what it was, while {told}"
            return _Verdict(at_ns, DEFOCUSED, why, well=False)
        if looks.kept < s.kept:
            bits, bright = measured
            why = f"{looks.kept:.0%} of {looks.places} places show what they did, contrast {looks.strength:.0%}"
            why = f"{why}, {bits:.1f} bits per pixel"
            return (
                self._hidden(at_ns, bright, why)
                if looks.strength < s.strength
                else _Verdict(at_ns, MOVED, why, well=False)
            )
        return _Verdict(at_ns, "", well=looks.kept >= s.well and fineness >= s.fineness)

    def _learn(self, usual: _Usual, steady: U8, at_ns: int) -> None:
        s = self._settings
        if usual.looks and at_ns - usual.looked_ns < s.learn_s / s.looks * 1e9:
            return
        usual.looks.append(steady)
        usual.looked_ns = at_ns
        if len(usual.looks) > s.looks:
            usual.view = np.asarray(np.median(np.stack(usual.looks), axis=0), np.float32)
            usual.layers = layers(usual.view)
            usual.fineness = float(np.median([compare(usual.layers, layers(look)).fineness for look in usual.looks]))
            usual.looks.clear()

    def _follow(self, usual: _Usual, steady: U8, looks: Looks, at_ns: int) -> None:
        if usual.view is None:
            return
        pace = 1 - np.exp(-min(max(at_ns - usual.looked_ns, 0) / 1e9, 5.0) / self._settings.follow_s)
        usual.looked_ns = at_ns
        usual.view += np.float32(pace) * (steady - usual.view)
        usual.layers = layers(usual.view)
        usual.fineness += pace * (looks.fineness - usual.fineness)

    def _changes(self, at_ns: int) -> tuple[CameraFinding, ...]:
        """Return what the verdicts of the last while begin or end."""
        s = self._settings
        changes = []
        if self._raised and self._is_well(at_ns):
            changes.append(CameraFinding(self._raised, raised=False, explanation="The usual view is back."))
            self._raised = ""
        held_s = (at_ns - self._verdicts[0].at_ns) / 1e9
        wrong = Counter(v.kind for v in self._verdicts if v.kind)
        if held_s < 0.95 * s.hold_s or wrong.total() < s.hold_share * len(self._verdicts):
            return tuple(changes)
        kind, _ = wrong.most_common(1)[0]
        if kind != self._raised:
            if self._raised:
                changes.append(CameraFinding(self._raised, raised=False, explanation=f"Now it is {kind}."))
            last = next(v for v in reversed(self._verdicts) if v.kind == kind)
            changes.append(CameraFinding(kind, raised=True, explanation=f"For {held_s:.0f} s: {last.why}."))
            self._raised = kind
        return tuple(changes)

    def _is_well(self, at_ns: int) -> bool:
        s = self._settings
        late = [v for v in self._verdicts if at_ns - v.at_ns <= s.well_s * 1e9]
        enough = at_ns - self._verdicts[0].at_ns >= s.well_s * 1e9
        return enough and sum(v.well for v in late) >= s.hold_share * len(late)
