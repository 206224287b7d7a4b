"""The list is worked while the service runs, after it was killed, and beside its successor."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.clock import ClockQuality, SystemClock
from edge.config import Mqtt
from edge.hatch import ask, beside
from edge.mqtt import local_broker
from edge.mqtt.subscriber import Subscriber
from edge.store import open_store
from edge.types import Anomaly, Draft, EventKind, Severity, Visit, VisitSide, VisitState
from tests.waiting import until

pytestmark = pytest.mark.slow
PATIENCE_S = 60.0
CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[camera]]
id = "gate"
source = "test://gate"
[models]
plates = "none"
[store]
path = "{db}"
[mqtt]
url = "{url}"
"""


def edge(*words: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "edge", *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


@contextmanager
def serving(config: Path, ends_with: signal.Signals) -> Iterator[None]:
    """Run the service until the end of the context; the hatch is open on entry."""
    place = beside(config.with_name("events.db"))
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service:
        try:
            assert until(lambda: ask(place, b"{}") is not None), "no hatch"
            yield
        finally:
            service.send_signal(ends_with)
            _, complaints = service.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in complaints


def test_the_list_is_worked_whether_the_service_runs_was_killed_or_runs_again(tmp_path: Path) -> None:
    db, config = tmp_path / "events.db", tmp_path / "edge.toml"
    store = open_store(db, "box", "yard", SystemClock())
    body = Anomaly("0a", "wrong-road", Severity.ALARM, "left by side", 10**18, "gate", "side")
    store.record([Draft(EventKind.ANOMALY_RAISED, 10**18, ClockQuality.SYNCED, body)])
    entry = VisitSide("0p1", "gate", "main", 10**18, "car")
    halves = (
        Visit("0v1", 1, VisitState.OPEN, 1, entry),
        Visit("0v2", 2, VisitState.OPEN, 1, None, VisitSide("0p2", "gate", "main", 10**18 + 60 * 10**9, "car")),
    )
    store.record([Draft(EventKind.VISIT_OPENED, 10**18, ClockQuality.SYNCED, half) for half in halves])
    store.close()
    with local_broker() as broker:
        config.write_text(CONFIG.format(db=db, url=broker.url), "utf-8")
        with Subscriber(Mqtt(url=broker.url), "yard", "box") as room:

            def unresolved() -> int:
                told = [json.loads(one.payload) for one in room.messages if one.topic.endswith("/status")]
                return told[-1].get("unresolved", 0) if told else -1

            def inside() -> int:
                told = [json.loads(one.payload) for one in room.messages if one.topic.endswith("/status")]
                return told[-1].get("inside", 0) if told else -1

            with serving(config, signal.SIGKILL):
                assert until(lambda: unresolved() == 1)
                code, text = edge("anomalies", "resolve", "0a", "--why", "seen to", "--config", config)
                assert (code, text.startswith("anomaly 0a is resolved; event ")) == (0, True), text
                assert until(lambda: unresolved() == 0), "the status was not told anew"
                code, text = edge("anomalies", "resolve", "0a", "--why", "again", "--db", db)
                assert (code, "is resolved already" in text) == (2, True), text
                assert until(lambda: inside() == 1)
                code, text = edge("visits", "merge", "1", "2", "--why", "seen", "--db", db)
                assert (code, text.startswith("visits 1 and 2 are merged; event ")) == (0, True), text
                assert until(lambda: inside() == 0), "the service's own ledger did not follow"
                assert edge("visits", "merge", "1", "2", "--why", "seen", "--db", db)[0] == 2
        assert beside(db).is_socket(), "a killed service leaves it"
        assert edge("anomalies", "reopen", "0a", "--why", "not yet", "--db", db)[0] == 0
        assert edge("visits", "split", "1", "--why", "two cars", "--db", db)[0] == 0
        assert edge("visits", "list", "--open", "--db", db)[1].startswith(
            "Inside: 1 (1 car); exits without an entry: 1"
        )
        with serving(config, signal.SIGTERM):
            assert edge("anomalies", "resolve", "0a", "--why", "now it is", "--db", db)[0] == 0
    assert not beside(db).exists()
    page = edge("anomalies", "show", "0a", "--db", db)[1]
    assert [line.split()[0] for line in page.splitlines()[-3:]] == ["resolved", "reopened", "resolved"]
    code, text = edge("events", "verify", "--db", db)
    assert (code, text.endswith(": whole\n")) == (0, True), text
