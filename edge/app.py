"""Composition root: configuration in, running parts out, put together in order and taken apart in reverse."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import edge
from edge.capture.feed import CameraFeed, FeedSettings
from edge.capture.sources import open_source, patience_s
from edge.clock import Clock, SystemClock, make_id
from edge.config import Camera, Config, Device, Line, Mqtt, Road, Site
from edge.config.load import load_config
from edge.errors import UsageError
from edge.gate.site import GateSite
from edge.inference.desk import open_desk
from edge.inference.detector import open_detector
from edge.mqtt import connect_broker
from edge.pipeline import Pipeline
from edge.ports import Detector, EventStore, FrameSource, ReadingDesk
from edge.relay import Relay, RelaySettings, Report
from edge.runtime import Analysis, Post, Worker
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.types import CameraStatus

FIXTURES = Path(__file__).parent.parent / "fixtures" / "clips"
FIRST_FRAME_S = 10.0
"""How long a one-shot analysis waits for its first frame."""
WATCHED = "watched"
"""Name of device, site and camera where no configuration gives one."""


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What `edge watch` was asked for; None takes what the configuration says."""

    source: str
    lines: tuple[str, ...] = ()
    config: Path | None = None
    camera: str | None = None
    model: str | None = None
    plates: str | None = None
    backend: str | None = None
    start: str | None = None
    db: Path | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A bundled clip with the configuration that fits it and the wall time of its first frame."""

    video: Path
    config: Path
    start: str = "2026-03-04T17:59:00+02:00"


def bundled_clip() -> Clip:
    """Return the rendered clip of the demo.

    Raises:
        UsageError: there is none: the package was installed without its checkout.
    """
    video = FIXTURES / "gate_demo.mp4"
    if not video.exists():
        raise UsageError(f"{video}: the bundled clip is missing; it comes with the repository, not with the wheel")
    return Clip(video, video.with_suffix(".toml"))


def open_analysis(order: WatchOrder, stack: ExitStack, store: EventStore | None = None) -> Analysis:
    """Return a one-shot analysis that has its first frame; `stack` closes its parts. `store` None opens one as ordered.

    Raises:
        UsageError: a line, a time or a camera id that cannot be understood.
        EdgeError: whatever keeps a part from starting: configuration, source, model, store.
    """
    config, camera = _what_to_watch(order)
    clock = SystemClock()
    if store is None:
        store = open_store(order.db or ":memory:", config.device.id, config.site.id, clock)
        stack.callback(store.close)
    detector = open_detector(config.models)
    stack.callback(detector.close)
    desk = open_desk(config.models, waits=True)
    stack.callback(desk.close)
    start_ns = _start_ns(order.start, config.site.timezone) if order.start else None
    feed = make_feed(camera, clock, wall_start_ns=start_ns, give_up_s=FIRST_FRAME_S)
    stack.callback(feed.stop)
    site = SiteBook(make_site(config, store), store)

    def make_camera_pipeline(size_wh: tuple[int, int]) -> Pipeline:
        return make_pipeline(config, replace(camera, lines=_in_unit(camera.lines, size_wh)), detector, desk, site)

    return Analysis(feed, make_camera_pipeline, clock)


def open_relay(
    mqtt: Mqtt,
    site: str,
    device: str,
    store: EventStore,
    clock: Clock,
    report: Callable[[], Report] = Report,
    run_id: str = "",
) -> Relay:
    """Return what carries the outbox to the broker, not yet started.

    Raises:
        ConfigError: the broker's address, a certificate or the password file is wrong.
    """
    broker = connect_broker(mqtt, f"edge-{site}-{device}")
    settings = RelaySettings(site, device, run_id or make_id(clock.wall_ns()), edge.__version__, mqtt.rate)
    return Relay(store, broker, clock, settings, report)


def make_site(config: Config, store: EventStore) -> GateSite:
    """Return the site's rules and open visits, as the store remembers them."""
    return GateSite(config.site, config.roads, config.rules, make_id, store.open_visits(), store.last_visit_number())


def make_pipeline(config: Config, camera: Camera, detector: Detector, desk: ReadingDesk, site: SiteBook) -> Pipeline:
    """Return a fresh pipeline for one camera."""
    return Pipeline(camera, detector, desk, site, make_id, config.models.heartbeat_s)


def make_post(
    config: Config, camera: Camera, site: SiteBook, clock: Clock, on_state: Callable[[CameraStatus], None]
) -> Post:
    """Return one camera's capture and worker for the service, not yet started."""

    def open_pipeline(stack: ExitStack) -> Pipeline:
        # Opened by the worker, and again after a failure: an engine belongs to one thread, and a dead one is replaced.
        detector = open_detector(config.models)
        stack.callback(detector.close)
        desk = open_desk(config.models, waits=False)
        stack.callback(desk.close)
        return make_pipeline(config, camera, detector, desk, site)

    feed = make_feed(camera, clock, on_state=on_state)
    return Post(camera, feed, Worker(feed, open_pipeline, site, clock, camera.id))


def make_feed(
    camera: Camera,
    clock: Clock,
    *,
    wall_start_ns: int | None = None,
    give_up_s: float | None = None,
    on_state: Callable[[CameraStatus], None] | None = None,
) -> CameraFeed:
    """Return a camera's capture, not yet started; with `give_up_s` it gives up when no picture came by then."""

    def make_source(first_seq: int) -> FrameSource:
        return open_source(camera, clock, first_seq=first_seq, wall_start_ns=wall_start_ns)

    settings = FeedSettings(stall_s=patience_s(camera), give_up_s=give_up_s)
    return CameraFeed(camera.id, make_source, clock, settings, on_state)


def _what_to_watch(order: WatchOrder) -> tuple[Config, Camera]:
    if order.config is None:
        config = Config(Device(WATCHED), Site(WATCHED), ())
        camera = Camera(WATCHED, order.source)
    else:
        config = load_config(order.config)
        camera = replace(_chosen(config, order.camera), source=order.source)
    if order.lines:
        lines = tuple(_line(text, number) for number, text in enumerate(order.lines, start=1))
        camera = replace(camera, lines=lines)
        config = replace(config, roads=(*config.roads, *(Road(line.road) for line in lines)))
    models = replace(
        config.models, detector=order.model or config.models.detector, plates=order.plates or config.models.plates
    )
    camera = replace(camera, backend=order.backend or camera.backend)
    return replace(config, cameras=(camera,), models=models), camera


def _chosen(config: Config, camera_id: str | None) -> Camera:
    for camera in config.cameras:
        if camera_id in {None, camera.id}:
            return camera
    known = ", ".join(camera.id for camera in config.cameras) or "none"
    raise UsageError(f"--camera {camera_id}: the configuration has no such camera; it has {known}")


def _line(text: str, number: int) -> Line:
    try:
        x1, y1, x2, y2 = (float(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"--line {text}: is not four numbers; write x1,y1,x2,y2 in 0..1 or in pixels") from None
    if min(x1, y1, x2, y2) < 0 or (x1, y1) == (x2, y2):
        raise UsageError(f"--line {text}: needs two different points inside the picture")
    return Line(f"line-{number}", ((x1, y1), (x2, y2)), f"line-{number}")


def _in_unit(lines: tuple[Line, ...], size_wh: tuple[int, int]) -> tuple[Line, ...]:
    """Return the lines in 0..1: a line given in pixels can only be understood once the picture's size is known."""
    width, height = size_wh
    return tuple(
        replace(line, points=tuple((x / width, y / height) for x, y in line.points))
        if max(max(point) for point in line.points) > 1
        else line
        for line in lines
    )


def _start_ns(text: str, timezone: str) -> int:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"--start {text}: is not a time; write it as 2026-03-04T17:59:00+02:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return round(moment.timestamp() * 1e9)
