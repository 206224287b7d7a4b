"""`edge boom`: what there is to try and to mend of the line that opens the boom."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.boom.chip import Seen

HELP = "the line that opens the boom: a simulated chip, an input to drive on it, or turn the line off"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    tools = parser.add_subparsers(dest="tool", metavar="WHAT", required=True)
    simulate = tools.add_parser("simulate", help="be a chip of simulated lines; prints every edge as JSON")
    simulate.add_argument("path", type=Path, metavar="PATH", help="its socket: output = simulate://PATH/12")
    drive = tools.add_parser("drive", help="put an input of a simulated chip on or off, as the world does")
    drive.add_argument("address", metavar="ADDRESS", help="simulate://PATH/13")
    drive.add_argument("level", choices=("on", "off"))
    off = tools.add_parser("off", help="turn the line off, when no service holds it")
    off.add_argument("--config", type=Path, default=Path("/etc/edge/edge.toml"), metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Do one of them."""
    if args.tool == "simulate":
        return _simulate(args.path)
    if args.tool == "drive":
        from edge.boom.lines import contact_of
        from edge.boom.simulated import drive

        drive(contact_of(args.address), on=args.level == "on")
        return 0
    return _turn_off(args.config)


def _simulate(path: Path) -> int:
    from edge.boom.simulator import Simulator

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    simulator = Simulator(path, _print_edge)
    print(json.dumps({"kind": "ready", "path": str(path)}), flush=True)
    simulator.run(stop)
    return 0


def _print_edge(seen: Seen) -> None:
    told = {"line": seen.line, "on": seen.edge.on, "mono_ns": seen.edge.mono_ns, "why": seen.why}
    print(json.dumps({"kind": "edge", **told}), flush=True)


def _turn_off(path: Path) -> int:
    from edge.boom.lines import contact_of, open_output
    from edge.config.load import load_config

    boom = load_config(path).boom
    if boom.output:
        open_output(contact_of(boom.output), active_low=boom.active_low).close()
        print(f"{boom.output}: off")
    return 0
