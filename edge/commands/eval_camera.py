"""`edge eval camera`: is a camera covered, moved, defocused or blind? On rendered minutes of the small view."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.workshop.camera_health import Played

EACH, ALIKE = 10, 2
"""Forty faults, and twenty-two look-alikes that every kind must tell from its own."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval camera`."""
    parser.add_argument(
        "--each", metavar="N", type=int, default=EACH, help="cases of every fault (default: %(default)s)"
    )
    parser.add_argument(
        "--alike",
        metavar="N",
        type=int,
        default=ALIKE,
        help="cases of all that looks like a fault (default: %(default)s)",
    )
    parser.add_argument("--list", choices=("proof", "training"), default="proof", help="where sites are drawn from")
    parser.add_argument("--json", action="store_true", help="a line for every case, the summary last")


def run(args: argparse.Namespace) -> None:
    """Play every case and print; raises as `edge.commands.eval.run`."""
    from tqdm import tqdm

    from edge.scene.lists import LISTS
    from edge.workshop.camera_health import cases, evaluate_camera_health

    check_count("--each", args.each, "number of cases")
    check_count("--alike", args.alike, "number of cases")
    total = sum(1 for _ in cases(args.each, args.alike))
    with tqdm(total=total, disable=args.json or not sys.stderr.isatty(), leave=False) as bar:

        def tell(one: Played) -> None:
            bar.update()
            if args.json:
                print(json.dumps({"kind": "case", "name": one.name, "seed": one.seed, "found": one.found}), flush=True)

        played = evaluate_camera_health(args.each, args.alike, LISTS[args.list], tell)
    print(json.dumps(_summary(played)) if args.json else _table(played))


def _summary(played: Sequence[Played]) -> dict[str, object]:
    from edge.workshop.camera_health import mode_accuracy, score

    kinds = {
        one.kind: {
            "n": one.n,
            "others": one.others,
            "precision": round(one.precision, 4),
            "recall": round(one.recall, 4),
            "noticed_p50_s": round(one.noticed_s(50), 1) if one.seconds else None,
            "noticed_p95_s": round(one.noticed_s(95), 1) if one.seconds else None,
        }
        for one in score(played)
    }
    return {"anomalies": kinds, "modes": {mode: round(right, 4) for mode, (_, right) in mode_accuracy(played).items()}}


def _table(played: Sequence[Played]) -> str:
    from edge.workshop.camera_health import mode_accuracy, score

    lines = [f"{'kind':<18}{'n':>4}{'others':>8}{'precision':>11}{'recall':>8}{'noticed p50':>13}{'p95':>8}"]
    for one in score(played):
        noticed = f"{one.noticed_s(50):>11.1f} s{one.noticed_s(95):>6.1f} s"
        lines.append(f"{one.kind:<18}{one.n:>4}{one.others:>8}{one.precision:>11.3f}{one.recall:>8.3f}{noticed}")
    rows = (f"{mode} {right:.1%} of {n}" for mode, (n, right) in sorted(mode_accuracy(played).items()))
    lines.append(f"mode called right, 40 s after the light changed: {', '.join(rows)}")
    wrong = [f"{one.name} {one.seed}: {one.found or 'nothing found'}" for one in played if one.is_wrong]
    return "\n".join([*lines, *wrong])
