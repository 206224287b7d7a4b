"""A GPU that is lost to the process ends the service, which tells why; systemd starts it anew."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec import structs

from edge import service as module
from edge.clock import ManualClock
from edge.config.reload import ConfigWatch
from edge.errors import EngineFailed
from edge.health import notify
from edge.inference.card import load_card
from edge.inference.last_good import Choice
from edge.service import Service
from edge.store import open_store
from edge.types import CameraStatus, RunMark
from edge.wire import decode_event
from tests.scripted_gate import NOON_NS

CONFIG = """
[device]
id = "box"
[site]
id = "yard"
[[camera]]
id = "gate"
source = "test://gate"
[store]
path = "{folder}/events.db"
"""
WHY = "gate lost: cuStreamSynchronize failed with CUDA_ERROR_LAUNCH_FAILED: restart the service"


def test_while_it_starts_a_build_asks_systemd_for_time_and_afterwards_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(notify, "send", lambda *lines: said.extend(lines))
    toml = tmp_path / "edge.toml"
    toml.write_text(CONFIG.format(folder=tmp_path))
    service = Service(ConfigWatch(toml), ManualClock(NOON_NS))
    service._on_build("gate-n 7 fp16", "Tactics", 0.25)
    assert said == ["EXTEND_TIMEOUT_USEC=120000000", "STATUS=building the engine of gate-n 7 fp16: 25%, Tactics"]
    service._holding = structs.replace(service._holding, starting=False)
    service._on_build("gate-n 7 fp16", "Tactics", 0.5)
    assert len(said) == 2
    service._store.close()


def test_a_lost_gpu_ends_the_service_with_the_reason_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = tmp_path / "edge.toml"
    toml.write_text(CONFIG.format(folder=tmp_path))
    watch = SimpleNamespace(
        choice=Choice(load_card("gate-n"), "tensorrt"), poll=lambda _: None, close=lambda: None, stopped=False
    )

    def stop() -> None:
        watch.stopped = True

    monkeypatch.setattr(module, "watch_detector", lambda *_: watch)

    def make_post(_config: object, camera: object, *_: object) -> SimpleNamespace:
        status = CameraStatus("gate", "live")
        return SimpleNamespace(
            camera=camera, lost=WHY, trouble=WHY, status=status, start=lambda: None, stop=stop, hangs=lambda _: False
        )

    monkeypatch.setattr(module, "make_post", make_post)
    monkeypatch.setattr(module, "TICK_S", 0.0)
    with pytest.raises(EngineFailed, match="the service ends, and systemd starts it anew"):
        Service(ConfigWatch(toml), ManualClock(NOON_NS)).run(threading.Event())
    assert watch.stopped
    store = open_store(str(tmp_path / "events.db"), "box", "yard", ManualClock(NOON_NS))
    last = [decode_event(row.payload).body for row in store.outbox(0, 100)][-1]
    store.close()
    assert isinstance(last, RunMark)
    assert last.reason == WHY
