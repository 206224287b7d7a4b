"""`edge aim CAMERA`: draw lines, roads, zones and masks on a camera's picture, and judge where it looks."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.live_view import LOOPBACK, port_of
from edge.errors import UsageError

if TYPE_CHECKING:
    from edge.aim.keeping import ConfigKeeper
    from edge.aim.score import Score
    from edge.commands.aim_camera import CameraEyes
    from edge.types import U8

HELP = "commission a camera: draw on its picture in a browser, or print its score"
PORT = 8322
SECONDS = 30.0
FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("camera", metavar="CAMERA", help="the id of a [[camera]] in the configuration")
    parser.add_argument(
        "--config", type=Path, default=Path("/etc/edge/edge.toml"), metavar="FILE", help="default: %(default)s"
    )
    parser.add_argument("--source", metavar="URI", help="look at this instead of the camera's own address")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="write the snapshot there, JPEG or PNG by its name"
    )
    parser.add_argument("--score", action="store_true", help="no page: look, print the score; exit 0 passed, 1 not")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, metavar="N", help="how long a score looks (default: %(default)g)"
    )
    parser.add_argument("--json", action="store_true", help="with --score: as one line of JSON")
    parser.add_argument(
        "--port",
        type=port_of,
        default=PORT,
        metavar="N",
        help="port of the page (default: %(default)s, 0 takes a free one)",
    )
    parser.add_argument(
        "--serve-on", default=LOOPBACK, metavar="ADDRESS", help="serve the page there, not on %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Serve the page until the user stops it, or print the score.

    Raises:
        UsageError: no such camera, a port that cannot be had, or the web extra is missing.
        EdgeError: whatever keeps configuration, camera or model from working.
    """
    from edge.aim.keeping import ConfigKeeper
    from edge.commands.aim_camera import CameraEyes
    from edge.logs import setup_logs

    if args.seconds <= 0:
        raise UsageError(f"--seconds {args.seconds:g}: is no time to look; give more than 0")
    if args.json and not args.score:
        raise UsageError("--json: there is nothing to print without --score; add it")
    setup_logs("error")
    keeper = ConfigKeeper(args.config, args.camera)
    eyes = CameraEyes(args.config, keeper.read().camera, args.source, args.seconds)
    if not args.score:
        return _serve(args, keeper, eyes)
    if args.picture:
        write_picture(args.picture, eyes.snapshots(keeper.read().camera)[-1])
    score = eyes.measure({})
    print(_as_json(score) if args.json else _as_text(score))
    return 0 if score.passed else FAILED


def _serve(args: argparse.Namespace, keeper: ConfigKeeper, eyes: CameraEyes) -> int:
    from edge.aim import open_board

    with open_board(args.serve_on, args.port) as served:
        from edge.aim.board import Board
        from edge.aim.takeover import takeover

        board = Board(keeper, eyes, lambda kept: takeover(Path(kept.config.store.path), kept.revision))
        if args.picture:
            write_picture(args.picture, board.picture)
        served.serve(board)
        _say(f"draw at {served.url}")
        if not served.local:
            _say("the page is not encrypted: who listens on this network sees the picture and the key in the address")
        _say("Ctrl-C ends it")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            _say("stopped")
    return 0


def write_picture(path: Path, picture: U8) -> None:
    """Write a picture (H,W,3) uint8 RGB.

    Raises:
        UsageError: the file cannot be written, or its name says no format.
    """
    import cv2

    if path.suffix.lower() not in {".jpg", ".jpeg", ".png"}:
        raise UsageError(f"--picture {path}: is neither .jpg nor .png; name it so")
    _, coded = cv2.imencode(path.suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    try:
        path.write_bytes(coded.tobytes())
    except OSError as error:
        raise UsageError(f"--picture {path}: {error.strerror}; give a file that can be written") from error


def _as_json(score: Score) -> str:
    import msgspec

    return json.dumps(msgspec.to_builtins(score), ensure_ascii=False)


def _as_text(score: Score) -> str:
    rows = [("", "line", "is", "wanted", "")]
    rows += [
        (
            mark.name,
            mark.line,
            "-" if mark.value is None else f"{mark.value:g}",
            mark.wanted,
            f"{mark.state}: {mark.words}",
        )
        for mark in score.marks
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=False)), row[4]]) for row in rows]
    verdict = "passed" if score.passed else "not passed"
    lines.append(
        f"{score.camera}: {verdict}; {score.vehicles} vehicles in {score.seconds:g} s, {score.mode or 'no picture'}"
    )
    return "\n".join(line.rstrip() for line in lines)


def _say(text: str) -> None:
    print(f"edge: {text}", file=sys.stderr, flush=True)
