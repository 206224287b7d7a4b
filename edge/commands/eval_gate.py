"""`edge eval gate`: passes, visits and plates over rendered minutes at the gate, through the service's own pipeline."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.pipeline import Step
    from edge.types import Pass, Visit
    from edge.workshop.gate.scores import GateScore, ToldPass
    from edge.workshop.gate.truth import ReplayTruth

LISTS = ("proof", "training")
CACHE = Path("out/gate")
_START = "2026-06-17T12:00:00+00:00"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval gate`."""
    parser.add_argument(
        "--list", choices=LISTS, default="proof", help="what is told comes from proof; tune on training"
    )
    parser.add_argument("--only", metavar="NAME", nargs="+", action="extend", help="replays or scenarios of the list")
    parser.add_argument("--cache", metavar="DIR", type=Path, default=CACHE, help="rendered replays (%(default)s)")
    parser.add_argument("--seconds", metavar="N", type=float, help="cut replays after so many seconds (other --cache)")
    parser.add_argument("--workers", metavar="N", type=int, default=2, help="processes that render (%(default)s)")
    parser.add_argument("--failures", action="store_true", help="name each pass that was missed or told wrongly")
    parser.add_argument("--json", action="store_true", help="a line for every replay, the sums last")


def run(args: argparse.Namespace) -> None:
    """Render what is missing, analyse everything and print; raises as `edge.commands.eval.run`."""
    from edge.logs import setup_logs
    from edge.workshop.gate.rendered import TRUTH, chosen, render_replays
    from edge.workshop.gate.scores import GateScore
    from edge.workshop.gate.truth import read_truth

    check_count("--workers", args.workers, "number of processes")
    setup_logs("error")
    whole: dict[str, GateScore] = {}
    if not args.json:
        print(_HEAD)
    for replay, folder in render_replays(
        args.cache, args.list, chosen(args.list, args.only or ()), args.workers, args.seconds
    ):
        truth = read_truth(folder / TRUTH)
        score = _play(folder, truth)
        whole[replay.scenario] = whole.get(replay.scenario, GateScore()) + score
        print(json.dumps(_details(truth, score)) if args.json else _row(truth.name, score), flush=True)
        if args.failures:
            print("\n".join(f"  {line}" for line in score.missed), file=sys.stderr, flush=True)
    total = sum(whole.values(), GateScore())
    if args.json:
        scenes = {name: score.figures for name, score in sorted(whole.items())}
        print(json.dumps({**total.figures, "scenarios": scenes, "tiers": {"pixels": total.figures}}))
    else:
        print("\n".join(_row(name, score) for name, score in sorted(whole.items())))
        print(_row(f"all of {args.list}", total))


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
_HEAD = f"{'replay':<16}" + "".join(f"{name:>9}" for name in _COLUMNS.values())


def _row(name: str, score: GateScore) -> str:
    figures = score.figures
    cells = ("-" if figures[key] is None else f"{figures[key]:.6g}" for key in _COLUMNS)
    return f"{name:<16}" + "".join(f"{cell:>9}" for cell in cells)


def _details(truth: ReplayTruth, score: GateScore) -> dict[str, object]:
    return {"kind": "replay", "replay": truth.name, "scenario": truth.scenario, **score.figures}
