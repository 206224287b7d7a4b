"""Composition root: configuration in, running parts out, put together in order and taken apart in reverse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from zoneinfo import ZoneInfo

import edge
from edge.boompost import BoomPost
from edge.capture.feed import CameraFeed, FeedSettings
from edge.capture.framing import MakeMemory
from edge.capture.launch import trust_all
from edge.capture.sources import open_source, patience_s
from edge.capture.verdicts import trusting
from edge.clock import Clock, SystemClock, make_id
from edge.config import Camera, Config, Mqtt
from edge.gate.opening import Openings
from edge.gate.site import GateSite
from edge.inference.desk import open_desk
from edge.inference.detector import open_detector
from edge.inference.detector_watch import DetectorWatch
from edge.inference.engine_builds import EngineBuilds, OnBuild
from edge.inference.engines import best_engine, engines_folder
from edge.inference.last_good import Choice, LastGood
from edge.mqtt import connect_broker
from edge.order import WatchOrder, in_unit, what_to_watch
from edge.pipeline import Pipeline
from edge.plates.grammar import Prior
from edge.ports import Allowance, Detector, EventStore, FrameSource, Masks, PictureMemory, ReadingDesk
from edge.registryfile import read_registry
from edge.registrypost import make_guard, watch_key
from edge.relay import Relay, RelaySettings, Report
from edge.runtime import Analysis, Post, Worker
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.tracking.pace import Pace
from edge.types import CameraStatus

FIRST_FRAME_S = 10.0
"""How long a one-shot analysis waits for its first frame."""
QUEUE_ON_DEVICE = 2
"""Frames of a file that wait for the analysis where each of them holds a buffer of the GPU's pool."""


def open_analysis(
    order: WatchOrder,
    stack: ExitStack,
    store: EventStore | None = None,
    on_state: Callable[[CameraStatus], None] | None = None,
) -> Analysis:
    """Return a one-shot analysis that has its first frame; `stack` closes its parts. `store` None opens one as ordered.

    Raises:
        UsageError: a line, a time or a camera id that cannot be understood.
        EdgeError: whatever keeps a part from starting: configuration, source, model, store.
    """
    watched = what_to_watch(order)
    config, camera, clock = watched.config, watched.camera, SystemClock()
    if store is None:
        store = open_store(order.db or ":memory:", config.device.id, config.site.id, clock)
        stack.callback(store.close)
    detector = open_detector(config.models)
    stack.callback(detector.close)
    desk = open_desk(config.models, waits=True)
    stack.callback(desk.close)
    feed = make_feed(camera, clock, config, wall_start_ns=watched.start_ns, give_up_s=FIRST_FRAME_S, on_state=on_state)
    stack.callback(feed.stop)
    site = SiteBook(make_site(config, store), store)
    site.place(make_guard(config, read_registry(config.registry.file), watch_key(config, order.db)))

    def make_camera_pipeline(size_wh: tuple[int, int]) -> Pipeline:
        return make_pipeline(config, replace(camera, lines=in_unit(camera.lines, size_wh)), detector, desk, site)

    return Analysis(feed, make_camera_pipeline, clock, ZoneInfo(config.site.timezone))


def open_relay(
    mqtt: Mqtt,
    site: str,
    device: str,
    store: EventStore,
    clock: Clock,
    report: Callable[[], Report] = Report,
    run_id: str = "",
    listeners: Mapping[str, Callable[[bytes], object]] | None = None,
) -> Relay:
    """Return what carries the outbox to the broker, not yet started.

    Raises:
        ConfigError: the broker's address, a certificate or the password file is wrong.
    """
    broker = connect_broker(mqtt, f"edge-{site}-{device}")
    settings = RelaySettings(site, device, run_id or make_id(clock.wall_ns()), edge.__version__, mqtt.rate)
    return Relay(store, broker, clock, settings, report, listeners=listeners)


def make_site(config: Config, store: EventStore) -> GateSite:
    """Return the site's rules and open visits, as the store remembers them."""
    visits, last, told = store.open_visits(), store.last_visit_number(), store.told_of_open_visits()
    site = GateSite(config.site, config.roads, config.rules, make_id, visits, last, cameras=config.cameras, told=told)
    site.resume(store.last_reconciled_ns())
    return site


def make_boom(config: Config, site: SiteBook, clock: Clock) -> BoomPost | None:
    """Return the boom at work, None where there is none.

    Raises:
        ConfigError: libgpiod is absent.
    """
    if not (config.boom.output or config.boom.input):
        return None
    zoned = [camera.id for camera in config.cameras if any(zone.kind == "boom" for zone in camera.zones)]
    openings = Openings(config.boom, zoned, make_id) if config.boom.output else None
    return BoomPost(config.boom, openings, site, clock)


def make_pipeline(
    config: Config,
    camera: Camera,
    detector: Detector,
    desk: ReadingDesk,
    site: SiteBook,
    allowance: Allowance | None = None,
) -> Pipeline:
    """Return a fresh pipeline for one camera; without an `allowance` it does all it can."""

    def expect() -> Prior:
        return Prior(config.site.plates, site.known)  # asked for every vote: the registry changes while cameras run

    pace = Pace(camera.analysis_fps, config.models.heartbeat_s, allowance)
    return Pipeline(camera, detector, desk, site, make_id, pace, expect, keeps_pictures=config.store.evidence)


def watch_detector(config: Config, clock: Clock, stop: threading.Event, on_build: OnBuild) -> DetectorWatch:
    """Return the detector to run, chosen between the configured one and the last good one beside the store.

    Engines that are missing are built first, and `on_build` is told how far that is.

    Raises:
        ModelError: the configured one is refused, and there is no last good one; or `stop` was set meanwhile.
    """
    return DetectorWatch(LastGood.beside(config.store, clock), config.models, stop, EngineBuilds(on_build))


def make_post(
    config: Config,
    camera: Camera,
    choice: Choice,
    site: SiteBook,
    clock: Clock,
    on_state: Callable[[CameraStatus], None],
    allowance: Allowance | None = None,
) -> Post:
    """Return one camera's capture and worker for the service, not yet started; `choice` is its detector."""

    def open_pipeline(stack: ExitStack) -> Pipeline:
        # Opened by the worker, and again after a failure: an engine belongs to one thread, and a dead one is replaced.
        detector = choice.open(config.models)
        stack.callback(detector.close)
        desk = open_desk(config.models, waits=False, allowance=allowance)
        stack.callback(desk.close)
        return make_pipeline(config, camera, detector, desk, site, allowance)

    feed = make_feed(camera, clock, config, on_state=on_state)
    return Post(camera, feed, Worker(feed, open_pipeline, site, clock, camera.id))


def memory_for(config: Config, camera: Camera) -> MakeMemory | None:
    """Return what opens the GPU's memory for a camera's pictures, None where the processor shall letterbox them.

    They stay on the GPU where TensorRT runs the networks and the board's own decoder may be taken; nothing is loaded
    before a decoder was found that leaves them there.
    """
    if best_engine(config.models.engine) != "tensorrt" or camera.decoder not in {"auto", "nvv4l2"}:
        return None
    kernels = engines_folder(config.models.engines_dir)

    def make(masks: Masks) -> PictureMemory:
        from edge.inference.cuda.pictures import open_pictures  # noqa: PLC0415 - loads the driver's library

        return open_pictures(kernels, masks)

    return make


def make_feed(
    camera: Camera,
    clock: Clock,
    config: Config | None = None,
    *,
    wall_start_ns: int | None = None,
    give_up_s: float | None = None,
    on_state: Callable[[CameraStatus], None] | None = None,
) -> CameraFeed:
    """Return a camera's capture, not yet started; with `give_up_s` it gives up when no picture came by then.

    With a `config` its pictures stay in the GPU's memory where its networks run and the decoder leaves them there, and
    decoders that failed their trial, by the record beside its store, are passed over.
    """
    make_memory = memory_for(config, camera) if config else None
    distrusted = trusting(config.store) if config else trust_all

    def make_source(first_seq: int) -> FrameSource:
        return open_source(
            camera,
            clock,
            first_seq=first_seq,
            wall_start_ns=wall_start_ns,
            make_memory=make_memory,
            distrusted=distrusted,
        )

    settings = FeedSettings(stall_s=patience_s(camera), give_up_s=give_up_s)
    if make_memory is not None:
        settings = replace(settings, queue_frames=QUEUE_ON_DEVICE)
    return CameraFeed(camera.id, make_source, clock, settings, on_state)
