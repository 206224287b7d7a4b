"""`edge demo`: the bundled clip in, gate events out over MQTT to a real subscriber, and where an operator looks."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.mqtt.subscriber import Subscriber
    from edge.order import Clip, WatchOrder
    from edge.pipeline import Step
    from edge.runtime import Analysis
    from edge.store.sqlite import SqliteStore
    from edge.tally import Tally

HELP = "analyse the bundled clip and publish what happens to a broker started for it"
PATIENCE_S = 20.0
"""How long the subscriber may take to have every event once the analysis is through."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--seconds", type=float, metavar="N", help="only the first N seconds of the clip")


def run(args: argparse.Namespace) -> int:
    """Run the demo; the event store and the annotated video stay in the folder given."""
    from edge.app import open_relay
    from edge.clock import SystemClock
    from edge.config import Mqtt
    from edge.config.load import load_config
    from edge.logs import setup_logs
    from edge.mqtt import local_broker
    from edge.mqtt.subscriber import Subscriber
    from edge.order import WatchOrder, bundled_clip
    from edge.store import open_store

    setup_logs("warning")
    clip = bundled_clip()
    config = load_config(clip.config)
    device, site = config.device.id, config.site.id
    shutil.rmtree(args.out, ignore_errors=True)
    args.out.mkdir(parents=True)
    clock = SystemClock()
    with ExitStack() as stack:
        broker = stack.enter_context(local_broker())
        mqtt = Mqtt(url=broker.url, version=broker.version)
        room = stack.enter_context(Subscriber(mqtt, site, device, "control-room"))
        store = open_store(args.out / "events.db", device, site, clock)
        stack.callback(store.close)
        relay = open_relay(mqtt, site, device, store, clock)
        relay.start()
        stack.callback(relay.stop, PATIENCE_S)
        print(f"video   {clip.video.name}, {clip.video.stat().st_size / 1e6:.2f} MB")
        print(f"broker  {broker.name}, {broker.url}\n")
        order = WatchOrder(str(clip.video), config=clip.config, start=clip.start)
        tally = _analyse(order, store, args.out / "annotated.mp4", args.seconds)
        print(f"\n{tally.as_text()}")
        complete = room.wait_for(store.last_seq(), PATIENCE_S)
    _show(clip, room, args.out)
    if not complete:
        print("edge: broker: the subscriber did not get every event; see the messages above", file=sys.stderr)
    return 0 if complete else 6


def _analyse(order: WatchOrder, store: SqliteStore, video: Path, seconds: float | None) -> Tally:
    from edge.annotate import Annotator
    from edge.app import open_analysis
    from edge.tally import Tally

    tally = Tally()
    with ExitStack() as stack:
        analysis = open_analysis(order, stack, store)
        annotator = stack.enter_context(Annotator(video, analysis))
        for frame, step in analysis.steps(seconds):
            annotator.add(frame, step)
            tally.add(step)
            _tell(step, analysis)
        last = analysis.finish()
        tally.add(last)
        _tell(last, analysis)
    return tally


def _tell(step: Step, analysis: Analysis) -> None:
    from edge.tally import event_line

    for event in step.events:
        print(event_line(event, analysis.zone), flush=True)


def _show(clip: Clip, room: Subscriber, out: Path) -> None:
    """Show the operator where to look. Reports run in their own process, as they always do."""
    db = out / "events.db"
    visits = [sys.executable, "-m", "edge", "events", "visits", "--db", str(db)]
    print(f"\nvisits ({' '.join(('edge', *visits[3:]))})", flush=True)
    subprocess.run(visits, check=True)  # noqa: S603 - our own command on our own file
    events = [message for message in room.messages if message.topic.endswith(("/event", "/anomaly"))]
    anomalies = [message for message in events if message.topic.endswith("/anomaly")]
    for message in anomalies[:1] or events[:1]:
        print(f"\na message as the subscriber received it on {message.topic}")
        print(json.dumps(json.loads(message.payload), indent=2))
    sent = sum(len(message.payload) for message in events)
    video = clip.video.stat().st_size
    print(f"\nreceived   {len(events)} events, {len(anomalies)} of them anomalies")
    print(f"annotated  {out / 'annotated.mp4'}")
    print(f"bytes      {video:,} of video, {sent:,} published: {video / max(sent, 1):,.0f} to 1")
