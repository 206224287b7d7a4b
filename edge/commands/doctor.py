"""`edge doctor`: what works here and what does not, each finding with its cure."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.health.findings import Finding

HELP = "say what works on this machine and what does not, each finding with its cure"
INSTALLED = Path("/etc/edge/edge.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"configuration to examine too; default: {INSTALLED} where it exists",
    )
    parser.add_argument("--cameras", action="store_true", help="wait for one picture from every camera")
    parser.add_argument(
        "--board",
        type=Path,
        metavar="DIR",
        help="examine the machine described in a folder, not this one",
    )
    parser.add_argument("--describe", type=Path, metavar="DIR", help="write this machine down for `--board`")
    parser.add_argument("--decoders", action="store_true", help="try the software decoders of GStreamer too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, the last one the summary")


def run(args: argparse.Namespace) -> int:
    """Examine, print, and return 0 when nothing failed."""
    from edge.health.findings import verdict

    if args.describe:
        return _describe(args)
    findings = []
    for finding in _examine_described(args) if args.board else _examine(args):
        findings.append(finding)
        _print(finding, as_json=args.json)
    _print_summary(findings, as_json=args.json)
    return verdict(findings)


def _describe(args: argparse.Namespace) -> int:
    from edge.clock import SystemClock
    from edge.commands.examine_machine import here
    from edge.health.describe import describe
    from edge.health.packages import OPTIONAL, required

    _refuse(args, "--describe", "board", "config", "cameras", "decoders", "json")
    distributions = (*required(), *(name for name, _, _, _ in OPTIONAL))
    copied = describe(here(SystemClock()), args.describe, distributions, (module for _, module, _, _ in OPTIONAL))
    print(f"{args.describe}: this machine is described, {copied} files copied; examine it with --board {args.describe}")
    return 0


def _examine_described(args: argparse.Namespace) -> Iterator[Finding]:
    from edge.commands.examine_machine import examine_machine
    from edge.health.board import read_board
    from edge.health.described import open_description
    from edge.health.tensorrt_findings import examine_tensorrt

    _refuse(args, "--board", "config", "cameras", "decoders")
    examinee = open_description(args.board)
    board = read_board(examinee.root)
    yield from examine_machine(examinee, board)
    yield from examine_tensorrt(examinee, board, "auto")


def _refuse(args: argparse.Namespace, option: str, *others: str) -> None:
    from edge.errors import UsageError

    for other in others:
        if getattr(args, other):
            raise UsageError(f"{option}: looks at a machine alone; leave out --{other}")


def _examine(args: argparse.Namespace) -> Iterator[Finding]:
    from edge.clock import SystemClock
    from edge.commands import examine
    from edge.commands.examine_decoders import examine_decoders
    from edge.commands.examine_machine import examine_machine, here
    from edge.config import Models
    from edge.health.board import read_board
    from edge.health.tensorrt_findings import examine_tensorrt

    clock = SystemClock()
    examinee = here(clock)
    board = read_board(examinee.root)
    yield from examine_machine(examinee, board)
    path = args.config or (INSTALLED if INSTALLED.exists() else None)
    config, found = examine.examine_config(path) if path else (None, ())
    yield from found
    yield from examine_decoders(config, clock, every=args.decoders)
    models = config.models if config else Models()
    yield from examine.examine_models(models)
    yield from examine_tensorrt(examinee, board, models.engine)
    if config is None:
        return
    yield examine.examine_trial(models, config.store, clock)
    yield from examine.examine_database(config.store, config.retention.evidence_mb)
    yield from examine.examine_boom(config.boom)
    yield from examine.examine_broker(config.mqtt, config.site.id, config.device.id)
    if args.cameras:
        for camera in config.cameras:
            yield from examine.examine_camera(camera, clock, config)


def _print(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        told = {"kind": "finding", "subject": finding.subject, "level": finding.level.value, "said": finding.said}
        print(json.dumps({**told, "cure": finding.cure}, ensure_ascii=False), flush=True)
        return
    print(f"{finding.level.value:<8} {finding.subject:<10} {finding.said}", flush=True)
    if finding.cure:
        print(f"{'':<19} cure: {finding.cure}", flush=True)


def _print_summary(findings: Sequence[Finding], *, as_json: bool) -> None:
    counts = Counter(finding.level.value for finding in findings)
    told = {level: counts[level] for level in ("ok", "warning", "failed")}
    if as_json:
        print(json.dumps({"kind": "summary", **told}))
    else:
        print(", ".join(f"{count} {level}" for level, count in told.items()))
