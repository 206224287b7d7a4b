"""The plates of every track of one camera: which pictures to read, what came back, what is agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from edge.plates.choice import AWAY_NS, Candidate, Shortlist, has_plates, hindrance, plate_region, size_px
from edge.plates.exchange import Sighted, exchanged
from edge.plates.grammar import Prior, nothing
from edge.plates.hindrance import commonest, flaw_of
from edge.plates.vote import agree
from edge.ports import Look
from edge.types import U8, Box, NoPlate, Plate, PlateRead, Reading, TrackSnapshot, TrackUpdate

MOST_TRACKS = 256
"""Tracks remembered; the oldest goes first."""
MARGIN = 0.25
"""Room around a plate in its evidence picture, in plate heights."""
SURE = 0.8
"""Plates less sure than this say nothing of which vehicle a track is."""


@dataclass(slots=True)
class _Page:
    """One track, or what came of it since it `jumped_ns`; `before` is what was there until then."""

    shortlist: Shortlist = field(default_factory=Shortlist)
    box: Box = (0.0, 0.0, 0.0, 0.0)
    pending: dict[Look, U8] = field(default_factory=dict)
    looks: list[tuple[PlateRead, ...]] = field(default_factory=list)
    expect: Callable[[], Prior] = nothing
    sighted: list[Sighted] = field(default_factory=list)
    ended: bool = False
    flaws: list[NoPlate] = field(default_factory=list)
    hidden: tuple[float, NoPlate] | None = None
    """How large it was, and what was in the way of looking at it then: where it was largest."""
    best: tuple[float, U8] | None = None
    told: tuple[tuple[int, ...], tuple[Plate, ...]] | None = None
    jumped_ns: int | None = None
    before: _Page | None = None
    onward: int | None = None
    """The track that goes on where this one went over to another vehicle."""

    @property
    def parts(self) -> tuple[_Page, ...]:
        """The page itself, and what came before it."""
        return (self,) if self.before is None else (self, self.before)

    @property
    def sure(self) -> tuple[Plate, ...]:
        """The plates that the looks of this page alone are sure of."""
        return tuple(plate for plate in agree(self.looks, self.expect()) if plate.text and plate.confidence >= SURE)

    def agreed(self) -> tuple[Plate, ...]:
        """Return what all looks agree on, counted anew only after another look: it is asked for at every frame."""
        counts = tuple(len(part.looks) for part in self.parts)
        if self.told is None or self.told[0] != counts:
            looks = [look for part in reversed(self.parts) for look in part.looks]
            self.told = counts, agree(looks, self.expect())
        return self.told[1]

    def take(self, ready: list[Candidate]) -> list[Candidate]:
        """Await the answers to pictures that are to be read now."""
        self.pending |= {candidate.look: candidate.picture for candidate in ready}
        return ready

    def hide(self, size: float, reason: NoPlate) -> None:
        """Note what is in the way of looking at a vehicle of this size (see `size_px`)."""
        if self.hidden is None or size >= self.hidden[0]:
            self.hidden = size, reason

    @property
    def no_plate(self) -> NoPlate | None:
        """Why no plate is agreed on this page; None where nothing was seen of the vehicle."""
        if any(self.looks):
            return NoPlate.UNSURE
        if self.flaws:
            return commonest(self.flaws)
        if self.pending or self.shortlist.kept:
            return NoPlate.NOT_READ
        return self.hidden[1] if self.hidden else None

    def add(self, look: Look, reads: tuple[PlateRead, ...] | None) -> bool:
        """Note what was read in a look of this page; return False when it is none of it."""
        picture = self.pending.pop(look, None)
        if picture is None:
            return False
        self.looks.append(reads or ())
        if not reads:
            self.flaws.append(NoPlate.NOT_READ if reads is None else flaw_of(picture))
            return True
        self.sighted += [Sighted.of(read, picture.shape[:2]) for read in reads]
        for read in reads:
            value = read.confidence * read.width_px
            if self.best is None or value > self.best[0]:
                self.best = (value, _cut(picture, read))
        return True


class PlateBook:
    """Called by one thread: `worth_a_look`, `keep` and `due` for each frame, `add` for each answer.

    Every look that `due` gave must come back through `add`, with None when it was given up.

    Args:
        expect: says what the plates of the site look like, and which ones it knows by now.
    """

    def __init__(self, expect: Callable[[], Prior] = nothing) -> None:
        self._expect = expect
        self._pages: dict[int, _Page] = {}
        self._news: set[int] = set()

    def worth_a_look(self, tracks: TrackUpdate, size_wh: tuple[int, int]) -> tuple[Look, ...]:
        """Return the pictures that could be among the best of their tracks: to be cut out of the frame and kept."""
        looks = []
        for track in tracks.active:
            if track.seen_ns == tracks.at_ns and has_plates(track):
                page = self._turned(self._page(track.track_id), track)
                page.box = track.box
                reason = hindrance(track, size_wh)
                if reason is not None:
                    page.hide(size_px(track.box), reason)
                elif page.shortlist.wants(track.box, tracks.at_ns):
                    looks.append(Look(track.track_id, tracks.at_ns, plate_region(track.box, size_wh)))
        return tuple(looks)

    def keep(self, look: Look, picture: U8) -> None:
        """Keep the picture (H,W,3) uint8 RGB of a look while it is one of the best of its track."""
        page = self._page(look.track_id)
        page.shortlist.take(look, page.box, picture)

    def due(self, tracks: TrackUpdate) -> tuple[tuple[Look, U8], ...]:
        """Return the pictures to read now: the vehicle has left, is out of sight, is far again, or stands and waits."""
        ready: list[Candidate] = []
        for track in tracks.active:
            page = self._pages.get(track.track_id)
            if page is not None:
                ready += page.take(page.shortlist.due(track.box, tracks.at_ns))
                ready += page.before.take(page.before.shortlist.rest()) if page.before else ()
        for track in tracks.lost:
            page = self._pages.get(track.track_id)
            if page is not None and tracks.at_ns - track.seen_ns >= AWAY_NS:
                ready += page.take(page.shortlist.away())
        for track in tracks.ended:
            page = self._page(track.track_id)
            page.ended = True
            for part in page.parts:
                ready += part.take(part.shortlist.rest())
        return tuple((candidate.look, candidate.picture) for candidate in ready)

    def hurry(self, track_ids: Iterable[int]) -> tuple[tuple[Look, U8], ...]:
        """Return the pictures to read now because these vehicles wait at the boom: the best ones may come too late."""
        pages = [page for track_id in track_ids if (page := self._pages.get(track_id)) is not None]
        ready = [candidate for page in pages for candidate in page.take(page.shortlist.hurry())]
        return tuple((candidate.look, candidate.picture) for candidate in ready)

    def add(self, look: Look, reads: tuple[PlateRead, ...] | None) -> None:
        """Note what was read in a look: nothing, when it shows no plate; None, when it was given up."""
        track_id: int | None = look.track_id
        while track_id is not None and (page := self._pages.get(track_id)) is not None:
            if any(part.add(look, reads) for part in page.parts):
                self._news.add(track_id)
            track_id = page.onward

    def news(self) -> tuple[int, ...]:
        """Return the tracks of which something was read since the last call."""
        news, self._news = tuple(sorted(self._news)), set()
        return news

    def sure(self, track_id: int) -> tuple[str, ...]:
        """Return the texts of a track's plates that are sure."""
        page = self._pages.get(track_id)
        return tuple(plate.text for part in page.parts for plate in part.sure) if page else ()

    def exchanged(self, track_id: int) -> bool:
        """Say whether a track went over to another vehicle: a jump, and another plate in the place of the first."""
        page = self._pages.get(track_id)
        if page is None or page.before is None:
            return False
        return exchanged((page.before.sure, page.before.sighted), (page.sure, page.sighted))

    def part(self, track_id: int, fresh_id: int) -> None:
        """Give what came after a track's jump to the track that goes on from there."""
        page = self._pages[track_id]
        if page.before is not None:
            self._pages[track_id], self._pages[fresh_id] = page.before, page
            page.before.ended, page.before.onward, page.before = True, fresh_id, None

    def agreed(self, track_id: int) -> Reading:
        """Return what is known of a track's plates so far."""
        page = self._pages.get(track_id)
        if page is None:
            return Reading()
        pending = any(part.pending for part in page.parts)
        plates = page.agreed()
        reasons = [] if plates else [part.no_plate for part in page.parts if part.no_plate]
        complete = not pending and (page.ended or page.shortlist.left == 0)
        return Reading(plates, complete, next(iter(reasons), None))

    def best_picture(self, track_id: int) -> U8 | None:
        """Return the clearest picture (H,W,3) uint8 RGB of a plate of a track, None when none was read."""
        page = self._pages.get(track_id)
        shown = [part.best for part in page.parts if part.best] if page else []
        return max(shown, key=lambda best: best[0])[1] if shown else None

    def _turned(self, page: _Page, track: TrackSnapshot) -> _Page:
        """Return the page of a track, a new one with looks of its own where it jumped for the first time."""
        if page.jumped_ns is None and track.jumped_ns is not None:
            page.jumped_ns = track.jumped_ns
            if page.looks or page.pending or page.shortlist.kept:
                page = _Page(expect=self._expect, jumped_ns=track.jumped_ns, before=page)
                self._pages[track.track_id] = page
        return page

    def _page(self, track_id: int) -> _Page:
        page = self._pages.setdefault(track_id, _Page(expect=self._expect))
        if len(self._pages) > MOST_TRACKS:
            del self._pages[next(iter(self._pages))]
        return page


def _cut(picture: U8, read: PlateRead) -> U8:
    x1, y1, x2, y2 = read.box
    margin = MARGIN * (y2 - y1)
    top, left = max(0, int(y1 - margin)), max(0, int(x1 - margin))
    cut: U8 = picture[top : int(y2 + margin) + 1, left : int(x2 + margin) + 1].copy()
    return cut
