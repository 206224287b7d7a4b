"""The script tier: every run of days played and judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from edge.workshop.gate.anomalies import KindScore
from edge.workshop.gate.scores import GateScore
from edge.workshop.gate.script.composed import written
from edge.workshop.gate.script.days import Days
from edge.workshop.gate.script.judged import judge, score_passes
from edge.workshop.gate.script.play import play


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run of days came to; `wrong` has a line for all that was missed or told falsely."""

    name: str
    passes: GateScore
    anomalies: Mapping[str, KindScore]
    wrong: tuple[str, ...]


def script_tier(runs: Iterable[Days] | None = None) -> Iterator[Judged]:
    """Yield each run of days, played and judged; all that are written unless some are given."""
    for days in written() if runs is None else runs:
        told = play(days)
        passes = score_passes(days, told)
        anomalies, wrong = judge(days, told)
        yield Judged(days.name, passes, anomalies, (*passes.missed, *wrong))
