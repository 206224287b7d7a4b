"""Prints how many vehicles `edge watch` counts on real clips, beside counts made by eye, for edge/docs/verified.md.

`python -m tests.soak.real_clips DIR [--model CARD ...]`: DIR holds the videos. The lines are drawn by hand, here; clips
that nobody counted only have to end with a summary.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

LINES = {
    "driveway_street.mp4": "0.2,0.6,0.9,0.6",
    "intel_car_detection.mp4": "0,0.5,1,0.5",
    "highway_a1_away.mp4": "0.0,0.7,1,0.7",
    "highway_a14_bend.mp4": "0.0,0.6,1,0.6",
    "night_person_driveway.mp4": "0,0.8,1,0.8",
    "intel_one_by_one_person.mp4": "0,0.6,1,0.6",
}
COUNTED = {
    "driveway_street.mp4": "8 in",
    "intel_car_detection.mp4": "2 in, 2 out",
    "night_person_driveway.mp4": "1 person, no vehicle",
}


def main() -> int:
    """Analyse every clip with every model and print the table; 3 when one did not end with a summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="append", default=[], help="model cards to compare (default: gate-n)")
    args = parser.parse_args()
    clips = sorted(args.folder.glob("*.mp4"))
    if not clips:
        print(f"{args.folder}: holds no .mp4; name the folder with the real clips", file=sys.stderr)
        return 2
    models = args.model or ["gate-n"]
    print("| clip | counted by eye | model | passes | crossings in/out/unknown | tracks | frames/s |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    failed = False
    for clip in clips:
        for model in models:
            summary = _watch(clip, model)
            failed |= summary is None
            print(_row(clip, model, summary), flush=True)
    return 3 if failed else 0


def _watch(clip: Path, model: str) -> dict[str, object] | None:
    command = [sys.executable, "-m", "edge", "watch", str(clip), "--json", "--plates", "none", "--model", model]
    command += ["--line", LINES[clip.name]] if clip.name in LINES else []
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(run.stderr, file=sys.stderr)
        return None
    summary: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return summary


def _row(clip: Path, model: str, summary: dict[str, object] | None) -> str:
    counted = COUNTED.get(clip.name, "not counted")
    name = Path(model).parent.name if model.endswith(".toml") else model
    if summary is None:
        return f"| {clip.name} | {counted} | {name} | failed | | | |"
    crossings = summary["crossings"]
    ways = "/".join(str(count) for count in crossings.values()) if isinstance(crossings, dict) else ""
    return (
        f"| {clip.name} | {counted} | {name} | {summary['passes']} | {ways} | {summary['tracks']} | {summary['fps']} |"
    )


if __name__ == "__main__":
    sys.exit(main())
