"""`edge eval clips`: how many vehicles are counted on clips of real roads, beside counts made by eye."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.workshop.counted import Agreement, CountedClip, Counts

TRUTH = "clips.toml"


@dataclass(frozen=True, slots=True)
class _Told:
    """What was found on one clip, over so many frames a second."""

    counts: Counts
    frames: int
    fps: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval clips`."""
    parser.add_argument("dir", metavar="DIR", type=Path, help="where the clips are")
    parser.add_argument("--truth", metavar="FILE", type=Path, help=f"lines and counts of the clips (DIR/{TRUTH})")
    parser.add_argument("--model", metavar="CARD", nargs="+", action="extend", help="detectors (default: gate-n)")
    parser.add_argument("--only", metavar="NAME", nargs="+", action="extend", help="clips of the list, by file name")
    parser.add_argument("--json", action="store_true", help="a line for every clip, the sums last")


def run(args: argparse.Namespace) -> None:
    """Count on every clip with every detector and print; raises as `edge.commands.eval.run`.

    Raises:
        SourceBroken: a clip cannot be decoded; SourceCut: it ends in the middle.
    """
    from edge.logs import setup_logs
    from edge.workshop.counted import Agreement, compare, read_counted
    from edge.workshop.listed import select

    setup_logs("error")
    listed = read_counted(args.truth or args.dir / TRUTH, args.dir)
    clips = select(listed, args.only or (), lambda clip: (clip.path.name,), "list")
    for model in args.model or ["gate-n"]:
        whole, counted = Agreement(), 0
        if not args.json:
            print(_HEAD)
        for clip in clips:
            told = _watch(clip, model)
            print(json.dumps(_details(clip, model, told)) if args.json else _rows(clip, model, told), flush=True)
            if clip.true is not None:
                whole, counted = whole + compare(clip, told.counts), counted + 1
        print(_summary(model, len(clips), counted, whole, as_json=args.json), flush=True)


def _watch(clip: CountedClip, model: str) -> _Told:
    """Analyse a clip as `edge watch` does, without reading plates."""
    from tqdm import tqdm

    from edge.app import open_analysis
    from edge.order import WatchOrder
    from edge.types import Crossing, Pass, Stage

    lines = tuple(",".join(f"{value:g}" for value in line) for line in clip.lines)
    order = WatchOrder(source=str(clip.path), lines=lines, model=model, plates="none")
    passes: dict[str, Pass] = {}
    others: list[tuple[Crossing, str]] = []
    frames, began = 0, time.monotonic()
    with ExitStack() as stack:
        analysis = open_analysis(order, stack)
        bar = stack.enter_context(
            tqdm(total=analysis.spec.frames, desc=clip.path.name, disable=not sys.stderr.isatty(), leave=False)
        )
        for _, step in analysis.steps():
            bar.update()
            frames += step.frames
            passes.update({pass_.pass_id: pass_ for pass_ in step.passes})
            named = {track.track_id: track.class_name for track in step.tracks.active}
            others += [(crossing, named[crossing.track_id]) for crossing in step.on_foot]
        passes.update({pass_.pass_id: pass_ for pass_ in analysis.finish().passes})
        if analysis.cut is not None:
            raise analysis.cut
    real = [pass_ for pass_ in passes.values() if pass_.stage is not Stage.ANNULLED]
    counts = Counter((pass_.class_name, pass_.direction) for pass_ in real)
    counts += Counter((name, crossing.direction) for crossing, name in others)
    return _Told(counts, frames, frames / (time.monotonic() - began))


_HEAD = f"{'clip':<28} {'detector':<12} {'class':<11} {'true in/out':>11} {'told in/out/unknown':>19} {'frames/s':>8}"


def _rows(clip: CountedClip, model: str, told: _Told) -> str:
    """Return a clip's lines: the classes that were counted, and those that were told besides."""
    from edge.types import CLASSES, Direction
    from edge.workshop.counted import told as count

    besides = tuple(name for name in CLASSES if any(one == name for one, _ in told.counts) and name not in clip.classes)
    rows = []
    for name in (*clip.classes, *besides) or ("nothing",):
        true = _ways(clip.true, name) if clip.true is not None and name in clip.classes else "-"
        ways = "/".join(str(count(told.counts, name, way)) for way in Direction)
        rows.append(f"{clip.path.name:<28} {_label(model):<12} {name:<11} {true:>11} {ways:>19} {told.fps:>8.1f}")
    return "\n".join(rows)


def _ways(true: Counts, name: str) -> str:
    from edge.types import Direction

    return "/".join(str(true[name, way]) for way in (Direction.IN, Direction.OUT))


def _label(model: str) -> str:
    return Path(model).parent.name if model.endswith(".toml") else model


def _details(clip: CountedClip, model: str, told: _Told) -> dict[str, object]:
    return {
        "kind": "clip",
        "clip": clip.path.name,
        "model": model,
        "true": None if clip.true is None else _nested(clip.true),
        "told": _nested(told.counts),
        "frames": told.frames,
        "fps": round(told.fps, 2),
    }


def _nested(counts: Counts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (name, way), count in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1].value)):
        found.setdefault(name, {})[way.value] = count
    return found


def _summary(model: str, clips: int, counted: int, whole: Agreement, *, as_json: bool) -> str:
    if as_json:
        figures = {"true": whole.true, "missed": whole.missed, "extra": whole.extra, "unknown": whole.unknown}
        return json.dumps({"model": model, "clips": clips, "counted": counted, **figures})
    return (
        f"{_label(model)}: {counted} of {clips} clips were counted by eye: {whole.true} vehicles, {whole.missed} "
        f"missed, {whole.extra} too many, {whole.unknown} of unknown direction"
    )
