"""Visits of a whole site out of what several devices told: a pure function, whatever the order things arrived in.

A device pairs what its own cameras see. Whoever came in by one device's gate and went out by another's is half a visit
at each; here the halves meet. What a plate or a person paired on a device stands; a pair that looks alone made gives
way to a plate. The clocks of two devices may differ by `skew_s`, and only between devices is that allowed for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from edge.gate.alike import closest, texts
from edge.gate.pairing import NEAR_PLATE, PLATE, WEAK, find_partner
from edge.gate.visits import ECHO_NS
from edge.types import Visit, VisitSide

SKEW_S = 5.0


@dataclass(frozen=True, slots=True)
class SiteSide:
    """One end of a visit with the device that saw it and the number that it bears there.

    `also`: the same vehicle in the same moments, as other devices told it.
    """

    device: str
    number: int
    side: VisitSide
    also: tuple[SiteSide, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """An entry and an exit of one vehicle, wherever they were seen; one side may be missing."""

    entry: SiteSide | None
    exit: SiteSide | None
    paired_by: str | None = None

    @property
    def dwell_s(self) -> float | None:
        """Seconds between the two sides, None while one is missing; never less than 0, though clocks may differ."""
        if self.entry is None or self.exit is None:
            return None
        return max(0.0, (self.exit.side.wall_ns - self.entry.side.wall_ns) / 1e9)

    @property
    def sides(self) -> tuple[SiteSide, ...]:
        """The sides that are known, the entry first."""
        return tuple(side for side in (self.entry, self.exit) if side is not None)

    @property
    def devices(self) -> frozenset[str]:
        """The devices of its two sides."""
        return frozenset(side.device for side in self.sides)


def reconcile(visits: Iterable[tuple[str, Visit]], skew_s: float = SKEW_S) -> tuple[SiteVisit, ...]:
    """Return the visits of a site in order of time; `visits` are those of its devices, each with its device's name.

    A visit may be given in several revisions; the newest counts.
    """
    newest: dict[tuple[str, str], Visit] = {}
    for device, visit in visits:
        known = newest.setdefault((device, visit.visit_id), visit)
        if known.revision < visit.revision:
            newest[device, visit.visit_id] = visit
    told = [(device, visit) for (device, _), visit in newest.items()]
    entries, entry_of = _gathered((SiteSide(d, v.number, v.entry) for d, v in told if v.entry), skew_s)
    exits, exit_of = _gathered((SiteSide(d, v.number, v.exit) for d, v in told if v.exit), skew_s)
    pairs = sorted(
        (entry_of[device, visit.entry.pass_id], exit_of[device, visit.exit.pass_id], visit.paired_by or "")
        for device, visit in told
        if visit.entry and visit.exit
    )
    book = _Book(entries, exits, round(skew_s * 1e9))
    book.take((entry, exit_, why) for entry, exit_, why in pairs if why not in WEAK)
    book.take(book.same_plates())
    book.take_mutual(lambda why: why in {PLATE, NEAR_PLATE})
    book.take((entry, exit_, why) for entry, exit_, why in pairs if why in WEAK)
    book.take_mutual(lambda _: True)
    return book.visits()


@dataclass(slots=True, eq=False)
class _Book:
    """Entries and exits in order of time, and which of them belong together so far, by their places."""

    entries: Sequence[SiteSide]
    exits: Sequence[SiteSide]
    skew_ns: int
    mates: dict[int, tuple[int, str]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    apart: dict[tuple[int, int], float | None] = field(default_factory=dict)

    def take(self, pairs: Iterable[tuple[int, int, str]]) -> bool:
        """Pair entries and exits that are still free; returns whether there were any."""
        before = len(self.mates)
        for entry, exit_, why in pairs:
            if entry not in self.mates and exit_ not in self.taken:
                self.mates[entry] = (exit_, why)
                self.taken.add(exit_)
        return len(self.mates) > before

    def same_plates(self) -> Iterator[tuple[int, int, str]]:
        """Yield entries and exits with the same plate, the nearest in time first."""
        by_plate = defaultdict[str, list[int]](list)
        for place in self._free_exits():
            for text in texts(self.exits[place].side.plates, 0.0):
                by_plate[text].append(place)
        near = {
            (abs(self.exits[exit_].side.wall_ns - self.entries[entry].side.wall_ns), entry, exit_)
            for entry in self._free_entries()
            for text in texts(self.entries[entry].side.plates, 0.0)
            for exit_ in by_plate[text]
            if self._in_time(entry, exit_)
        }
        return ((entry, exit_, PLATE) for _, entry, exit_ in sorted(near))

    def take_mutual(self, wanted: Callable[[str], bool]) -> None:
        """Pair what is each other's choice among what is free, until nothing more is."""
        while self.take([pair for pair in self._mutual() if wanted(pair[2])]):
            pass

    def visits(self) -> tuple[SiteVisit, ...]:
        """Return every side in its visit, in order of time."""
        whole = [
            SiteVisit(self.entries[entry], self.exits[exit_], why or None)
            for entry, (exit_, why) in sorted(self.mates.items())
        ]
        alone = [SiteVisit(self.entries[entry], None) for entry in self._free_entries()]
        alone += [SiteVisit(None, self.exits[exit_]) for exit_ in self._free_exits()]
        return tuple(sorted((*whole, *alone), key=_when))

    def _mutual(self) -> list[tuple[int, int, str]]:
        entries, exits = self._free_entries(), self._free_exits()
        back: dict[int, int] = {}
        for exit_ in exits:
            near = [entry for entry in entries if self._in_time(entry, exit_)]
            apart = [self._apart(entry, exit_) for entry in near]
            found = find_partner(self.exits[exit_].side, [self.entries[at].side for at in near], apart=apart)
            if found is not None:
                back[exit_] = near[found.index]
        pairs = []
        for entry in set(back.values()):
            near = [exit_ for exit_ in exits if self._in_time(entry, exit_)]
            apart = [self._apart(entry, exit_) for exit_ in near]
            found = find_partner(self.entries[entry].side, [self.exits[at].side for at in near], apart=apart)
            if found is not None and back.get(near[found.index]) == entry:
                pairs.append((entry, near[found.index], found.why))
        return pairs

    def _apart(self, entry: int, exit_: int) -> float | None:
        if (entry, exit_) not in self.apart:
            self.apart[entry, exit_] = closest(self.entries[entry].side.plates, self.exits[exit_].side.plates)
        return self.apart[entry, exit_]

    def _in_time(self, entry: int, exit_: int) -> bool:
        one, other = self.entries[entry], self.exits[exit_]
        apart = 0 if one.device == other.device else self.skew_ns
        return other.side.wall_ns - one.side.wall_ns >= -apart

    def _free_entries(self) -> list[int]:
        return [place for place in range(len(self.entries)) if place not in self.mates]

    def _free_exits(self) -> list[int]:
        return [place for place in range(len(self.exits)) if place not in self.taken]


def _gathered(sides: Iterable[SiteSide], skew_s: float) -> tuple[list[SiteSide], dict[tuple[str, str], int]]:
    """Return the sides in order of time, each vehicle once, and where each side told went."""
    within_ns = ECHO_NS + round(skew_s * 1e9)
    kept: list[SiteSide] = []
    place: dict[tuple[str, str], int] = {}
    last: dict[str, int] = {}  # plate -> where it was seen last
    for one in sorted(sides, key=lambda one: (one.side.wall_ns, one.device, one.side.pass_id)):
        sure = sorted(texts(one.side.plates))
        before = [last[text] for text in sure if text in last]
        same = next((at for at in sorted(before) if _echoes(kept[at], one, within_ns)), None)
        if same is None:
            same = len(kept)
            kept.append(one)
            last.update(dict.fromkeys(sure, same))
        else:
            kept[same] = replace(kept[same], also=(*kept[same].also, one))
        place[one.device, one.side.pass_id] = same
    return kept, place


def _echoes(first: SiteSide, later: SiteSide, within_ns: int) -> bool:
    others = {first.device, *(one.device for one in first.also)}
    return later.device not in others and later.side.wall_ns - first.side.wall_ns <= within_ns


def _when(visit: SiteVisit) -> tuple[int, str, str]:
    first = visit.sides[0]
    return first.side.wall_ns, first.device, first.side.pass_id
