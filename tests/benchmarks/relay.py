"""How fast and how soon events leave the device: `python -m tests.benchmarks.relay [events]`.

Store on disk, relay, broker on the loopback (Mosquitto where installed, and amqtt), a subscriber that acknowledges.
Prints one line for each broker: events a second from a full outbox, and the time from `record` to arrival.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import tempfile
import time
from pathlib import Path

from edge.clock import ClockQuality, SystemClock
from edge.config.model import Mqtt
from edge.mqtt import connect_broker
from edge.mqtt.embedded import mosquitto_program, run_local_broker
from edge.mqtt.subscriber import Subscriber
from edge.relay import Relay, RelaySettings
from edge.store import open_store
from edge.types import Draft, EventKind, RunMark

SITE, DEVICE = "bench", "bench"
SINGLES = 50
PATIENCE_S = 300.0


def _drafts(count: int) -> list[Draft]:
    return [Draft(EventKind.RUN_STARTED, 0, ClockQuality.SYNCED, RunMark("run", "0")) for _ in range(count)]


def measure(kind: str, events: int) -> str:
    """Return the line for one kind of broker."""
    with tempfile.TemporaryDirectory() as folder, run_local_broker(kind) as local:
        clock, cfg = SystemClock(), Mqtt(url=local.url, version=local.version)
        store = open_store(Path(folder, "events.db"), DEVICE, SITE, clock)
        store.record(_drafts(events))
        relay = Relay(
            store, connect_broker(cfg, DEVICE), clock, RelaySettings(SITE, DEVICE, "run", "0", rate=100_000.0)
        )
        with Subscriber(cfg, SITE, DEVICE) as subscriber:
            before = time.perf_counter()
            relay.start()
            if not subscriber.wait_for(events, PATIENCE_S):
                return f"{local.name}: only {subscriber.count()} of {events} events came within {PATIENCE_S:g} s"
            rate = events / (time.perf_counter() - before)
            delays_ms = []
            for number in range(SINGLES):
                time.sleep(0.05)
                before = time.perf_counter()
                store.record(_drafts(1))
                subscriber.wait_for(events + number + 1, PATIENCE_S)
                delays_ms.append((time.perf_counter() - before) * 1000)
            held = subscriber.room.epochs[store.epoch]
            relay.stop()
        store.close()
    return (
        f"{local.name}: {rate:.0f} events/s from a backlog of {events}, {held.duplicates} duplicates, "
        f"{len(held.gaps())} gaps; record to arrival median {statistics.median(delays_ms):.0f} ms, "
        f"worst of {SINGLES} {max(delays_ms):.0f} ms"
    )


def main() -> int:
    """Measure every broker that is installed."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    kinds = ["mosquitto"] if mosquitto_program() else []
    kinds += ["amqtt"] if importlib.util.find_spec("amqtt") else []
    for kind in kinds:
        print(measure(kind, events), flush=True)
    return 0 if kinds else 6


if __name__ == "__main__":
    sys.exit(main())
