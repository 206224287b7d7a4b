"""The registry: which vehicles are known, and what it says of a plate at a time. Unknown rather than wrong.

A reading is a registered plate when it is the same, or misread within a bound while every other registered plate is
clearly farther. Dates count only then: an entry that is out of date decides nothing, and is named all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType

from edge.gate.alike import distance, plain
from edge.lookalikes import CHEAPEST
from edge.types import Access, Decision, Match, Plate

LISTS = ("deny", "allow", "watch")
"""The strongest first: a vehicle on several lists may do what the first of them says; being watched is told besides."""
MARGIN = 0.2
"""A misread plate must be nearer to the one it is taken for than to any other vehicle's by this."""
_DECISIONS = MappingProxyType({"deny": Decision.DENY, "watch": Decision.UNKNOWN, "allow": Decision.ALLOW})
_RANKS = (Match.OUT_OF_DATE, Match.AMBIGUOUS, Match.NONE)
_REMEMBERED = 256
_DAY_LENGTH = len("2026-03-04")


@dataclass(frozen=True, slots=True)
class Entry:
    """One known vehicle on one list: its plates as they are written, and the site's local times it is valid for.

    `valid_from` and `valid_to` are `YYYY-MM-DD` (the whole day) or `YYYY-MM-DD HH:MM`; empty means open.
    """

    plates: tuple[str, ...]
    listed: str
    valid_from: str = ""
    valid_to: str = ""
    class_name: str = ""
    colour: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """What events call it: its first plate."""
        return self.plates[0]

    def is_valid(self, wall_ns: int, zone: tzinfo) -> bool:
        """Return whether it holds at that moment; a local hour that comes twice belongs to it both times."""
        return not (self.valid_from and wall_ns < instant_ns(self.valid_from, zone, end=False)) and not (
            self.valid_to and wall_ns >= instant_ns(self.valid_to, zone, end=True)
        )

    @property
    def span(self) -> str:
        """The time it is valid for, in words."""
        begins, ends = f"from {self.valid_from}" if self.valid_from else "", f"to {self.valid_to}"
        return f"{begins} {ends if self.valid_to else ''}".strip()


def instant_ns(text: str, zone: tzinfo, *, end: bool) -> int:
    """Return the UTC nanoseconds at which a valid_from begins, or with `end` a valid_to is over.

    Raises:
        ValueError: it is no day, or no day and time.
    """
    at = datetime.fromisoformat(text)
    if end and len(text) == _DAY_LENGTH:
        at += timedelta(days=1)
    return int(at.replace(tzinfo=zone, fold=int(end)).timestamp()) * 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Found:
    """The registered plate that a reading is, or None; `distance` to it, `rival` to the next one where that is near."""

    plate: str | None = None
    distance: float | None = None
    rival: float | None = None


class Registry:
    """The known vehicles of a site. `zone` is the site's; `fuzzy` the bound of a misread plate, below 1."""

    def __init__(self, entries: Sequence[Entry], zone: tzinfo, fuzzy: float = 0.4) -> None:
        self._zone = zone
        self._fuzzy = fuzzy
        self._count = len(entries)
        listed: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: LISTS.index(entry.listed)):
            for plate in dict.fromkeys(map(plain, entry.plates)):
                listed[plate].append(entry)
        self._entries = dict(listed)
        self.plates = frozenset(listed)
        # One pass asks for its plates several times, and searching thousands of entries takes milliseconds.
        self._find = lru_cache(maxsize=_REMEMBERED)(self._search)

    def answer(self, plates: Sequence[Plate], wall_ns: int) -> Access:
        """Return what the registry says of a vehicle with these plates: the strongest of what it says of each."""
        read = [plate.text for plate in plates if plain(plate.text)]
        if not read:
            return Access(Decision.UNKNOWN, Match.UNREAD, "No plate was read.")
        said = sorted((access for text in read for access in self._say(text, wall_ns)), key=_rank)
        first, watch = said[0], next((one for one in said if one.watched), None)
        if watch is None or watch is first:
            return first
        return replace(first, reason=f"{first.reason} {watch.reason}", watched=watch.watched)

    def knows(self, text: str) -> bool:
        """Return whether a reading is a registered plate, whatever the dates of its entries."""
        return self._find(text).plate is not None

    def _say(self, text: str, wall_ns: int) -> list[Access]:
        """Return what every valid entry of a plate says; one that is out of date only where none is valid."""
        found = self._find(text)
        if found.plate is None:
            return [self._unknown(found)]
        entries = self._entries[found.plate]
        valid = [entry for entry in entries if entry.is_valid(wall_ns, self._zone)]
        return [self._of(entry, text, found.distance or 0.0, holds=bool(valid)) for entry in valid or entries[:1]]

    def _of(self, entry: Entry, text: str, away: float, *, holds: bool) -> Access:
        """Say what an entry says of a plate that was read as `text`, `away` from the registered one."""
        read = f"Read as {text}, {away:.1f} away (bound {self._fuzzy:g}): " if away else ""
        match = Match.OUT_OF_DATE if not holds else Match.NEAR if away else Match.EXACT
        span = _when(entry) if holds else f", but only {entry.span}"
        return Access(
            decision=_DECISIONS[entry.listed] if holds else Decision.UNKNOWN,
            match=match,
            reason=f"{read}{entry.name} is on the {entry.listed} list{span}.",
            listed=entry.listed,
            entry=entry.name,
            distance=away,
            watched=entry.name if holds and entry.listed == "watch" else None,
            class_name=entry.class_name or None,
            colour=entry.colour or None,
        )

    def _unknown(self, found: _Found) -> Access:
        """Say why a plate is nobody's. The sentence names no plate: who is near would tell what was read."""
        if found.rival is None:
            reason = f"No registered plate is within {self._fuzzy:g} of it ({self._count} entries)."
            return Access(Decision.UNKNOWN, Match.NONE, reason)
        reason = f"Two registered plates are {found.distance:.1f} and {found.rival:.1f} away, too alike to tell which."
        return Access(Decision.UNKNOWN, Match.AMBIGUOUS, reason, distance=found.distance)

    def _search(self, text: str) -> _Found:
        read = plain(text)
        if read in self._entries:
            return _Found(read, 0.0)
        reach = self._fuzzy + MARGIN
        near = sorted(
            (round(distance(read, plate), 6), plate) for plate in self._entries if _may_be(read, plate, reach)
        )
        if not near or near[0][0] > self._fuzzy:
            return _Found()
        (best, plate), others = near[0], near[1:]
        rival = next((cost for cost, other in others if not self._one_vehicle(plate, other)), None)
        if rival is not None and round(rival - best, 6) < MARGIN:
            return _Found(None, best, rival)
        return _Found(plate, best)

    def _one_vehicle(self, plate: str, other: str) -> bool:
        return self._entries[plate] == self._entries[other]


def _may_be(read: str, plate: str, reach: float) -> bool:
    """Say cheaply whether two plates can be within `reach`, which is at most 1: then both are of one length."""
    if len(read) != len(plate):
        return False
    return CHEAPEST * sum(one != other for one, other in zip(read, plate, strict=True)) <= reach + 1e-9


def _when(entry: Entry) -> str:
    return f", valid {entry.span}" if entry.span else ""


def _rank(access: Access) -> tuple[int, float]:
    if access.match in _RANKS:
        return len(LISTS) + _RANKS.index(access.match), access.distance or 0.0
    return LISTS.index(access.listed or LISTS[-1]), access.distance or 0.0
