"""`edge bench`: how fast this machine decodes, detects and does the whole job, in one run, with the ratios."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

HELP = "frames a second of decoding, of the detector and of the whole job, with their ratios"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("source", nargs="?", metavar="FILE", help="a video (default: the bundled clip)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration with lines and models")
    parser.add_argument("--model", metavar="CARD", help="detector: a name under models/ or a model.toml")
    parser.add_argument("--backend", choices=("auto", "gst", "pyav"), help="capture library")
    parser.add_argument("--seconds", type=float, metavar="N", help="only the first N seconds of the video")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON line on stdout")


def run(args: argparse.Namespace) -> int:
    """Time the three one after the other and print them."""
    from edge.bench import measure
    from edge.logs import setup_logs
    from edge.order import WatchOrder, bundled_clip

    setup_logs("error")
    clip = None if args.source else bundled_clip()
    source, config = (str(clip.video), args.config or clip.config) if clip else (args.source, args.config)
    figures = measure(WatchOrder(source, config=config, model=args.model, backend=args.backend), args.seconds)
    print(f"edge: {source}: {figures.frames} frames, {figures.backend}, {figures.detector}", file=sys.stderr)
    if args.json:
        summary = {"kind": "summary", "ratios": asdict(figures.ratios), **asdict(figures)}
        print(json.dumps(summary, separators=(",", ":")))
        return 0
    print(f"decode only    {figures.decode_fps:8.1f} frames/s")
    print(f"detector only  {figures.detector_fps:8.1f} frames/s")
    print(f"end to end     {figures.end_to_end_fps:8.1f} frames/s ({figures.analysed} of {figures.frames} analysed)")
    print(f"plates         {figures.looks:8d} looks, {figures.look_ms:.0f} ms each")
    print(f"end to end over detector {figures.ratios.end_to_end_over_detector:.3f}")
    print(f"detector over decode     {figures.ratios.detector_over_decode:.3f}")
    return 0
