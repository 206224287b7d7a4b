"""What the looks at a vehicle agree on. One look is never enough: single wrong reads come with 0.97 confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import contains

from edge.lookalikes import UNLIKE, price
from edge.plates.ballot import Ballot
from edge.plates.grammar import NOTHING_KNOWN, Charges, Prior, fits, put_right, written
from edge.plates.text import align, distance, has_usual_layout, plausibility, resemble
from edge.types import Box, Plate, PlateRead

NEEDED = 2
"""Looks that must support every character."""
MOST_PLATES = 3
SURE_LENGTH = 6
"""A text this long is hardly a type badge."""
MOST_DOUBTS = 3
"""Characters that may be a letter or a digit before a text is too doubtful to be put right."""
ROOMY_PX = 12.0
"""Width of a character beyond which more pixels read no better."""


@dataclass(slots=True)
class Group:
    """Reads taken for the same plate, at most one from each look."""

    reads: dict[int, PlateRead] = field(default_factory=dict)

    def takes(self, look: int, read: PlateRead) -> bool:
        """Say whether `read` may be of this plate: nearly the same text as one in the group, or a part of it."""
        return look not in self.reads and any(_alike(read.text, other.text) for other in self.reads.values())


def agree(looks: Sequence[Sequence[PlateRead]], prior: Prior = NOTHING_KNOWN) -> tuple[Plate, ...]:
    """Return the plates that the looks agree on, best supported first. A vehicle may carry several.

    Args:
        looks: for each look at the vehicle the plates read in it.
        prior: the site's countries and plates, by which look-alikes are put right.
    """
    plates = [plate for group in _groups(looks) if (plate := _settle(list(group.reads.values()), prior))]
    plates.sort(key=lambda plate: (_is_short(plate.text), -plate.votes, -plate.confidence))
    return tuple(plates[:1] + [plate for plate in plates[1:] if _may_be_second(plate.text)][: MOST_PLATES - 1])


def single_look(reads: Sequence[PlateRead]) -> tuple[PlateRead, ...]:
    """Return the reads of one look at a vehicle that could become its plates if further looks agreed, best first."""
    ranked = sorted(reads, key=lambda read: (_is_short(read.text), -read.confidence))
    return tuple(ranked[:1] + [read for read in ranked[1:] if _may_be_second(read.text)][: MOST_PLATES - 1])


def _may_be_second(text: str) -> bool:
    # A second plate is a trailer's: rare, so it must look the part. Lettering is as steady as a plate and gets as many
    # votes, but with a digit in it it is mostly short: FH500, 4X4, V8.
    return plausibility(text) == 1.0 and not _is_short(text)


def _is_short(text: str) -> bool:
    return len(text) < SURE_LENGTH


def _groups(looks: Sequence[Sequence[PlateRead]]) -> list[Group]:
    # Equal ones in the order of what they say: the vote must not hang on the order of the looks.
    ordered = sorted(looks, key=lambda reads: [_rank(read) for read in reads])
    ranked = sorted(
        ((number, read) for number, reads in enumerate(ordered) for read in reads), key=lambda seen: _rank(seen[1])
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


def _rank(read: PlateRead) -> tuple[float, str, tuple[float, ...], Box]:
    return (-_weight(read) * len(read.text), read.text, read.char_confidence, read.box)


def _settle(reads: list[PlateRead], prior: Prior) -> Plate | None:
    """Vote on every character; None when one of them has too few looks behind it."""
    ballots = _count(reads)
    chosen = _choose(ballots, prior)
    text = "".join(chosen)
    country = fits(text, prior.countries)
    expected = country is not None
    counts = _alike_at_all if expected else resemble if has_usual_layout(text) else _never
    if not _is_backed(ballots, chosen, counts):
        known = _known(ballots, reads, prior.known)
        if known is None or not _is_backed(ballots, known, _alike_at_all):
            return None
        chosen, text, expected = known, "".join(known), True
        country = fits(text, prior.countries)
    pairs = list(zip(ballots, chosen, strict=True))
    shown = written(text, country)
    return Plate(
        text=text,
        # A plate is as sure as its least sure character: one wrong one names another vehicle.
        confidence=min(ballot.share_alike(one) if expected else ballot.share(one) for ballot, one in pairs),
        looks=len(reads),
        votes=sum(read.text == text for read in reads),
        runner_up=_most_read(read for read in reads if read.text != text),
        margin=min(ballot.margin(one) for ballot, one in pairs),
        country=country,
        written=shown if shown != text else None,
    )


def _is_backed(ballots: list[Ballot], chosen: Sequence[str], counts: Callable[[str, str], bool]) -> bool:
    enough = all(ballot.backing(one, counts) >= NEEDED for ballot, one in zip(ballots, chosen, strict=True))
    return enough and plausibility("".join(chosen)) > 0


def _known(ballots: list[Ballot], reads: Sequence[PlateRead], known: frozenset[str]) -> tuple[str, ...] | None:
    """Return the plate that the site knows where looks that cannot agree leave it open: one of them read it in full.

    Asked only where nothing would be told: what looks agree on never becomes another plate for being known.
    """
    signs = [ballot.left_open() for ballot in ballots]
    fitting = {read.text for read in reads if read.text in known and len(read.text) == len(signs)}
    found = [text for text in fitting if all(map(contains, signs, text))]
    return tuple(found[0]) if len(found) == 1 else None


def _count(reads: list[PlateRead]) -> list[Ballot]:
    """Line the reads up with the one that is nearest to all, and count for each of its characters."""
    reference = min(reads, key=lambda read: (_spread(read, reads), -read.confidence)).text
    ballots = [Ballot() for _ in reference]
    for read in reads:
        for ballot, place in zip(ballots, align(read.text, reference), strict=True):
            if place is None:
                ballot.cast("", read.confidence, _weight(read))
            else:
                ballot.cast(read.text[place], read.char_confidence[place], _weight(read))
    return ballots


def _choose(ballots: list[Ballot], prior: Prior) -> tuple[str, ...]:
    """Return the winners; where looks took characters for others, what the site expects decides, or a usual layout."""
    ranked = [ballot.ranked() for ballot in ballots]
    winners = tuple(options[0] for options in ranked)
    expected = _expected(ballots, winners, prior)
    if expected is not None:
        return expected
    if has_usual_layout("".join(winners)) or sum(len(options) > 1 for options in ranked) > MOST_DOUBTS:
        return winners
    usual = [texts for texts in product(*ranked) if has_usual_layout("".join(texts))]
    return max(
        usual, key=lambda texts: sum(b.support[one] for b, one in zip(ballots, texts, strict=True)), default=winners
    )


def _expected(ballots: list[Ballot], winners: tuple[str, ...], prior: Prior) -> tuple[str, ...] | None:
    """Return the winners as a plate of the site's countries or one that it knows; None where they are none."""
    if not prior.countries:
        return None
    text = "".join(winners)
    charges: Charges = [ballot.charges() for ballot, winner in zip(ballots, winners, strict=True) if winner]
    right = put_right(text, charges, prior)
    if right not in prior.known and fits(right, prior.countries) is None:
        return None
    signs = iter(right)
    return tuple(winner and next(signs) for winner in winners)


def _most_read(reads: Iterable[PlateRead]) -> str | None:
    weights: defaultdict[str, float] = defaultdict(float)
    for read in reads:
        weights[read.text] += read.confidence * _weight(read)
    return max(weights, key=lambda text: (weights[text], text), default=None)


def _spread(read: PlateRead, reads: Sequence[PlateRead]) -> float:
    return sum(distance(read.text, other.text) * _weight(other) for other in reads)


def _distance_to(read: PlateRead, group: Group) -> int:
    return min(distance(read.text, other.text) for other in group.reads.values())


def _alike(first: str, second: str) -> bool:
    longest = max(len(first), len(second))
    return distance(first, second) <= max(1, longest // 3) or first in second or second in first


def _alike_at_all(first: str, second: str) -> bool:
    return price(first, second) < UNLIKE


def _never(_first: str, _second: str) -> bool:
    return False


def _weight(read: PlateRead) -> float:
    """How much a read counts: its confidence, less where its characters had little room."""
    room_px = read.width_px / max(1, len(read.text))
    return read.confidence * min(1.0, room_px / ROOMY_PX)
