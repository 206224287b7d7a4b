"""The service: every camera of the configuration, the store and the relay, kept running until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from msgspec import structs

import edge
from edge.app import make_boom, make_post, make_site, open_relay, watch_detector
from edge.boompost import BoomPost, topic_of_input
from edge.clock import Clock, make_id
from edge.config import Camera, Config, Models
from edge.config.reload import ConfigWatch, Reload
from edge.devicepost import DevicePost
from edge.errors import ConfigError, EngineFailed, ModelError, StoreFailed
from edge.hatch import Hatch, beside
from edge.health import notify
from edge.health.jtop import Jtop
from edge.health.soc import read_soc
from edge.inference.detector_watch import DetectorWatch
from edge.inference.last_good import Choice
from edge.logs import get_log
from edge.registrypost import RegistryPost
from edge.relay import Relay, Report
from edge.runtime import Post
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.types import Body, CameraStatus, Draft, EventKind, RunMark
from edge.wire.holding import ASK, CameraHeld, Holding, encode_holding
from edge.worklist import WorkList

TICK_S = 0.5
DRAIN_S = 3.0
"""How long the outbox may take to empty when the service stops."""
RETAIN_NS = 600_000_000_000
"""Between two looks at what may be dropped."""
DAY_S = 86_400.0
TRIAL_S = 120.0
"""How much longer a start may take when the detector has not passed its trial on this device yet."""
_MB = 1_000_000


class Service:
    """Runs a configuration file.

    Raises:
        StoreFailed: the store cannot be opened.
    """

    def __init__(self, watch: ConfigWatch, clock: Clock) -> None:
        config = watch.current
        self._watch = watch
        self._config = config
        self._clock = clock
        self._log = get_log("service")
        self._mark = RunMark(make_id(clock.wall_ns()), edge.__version__)
        self._store = open_store(config.store.path, config.device.id, config.site.id, clock)
        self._site = SiteBook(make_site(config, self._store), self._store)
        self._registry = RegistryPost(config, self._site, lambda told: self._record(EventKind.REGISTRY_CHANGED, told))
        self._jtop = Jtop()
        self._device = DevicePost(
            clock, lambda told: self._record(EventKind.DEVICE_EFFORT, told), lambda: self._jtop.fill(read_soc())
        )
        self._posts: dict[str, Post] = {}
        self._detector: DetectorWatch | None = None
        self._choice: Choice | None = None
        self._relay: Relay | None = None
        self._boom: BoomPost | None = None
        self._troubles: dict[str, str] = {}
        self._retained_ns: int | None = None
        self._end = "told to stop"
        self._holding = structs.replace(_held(config, watch.revision), starting=True)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then make final what is open, give the outbox a moment to empty, and close.

        Raises:
            ModelError: no detector is good enough to run.
            EngineFailed: the GPU is lost to this process; another process may have it again.
        """
        with ExitStack() as stack:
            stack.callback(self._store.close)
            self._record(EventKind.RUN_STARTED, self._mark)
            self._registry.start()
            stack.callback(self._jtop.close)
            self._jtop.start()
            self._open_hatch(stack)
            self._start_relay()
            stack.callback(self._stop_relay)
            stack.callback(lambda: self._record(EventKind.RUN_STOPPED, replace(self._mark, reason=self._end)))
            self._detector = self._open_detector(stop)
            if self._detector is None:
                return
            stack.callback(self._detector.close)
            stack.callback(self._match_posts, ())
            stack.callback(self._stop_boom)
            self._start_boom()
            self._take_over(self._detector.choice)
            self._holding = structs.replace(self._holding, starting=False)
            notify.ready(self._summary())
            while not stop.wait(TICK_S):
                self._tick()
            notify.stopping()

    def report(self) -> Report:
        """Return what the control room is told of us."""
        posts = list(self._posts.values())
        boom = self._boom.troubles if self._boom is not None else ()
        troubles = (
            *self._troubles.values(),
            *self._registry.troubles,
            *self._device.troubles,
            *boom,
            *filter(None, (post.trouble for post in posts)),
        )
        return Report(tuple(post.status for post in posts), troubles, self._site.inside, self._device.state)

    def _tick(self) -> None:
        if self._boom is not None:
            self._boom.beat()
        reload = self._watch.poll()
        if reload is not None:
            self._apply(reload)
        self._registry.follow()
        self._device.follow()
        if self._detector is not None and (choice := self._detector.poll(self._config.models)) is not None:
            self._take_over(choice)
        if self._relay is not None and not self._try_store(self._relay.check):
            self._restart_relay()
        self._try_store(lambda: self._site.tick(self._clock.wall_ns(), self._clock.quality()))
        self._retain_when_due()
        lost = next((post.lost for post in self._posts.values() if post.lost), "")
        if lost:
            self._end = lost
            raise EngineFailed(f"{lost}: the service ends, and systemd starts it anew")
        hanging = [post.camera.id for post in self._posts.values() if post.hangs(self._clock.mono_ns())]
        if hanging:
            self._log.error("%s: the worker does not come round; waiting for the watchdog", ", ".join(hanging))
        else:
            notify.alive()
            notify.status(self._summary())

    def _summary(self) -> str:
        return self.report().reason or f"{len(self._posts)} cameras, {self._store.backlog()} events to send"

    def _apply(self, reload: Reload) -> None:
        """Take over a changed configuration: only the parts whose keys changed are put together anew."""
        self._troubles.pop("configuration", None)
        if reload.error is not None:
            self._complain(
                "configuration", f"the changed configuration is wrong, the last good one stays: {reload.error}"
            )
            self._holding = structs.replace(self._holding, judged=self._watch.revision, trouble=str(reload.error))
            return
        for change in reload.changes:
            self._log.info("configuration: %s", change)
        before, self._config = self._config, _until_restart(self._config, reload.config)
        self._site.reconfigure(self._config.site, self._config.roads, self._config.rules, self._config.cameras)
        self._registry.reconfigure(self._config)
        if (before.boom, before.cameras) != (self._config.boom, self._config.cameras):
            self._stop_boom()
            self._start_boom()
        if _of_every_camera(before) != _of_every_camera(self._config):
            self._match_posts(())
        self._match_posts(self._config.cameras)
        if (before.mqtt, before.boom.input) != (self._config.mqtt, self._config.boom.input):
            self._restart_relay()
        self._holding = _held(self._config, self._watch.revision)

    # Detector

    def _open_detector(self, stop: threading.Event) -> DetectorWatch | None:
        """Return the detector when it has passed its trial, None when `stop` was set meanwhile."""
        notify.extend_start(TRIAL_S)
        try:
            return watch_detector(self._config, self._clock, stop, self._on_build)
        except ModelError as error:
            if stop.is_set():
                return None
            self._end = str(error)
            raise

    def _on_build(self, network: str, step: str, share: float) -> None:
        """Tell systemd that the start goes on, and how far; once all is ready nobody waits any more."""
        if self._holding.starting:
            notify.extend_start(TRIAL_S)
            notify.status(f"building the engine of {network}: {share:.0%}, {step}")

    def _take_over(self, choice: Choice) -> None:
        """Go on with this choice; the cameras start anew only where it is another detector."""
        before, self._choice = self._choice, choice
        self._troubles.pop("detector", None)
        if choice.trouble:
            self._troubles["detector"] = choice.trouble
            self._log.error("detector: %s", choice.trouble)
        if before is None or (before.card, before.engine) != (choice.card, choice.engine):
            self._log.info("detector: %s", choice.card.title)
            self._match_posts(())
            self._match_posts(self._config.cameras)

    # Cameras

    def _match_posts(self, cameras: tuple[Camera, ...]) -> None:
        """Stop what is no longer wanted as it is, start what is missing."""
        for camera_id, post in list(self._posts.items()):
            if post.camera not in cameras:
                post.stop()
                del self._posts[camera_id]
        for camera in cameras:
            if camera.id not in self._posts and self._choice is not None:
                allowance = self._device.allowance
                post = make_post(self._config, camera, self._choice, self._site, self._clock, self._on_state, allowance)
                self._posts[camera.id] = post
                post.start()

    def _on_state(self, status: CameraStatus) -> None:
        self._record(EventKind.CAMERA_STATUS, status)

    def _complain(self, place: str, trouble: str) -> None:
        self._troubles[place] = trouble
        self._log.error("%s", trouble)

    # Boom

    def _start_boom(self) -> None:
        self._troubles.pop("boom", None)
        try:
            self._boom = make_boom(self._config, self._site, self._clock)
        except ConfigError as error:
            self._complain("boom", str(error))

    def _stop_boom(self) -> None:
        boom, self._boom = self._boom, None
        if boom is not None:
            boom.stop()

    def _hear_boom(self, payload: bytes) -> None:
        if self._boom is not None:
            self._boom.hear(payload)

    # Store

    def _open_hatch(self, stack: ExitStack) -> None:
        work = WorkList(self._store, self._clock, self._site.decide, self._site.shown)

        def answer(order: bytes) -> bytes:
            return encode_holding(self._holding) if order == ASK else work.answer(order)

        try:
            stack.callback(Hatch(beside(Path(self._config.store.path)), answer).close)
        except StoreFailed as error:  # the list can be worked when the service stands still; the gate cannot
            self._complain("hatch", str(error))

    def _record(self, kind: EventKind, body: Body) -> bool:
        draft = Draft(kind, self._clock.wall_ns(), self._clock.quality(), body)
        return self._try_store(lambda: self._site.record(draft))

    def _retain_when_due(self) -> None:
        now_ns = self._clock.mono_ns()
        if self._retained_ns is not None and now_ns - self._retained_ns < RETAIN_NS:
            return
        self._retained_ns = now_ns
        keep = self._config.retention
        published = bool(self._config.mqtt.url)
        self._try_store(lambda: self._store.retain(keep.days * DAY_S, keep.evidence_mb * _MB, published=published))

    def _try_store(self, use: Callable[[], object]) -> bool:
        """Use the store and say whether it worked; a failing one is no reason to stop: what is unrecorded is kept."""
        try:
            use()
        except StoreFailed as error:
            if self._troubles.get("store") != str(error):
                self._log.error("%s", error)
            self._troubles["store"] = str(error)
            return False
        self._troubles.pop("store", None)
        return True

    # Relay

    def _start_relay(self) -> None:
        mqtt, device, site = self._config.mqtt, self._config.device.id, self._config.site.id
        self._troubles.pop("mqtt", None)
        if not mqtt.url:
            return
        try:
            self._relay = open_relay(
                mqtt, site, device, self._store, self._clock, self.report, self._mark.run_id, self._listeners()
            )
        except ConfigError as error:
            self._complain("mqtt", str(error))
            return
        self._relay.start()

    def _listeners(self) -> Mapping[str, Callable[[bytes], object]]:
        topic = topic_of_input(self._config.boom)
        return {topic: self._hear_boom} if topic else {}

    def _stop_relay(self) -> None:
        relay, self._relay = self._relay, None
        if relay is not None:
            self._try_store(lambda: relay.stop(DRAIN_S))

    def _restart_relay(self) -> None:
        self._stop_relay()
        self._start_relay()


def _held(config: Config, revision: str) -> Holding:
    """Return what is told of the configuration that holds now."""
    cameras = (CameraHeld(one.id, len(one.lines), len(one.zones), len(one.masks)) for one in config.cameras)
    return Holding(revision, revision, tuple(cameras))


def _of_every_camera(config: Config) -> tuple[Models, tuple[str, ...], bool]:
    """Return what all cameras take from the configuration at once: the detector is judged first."""
    return replace(config.models, detector="", engine="", precision=""), config.site.plates, config.store.evidence


def _until_restart(running: Config, changed: Config) -> Config:
    """Return the changed configuration with the names that what is already recorded and connected goes by."""
    return replace(
        changed,
        device=replace(changed.device, id=running.device.id),
        site=replace(changed.site, id=running.site.id),
        store=replace(changed.store, path=running.store.path),
        models=replace(changed.models, engines_dir=running.models.engines_dir),
    )
