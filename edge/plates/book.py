"""The plates of every track of one camera: which pictures to read, what came back, what is agreed."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.plates.choice import AWAY_NS, Shortlist, may_show_plate, plate_region
from edge.plates.vote import agree
from edge.ports import Look
from edge.types import U8, Box, PlateRead, Reading, TrackUpdate

MOST_TRACKS = 256
"""Tracks remembered; the oldest goes first."""
MARGIN = 0.25
"""Room around a plate in its evidence picture, in plate heights."""


@dataclass(slots=True)
class _Page:
    """One track."""

    shortlist: Shortlist = field(default_factory=Shortlist)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    pending: dict[Look, U8] = field(default_factory=dict)
    looks: list[tuple[PlateRead, ...]] = field(default_factory=list)
    ended: bool = False
    best: tuple[float, U8] | None = None


class PlateBook:
    """Called by one thread: `worth_a_look`, `keep` and `due` for each frame, `add` for each answer.

    Every look that `due` gave must come back through `add`, with no reads when it was given up.
    """

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}

    def worth_a_look(self, tracks: TrackUpdate, size_wh: tuple[int, int]) -> tuple[Look, ...]:
        """Return the pictures that could be among the best of their tracks: to be cut out of the frame and kept."""
        looks = []
        for track in tracks.active:
            if track.seen_ns == tracks.at_ns and may_show_plate(track, size_wh):
                page = self._page(track.track_id)
                page.box = track.box
                if page.shortlist.wants(track.box, tracks.at_ns):
                    looks.append(Look(track.track_id, tracks.at_ns, plate_region(track.box, size_wh)))
        return tuple(looks)

    def keep(self, look: Look, picture: U8) -> None:
        """Keep the picture (H,W,3) uint8 RGB of a look while it is one of the best of its track."""
        page = self._page(look.track_id)
        page.shortlist.take(look, page.box, picture)

    def due(self, tracks: TrackUpdate) -> tuple[tuple[Look, U8], ...]:
        """Return the pictures to read now: the vehicle has left, is out of sight, is far again, or stands and waits."""
        ready = []
        for track in tracks.active:
            if track.track_id in self._pages:
                ready += self._pages[track.track_id].shortlist.due(track.box, tracks.at_ns)
        for track in tracks.lost:
            if track.track_id in self._pages and tracks.at_ns - track.seen_ns >= AWAY_NS:
                ready += self._pages[track.track_id].shortlist.away()
        for track in tracks.ended:
            page = self._page(track.track_id)
            page.ended = True
            ready += page.shortlist.rest()
        for candidate in ready:
            self._pages[candidate.look.track_id].pending[candidate.look] = candidate.picture
        return tuple((candidate.look, candidate.picture) for candidate in ready)

    def add(self, look: Look, reads: tuple[PlateRead, ...]) -> None:
        """Note what was read in a look; nothing, when it was given up or shows no plate."""
        page = self._pages.get(look.track_id)
        picture = page.pending.pop(look, None) if page else None
        if page is None or picture is None:
            return
        page.looks.append(reads)
        for read in reads:
            value = read.confidence * read.width_px
            if page.best is None or value > page.best[0]:
                page.best = (value, _cut(picture, read))

    def agreed(self, track_id: int) -> Reading:
        """Return what is known of a track's plates so far."""
        page = self._pages.get(track_id)
        if page is None:
            return Reading()
        nothing_to_come = not page.pending and (page.ended or page.shortlist.left == 0)
        return Reading(agree(page.looks), nothing_to_come)

    def best_picture(self, track_id: int) -> U8 | None:
        """Return the clearest picture (H,W,3) uint8 RGB of a plate of a track, None when none was read."""
        page = self._pages.get(track_id)
        return page.best[1] if page and page.best else None

    def _page(self, track_id: int) -> _Page:
        page = self._pages.setdefault(track_id, _Page())
        if len(self._pages) > MOST_TRACKS:
            del self._pages[next(iter(self._pages))]
        return page


def _cut(picture: U8, read: PlateRead) -> U8:
    x1, y1, x2, y2 = read.box
    margin = MARGIN * (y2 - y1)
    top, left = max(0, int(y1 - margin)), max(0, int(x1 - margin))
    cut: U8 = picture[top : int(y2 + margin) + 1, left : int(x2 + margin) + 1].copy()
    return cut
