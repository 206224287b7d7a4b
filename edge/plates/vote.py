"""What the looks at a vehicle agree on. One look is never enough: single wrong reads come with 0.97 confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edge.plates.text import align, distance, plausibility
from edge.types import Plate, PlateRead

NEEDED = 2
"""Looks that must support every character."""
MOST_PLATES = 3
SURE_LENGTH = 6
"""A text this long is hardly a type badge."""
ROOMY_PX = 12.0
"""Width of a character beyond which more pixels read no better."""


@dataclass(slots=True)
class Group:
    """Reads taken for the same plate, at most one from each look."""

    reads: dict[int, PlateRead] = field(default_factory=dict)

    def takes(self, look: int, read: PlateRead) -> bool:
        """Say whether `read` may be of this plate: nearly the same text as one in the group, or a part of it."""
        return look not in self.reads and any(_alike(read.text, other.text) for other in self.reads.values())


def agree(looks: Sequence[Sequence[PlateRead]]) -> tuple[Plate, ...]:
    """Return the plates that the looks agree on, best supported first. A vehicle may carry several.

    Args:
        looks: for each look at the vehicle the plates read in it.
    """
    plates = [plate for group in _groups(looks) if (plate := _settle(list(group.reads.values())))]
    plates.sort(key=lambda plate: (_is_short(plate), -plate.votes, -plate.confidence))
    # A second plate is a trailer's: rare, so it must look the part. Lettering is as steady as a plate and gets as many
    # votes, but with a digit in it it is mostly short: FH500, 4X4, V8.
    second = [plate for plate in plates[1:] if plausibility(plate.text) == 1.0 and not _is_short(plate)]
    return tuple(plates[:1] + second[: MOST_PLATES - 1])


def _is_short(plate: Plate) -> bool:
    return len(plate.text) < SURE_LENGTH


def _groups(looks: Sequence[Sequence[PlateRead]]) -> list[Group]:
    ranked = sorted(
        ((number, read) for number, reads in enumerate(looks) for read in reads),
        key=lambda seen: -_weight(seen[1]) * len(seen[1].text),
    )
    groups: list[Group] = []
    for number, read in ranked:
        near = [group for group in groups if group.takes(number, read)]
        home = min(near, key=lambda group: _distance_to(read, group), default=None)
        if home is None:
            home = Group()
            groups.append(home)
        home.reads[number] = read
    return groups


def _settle(reads: list[PlateRead]) -> Plate | None:
    """Vote on every character; None when one of them has too few looks behind it."""
    reference = min(reads, key=lambda read: (_spread(read, reads), -read.confidence)).text
    places = [align(read.text, reference) for read in reads]
    text, shares = "", []
    for position in range(len(reference)):
        support: defaultdict[str, float] = defaultdict(float)
        backers: defaultdict[str, int] = defaultdict(int)
        best: defaultdict[str, float] = defaultdict(float)
        for read, place in zip(reads, places, strict=True):
            character = "" if place[position] is None else read.text[place[position] or 0]
            confidence = read.confidence if place[position] is None else read.char_confidence[place[position] or 0]
            support[character] += confidence * _weight(read)
            backers[character] += 1
            best[character] = max(best[character], confidence)
        winner = max(support, key=lambda character: support[character])
        if backers[winner] < NEEDED:
            return None
        text += winner
        shares.append(best[winner] * support[winner] / sum(support.values()))
    if not plausibility(text):
        return None
    others = _most_read(read for read in reads if read.text != text)
    votes = sum(read.text == text for read in reads)
    # A plate is as sure as its least sure character: one wrong one names another vehicle.
    return Plate(text, min(shares), len(reads), votes, others)


def _most_read(reads: Iterable[PlateRead]) -> str | None:
    weights: defaultdict[str, float] = defaultdict(float)
    for read in reads:
        weights[read.text] += read.confidence * _weight(read)
    return max(weights, key=lambda text: weights[text], default=None)


def _spread(read: PlateRead, reads: Sequence[PlateRead]) -> float:
    return sum(distance(read.text, other.text) * _weight(other) for other in reads)


def _distance_to(read: PlateRead, group: Group) -> int:
    return min(distance(read.text, other.text) for other in group.reads.values())


def _alike(first: str, second: str) -> bool:
    longest = max(len(first), len(second))
    return distance(first, second) <= max(1, longest // 3) or first in second or second in first


def _weight(read: PlateRead) -> float:
    """How much a read counts: its confidence, less where its characters had little room."""
    room_px = read.width_px / max(1, len(read.text))
    return read.confidence * min(1.0, room_px / ROOMY_PX)
