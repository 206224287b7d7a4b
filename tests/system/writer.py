"""The process that is killed: records from three threads at once and says each seq once it is durable; or drains.

python -m tests.system.writer DB URL SITE DEVICE [--drain]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading
import time
from pathlib import Path

import numpy as np

from edge.clock import ClockQuality, SystemClock
from edge.config.model import Mqtt
from edge.mqtt import connect_broker
from edge.relay import Relay, RelaySettings
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import CameraStatus, Draft, EventKind, Evidence, EvidenceRef

WIDTH, HEIGHT = 160, 120


def drafts(dice: random.Random, now_ns: int) -> list[Draft]:
    """Return one to three events, the first with a picture that compresses badly."""
    ref = EvidenceRef(f"{dice.getrandbits(64):x}", "vehicle", WIDTH, HEIGHT)
    picture = np.frombuffer(dice.randbytes(HEIGHT * WIDTH * 3), np.uint8).reshape(HEIGHT, WIDTH, 3)
    body = CameraStatus("gate", "live")
    plain = Draft(EventKind.CAMERA_STATUS, now_ns, ClockQuality.SYNCED, body)
    return [Draft(plain.kind, now_ns, plain.quality, body, [Evidence(ref, picture)]), *[plain] * dice.randrange(3)]


def record(store: SqliteStore) -> None:
    """Record for ever; one write to stdout a call, so that what was confirmed is never cut in half."""
    dice = random.Random()  # noqa: S311 - load, not secrets
    while True:
        events = store.record(drafts(dice, time.time_ns()))
        os.write(1, "".join(f"{event.seq}\n" for event in events).encode("ascii"))
        time.sleep(dice.uniform(0.0, 0.03))


def main() -> None:
    """Record until killed, or drain the outbox."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("db", type=Path)
    parser.add_argument("url")
    parser.add_argument("site")
    parser.add_argument("device")
    parser.add_argument("--drain", action="store_true")
    args = parser.parse_args()
    clock = SystemClock()
    store = open_store(args.db, args.device, args.site, clock)
    settings = RelaySettings(args.site, args.device, "run", "0", rate=2000.0)
    relay = Relay(store, connect_broker(Mqtt(url=args.url), f"edge-{args.device}"), clock, settings)
    relay.start()
    if args.drain:
        while store.backlog():
            time.sleep(0.05)
        relay.stop(drain_s=5.0)
        store.close()
        return
    for _ in range(3):
        threading.Thread(target=record, args=(store,), daemon=True).start()
    signal.pause()


if __name__ == "__main__":
    main()
