"""`test://gate`: the rendered gate as a camera. It needs no hardware, no files and no network.

Options, as in `test://gate?seed=2&light=dusk`: `seed`; `fps`; `size` (WxH); `light` (day, dusk, night, infrared,
cycle); `rain` (0, 1); `shake` (pixels that the pole sways); `traffic` (light, normal, heavy); `live` (1 paces by the
clock and has no end, 0 delivers every frame as fast as it is drawn); `seconds` (the end; by default never when live,
else 60); `faults`: what goes wrong and when after each opening, in seconds: `lost@20` (the connection breaks),
`stall@20:6` (silence for 6 s), `gap@20:1` (frames missing), `black@20:5`, `freeze@20:5`; several are joined by commas.
"""

from __future__ import annotations

import difflib
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edge.capture.address import Address
from edge.capture.files import wall_start
from edge.capture.framing import Framing, Order
from edge.errors import ConfigError, SourceEnded, SourceLost, SourceStalled
from edge.ports import SourceSpec
from edge.scene.live_gate import LIGHTS, TRAFFIC, LiveGate
from edge.types import U8
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix, PixelFormat, Planes

OPTIONS = ("seed", "fps", "size", "light", "rain", "shake", "traffic", "live", "seconds", "faults")
FAULTS = ("lost", "stall", "gap", "black", "freeze")
NOT_LIVE_S = 60.0
_LONGEST_SIDE_PX = 3840


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at `at_s` of media time for `for_s`."""

    kind: str
    at_s: float
    for_s: float = 0.0

    def holds(self, number: int, fps: float) -> bool:
        """Whether frame `number` suffers from it; counted in whole frames, so that rounding adds none."""
        first = round(self.at_s * fps)
        return first <= number < first + max(1, round(self.for_s * fps))


@dataclass(frozen=True, slots=True)
class Options:
    """The address's options, checked."""

    seed: int
    fps: float
    size_wh: tuple[int, int]
    light: str
    rain: bool
    shake_px: float
    traffic: str
    live: bool
    seconds: float
    faults: tuple[Fault, ...]

    @property
    def frames(self) -> int | None:
        """How many frames there will be, None when endless."""
        return round(self.seconds * self.fps) if self.seconds else None


def parse_options(address: Address) -> Options:
    """Check the options.

    Raises:
        ConfigError: an unknown option or a value that makes no sense; the nearest known one is named.
    """
    given = address.option
    for name in given:
        _known(address, "option", name, OPTIONS)
    live = _choice(address, given, "live", ("1", "0")) == "1"
    return Options(
        seed=int(_number(address, given, "seed", 1, 0, 1e9)),
        fps=_number(address, given, "fps", 12.5, 0.1, 120),
        size_wh=_size(address, given.get("size", "1280x720")),
        light=_choice(address, given, "light", LIGHTS),
        rain=_choice(address, given, "rain", ("0", "1")) == "1",
        shake_px=_number(address, given, "shake", 0, 0, 20),
        traffic=_choice(address, given, "traffic", ("normal", *(t for t in TRAFFIC if t != "normal"))),
        live=live,
        seconds=_number(address, given, "seconds", 0 if live else NOT_LIVE_S, 0, 1e7) or (0 if live else NOT_LIVE_S),
        faults=tuple(_fault(address, text) for text in given.get("faults", "").split(",") if text),
    )


def _known(address: Address, what: str, name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, 1, 0.0)
    raise ConfigError(
        f"{address.shown}: {what} {name!r} is not known; did you mean {near[0]}? Known: {', '.join(known)}"
    )


def _choice(address: Address, given: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """The option's value, by default the first known one."""
    value = given.get(name, known[0])
    _known(address, f"{name} =", value, known)
    return value


def _number(address: Address, given: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = given.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ConfigError(
            f"{address.shown}: {name}={text} must be a number from {low:g} to {high:g}; write {name}={default:g}"
        )
    return value


def _size(address: Address, text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if width.isdigit() and height.isdigit():
        size = (int(width), int(height))
        if min(size) >= 64 and max(size) <= _LONGEST_SIDE_PX and not (size[0] % 2 or size[1] % 2):  # noqa: PLR2004 - smaller shows nothing
            return size
    raise ConfigError(
        f"{address.shown}: size={text} must be two even numbers from 64 to {_LONGEST_SIDE_PX}; write size=1280x720"
    )


def _fault(address: Address, text: str) -> Fault:
    kind, _, rest = text.partition("@")
    _known(address, "fault", kind, FAULTS)
    at, _, span = rest.partition(":")
    try:
        fault = Fault(kind, float(at), float(span or (0 if kind == "lost" else 1)))
    except ValueError:
        fault = Fault(kind, -1.0)
    if not (0 <= fault.at_s < math.inf and 0 <= fault.for_s < math.inf):
        raise ConfigError(f"{address.shown}: fault {text!r} is not KIND@SECOND:SECONDS; write {kind}@20:5")
    return fault


class RenderedSource:
    """The FrameSource port over the rendered gate."""

    def __init__(self, address: Address, order: Order) -> None:
        self._address = address
        self._order = order
        self._options = parse_options(address)
        self._framing = Framing(order)
        self._gate: LiveGate | None = None
        self._closed = threading.Event()
        self._number = 0
        self._opened_ns = 0
        self._last: U8 | None = None

    def open(self) -> SourceSpec:
        options = self._options
        self._gate = LiveGate(
            options.seed,
            options.size_wh,
            options.light,
            rain=options.rain,
            traffic=options.traffic,
            fps=options.fps,
            shake_px=options.shake_px,
        )
        start_ns, start_from = (None, "") if options.live else wall_start(self._order, None)
        if start_ns is not None:
            self._framing.count_from(start_ns)
        self._gate.frame(0, 0.0)  # draws the scenery, which takes longer than a frame may
        self._opened_ns = self._order.clock.mono_ns()
        return SourceSpec(
            options.live,
            "rendered",
            "none",
            "pictures",
            options.size_wh,
            options.fps,
            options.frames,
            start_ns,
            start_from,
        )

    def read(self, timeout_s: float) -> PlanarFrame:
        if self._closed.is_set() or self._gate is None:
            raise SourceLost(f"{self._address.shown}: closed while reading")
        self._skip_missed()
        self._suffer(timeout_s)
        options = self._options
        if options.frames is not None and self._number >= options.frames:
            raise SourceEnded(f"{self._address.shown}: ended after {self._number} frames")
        picture = self._picture()
        if options.live:
            self._wait_until_due()
        pts_ns = round(self._number * 1e9 / options.fps)
        self._number += 1
        return self._framing.frame(Planes(PixelFormat.RGB, (picture,), Matrix.BT709, full_range=True), pts_ns)

    def close(self) -> None:
        self._closed.set()

    def _picture(self) -> U8:
        number, fps = self._number, self._options.fps
        held = {f.kind for f in self._options.faults if f.holds(number, fps)}
        if "freeze" in held and self._last is not None:
            return self._last
        if self._gate is None:
            raise SourceLost(f"{self._address.shown}: closed while reading")
        picture, _ = self._gate.frame(number, number / fps)
        if "black" in held:
            picture = np.full_like(picture, 4)
        self._last = picture
        return picture

    def _suffer(self, timeout_s: float) -> None:
        """Let the faults that stop delivery happen."""
        fps, faults = self._options.fps, self._options.faults
        while any(f.kind == "gap" and f.holds(self._number, fps) for f in faults):
            self._number += 1
            self._framing.skip()
        for fault in faults:
            if fault.kind == "lost" and fault.holds(self._number, fps):
                self._number += 1
                raise SourceLost(f"{self._address.shown}: the connection broke, as faults asks")
            if fault.kind == "stall" and fault.holds(self._number, fps):
                self._stall(fault, timeout_s)

    def _stall(self, fault: Fault, timeout_s: float) -> None:
        """Be silent to the fault's end, but not longer than the reader waits."""
        left_s = fault.at_s + fault.for_s - self._number / self._options.fps
        silent_s = min(left_s, timeout_s)
        if self._options.live:
            self._order.clock.sleep(silent_s)
        self._number += max(1, round(silent_s * self._options.fps))
        if left_s > timeout_s:
            raise SourceStalled(f"{self._address.shown}: no frame for {timeout_s:g} s, as faults asks")

    def _skip_missed(self) -> None:
        """A live scene does not wait: frames that drawing was too slow for are left out, and the gap says so."""
        if not self._options.live:
            return
        late_s = (self._order.clock.mono_ns() - self._opened_ns) / 1e9 - self._number / self._options.fps
        for _ in range(int(late_s * self._options.fps)):
            self._number += 1
            self._framing.skip()

    def _wait_until_due(self) -> None:
        due_ns = self._opened_ns + round(self._number * 1e9 / self._options.fps)
        wait_ns = due_ns - self._order.clock.mono_ns()
        if wait_ns > 0:
            self._order.clock.sleep(wait_ns / 1e9)
