"""The clocks of a scripted site: what they show, who vouches for them, and when they may be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

PATIENCE_S = 60.0
"""A clock that was believed is believed for so long after the last one who vouched for it."""
BELIEVED_AFTER_S = 5.0
NEVER_S = 1e12


@dataclass(frozen=True, slots=True)
class Span:
    """From `from_s` on (true UTC) the clock is `ahead_s` ahead of the truth, and synchronised or not."""

    from_s: float
    ahead_s: float = 0.0
    synced: bool = True
    believed: bool = True


@dataclass(frozen=True, slots=True)
class Clocks:
    """The box's clock in spans, the first from the start of the run; `late_s`: how far a camera's is ahead of it."""

    spans: tuple[Span, ...]
    late_s: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def span(self, at_s: float) -> Span:
        """Return what holds at a true time."""
        return next((span for span in reversed(self.spans) if span.from_s <= at_s), self.spans[0])

    def shown(self, at_s: float, camera: str = "") -> float:
        """Return UTC seconds as the box, or what comes from a camera, shows them."""
        return at_s + self.span(at_s).ahead_s + self.late_s.get(camera, 0.0)

    def first(self, shown_s: float, after_s: float) -> float:
        """Return the true time from `after_s` on at which a believed clock first shows that time or a later one."""
        ends = [*(span.from_s for span in self.spans[1:]), NEVER_S]
        for span, end_s in zip(self.spans, ends, strict=True):
            at_s = max(span.from_s, after_s, shown_s - span.ahead_s)
            if span.believed and at_s < end_s:
                return at_s
        return NEVER_S

    @property
    def complaints(self) -> tuple[float, ...]:
        """The true times at which it has to be told that the clock cannot be trusted."""
        return tuple(from_s + PATIENCE_S for from_s, to_s in _doubts(self.spans) if to_s - from_s >= PATIENCE_S)


def clocks(spans: Iterable[Span], late_s: Mapping[str, float]) -> Clocks:
    """Return clocks whose spans know whether they are believed."""
    given = tuple(spans)
    known: list[Span] = []
    ends = [*(span.from_s for span in given[1:]), NEVER_S]
    believed = given[0].synced
    for span, end_s in zip(given, ends, strict=True):
        turns_s = span.from_s + (BELIEVED_AFTER_S if span.synced else PATIENCE_S)
        known.append(replace(span, believed=believed))
        if believed != span.synced and turns_s < end_s:
            believed = span.synced
            known.append(replace(span, from_s=turns_s, believed=believed))
    return Clocks(tuple(known), late_s)


def _doubts(spans: tuple[Span, ...]) -> list[tuple[float, float]]:
    """Return from when to when nobody vouched for the clock, each time."""
    borders = [*((span.from_s, span.synced) for span in spans), (NEVER_S, True)]
    doubts: list[tuple[float, float]] = []
    for (from_s, synced), (to_s, _) in pairwise(borders):
        if not synced and doubts and doubts[-1][1] == from_s:
            doubts[-1] = (doubts[-1][0], to_s)
        elif not synced:
            doubts.append((from_s, to_s))
    return doubts
