"""The votes of several looks for one character of a plate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.lookalikes import alikes, price
from edge.plates.text import resemble

CLOSE = 0.2
"""Share of the votes: who is behind the winner by at most this much may have been meant. Two looks to one are clear."""


@dataclass(slots=True)
class Ballot:
    """The votes for one character of a plate; an empty one says that it is not there."""

    support: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    backers: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    best: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    weight: float = 0.0

    def cast(self, character: str, confidence: float, weight: float) -> None:
        """Count one look: what it read here, how sure it was, and how much it counts."""
        self.weight += weight
        self.support[character] += confidence * weight
        self.backers[character] += 1
        self.best[character] = max(self.best[character], confidence)

    def ranked(self) -> list[str]:
        """The best supported character, then those read for it that look like it."""
        first = max(self.support, key=lambda character: (self.support[character], character))
        return [first, *(other for other in self.support if other and first and resemble(first, other))]

    def left_open(self) -> frozenset[str]:
        """The characters read here that are as good as the winner; an empty one says that none is there."""
        enough = max(self.support.values()) - CLOSE * sum(self.support.values())
        return frozenset(character for character, votes in self.support.items() if votes >= enough)

    def charges(self) -> dict[str, float]:
        """What each character would cost that was read here or looks like one that was, over the winner's cost."""
        offered = {other for read in self.support if read for other in (read, *alikes(read))}
        costs = {
            one: sum(price(read, one) * votes for read, votes in self.support.items()) / self.weight for one in offered
        }
        return {one: max(0.0, cost - costs[self.ranked()[0]]) for one, cost in costs.items()}

    def backing(self, character: str, counts: Callable[[str, str], bool]) -> int:
        """How many looks stand behind a character; `counts` says whether another one read for it counts too."""
        return sum(
            count
            for other, count in self.backers.items()
            if other == character or (other and character and counts(other, character))
        )

    def share(self, character: str) -> float:
        """Return how sure a character is, 0..1: its share of the votes, no surer than the surest look that read it."""
        return self.best[character] * self.support[character] / sum(self.support.values())

    def share_alike(self, character: str) -> float:
        """Return the share of a character with what was read for it.

        That counts less by the square of what taking it for that costs: where only this character can stand, a
        look-alike read for it speaks for it nearly as well.
        """
        worth = {other: 1 - price(other, character) ** 2 for other in self.support}
        votes = sum(worth[other] * support for other, support in self.support.items())
        return max(self.best[other] for other in worth if worth[other]) * votes / sum(self.support.values())

    def margin(self, character: str) -> float:
        """Return how far a character is ahead of the next one, in 0..1 of the votes; 0 where it is behind."""
        others = max((votes for other, votes in self.support.items() if other != character), default=0.0)
        return max(0.0, self.support[character] - others) / sum(self.support.values())
