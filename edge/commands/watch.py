"""`edge watch SOURCE`: analyse a video, a camera or the rendered gate now, and say what happens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from edge.commands.live_view import add_live_arguments, begin_live, open_live

if TYPE_CHECKING:
    from edge.aim.live import LiveView, Showing
    from edge.pipeline import Step
    from edge.ports import Frame
    from edge.runtime import Analysis
    from edge.tally import Tally
    from edge.types import CameraStatus, Event

HELP = "analyse a video file, a camera or test://gate now and show what happens"
_SOURCES = "a path, file://, rtsp://, srt://, https://….m3u8, v4l2://, csi://, test://gate or replay://"


class Watcher(Protocol):
    """Something that is given every frame with what it came to."""

    def add(self, frame: Frame, step: Step) -> None:
        """Take one frame."""
        ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("source", metavar="SOURCE", help=_SOURCES)
    parser.add_argument(
        "--line",
        action="append",
        default=[],
        metavar="X1,Y1,X2,Y2",
        help="a tripwire, in 0..1 of the picture or in pixels; right of its arrow is in; may be given again",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="take lines, roads, rules and models from here")
    parser.add_argument("--camera", metavar="ID", help="the camera of --config whose lines count (default: the first)")
    parser.add_argument("--model", metavar="CARD", help="detector: a name under models/ or a model.toml")
    parser.add_argument("--plates", choices=("plate-ocr", "pp-ocr", "paddle", "none"), help="plate reader")
    parser.add_argument("--backend", choices=("auto", "gst", "pyav", "jetson"), help="capture library")
    parser.add_argument("--start", metavar="TIME", help="wall time of a file's first frame: 2026-03-04T17:59:00+02:00")
    parser.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds of video")
    parser.add_argument("--annotate", type=Path, metavar="OUT.mp4", help="write the video with what was seen drawn in")
    parser.add_argument("--mot", type=Path, metavar="OUT.txt", help="write the tracks as the MOT challenge lists them")
    add_live_arguments(parser)
    parser.add_argument("--db", type=Path, metavar="FILE", help="keep the events in this store, not in a passing one")
    parser.add_argument("--json", action="store_true", help="events as JSON lines on stdout, the summary last")


def run(args: argparse.Namespace) -> int:
    """Analyse until the source ends, the time is up or the user stops it."""
    from edge.app import open_analysis
    from edge.logs import setup_logs
    from edge.order import WatchOrder
    from edge.tally import Tally

    setup_logs("error")  # what goes wrong is said once: by the error that ends the command, or as the camera's state
    order = WatchOrder(
        source=args.source,
        lines=tuple(args.line),
        config=args.config,
        camera=args.camera,
        model=args.model,
        plates=args.plates,
        backend=args.backend,
        start=args.start,
        db=args.db,
    )
    tally = Tally()
    with ExitStack() as stack:
        live = open_live(args, stack)
        analysis = open_analysis(order, stack, on_state=lambda status: _say_state(status, tally, live))
        _say(_description(analysis))
        showing = begin_live(live, analysis, args.source) if live else None
        try:
            _follow(analysis, tally, args, _watchers(analysis, args, stack, showing))
        except KeyboardInterrupt:
            _say("stopped; finishing what was begun")
        last = analysis.finish()
        _report(last, tally, _printer(analysis, args))
        if showing:
            showing.finish(last)
        tally.dropped = analysis.dropped
    print(tally.as_json() if args.json else tally.as_text(), flush=True)
    if analysis.cut is not None:
        raise analysis.cut
    return 0


def _watchers(analysis: Analysis, args: argparse.Namespace, stack: ExitStack, showing: Showing | None) -> list[Watcher]:
    from edge.annotate import Annotator
    from edge.motfile import MotFile

    watchers: list[Watcher] = [showing] if showing else []
    if args.annotate:
        watchers.append(stack.enter_context(Annotator(args.annotate, analysis)))
    if args.mot:
        watchers.append(stack.enter_context(MotFile(args.mot)))
    return watchers


def _follow(analysis: Analysis, tally: Tally, args: argparse.Namespace, watchers: Sequence[Watcher]) -> None:
    from tqdm import tqdm

    show = _printer(analysis, args)
    bar = tqdm(total=analysis.spec.frames, unit="frame", disable=not sys.stderr.isatty(), leave=False)
    with bar:
        for frame, step in analysis.steps(args.seconds):
            bar.update()
            _report(step, tally, show)
            for watcher in watchers:
                watcher.add(frame, step)


def _report(step: Step, tally: Tally, show: Callable[[Event], str]) -> None:
    tally.add(step)
    for event in step.events:
        print(show(event), flush=True)


def _printer(analysis: Analysis, args: argparse.Namespace) -> Callable[[Event], str]:
    from edge.tally import event_line
    from edge.wire import encode_event

    if args.json:
        return lambda event: encode_event(event).decode()
    return lambda event: event_line(event, analysis.zone)


def _description(analysis: Analysis) -> str:
    spec = analysis.spec
    size = "x".join(str(side) for side in analysis.size_wh)
    clock = {
        "start": "times as stated by --start",
        "file": "times from the file's own date",
        "now": "times from now on, as the file has no date of its own; give --start",
    }.get(spec.wall_from, "times from the clock")
    return f"{spec.codec} {size} {spec.fps:g}/s by {spec.backend} ({spec.decoder}), {analysis.detector}; {clock}"


def _say_state(status: CameraStatus, tally: Tally, live: LiveView | None) -> None:
    """Say what the camera does once it has delivered; before that, only the error that ends the command is said."""
    if live:
        live.say(status)
    if tally.frames and status.state != "ended":
        _say(f"{status.state} {status.reason}".rstrip())


def _say(text: str) -> None:
    print(f"edge: {text}", file=sys.stderr)
