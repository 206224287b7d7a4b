"""`edge scene`: renders the bundled demo clip with its truth, tells that truth, and draws single scenes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.commands import scene_golden, scene_tracks
from edge.commands.arguments import size_of
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.scene.story import Story
    from edge.scene.truth import CrossingTruth, FrameTruth, LineTruth, StoryTruth

HELP = "render the demo clip and single scenes, with what is true in them"
CLIP = Path("fixtures/clips/gate_demo.mp4")
PRESET, CRF = "slow", 23
ACTOR_COLUMNS = ("actor", "class", "box", "full_box", "visible_fraction", "plates")
PLATE_COLUMNS = ("text", "place", "corners", "visible")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `render`, `truth`, `still`, `tracks` and `golden`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    render = verbs.add_parser("render", help="write the demo clip, its .truth.json and its .toml configuration")
    render.add_argument("--out", metavar="FILE", type=Path, default=CLIP, help="the .mp4 (default: %(default)s)")
    truth = verbs.add_parser("truth", help="tell what happens in a rendered clip")
    truth.add_argument("file", metavar="FILE", type=Path, nargs="?", default=CLIP.with_suffix(".truth.json"))
    still = verbs.add_parser("still", help="write one random scene as a PNG and print its labels as JSON lines")
    still.add_argument("seed", metavar="SEED", type=int)
    still.add_argument("--list", choices=("training", "proof"), default="training")
    still.add_argument("--size", metavar="WxH", default="640x384")
    still.add_argument("--out", metavar="FILE", type=Path, default=Path("scene.png"))
    tracks = verbs.add_parser("tracks", help="write the scripted sequences in which identities are hard to keep")
    scene_tracks.add_arguments(tracks)
    golden = verbs.add_parser("golden", help="write the clips that decoders are tried with")
    scene_golden.add_arguments(golden)


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        UsageError: a file cannot be written or read, or a size is none.
    """
    verbs = {
        "render": _render,
        "truth": _truth,
        "still": _still,
        "tracks": scene_tracks.run,
        "golden": scene_golden.run,
    }
    verbs[args.verb](args)
    return 0


def _render(args: argparse.Namespace) -> None:
    from edge.capture.encode import VideoWriter
    from edge.scene import demo
    from edge.scene.story import Stage

    story = demo.story()
    total = round(story.seconds * story.fps)
    frames: list[FrameTruth] = []
    args.out.parent.mkdir(parents=True, exist_ok=True)
    # One encoder thread: x264's output depends on how many there are.
    with VideoWriter(args.out, story.camera.size_wh, story.fps, preset=PRESET, crf=CRF, threads=1) as video:
        for picture, truth in Stage(story).frames():
            video.write(picture, truth.media_ns)
            frames.append(truth)
            if sys.stderr.isatty():
                print(f"\r{len(frames)} of {total} frames", end="", file=sys.stderr)
    whole = _whole(story, tuple(frames))
    args.out.with_suffix(".truth.json").write_text(_as_json(whole), encoding="utf-8")
    args.out.with_suffix(".toml").write_text(_as_toml(whole), encoding="utf-8")
    print(f"{args.out}: {total} frames, {args.out.stat().st_size / 1e6:.2f} MB", file=sys.stderr)


def _whole(story: Story, frames: tuple[FrameTruth, ...]) -> StoryTruth:
    from edge.scene import chronicle, demo, gate_site
    from edge.scene.truth import StoryTruth

    lines = gate_site.lines(demo.GATE, story.camera)
    crossings = chronicle.crossings(frames, lines, story.camera.size_wh)
    passes = chronicle.passes(crossings, frames)
    return StoryTruth(
        size_wh=story.camera.size_wh,
        fps=story.fps,
        wall_start=demo.WALL_START,
        closes=demo.CLOSES,
        lines=lines,
        frames=frames,
        crossings=crossings,
        passes=passes,
        visits=chronicle.visits(passes),
        anomalies=chronicle.anomalies(passes, lines, demo.WALL_START, demo.CLOSES),
    )


def _as_json(whole: StoryTruth) -> str:
    """The truth as JSON: what happens in full, frames as rows to keep the file small."""

    def crossing(c: CrossingTruth) -> dict[str, Any]:
        return {
            "actor": c.actor,
            "class": c.kind,
            "line": c.line,
            "road": c.road,
            "direction": c.direction,
            "media_s": round(c.media_ns / 1e9, 3),
        }

    top = {
        "size_wh": whole.size_wh,
        "fps": whole.fps,
        "wall_start": whole.wall_start,
        "closes": whole.closes,
        "lines": [_line(line) for line in whole.lines],
        "crossings": [crossing(c) for c in whole.crossings],
        "passes": [{**crossing(p.crossing), "plates": p.plates} for p in whole.passes],
        "visits": [
            {"actor": v.actor, "class": v.kind, "in": crossing(v.entered), "out": crossing(v.left), "plates": v.plates}
            for v in whole.visits
        ],
        "anomalies": [{"kind": a.kind, "crossing": crossing(a.crossing)} for a in whole.anomalies],
        "actor_columns": ACTOR_COLUMNS,
        "plate_columns": PLATE_COLUMNS,
    }
    frames = ",\n".join(json.dumps(_frame(f), separators=(",", ":")) for f in whole.frames)
    return json.dumps(top, indent=1)[:-2] + ',\n "frames": [\n' + frames + "\n]}\n"


def _line(line: LineTruth) -> dict[str, Any]:
    return {
        "id": line.name,
        "road": line.road,
        "points": [line.start, line.end],
        "inward": line.inward,
        "allows": line.allows,
    }


def _frame(frame: FrameTruth) -> list[Any]:
    """Media milliseconds, then a row per actor."""
    rows = [
        [
            a.actor,
            a.kind,
            [round(v) for v in a.box],
            [round(v) for v in a.full_box],
            round(a.visible_fraction, 3),
            [[p.text, p.place, [[round(x, 1), round(y, 1)] for x, y in p.corners], p.visible] for p in a.plates],
        ]
        for a in frame.actors
    ]
    return [round(frame.media_ns / 1e6), rows]


def _as_toml(whole: StoryTruth) -> str:
    """The clip's configuration for `edge watch --config`: its lines, roads, opening hours and rules."""
    from edge.scene import demo

    lines = "\n".join(
        f'[[camera.line]]\nid = "{line.name}"\npoints = [{list(line.start)}, {list(line.end)}]\n'
        f'road = "{line.road}"\ninward = "{line.inward}"\n'
        for line in whole.lines
    )
    roads = "\n".join(f'[[road]]\nid = "{line.road}"\nallows = "{line.allows}"\n' for line in whole.lines)
    return f"""# The gate of the bundled demo clip, written by `edge scene render`.
# The first frame is at {whole.wall_start}: edge watch --start takes that.

[device]
id = "demo-1"

[site]
id = "demo-gate"
timezone = "{demo.TIMEZONE}"

[[site.hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
open = "06:00"
close = "{whole.closes}"

{roads}
[[camera]]
id = "gate"
source = "fixtures/clips/gate_demo.mp4"

{lines}
[[rule]]
kind = "after-hours"
severity = "alarm"

[[rule]]
kind = "wrong-road"
severity = "warning"
"""


def _truth(args: argparse.Namespace) -> None:
    try:
        told = json.loads(args.file.read_text(encoding="utf-8"))
        print(f"{told['wall_start']} + media seconds; closes {told['closes']}")
        for one in told["passes"]:
            plates = ", ".join(one["plates"]) or "no plate"
            print(f"{one['media_s']:7.2f}  {one['direction']:<3}  {one['class']:<10}  {one['line']:<10}  {plates}")
        print(f"{len(told['passes'])} passes, {len(told['visits'])} visits")
        for one in told["anomalies"]:
            print(f"{one['crossing']['media_s']:7.2f}  {one['kind']}  {one['crossing']['class']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{args.file}: not a truth file ({error}); write one with edge scene render") from None


def _still(args: argparse.Namespace) -> None:
    import cv2

    from edge.scene import random_scene

    picture, truth = random_scene(args.seed, args.list, size_of(args.size))
    try:
        written = cv2.imwrite(str(args.out), picture[..., ::-1])
    except cv2.error as error:
        raise UsageError(f"{args.out}: no picture format by that ending ({error.err}); name a .png or .jpg") from None
    if not written:
        raise UsageError(f"{args.out}: cannot be written; name a file in a writable folder")
    for actor in truth.actors:
        print(json.dumps(dict(zip(ACTOR_COLUMNS, _frame_row(actor), strict=True))))


def _frame_row(actor: Any) -> list[Any]:
    from edge.scene.truth import FrameTruth

    row: list[Any] = _frame(FrameTruth(0, (actor,)))[1][0]
    return row
