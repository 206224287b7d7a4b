"""The colours of the vehicles of one camera: a few looks at each track, and what they agree on.

A look costs a small crop, so it is taken at most twice a second, and once there are enough only where the vehicle is
clearly larger than in the smallest. None by night, in infra-red, and of what the picture's border cuts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from edge.ports import Frame
from edge.types import F32, U8, Box, Pass, TrackSnapshot, TrackState, TrackUpdate
from edge.vision.boxes import shared_area
from edge.vision.colour import NOTHING, SIDE, Surroundings, agree, body_of, colours_of, surroundings
from edge.vision.mode import TINT_WH, Mode

MOST_TRACKS = 256
"""Tracks remembered; the oldest goes first."""
MOST_LOOKS = 6
PACE_NS = 480_000_000
SMALLEST_PX = 48
"""A vehicle narrower than this shows more edges than paint."""
LARGER = 1.2
"""A later look must show so much more area than the smallest one kept."""
FREE = 0.6
"""At least this share of the body must not lie behind a nearer vehicle."""
COLOURED = frozenset({"car"})
"""Classes told by their paint: lorries and buses show load and lettering, motorcycles hardly any paint."""
_DARK = frozenset({Mode.NIGHT.value, Mode.INFRA_RED.value, ""})


@dataclass(slots=True, eq=False)
class _Page:
    """The looks of one track, each with the area it had, and when the last one was taken."""

    looks: list[tuple[float, F32]] = field(default_factory=list)
    looked_ns: int = -PACE_NS

    def wants(self, area: float, at_ns: int) -> bool:
        if at_ns - self.looked_ns < PACE_NS:
            return False
        return len(self.looks) < MOST_LOOKS or area > LARGER * min(size for size, _ in self.looks)

    def keep(self, looks: list[tuple[float, F32]]) -> None:
        self.looks = sorted((*self.looks, *looks), key=lambda look: -look[0])[:MOST_LOOKS]


class ColourBook:
    """Called by one thread, for each frame in order of time."""

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}

    def step(self, frame: Frame, luma: U8, tracks: TrackUpdate, mode: str) -> None:
        """Look at the vehicles that are worth it; `luma` (h,w) is the frame's brightness, `mode` how it is lit."""
        for heir, old in tracks.joined:
            if old in self._pages:
                self._page(heir).keep(self._pages[old].looks)
        if mode in _DARK:
            return
        scene: Surroundings | None = None
        for track in tracks.active:
            if track.seen_ns == tracks.at_ns and is_shown(track, frame.size_wh):
                page, area = self._page(track.track_id), _area(track.box)
                if page.wants(area, tracks.at_ns):
                    page.looked_ns = tracks.at_ns
                    scene = scene or surroundings(luma, frame.tint(*TINT_WH))
                    look = _look(frame, track, tracks, scene)
                    page.keep([(area, look)] if look is not NOTHING else [])

    def told(self, pass_: Pass) -> Pass:
        """Return the pass with what its vehicle's looks agree on so far."""
        if pass_.class_name not in COLOURED:
            return pass_
        colour, confidence = self.agreed(pass_.track_id)
        return replace(pass_, colour=colour, colour_confidence=confidence) if colour else pass_

    def agreed(self, track_id: int) -> tuple[str, float]:
        """Return the colour that the looks at a track agree on and how much, 0..1; empty where they do not."""
        page = self._pages.get(track_id)
        return agree([look for _, look in page.looks]) if page else ("", 0.0)

    def _page(self, track_id: int) -> _Page:
        page = self._pages.setdefault(track_id, _Page())
        if len(self._pages) > MOST_TRACKS:
            del self._pages[next(iter(self._pages))]
        return page


def _look(frame: Frame, track: TrackSnapshot, tracks: TrackUpdate, scene: Surroundings) -> F32:
    body = body_of(track.box)
    nearer = [other.box for other in tracks.active if other.box[3] > track.box[3] and shared_area(other.box, body) > 0]
    free = _free(body, nearer)
    return colours_of(frame.crop(body), scene, free) if free.mean() >= FREE else NOTHING


def _free(body: Box, nearer: list[Box]) -> np.typing.NDArray[np.bool_]:
    """Return which of the SIDE x SIDE parts of a body lie behind none of the nearer boxes."""
    free = np.ones((SIDE, SIDE), np.bool_)
    x = body[0] + (np.arange(SIDE) + 0.5) * (body[2] - body[0]) / SIDE
    y = body[1] + (np.arange(SIDE) + 0.5) * (body[3] - body[1]) / SIDE
    for x1, y1, x2, y2 in nearer:
        free[np.ix_((y >= y1) & (y < y2), (x >= x1) & (x < x2))] = False
    return free


def is_shown(track: TrackSnapshot, size_wh: tuple[int, int]) -> bool:
    """Return whether a track is a vehicle that is told by its paint, large enough and wholly in the picture."""
    x1, y1, x2, y2 = track.box
    inside = x1 > 1 and y1 > 1 and x2 < size_wh[0] - 1 and y2 < size_wh[1] - 1
    known = track.state is TrackState.CONFIRMED and track.class_name in COLOURED
    return known and inside and x2 - x1 >= SMALLEST_PX


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
