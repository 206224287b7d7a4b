"""Runs what only the real thing can show, row by row, and prints the table for edge/docs/verified.md.

    python -m tests.hardware                                    everything that this machine has the parts for
    python -m tests.hardware --camera csi://0 --boom gpiochip0/12

Every row runs in a process of its own: a decoder or a driver that hangs costs its row and no other. Exit 0 when no row
that could be run went wrong, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from edge.errors import EdgeError
from tests.hardware.row import Asked, NotHere, Outcome, Row, State, Wrong
from tests.hardware.rows import rows


def main(argv: Sequence[str]) -> int:
    """Run the rows, or with `--row NAME` one of them in this process, its outcome as JSON on the last line."""
    parser = argparse.ArgumentParser(prog="make hardware", description="what only the real thing can show")
    parser.add_argument("--camera", default="", help="address of a camera on this board: csi://0, v4l2:///dev/video0")
    parser.add_argument("--boom", default="", help="contact of a relay that may be switched on for a moment")
    parser.add_argument("--engines", default="", help="folder for engines (default: a temporary one)")
    parser.add_argument("--only", default="", help="rows whose name begins so")
    parser.add_argument("--row", default="", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    asked = Asked(args.camera, args.boom, args.engines)
    if args.row:
        print(json.dumps(run_here(next(row for row in rows() if row.name == args.row), asked).told))
        return 0
    outcomes = []
    for row in rows():
        if row.name.startswith(args.only):
            outcomes.append(run_apart(row, asked))
            print(f"{outcomes[-1].state.value:<9} {row.name:<26} {outcomes[-1].said}", file=sys.stderr, flush=True)
    print(table(outcomes, {row.name: row.part for row in rows()}))
    counts = Counter(outcome.state for outcome in outcomes)
    print("\n" + ", ".join(f"{counts[state]} {state.value}" for state in State))
    return 1 if counts[State.NO] else 0


def run_here(row: Row, asked: Asked) -> Outcome:
    """Run a row in this process."""
    try:
        said, figures = row.run(asked)
    except NotHere as error:
        return Outcome(row.name, State.NOT_HERE, str(error))
    except (Wrong, EdgeError) as error:
        return Outcome(row.name, State.NO, " ".join(str(error).split()))
    return Outcome(row.name, State.YES, said, figures)


def run_apart(row: Row, asked: Asked) -> Outcome:
    """Run a row in a process of its own, ended when it takes too long."""
    words = [f"--{name}={value}" for name, value in asdict(asked).items()]
    command = [sys.executable, "-m", "tests.hardware", f"--row={row.name}", *words]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=row.limit_s)
    except subprocess.TimeoutExpired:
        return Outcome(row.name, State.NO, f"hangs: nothing within {row.limit_s:g} s")
    if run.returncode != 0:
        last = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Outcome(row.name, State.NO, f"ended with {run.returncode}: {last[:200]}")
    told = json.loads(run.stdout.splitlines()[-1])
    return Outcome(told["row"], State(told["state"]), told["said"], told["figures"])


def table(outcomes: Sequence[Outcome], parts: dict[str, str]) -> str:
    """Return the outcomes as the rows of a Markdown table."""
    lines = [f"| part | {platform.machine()} | figures | what was seen |", "| --- | --- | --- | --- |"]
    for one in outcomes:
        figures = ", ".join(f"{name} {value:.3g}" for name, value in one.figures.items()) or "none"
        lines.append(f"| {parts[one.row]} | {one.state.value} | {figures} | {one.said.replace('|', '/')} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
