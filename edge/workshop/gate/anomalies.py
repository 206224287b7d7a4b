"""How well the anomalies that were told agree with those that had to be: counts by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindScore:
    """Of one kind: what had to be told, what only looks so, what of the first was told, and what was told falsely."""

    n: int = 0
    negatives: int = 0
    found: int = 0
    false: int = 0

    def __add__(self, other: KindScore) -> KindScore:
        """Return the counts of both."""
        return KindScore(
            self.n + other.n, self.negatives + other.negatives, self.found + other.found, self.false + other.false
        )

    @property
    def figures(self) -> dict[str, float | int | None]:
        """What `edge eval gate --json` says of a kind; None where nothing was there to be counted."""
        told = self.found + self.false
        return {
            "precision": round(self.found / told, 4) if told else None,
            "recall": round(self.found / self.n, 4) if self.n else None,
            "n": self.n,
            "negatives": self.negatives,
        }


def summed(scores: Iterable[Mapping[str, KindScore]]) -> dict[str, KindScore]:
    """Return the counts of all by kind."""
    total: dict[str, KindScore] = {}
    for one in scores:
        for kind, counts in one.items():
            total[kind] = total.get(kind, KindScore()) + counts
    return dict(sorted(total.items()))
