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
    parser.add_argument("--decoders", action="store_true", help="try the software decoders of GStreamer too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, the last one the summary")


def run(args: argparse.Namespace) -> int:
    """Examine, print, and return 0 when nothing failed."""
    from edge.health.findings import verdict

    findings = []
    path = args.config or (INSTALLED if INSTALLED.exists() else None)
    for finding in _examine(path, cameras=args.cameras, decoders=args.decoders):
        findings.append(finding)
        _print(finding, as_json=args.json)
    _print_summary(findings, as_json=args.json)
    return verdict(findings)


def _examine(path: Path | None, *, cameras: bool, decoders: bool) -> Iterator[Finding]:
    from edge.clock import SystemClock
    from edge.commands import examine
    from edge.commands.examine_decoders import examine_decoders
    from edge.config import Models
    from edge.health import machine
    from edge.health.packages import examine_packages

    clock = SystemClock()
    yield machine.examine_python()
    yield from examine_packages()
    yield from filter(None, (machine.examine_memory(), machine.examine_heat()))
    yield machine.examine_clock(clock)
    yield from examine.examine_capture()
    config, found = examine.examine_config(path) if path else (None, ())
    yield from found
    yield from examine_decoders(config, clock, every=decoders)
    yield from examine.examine_models(config.models if config else Models())
    if config is None:
        return
    yield examine.examine_trial(config.models, config.store, clock)
    yield from examine.examine_database(config.store, config.retention.evidence_mb)
    yield from examine.examine_boom(config.boom)
    yield from examine.examine_broker(config.mqtt, config.site.id, config.device.id)
    if cameras:
        for camera in config.cameras:
            yield from examine.examine_camera(camera, clock)


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
