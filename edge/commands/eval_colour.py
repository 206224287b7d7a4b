"""`edge eval colour`: is a car's colour told, and told right? On rendered traffic at a gate, by light and by paint."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from edge.commands.arguments import check_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.workshop.colours import Judged

SEEDS = 8
_BY_DAY = frozenset({"sun", "low sun", "cloud"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge eval colour`."""
    parser.add_argument("--seeds", metavar="N", type=int, default=SEEDS, help="gates a light (default: %(default)s)")
    parser.add_argument("--list", choices=("proof", "training"), default="proof", help="where scenes are drawn from")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON line")


def run(args: argparse.Namespace) -> None:
    """Watch the traffic and print; raises as `edge.commands.eval.run`."""
    from tqdm import tqdm

    from edge.scene.lists import LISTS
    from edge.workshop.colours import LIGHTS, evaluate_colour

    check_count("--seeds", args.seeds, "number of gates")
    total = args.seeds * len(LIGHTS)
    with tqdm(total=total, disable=args.json or not sys.stderr.isatty(), leave=False) as bar:
        judged = evaluate_colour(args.seeds, LISTS[args.list], bar.update)
    print(json.dumps(_summary(judged)) if args.json else _table(judged))


def _summary(judged: Sequence[Judged]) -> dict[str, object]:
    return {
        "kind": "summary",
        "day": _counts(one for one in judged if one.light in _BY_DAY),
        "lights": {light: _counts(one for one in judged if one.light == light) for light in _lights(judged)},
        "paints": {paint: dict(Counter(one.told or "unknown" for one in rows)) for paint, rows in _by_paint(judged)},
    }


def _table(judged: Sequence[Judged]) -> str:
    lines = [f"{'light':<9}{'cars':>6}{'right':>7}{'wrong':>7}{'unknown':>9}{'wrong of told':>15}"]
    rows = [(light, [one for one in judged if one.light == light]) for light in _lights(judged)]
    for name, some in (*rows, ("day", [one for one in judged if one.light in _BY_DAY])):
        c = _counts(some)
        told = c["right"] + c["wrong"]
        share = f"{c['wrong'] / told:.1%}" if told else "-"
        lines.append(f"{name:<9}{len(some):>6}{c['right']:>7}{c['wrong']:>7}{c['unknown']:>9}{share:>15}")
    for paint, some in _by_paint(judged):
        names = Counter(one.told or "unknown" for one in some)
        lines.append(f"{paint:<9}{len(some):>6}  {', '.join(f'{n} {name}' for name, n in names.most_common())}")
    return "\n".join(lines)


def _counts(judged: Iterable[Judged]) -> dict[str, int]:
    found = Counter("unknown" if not one.told else "right" if one.told == one.paint else "wrong" for one in judged)
    return {name: found[name] for name in ("right", "wrong", "unknown")}


def _lights(judged: Sequence[Judged]) -> list[str]:
    return list(dict.fromkeys(one.light for one in judged))


def _by_paint(judged: Sequence[Judged]) -> list[tuple[str, list[Judged]]]:
    """Return the cars by paint, those by day and at dusk: in the dark no colour is told."""
    lit = [one for one in judged if one.light != "night"]
    return [(paint, [one for one in lit if one.paint == paint]) for paint in sorted({one.paint for one in lit})]
