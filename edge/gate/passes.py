"""Passes: one vehicle crossing once, told at once and again when nothing more can be learnt about it.

One crossing opens one pass. A turn on the line withdraws it; a track that continues another one, or shows the same
plate at the same line in the same moments, is the same vehicle and makes no second pass. Where plates read meanwhile
change what is decided on a pass, it is told in between, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from edge.types import VEHICLES, Crossing, Decision, Pass, Plate, Reading, Stage, TrackSnapshot, TrackUpdate

Decide: TypeAlias = Callable[[Sequence[Plate], int], Decision | None]
"""What the registry decides on plates at a wall time (ns); None where there is no registry."""
Cleared: TypeAlias = Callable[[int, str], bool]
"""Whether a track is so far beyond a line that coming back would be a crossing of its own."""
_MOST_TRACKS = 4  # tracks remembered besides the newest


@dataclass(frozen=True, slots=True)
class PassSettings:
    """When a pass is final, and when two crossings are one."""

    settle_s: float = 2.0
    """A pass is told as final no sooner, even when its plates are read; nor before the vehicle has cleared the line."""
    patience_s: float = 20.0
    """A vehicle that stays in sight and whose plates stay unsure is told as final after this."""
    lost_s: float = 2.0
    """A vehicle out of sight for this long adds nothing more to its pass."""
    ended_s: float = 1.0
    """Looks at plates still on their way are waited for this long after the track's end."""
    twin_s: float = 10.0
    """The same plate over the same line in the same direction within this is the same vehicle."""
    twin_confidence: float = 0.8
    """Plates less sure than this prove no sameness."""


@dataclass(slots=True, eq=False)
class _Item:
    """A pass and the tracks that were its vehicle, the newest first. `surest` is the one seen most often."""

    told: Pass
    crossed_ns: int
    last: TrackSnapshot
    surest: TrackSnapshot
    tracks: list[int]
    inherited: tuple[Plate, ...] = ()
    lost: bool = False
    ended_ns: int | None = None
    decision: Decision | None = None
    judged: tuple[str, ...] = ()


class PassBook:
    """The passes of one camera."""

    def __init__(
        self,
        camera_id: str,
        make_id: Callable[[int], str],
        settings: PassSettings | None = None,
        decide: Decide = lambda _plates, _wall_ns: None,
        cleared: Cleared = lambda _track_id, _line_id: True,
    ) -> None:
        self._camera_id = camera_id
        self._make_id = make_id
        self._settings = settings or PassSettings()
        self._decide = decide
        self._cleared = cleared
        self._open: list[_Item] = []
        self._closed: list[_Item] = []

    def step(
        self, update: TrackUpdate, crossings: Sequence[Crossing], wall_ns: int, read: Callable[[int], Reading]
    ) -> tuple[Pass, ...]:
        """Return the passes that the frame at `wall_ns` opens, withdraws, decides anew or makes final.

        `read` says what is known of a track's plates; it is asked for tracks up to two seconds gone.
        """
        self._follow(update, read)
        tracks = {track.track_id: track for track in (*update.ended, *update.lost, *update.active)}
        told: list[Pass] = []
        for crossing in crossings:
            track = tracks.get(crossing.track_id)
            if track is not None and track.class_name in VEHICLES:
                told.extend(self._take(crossing, track, wall_ns, read))
        told.extend(self._finish(item, read) for item in tuple(self._open) if self._is_final(item, update.at_ns, read))
        told.extend(item.told for item in self._open if self._learns(item, read))
        oldest = update.at_ns - round(self._settings.twin_s * 1e9)
        self._closed = [item for item in self._closed if item.crossed_ns >= oldest]
        return tuple(told)

    def finish(self, read: Callable[[int], Reading]) -> tuple[Pass, ...]:
        """Return every open pass as final: the source is through."""
        return tuple(self._finish(item, read) for item in tuple(self._open))

    def _follow(self, update: TrackUpdate, read: Callable[[int], Reading]) -> None:
        """Keep up with the tracks of the open passes, also where one continues another."""
        for heir, old in update.joined:
            for item in (*self._open, *self._closed):
                if item.tracks[0] == old:
                    item.inherited = _merged(item.inherited, read(old).plates)
                    item.tracks = [heir, *item.tracks[:_MOST_TRACKS]]
        states = {track.track_id: (track, False, None) for track in update.active}
        states |= {track.track_id: (track, True, None) for track in update.lost}
        ended = {track.track_id: (track, True, update.at_ns) for track in update.ended}
        for item in self._open:
            item.last, item.lost, item.ended_ns = (states | ended).get(
                item.tracks[0], (item.last, item.lost, item.ended_ns)
            )
            if item.last.hits >= item.surest.hits:
                item.surest = item.last

    def _take(
        self, crossing: Crossing, track: TrackSnapshot, wall_ns: int, read: Callable[[int], Reading]
    ) -> tuple[Pass, ...]:
        """Return what one crossing of a vehicle changes."""
        mine = [
            item
            for item in (*self._closed, *self._open)
            if _at(item, crossing.line_id) and track.track_id in item.tracks
        ]
        latest = max(mine, key=lambda item: item.crossed_ns, default=None)
        if latest is not None and latest in self._open and crossing.turned_back:
            return (self._withdraw(latest),)
        if latest is not None and latest.told.direction is crossing.direction:
            return ()
        fresh = self._opened(crossing, track, wall_ns, read)
        twin = self._twin(fresh, fresh.told.plates)
        if twin is not None:
            twin.tracks = [track.track_id, *twin.tracks[:_MOST_TRACKS]]
            return ()
        fresh.judged = _texts(fresh.told.plates)
        fresh.decision = self._decide(fresh.told.plates, fresh.told.wall_ns)
        self._open.append(fresh)
        return (fresh.told,)

    def _learns(self, item: _Item, read: Callable[[int], Reading]) -> bool:
        """Say whether plates read by now change the decision; then the pass is told anew, still provisional."""
        plates = _read_of(item, read)
        if _texts(plates) == item.judged:
            return False
        before, item.judged = item.decision, _texts(plates)
        item.decision = self._decide(plates, item.told.wall_ns)
        if item.decision is not before:
            item.told = replace(item.told, plates=plates, revision=item.told.revision + 1)
        return item.decision is not before

    def _opened(self, crossing: Crossing, track: TrackSnapshot, wall_ns: int, read: Callable[[int], Reading]) -> _Item:
        told = Pass(
            pass_id=self._make_id(wall_ns),
            stage=Stage.PROVISIONAL,
            revision=1,
            camera_id=self._camera_id,
            track_id=track.track_id,
            line_id=crossing.line_id,
            road_id=crossing.road_id,
            direction=crossing.direction,
            direction_confidence=crossing.confidence,
            wall_ns=crossing.wall_ns,
            class_name=track.class_name,
            plates=read(track.track_id).plates,
            dhash=track.dhash,
            mode=crossing.mode,
        )
        return _Item(told, crossing.at_ns, track, track, [track.track_id])

    def _is_final(self, item: _Item, at_ns: int, read: Callable[[int], Reading]) -> bool:
        """Return whether nothing more can be learnt about a pass, or it has been waited for long enough."""
        s = self._settings
        since_crossing_s = (at_ns - item.crossed_ns) / 1e9
        if item.ended_ns is not None and (at_ns - item.ended_ns) / 1e9 >= s.ended_s:
            return True
        if item.lost and (at_ns - item.last.seen_ns) / 1e9 >= s.lost_s:
            return True
        if since_crossing_s >= s.patience_s:
            return True
        settled = item.ended_ns is not None or since_crossing_s >= s.settle_s
        certain = settled and self._cleared(item.tracks[0], item.told.line_id)
        return certain and all(read(track_id).complete for track_id in item.tracks)

    def _finish(self, item: _Item, read: Callable[[int], Reading]) -> Pass:
        # The looks at an earlier track of the vehicle may have been answered only after the next one took over.
        plates = _read_of(item, read)
        if item.surest.class_name not in VEHICLES or self._twin(item, plates) is not None:
            return self._withdraw(item)
        item.told = replace(
            item.told,
            stage=Stage.FINAL,
            revision=item.told.revision + 1,
            track_id=item.tracks[0],
            class_name=item.surest.class_name,
            plates=plates,
            no_plate=None
            if plates
            else next(filter(None, (read(track_id).no_plate for track_id in item.tracks)), None),
        )
        self._open.remove(item)
        self._closed.append(item)
        return item.told

    def _withdraw(self, item: _Item) -> Pass:
        self._open.remove(item)
        return replace(item.told, stage=Stage.ANNULLED, revision=item.told.revision + 1)

    def _twin(self, item: _Item, plates: Sequence[Plate]) -> _Item | None:
        """Return the pass that this one repeats: the vehicle's last one here, as its plate proves, the same way."""
        sure = self._sure(plates)
        before = [
            other
            for other in (*self._closed, *self._open)
            if _at(other, item.told.line_id)
            and (other.crossed_ns, other.told.pass_id) < (item.crossed_ns, item.told.pass_id)
            and sure & self._sure(other.told.plates)
        ]
        last = max(before, key=lambda other: other.crossed_ns, default=None)
        if last is None or last.told.direction is not item.told.direction:
            return None
        return last if item.crossed_ns - last.crossed_ns <= self._settings.twin_s * 1e9 else None

    def _sure(self, plates: Sequence[Plate]) -> set[str]:
        return {plate.text for plate in plates if plate.text and plate.confidence >= self._settings.twin_confidence}


def _at(item: _Item, line_id: str) -> bool:
    return item.told.line_id == line_id


def _texts(plates: Sequence[Plate]) -> tuple[str, ...]:
    return tuple(plate.text for plate in plates)


def _read_of(item: _Item, read: Callable[[int], Reading]) -> tuple[Plate, ...]:
    """Return what is read by now of every track that was the vehicle."""
    return _merged(item.inherited, [plate for track_id in item.tracks for plate in read(track_id).plates])


def _merged(first: Sequence[Plate], second: Sequence[Plate]) -> tuple[Plate, ...]:
    """Return the plates of both, each text once, the surest first."""
    best: dict[str, Plate] = {}
    for plate in sorted((*first, *second), key=lambda plate: (-plate.confidence, plate.text)):
        best.setdefault(plate.text, plate)
    return tuple(best.values())
