"""Engines are made ready before anything needs them, and what ran before goes on meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edge.clock import ManualClock
from edge.config import Models, Store
from edge.errors import ModelError
from edge.inference import last_good
from edge.inference.detector_watch import DetectorWatch
from edge.inference.engine_builds import EngineBuilds, networks_of
from edge.inference.engines import best_engine
from edge.inference.last_good import Choice, LastGood
from edge.ports import Engine
from tests.simulated.install_tensorrt import Installation


@pytest.fixture(autouse=True)
def _short_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one run of the engine be its trial: the trial itself is proved elsewhere."""

    def try_engine(_card: object, engine: Engine, *_: object) -> SimpleNamespace:
        engine.infer({spec.name: np.zeros(spec.shape, np.float32) for spec in engine.inputs})
        return SimpleNamespace(told=lambda: "it runs")

    monkeypatch.setattr(last_good, "try_engine", try_engine)


@pytest.fixture
def good(tmp_path: Path) -> LastGood:
    return LastGood.beside(Store(path=str(tmp_path / "events.db")), ManualClock(1_700_000_000_000_000_000))


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(precision="fp32", plates="none", threads=1, engines_dir=str(tmp_path / "engines"))


def polled(watch: DetectorWatch, models: Models, done: Callable[[Choice | None], bool]) -> Choice | None:
    """Poll until an outcome suits; None when none came in a long time."""
    for _ in range(2400):
        choice = watch.poll(models)
        if done(choice):
            return choice
        time.sleep(0.05)
    return None


def test_the_first_start_builds_before_it_goes_on_and_the_next_one_does_not(
    one_tensorrt: Installation, good: LastGood, models: Models
) -> None:
    del one_tensorrt
    told: list[tuple[str, float]] = []
    builds = EngineBuilds(lambda network, _step, share: told.append((network, share)))
    watch = DetectorWatch(good, models, builds=builds)
    assert (watch.choice.engine, watch.choice.trouble) == ("tensorrt", "")
    assert {network for network, _ in told} == {"gate-n 7 fp32"}
    accepted = good.read().accepted
    assert accepted is not None
    assert accepted.identity.label == "tensorrt 10.3.0 fp32 on Orin sm_87"
    told.clear()
    assert DetectorWatch(good, models, builds=builds).choice == watch.choice
    assert told == []
    watch.choice.open(models).close()


def test_with_a_last_good_detector_it_is_served_while_the_engine_is_built_and_then_swapped(
    one_tensorrt: Installation, good: LastGood, models: Models
) -> None:
    before = Models(engine="onnxruntime", precision="fp32", plates="none", threads=1)
    DetectorWatch(good, before, builds=EngineBuilds())
    one_tensorrt.set(steps_s=0.2)
    watch = DetectorWatch(good, models, builds=EngineBuilds())
    assert watch.choice.engine == "onnxruntime"
    assert "gate-n 7 fp32: the engine is being built; the last good detector goes on" in watch.choice.trouble
    after = polled(watch, models, lambda choice: choice is not None)
    assert after is not None
    assert (after.engine, after.trouble) == ("tensorrt", "")


def test_a_build_that_fails_leaves_the_last_good_detector_and_says_why(
    one_tensorrt: Installation, good: LastGood, models: Models
) -> None:
    before = Models(engine="onnxruntime", precision="fp32", plates="none", threads=1)
    DetectorWatch(good, before, builds=EngineBuilds())
    one_tensorrt.set(build="memory")
    watch = DetectorWatch(good, models, builds=EngineBuilds())
    after = polled(watch, models, lambda choice: choice is not None)
    assert after is not None
    assert after.engine == "onnxruntime"
    assert "ran out of memory" in after.trouble
    assert "the last good detector goes on" in after.trouble


def test_a_build_that_fails_without_a_last_good_detector_is_the_error_of_the_start(
    one_tensorrt: Installation, good: LastGood, models: Models
) -> None:
    one_tensorrt.set(build="none")
    with pytest.raises(ModelError, match=r"Could not find any implementation.*no detector has passed"):
        DetectorWatch(good, models, builds=EngineBuilds())


def test_after_an_upgrade_of_tensorrt_the_start_builds_anew(
    one_tensorrt: Installation, good: LastGood, models: Models
) -> None:
    DetectorWatch(good, models, builds=EngineBuilds())
    one_tensorrt.set(version="10.16.1.11")
    watch = DetectorWatch(good, models, builds=EngineBuilds())
    assert watch.choice.trouble == ""
    accepted = good.read().accepted
    assert accepted is not None
    assert accepted.identity.label == "tensorrt 10.16.1.11 fp32 on Orin sm_87"


def test_a_stop_ends_the_first_build(one_tensorrt: Installation, good: LastGood, models: Models) -> None:
    one_tensorrt.set(build="hang")
    stop = threading.Event()
    builds = EngineBuilds(lambda *_: stop.set())
    with pytest.raises(ModelError, match="its build was stopped"):
        DetectorWatch(good, models, stop, builds)


@pytest.mark.usefixtures("one_tensorrt")
def test_plate_networks_are_built_too_and_pp_ocr_is_not_among_them(models: Models) -> None:
    del models
    assert best_engine("auto") == "tensorrt"
    titles = [find().title for find in networks_of(Models(precision="fp32"))]
    assert [title.split()[0] for title in titles] == ["gate-n", "plate-n", "plate-ocr"]
    assert [find().title.split()[0] for find in networks_of(Models(plates="pp-ocr"))] == ["gate-n"]
    assert networks_of(Models(engine="onnxruntime")) == ()


@pytest.mark.usefixtures("one_tensorrt")
def test_auto_takes_the_build_that_the_card_names_for_tensorrt() -> None:
    (find,) = networks_of(Models(plates="none"))
    assert find().precision in {"int8", "fp16"}
