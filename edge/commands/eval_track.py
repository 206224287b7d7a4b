"""`edge eval track`: our tracker beside SORT, ByteTrack, OC-SORT and BoT-SORT on the same boxes of the same frames."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count
from edge.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from edge.types import Detections
    from edge.workshop.tracks.conditions import Condition
    from edge.workshop.tracks.contest import Contestant
    from edge.workshop.tracks.scores import Score
    from edge.workshop.tracks.sequence import MotSequence

CONDITIONS = ("full", "missed", "false", "5fps", "1fps")
COMPARED = ("ours", "sort", "bytetrack", "ocsort", "botsort")
ABLATION = ("ours-motion", "ours-hash")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval track`."""
    parser.add_argument(
        "--dir",
        metavar="DIR",
        type=Path,
        nargs="+",
        action="extend",
        required=True,
        help="sequences in the layout of the MOT challenge: a folder with seqinfo.ini and gt/gt.txt, or one of such",
    )
    parser.add_argument(
        "--conditions",
        nargs="+",
        choices=(*CONDITIONS, "all"),
        default=["full"],
        help="as it is, with boxes missed (30 %%), with false ones (one a frame), thinned to about 5 or 1 frames a "
        "second (default: full)",
    )
    parser.add_argument(
        "--trackers",
        nargs="+",
        choices=(*COMPARED, *ABLATION),
        default=[*COMPARED, *ABLATION],
        help="only these; ours-motion has no hashes, ours-hash nothing but hashes (default: all)",
    )
    parser.add_argument(
        "--model", metavar="NAME", default="gate-n", help="detector where DIR has no det/ (default: gate-n)"
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="keep what the detector found there (default: edge/tracks in ~/.cache)",
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="a line for every score, the summary over all of them last")


def run(args: argparse.Namespace) -> None:
    """Let the trackers compete and print; raises as `edge.commands.eval.run`."""
    from edge.workshop.tracks import peers
    from edge.workshop.tracks.scores import total
    from edge.workshop.tracks.sequence import find_sequences

    check_count("--threads", args.threads, "number of threads")
    peers.check_installed()
    scores: dict[str, list[Score]] = {}  # by condition
    sequences = find_sequences(args.dir)
    for sequence in sequences:
        found = _found(args, sequence)
        for condition in _conditions(args.conditions):
            if not condition.suits(sequence.fps):
                _say(f"{sequence.name}: has {sequence.fps:g} frames a second, {condition.name} is left out")
                continue
            told = _compete(args, sequence, found, condition)
            scores.setdefault(condition.name, []).extend(told)
            _print(args, sequence.name, condition.name, told)
    if not scores:
        raise UsageError("no sequence has frames enough for the conditions asked for; add --conditions full")
    if args.json:
        print(json.dumps(_summary(_by_tracker([one for told in scores.values() for one in told], total))))
    else:
        _print_totals(scores, total)


def _by_tracker(scores: Sequence[Score], total: Callable[[Sequence[Score]], Score]) -> dict[str, Score]:
    names = dict.fromkeys(one.tracker for one in scores)
    return {name: total([one for one in scores if one.tracker == name]) for name in names}


def _print_totals(scores: Mapping[str, Sequence[Score]], total: Callable[[Sequence[Score]], Score]) -> None:
    """Print what several sequences come to under each condition, and several conditions altogether."""
    for name, told in scores.items():
        totals = _by_tracker(told, total)
        count = len(told) // len(totals)
        if count > 1:
            print(_table(f"{count} sequences, {name}", list(totals.values())))
    if len(scores) > 1:
        whole = _by_tracker([one for told in scores.values() for one in told], total)
        print(_table(f"all of {', '.join(scores)}", list(whole.values())))


def _found(args: argparse.Namespace, sequence: MotSequence) -> tuple[Detections, ...]:
    """Return the boxes that every tracker gets: those of the classes that count."""
    from tqdm import tqdm

    from edge.config.model import Models
    from edge.types import CLASSES
    from edge.workshop.tracks.detected import detected, usual_cache
    from edge.workshop.tracks.observed import counted, has_list, listed

    if sequence.unnamed:
        told = ", ".join(CLASSES[kind] for kind in sorted(sequence.kinds))
        _say(f"{sequence.name}: the truth names no classes, so {told} count and other boxes are left out")
    if has_list(sequence):
        found = listed(sequence)
    else:
        models = Models(detector=args.model, threads=args.threads)
        with tqdm(total=sequence.length, desc=args.model, disable=not sys.stderr.isatty(), leave=False) as bar:
            found = detected(sequence, models, args.cache or usual_cache(), _say, bar.update)
    return tuple(counted(boxes, sequence.kinds) for boxes in found)


def _conditions(names: Sequence[str]) -> Iterator[Condition]:
    from edge.workshop.tracks import conditions

    return (one for one in conditions.CONDITIONS if "all" in names or one.name in names)


def _compete(
    args: argparse.Namespace, sequence: MotSequence, found: Sequence[Detections], condition: Condition
) -> list[Score]:
    from tqdm import tqdm

    from edge.workshop.tracks import conditions, contest
    from edge.workshop.tracks.scores import score

    shown = conditions.impaired(found, condition, sequence.name, sequence.size_wh)
    contestants = [_contestant(name, condition.rate(sequence.fps)) for name in dict.fromkeys(args.trackers)]
    title = f"{sequence.name} {condition.name}"
    with tqdm(total=sequence.length, desc=title, disable=not sys.stderr.isatty(), leave=False) as bar:
        runs = contest.run(sequence, shown, condition, contestants, bar.update)
    return [score(sequence, one) for one in runs]


def _contestant(name: str, fps: float) -> Contestant:
    from edge.workshop.tracks import ours, peers

    return peers.Peer(name, fps, ours.WAIT_S) if name in peers.PEERS else ours.Ours(name)


def _print(args: argparse.Namespace, sequence: str, condition: str, scores: Sequence[Score]) -> None:
    if args.json:
        for one in scores:
            print(json.dumps(_details(sequence, condition, one)), flush=True)
    else:
        print(_table(f"{sequence}, {condition}", scores), flush=True)


def _table(title: str, scores: Sequence[Score]) -> str:
    head = (
        f"{title}: {scores[0].frames} frames, {scores[0].identities.vehicles} vehicles\n"
        f"  {'tracker':<12} {'HOTA':>6} {'IDF1':>6} {'MOTA':>6} {'IDSW':>5} {'Frag':>5} {'ids':>5} "
        f"{'per vehicle':>11} {'ghosts':>6} {'swaps':>5} {'plates':>6} {'us a frame':>10}"
    )
    return "\n".join([head, *map(_row, scores)])


def _row(one: Score) -> str:
    percent, own = one.percent, one.identities
    return (
        f"  {one.tracker:<12} {percent['HOTA']:>6.2f} {percent['IDF1']:>6.2f} {percent['MOTA']:>6.2f} "
        f"{one.switches:>5} {one.fragments:>5} {own.ids:>5} {own.tracks_per_vehicle:>11.2f} {own.ghosts:>6} "
        f"{own.swaps:>5} {own.plate_swaps:>6} {one.frame_us:>10.0f}"
    )


def _details(sequence: str, condition: str, one: Score) -> dict[str, object]:
    own = one.identities
    return {
        "kind": "track",
        "sequence": sequence,
        "condition": condition,
        "tracker": one.tracker,
        "frames": one.frames,
        **{name: round(share, 2) for name, share in one.percent.items()},
        "IDSW": one.switches,
        "Frag": one.fragments,
        "ids": own.ids,
        "vehicles": own.vehicles,
        "tracks_per_vehicle": _figure(own.tracks_per_vehicle),
        "ghosts": own.ghosts,
        "swaps": own.swaps,
        "plate_swaps": own.plate_swaps,
        "microseconds_per_frame": round(one.frame_us, 1),
    }


def _summary(totals: Mapping[str, Score]) -> dict[str, object]:
    """Return the last line of `--json`: these keys and no others, over everything that was run."""
    compared = [name for name in COMPARED if name in totals]
    figures: dict[str, object] = {}
    for name in compared:
        percent = totals[name].percent
        shares = {key: round(percent[key], 2) for key in ("HOTA", "IDF1", "MOTA")}
        figures[name] = shares | {"IDSW": totals[name].switches}
    return {
        "trackers": figures,
        "microseconds_per_frame": {name: round(totals[name].frame_us, 1) for name in compared},
    }


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)


def _say(text: str) -> None:
    print(f"edge: {text}", file=sys.stderr)
