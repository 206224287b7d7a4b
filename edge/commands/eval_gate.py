"""`edge eval gate`: passes, visits, plates and anomalies, over rendered minutes and over days as they are scripted."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge.pipeline import Step
    from edge.types import Pass, Visit
    from edge.workshop.gate.anomalies import KindScore
    from edge.workshop.gate.scores import GateScore, ToldPass
    from edge.workshop.gate.truth import ReplayTruth

LISTS = ("proof", "training")
CACHE = Path("out/gate")
_START = "2026-06-17T12:00:00+00:00"


@dataclass
class Tier:
    """What a tier came to: scores by scenario, and anomalies by kind."""

    scenarios: dict[str, GateScore] = field(default_factory=dict)
    anomalies: dict[str, KindScore] = field(default_factory=dict)

    @property
    def total(self) -> GateScore:
        """The scores of all scenarios."""
        from edge.workshop.gate.scores import GateScore

        return sum(self.scenarios.values(), GateScore())

    @property
    def figures(self) -> dict[str, object]:
        """What `--json` says of it."""
        return {**self.total.figures, "anomalies": {kind: one.figures for kind, one in self.anomalies.items()}}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval gate`."""
    parser.add_argument(
        "--tier", choices=("pixels", "script", "all"), default="all", help="rendered minutes, scripted days, or both"
    )
    parser.add_argument(
        "--list", choices=LISTS, default="proof", help="what is told comes from proof; tune on training"
    )
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", action="extend", help="replays or scenarios of the list, no others"
    )
    parser.add_argument("--cache", metavar="DIR", type=Path, default=CACHE, help="rendered replays (%(default)s)")
    parser.add_argument("--seconds", metavar="N", type=float, help="cut replays after so many seconds (other --cache)")
    parser.add_argument("--workers", metavar="N", type=int, default=2, help="processes that render (%(default)s)")
    parser.add_argument("--failures", action="store_true", help="name all that was missed or told wrongly")
    parser.add_argument("--json", action="store_true", help="a line for every replay, the sums last")


def run(args: argparse.Namespace) -> None:
    """Play the tiers and print them apart; raises as `edge.commands.eval.run`."""
    from edge.logs import setup_logs
    from edge.workshop.gate.anomalies import summed

    check_count("--workers", args.workers, "number of processes")
    setup_logs("error")
    tiers = {name: play(args) for name, play in _TIERS.items() if args.tier in {name, "all"}}
    if args.json:
        pixels = tiers.get("pixels", Tier())
        scenes = {name: score.figures for name, score in sorted(pixels.scenarios.items())}
        kinds = {kind: one.figures for kind, one in summed(tier.anomalies for tier in tiers.values()).items()}
        parts = {name: tier.figures for name, tier in tiers.items()}
        print(json.dumps({**pixels.total.figures, "scenarios": scenes, "anomalies": kinds, "tiers": parts}))


def _pixels(args: argparse.Namespace) -> Tier:
    """Render what is missing, analyse everything, and the views of cameras unless some replays are asked for."""
    from edge.commands.eval_camera import ALIKE, EACH
    from edge.workshop.gate.cameras import camera_kinds
    from edge.workshop.gate.rendered import TRUTH, chosen, render_replays
    from edge.workshop.gate.scores import GateScore
    from edge.workshop.gate.truth import read_truth

    tier = Tier()
    _say(args, _head("replay"))
    for replay, folder in render_replays(
        args.cache, args.list, chosen(args.list, args.only or ()), args.workers, args.seconds
    ):
        truth = read_truth(folder / TRUTH)
        score = _play(folder, truth)
        tier.scenarios[replay.scenario] = tier.scenarios.get(replay.scenario, GateScore()) + score
        print(json.dumps(_details(truth, score)) if args.json else _row(truth.name, score), flush=True)
        _complain(args, score.missed)
    if not args.only:
        kinds, wrong = camera_kinds(args.list, EACH, ALIKE, args.workers)
        tier.anomalies.update(kinds)
        _complain(args, wrong)
    _say(args, *(_row(name, score) for name, score in sorted(tier.scenarios.items())))
    _say(args, _row(f"all of {args.list}", tier.total), *_kinds(tier.anomalies), "")
    return tier


def _script(args: argparse.Namespace) -> Tier:
    """Play the days as they are written."""
    from edge.workshop.gate.anomalies import summed
    from edge.workshop.gate.scores import GateScore
    from edge.workshop.gate.script.tier import script_tier

    tier = Tier()
    _say(args, _head("days"))
    total = GateScore()
    for days in script_tier():
        total += days.passes
        tier.anomalies = summed((tier.anomalies, days.anomalies))
        if args.json:
            print(json.dumps({"kind": "days", "days": days.name, **days.passes.figures}), flush=True)
        _complain(args, days.wrong)
    tier.scenarios["script"] = total
    _say(args, _row("all of the script", total), *_kinds(tier.anomalies))
    return tier


_TIERS: Mapping[str, Callable[[argparse.Namespace], Tier]] = {"pixels": _pixels, "script": _script}


def _say(args: argparse.Namespace, *lines: str) -> None:
    if not args.json:
        print("\n".join(lines), flush=True)


def _complain(args: argparse.Namespace, lines: Iterable[str]) -> None:
    if args.failures:
        for line in lines:
            print(f"  {line}", file=sys.stderr, flush=True)


def _play(folder: Path, truth: ReplayTruth) -> GateScore:
    """Analyse one replay as `edge watch` does, plates and all."""
    from edge.app import open_analysis
    from edge.order import WatchOrder
    from edge.workshop.gate.rendered import CONFIG, VIDEO
    from edge.workshop.gate.scores import score

    order = WatchOrder(source=str(folder / VIDEO), config=folder / CONFIG, start=_START)
    with ExitStack() as stack:
        analysis = open_analysis(order, stack)
        book = _Book()
        for frame, step in analysis.steps():
            book.add(step, frame.wall_ns, frame.mono_ns)
        book.add(analysis.finish())
        if analysis.cut is not None:
            raise analysis.cut
    return score(truth, book.told(), tuple(book.visits.values()))


class _Book:
    """What was told while a replay ran; media time begins with the first frame."""

    def __init__(self) -> None:
        self.visits: dict[str, Visit] = {}
        self._passes: dict[str, Pass] = {}
        self._first: dict[str, float] = {}
        self._final: dict[str, float] = {}
        self._seen_s: dict[int, float] = {}
        self._reads: dict[int, list[tuple[str, ...]]] = {}
        self._began_ns: tuple[int, int] | None = None
        self._now_s = 0.0

    def add(self, step: Step, wall_ns: int | None = None, mono_ns: int | None = None) -> None:
        """Take one step; the last one, after the last frame, has no times."""
        from edge.types import Visit

        if wall_ns is not None and mono_ns is not None:
            self._began_ns = self._began_ns or (wall_ns, mono_ns)
            self._now_s = (mono_ns - self._began_ns[1]) / 1e9
        self._seen_s |= {track.track_id: self._now_s for track in step.tracks.active}
        for track_id, reads in step.reads:
            self._reads.setdefault(track_id, []).append(tuple(read.text for read in reads if read.text))
        for pass_ in step.passes:
            self._first.setdefault(pass_.pass_id, self._now_s)
            self._final[pass_.pass_id] = self._now_s
            self._passes[pass_.pass_id] = pass_
        self.visits |= {event.body.visit_id: event.body for event in step.events if isinstance(event.body, Visit)}

    def told(self) -> list[ToldPass]:
        """Return the passes that were not annulled."""
        from edge.types import Stage
        from edge.workshop.gate.scores import ToldPass

        wall_ns = self._began_ns[0] if self._began_ns else 0
        return [
            ToldPass(
                pass_,
                (pass_.wall_ns - wall_ns) / 1e9,
                self._first[key],
                self._final[key],
                self._seen_s.get(pass_.track_id, self._final[key]),
                tuple(self._reads.get(pass_.track_id, ())),
            )
            for key, pass_ in self._passes.items()
            if pass_.stage is not Stage.ANNULLED
        ]


_COLUMNS: Mapping[str, str] = {
    "passes": "passes",
    "visit_recall": "visits",
    "visit_precision": "precise",
    "visits_per_pass": "per pass",
    "direction_accuracy": "way",
    "direction_unknown": "unknown",
    "false_passes": "false",
    "plate_exact_single": "one look",
    "plate_exact_voted": "voted",
    "plate_wrong_vehicle": "stolen",
    "provisional_p95_s": "first s",
    "final_p95_s": "final s",
}


def _head(what: str) -> str:
    return f"{what:<20}" + "".join(f"{name:>9}" for name in _COLUMNS.values())


def _row(name: str, score: GateScore) -> str:
    figures = score.figures
    cells = ("-" if figures[key] is None else f"{figures[key]:.6g}" for key in _COLUMNS)
    return f"{name:<20}" + "".join(f"{cell:>9}" for cell in cells)


def _details(truth: ReplayTruth, score: GateScore) -> dict[str, object]:
    return {"kind": "replay", "replay": truth.name, "scenario": truth.scenario, **score.figures}


def _kinds(anomalies: Mapping[str, KindScore]) -> list[str]:
    lines = [f"{'anomaly':<20}{'n':>9}{'alike':>9}{'precise':>9}{'recall':>9}"]
    for kind, score in anomalies.items():
        cells = ("-" if value is None else f"{value:.6g}" for value in score.figures.values())
        precision, recall, n, alike = (f"{cell:>9}" for cell in cells)
        lines.append(f"{kind:<20}{n}{alike}{precision}{recall}")
    return lines if anomalies else []
