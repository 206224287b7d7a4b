"""The relay itself: one broker connection, kept alive, fed from the outbox and listened to."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from edge.clock import Clock
from edge.errors import BrokerDown, StoreFailed, WireError
from edge.logs import get_log
from edge.ports import Broker, EventStore, Message
from edge.relay.consumers import Consumers
from edge.relay.outflow import Outflow
from edge.relay.standing import Report, Standing
from edge.wire import Replay, decode_ack, decode_command, topic

_log = get_log("relay")
_MOST_PICTURES = 64
"""Pictures asked for and not yet sent; what is asked for beyond that has to be asked for again."""

_POLL_S = 0.05
"""How long a new event may wait to be noticed; one look into the outbox costs some tens of microseconds."""
_LONGEST_STOP_S = 20.0
"""A name server that does not answer must not keep the service from stopping."""
_SUSPICIOUS = 3
"""So many connections in a row that break at once are hardly the network's fault."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Who we are and how fast we go. `rate` bounds the backlog in messages a second; live alarms may overtake it.

    `retry_s`: first and longest pause between attempts. `steady_s`: a connection that lasted this long was a success.
    `ack_s`: longest wait for an acknowledgement before the connection counts as broken.
    """

    site: str
    device: str
    run_id: str
    version: str
    rate: float = 200.0
    refresh_s: float = 60.0
    retry_s: tuple[float, float] = (1.0, 60.0)
    steady_s: float = 10.0
    ack_s: float = 30.0


@dataclass(frozen=True, slots=True)
class RelayState:
    """How the relay stands, for status and `doctor`. `reason` says why it is not connected; counts are of this run."""

    connected: bool = False
    reason: str = "not connected yet"
    broker: str = ""
    since_ns: int = 0
    connections: int = 0
    published: int = 0
    acked: int = 0
    consumed_seq: int = 0


class Relay:
    """`step` does what is due now; `start` steps in a thread of its own until `stop`.

    `listeners` are given what comes in on topics that are not ours; one that raises WireError is told of in the log.
    """

    def __init__(
        self,
        store: EventStore,
        broker: Broker,
        clock: Clock,
        settings: RelaySettings,
        report: Callable[[], Report] = Report,
        *,
        dice: random.Random | None = None,
        listeners: Mapping[str, Callable[[bytes], object]] | None = None,
    ) -> None:
        self._store = store
        self._broker = broker
        self._clock = clock
        self._settings = settings
        self._dice = dice or random.Random()  # noqa: S311 - jitter, not a secret
        self._topic = {leaf: topic(settings.site, settings.device, leaf) for leaf in ("status", "ack", "cmd")}
        self._outflow = Outflow(store, broker, clock, rate=settings.rate, ack_s=settings.ack_s)
        self._consumers = Consumers(store)
        self._standing = Standing(
            store,
            clock,
            report,
            topic=self._topic["status"],
            run_id=settings.run_id,
            version=settings.version,
            refresh_s=settings.refresh_s,
        )
        self._listeners = dict(listeners or {})
        self._pictures: deque[tuple[str, str]] = deque(maxlen=_MOST_PICTURES)
        self._state = RelayState(since_ns=clock.wall_ns())
        self._failures = 0
        self._retry_ns = clock.mono_ns()
        self._up_ns = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._fault: StoreFailed | None = None

    @property
    def state(self) -> RelayState:
        """How things stand now; may be read from any thread."""
        return replace(
            self._state,
            published=self._outflow.published,
            acked=self._outflow.acked,
            consumed_seq=self._consumers.consumed_seq,
        )

    def step(self, wait_s: float = 0.0) -> None:
        """Do what is due: connect, send, listen; wait up to `wait_s` for the broker when nothing else is to do.

        Raises:
            StoreFailed: passed on from the store. A broker that fails never raises, see `state`.
        """
        try:
            if self._state.connected:
                self._outflow.send()
                self._send_own()
                self._outflow.settle(wait_s)
                self._listen()
                self._consumers.note()
            elif self._clock.mono_ns() >= self._retry_ns:
                self._connect()
        except BrokerDown as fault:
            self._go_down(fault)

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set, then say goodbye.

        Raises:
            StoreFailed: passed on from the store.
        """
        try:
            while not stop.is_set():
                self.step(_POLL_S)
                if not self._state.connected:
                    stop.wait(_POLL_S)
        finally:
            self.close()

    def start(self) -> None:
        """Run in a thread of its own; a store failure ends it and comes out of `check` and `stop`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run_in_thread, name="relay", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Return while all is well.

        Raises:
            StoreFailed: the one that ended the thread.
        """
        if self._fault is not None:
            raise self._fault

    def stop(self, drain_s: float = 0.0) -> None:
        """Give the outbox up to `drain_s` to empty while connected, say goodbye, join the thread.

        Raises:
            StoreFailed: the one that ended the thread.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            until_ns = self._clock.mono_ns() + round(drain_s * 1e9)
            while thread.is_alive() and self._clock.mono_ns() < until_ns and self._store.backlog():
                self._clock.sleep(0.02)
            self._stop.set()
            thread.join(_LONGEST_STOP_S)
        self.check()

    def close(self) -> None:
        """Publish a clean `offline` and disconnect; may be called twice."""
        self._broker.close(self._standing.goodbye() if self._broker.connected else None)
        self._state = replace(self._state, connected=False, reason="stopped", since_ns=self._clock.wall_ns())

    def _run_in_thread(self) -> None:
        try:
            self.run(self._stop)
        except StoreFailed as fault:
            self._fault = fault
            _log.error("%s", fault)

    def _connect(self) -> None:
        birth = self._standing.birth()
        self._broker.connect(birth, self._standing.will(), (self._topic["ack"], self._topic["cmd"], *self._listeners))
        self._outflow.start_over()
        self._up_ns = self._clock.mono_ns()
        self._state = replace(
            self._state,
            connected=True,
            reason="",
            broker=self._broker.label,
            since_ns=self._clock.wall_ns(),
            connections=self._state.connections + 1,
        )
        _log.info("connected to %s; %d events to send", self._broker.label, self._store.backlog())

    def _go_down(self, fault: BrokerDown) -> None:
        self._broker.close()
        now, was_up = self._clock.mono_ns(), self._state.connected
        # A connection that breaks at once, again and again, is no success: another client may have our name.
        if was_up and now - self._up_ns >= self._settings.steady_s * 1e9:
            self._failures = 0
        cause = str(fault)
        if was_up and self._failures >= _SUSPICIOUS:
            cause += (
                f" (right after connecting, {self._failures} times: is another device called {self._settings.device}?)"
            )
        first, longest = self._settings.retry_s
        pause_s = min(longest, first * 2.0 ** min(self._failures, 30)) * self._dice.uniform(0.5, 1.0)
        self._failures += 1
        self._retry_ns = now + round(pause_s * 1e9)
        if was_up or cause != self._state.reason:
            _log.warning("%s; next attempt in %.1f s", cause, pause_s)
        since_ns = self._clock.wall_ns() if was_up else self._state.since_ns
        self._state = replace(self._state, connected=False, reason=cause, since_ns=since_ns)

    def _send_own(self) -> None:
        status = self._standing.due() if self._outflow.free > 0 else None
        if status is not None:
            self._outflow.send_own(status)
        while self._pictures and self._outflow.free > 0:
            name, place = self._pictures.popleft()
            # Nothing at all says that the picture is not (or no longer) kept.
            self._outflow.send_own(Message(place, self._store.evidence(name) or b"", content_type="image/jpeg"))

    def _listen(self) -> None:
        for message in self._broker.received():
            self._hear(message)

    def _hear(self, message: Message) -> None:
        try:
            if message.topic == self._topic["ack"]:
                self._consumers.hear(decode_ack(message.payload))
            elif message.topic == self._topic["cmd"]:
                self._obey(message.payload)
            elif message.topic in self._listeners:
                self._listeners[message.topic](message.payload)
        except WireError as fault:
            _log.warning("%s: ignored: %s", message.topic, fault)

    def _obey(self, payload: bytes) -> None:
        command = decode_command(payload)
        if not isinstance(command, Replay):
            self._pictures.append((command.evidence_id, self._picture_topic(command.evidence_id)))
        elif command.epoch != self._store.epoch:
            _log.warning("replay of epoch %s asked for, not ours: ignored", command.epoch)
        else:
            count = self._outflow.replay(command.from_seq)
            self._consumers.lacks_from(command.from_seq)
            _log.info("replay from seq %d: %d events go out again", command.from_seq, count)

    def _picture_topic(self, name: str) -> str:
        """Return where a picture goes. Raises WireError for a name that would leave our topics."""
        return topic(self._settings.site, self._settings.device, f"evidence/{name}")
