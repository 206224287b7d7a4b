"""Kills the writer of a store, or the whole service, with SIGKILL at random moments, and looks at what is left.

    python -m tests.system.kill --kills 50              a small writer under heavy load: kills land inside transactions
    python -m tests.system.kill --kills 50 --service    `edge run` on test://gate

A real broker carries the events to a subscriber that keeps each one once. A quarter of the kills fall into the start,
where the log of the life before is recovered. Prints figures as JSON; exit 1 when an event was lost or changed, or the
file is not whole.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edge.clock import SystemClock
from edge.config.load import load_config
from edge.config.model import Mqtt, Store
from edge.inference.last_good import LastGood
from edge.mqtt import local_broker
from edge.mqtt.subscriber import Subscriber

ROOT = Path(__file__).parents[2]
SITE, DEVICE = "depot", "cam-1"
DRAIN_S = 90.0
START_S = 30.0
STARTING = 0.25
CONFIG = """
[device]
id = "{device}"
[site]
id = "{site}"
[[road]]
id = "main"
[[camera]]
id = "gate"
source = "test://gate?live=0&seconds=86400&traffic=heavy&size=480x270&fps=12"
[[camera.line]]
id = "gate-line"
points = [[0.05, 0.62], [0.95, 0.62]]
road = "main"
[models]
plates = "none"
[store]
path = "{store}"
[mqtt]
url = "{url}"
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What was left. `confirmed` events were reported as recorded before a kill; `doubled` arrived more than once."""

    mode: str
    broker: str
    kills: int
    seconds: float
    recorded: int
    confirmed: int
    confirmed_lost: int
    store_faults: int
    received: int
    received_unlike: int
    missing_at_subscriber: int
    doubled: int
    epochs: int

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, changed or damaged, and the trial showed anything at all."""
        wrong = self.confirmed_lost + self.store_faults + self.received_unlike + self.missing_at_subscriber
        return wrong == 0 and self.epochs == 1 and self.recorded > self.kills and self.received == self.recorded


def trial(folder: Path, kills: int, *, service: bool, seed: int) -> Result:
    """Kill so often, let everything drain, compare the store, what was confirmed and what arrived."""
    dice = random.Random(seed)  # noqa: S311 - moments, not secrets
    began = time.monotonic()
    store, confirmed = folder / "events.db", folder / "confirmed"
    with local_broker() as broker, Subscriber(Mqtt(url=broker.url), SITE, DEVICE) as subscriber:
        life = _service(folder, store, broker.url) if service else _writer(store, broker.url)
        for _ in range(kills):
            with _alive(life, confirmed) as process:
                if dice.random() < STARTING:
                    time.sleep(dice.uniform(0.0, 3.0))
                else:
                    _wait_for_work(subscriber)
                    time.sleep(dice.uniform(0.0, 12.0 if service else 1.5))
                if process.poll() is not None:
                    raise RuntimeError(f"{' '.join(life)} ended by itself with {process.returncode}")
                process.kill()
        with _alive([*_writer(store, broker.url), "--drain"], confirmed) as process:
            process.wait(DRAIN_S)
        exported = _exported(store)
        subscriber.wait_for(len(exported), DRAIN_S)
        epochs = subscriber.room.epochs
        received = {seq: payload for held in epochs.values() for seq, payload in held.payloads.items()}
    told = {int(line) for line in confirmed.read_text("ascii").split()}
    return Result(
        mode="service" if service else "writer",
        broker=broker.name,
        kills=kills,
        seconds=round(time.monotonic() - began, 1),
        recorded=len(exported),
        confirmed=len(told),
        confirmed_lost=len(told - exported.keys()),
        store_faults=len(_verdict(store)["faults"]),
        received=len(received),
        received_unlike=sum(exported.get(seq) != payload for seq, payload in received.items()),
        missing_at_subscriber=len(exported.keys() - received.keys()),
        doubled=sum(held.duplicates for held in epochs.values()),
        epochs=len(epochs),
    )


@contextmanager
def _alive(words: list[str], confirmed: Path) -> Iterator[subprocess.Popen[bytes]]:
    with confirmed.open("ab") as out, subprocess.Popen(words, cwd=ROOT, stdout=out) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for_work(subscriber: Subscriber) -> None:
    """Wait until this life has published something."""
    before, until = len(subscriber.messages), time.monotonic() + START_S
    while len(subscriber.messages) <= before and time.monotonic() < until:
        time.sleep(0.01)


def _writer(store: Path, url: str) -> list[str]:
    return [sys.executable, "-m", "tests.system.writer", str(store), url, SITE, DEVICE]


def _service(folder: Path, store: Path, url: str) -> list[str]:
    config = folder / "edge.toml"
    config.write_text(CONFIG.format(device=DEVICE, site=SITE, store=store, url=url), "utf-8")
    # A life may be shorter than the detector's trial, which is not what is killed here.
    LastGood.beside(Store(str(store)), SystemClock()).choose(load_config(config).models)
    return [sys.executable, "-m", "edge", "run", "--config", str(config)]


def _exported(store: Path) -> dict[int, bytes]:
    ran = subprocess.run(_report("export", store), cwd=ROOT, capture_output=True, check=True)
    return {json.loads(line)["seq"]: line for line in ran.stdout.splitlines()}


def _verdict(store: Path) -> dict[str, Any]:
    ran = subprocess.run([*_report("verify", store), "--json"], cwd=ROOT, capture_output=True, check=False)
    verdict: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return verdict


def _report(verb: str, store: Path) -> list[str]:
    return [sys.executable, "-m", "edge", "events", verb, "--db", str(store)]


def main() -> int:
    """Run a trial, or the work inside one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="draws the moments (default: %(default)s)")
    parser.add_argument("--service", action="store_true", help="kill `edge run` instead of a small writer")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = trial(Path(folder), args.kills, service=args.service, seed=args.seed)
    sys.stdout.write(json.dumps({"kind": "summary", **asdict(result), "sound": result.sound}) + "\n")
    return 0 if result.sound else 1


if __name__ == "__main__":
    sys.exit(main())
