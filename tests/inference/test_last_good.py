"""A detector that passed is kept; one that does not is refused, told, and never takes its place."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import edge
from edge.clock import ManualClock
from edge.config import Models, Store
from edge.errors import ModelError
from edge.inference import last_good
from edge.inference.acceptance import Bound, Trial, try_engine
from edge.inference.card import ModelCard, load_card
from edge.inference.detector_watch import DetectorWatch
from edge.inference.golden import GoldenFrame
from edge.inference.last_good import FOLDER, RECORD_FILE, Choice, LastGood, Record
from edge.ports import Engine
from edge.workshop.builds import without_builds
from tests.inference.broken_builds import broken

SOUND = Path(__file__).parents[2] / "models" / "gate-n"
TITLE = load_card(SOUND).title


class Trials:
    """Counts the trials, and lets them run on a few frames."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, card: ModelCard, candidate: Engine, bound: Bound, golden: Iterable[GoldenFrame], built: ModelCard
    ) -> Trial:
        self.count += 1
        return try_engine(card, candidate, bound, golden, built)


@pytest.fixture(autouse=True)
def trials(golden: tuple[GoldenFrame, ...], monkeypatch: pytest.MonkeyPatch) -> Trials:
    counted = Trials()
    monkeypatch.setattr(last_good, "trial_frames", lambda: golden[:10])
    monkeypatch.setattr(last_good, "try_engine", counted)
    return counted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of gate-n, without its other builds, that may be spoiled."""
    copy = tmp_path / "gate"
    copy.mkdir()
    shutil.copyfile(SOUND / "gate-n.onnx", copy / "gate-n.onnx")
    card = (SOUND / "model.toml").read_text(encoding="utf-8")
    (copy / "model.toml").write_text(without_builds(card), encoding="utf-8")
    return copy


@pytest.fixture
def good(tmp_path: Path) -> LastGood:
    return LastGood.beside(Store(path=str(tmp_path / "events.db")), ManualClock(1_700_000_000_000_000_000))


@pytest.fixture
def models(folder: Path) -> Models:
    return Models(detector=str(folder), threads=1)


def replace_weights(folder: Path, how: str, tmp_path: Path) -> None:
    """Put a build that was broken on purpose in the place of the weights, and its sum on the card."""
    weights = folder / "gate-n.onnx"
    shutil.copyfile(broken(SOUND / "gate-n.onnx", how, tmp_path), weights)
    write_sum(folder, weights)


def write_sum(folder: Path, weights: Path) -> None:
    card = folder / "model.toml"
    text = card.read_text(encoding="utf-8")
    old = load_card(folder).sha256
    card.write_text(text.replace(old, hashlib.sha256(weights.read_bytes()).hexdigest()), encoding="utf-8")


def copies(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / FOLDER).glob("*") if path.is_dir())


def test_what_passed_is_kept_apart_and_not_tried_again(
    good: LastGood, models: Models, folder: Path, tmp_path: Path, trials: Trials
) -> None:
    choice = good.choose(models)
    assert choice.trouble == ""
    assert choice.card.file.is_relative_to(tmp_path / FOLDER)
    assert choice.card.file.read_bytes() == (folder / "gate-n.onnx").read_bytes()
    assert good.choose(models) == choice
    assert trials.count == 1
    accepted = good.read().accepted
    assert accepted is not None
    assert (accepted.title, accepted.at) == (TITLE, "2023-11-14T22:13:20+00:00")


def test_weights_overwritten_where_they_lie_leave_the_last_good_ones_at_work(
    good: LastGood, models: Models, folder: Path
) -> None:
    before = good.choose(models)
    (folder / "gate-n.onnx").write_bytes(b"half a download")
    choice = good.choose(models)
    assert choice.card == before.card
    assert "its SHA-256 is" in choice.trouble
    assert choice.trouble.endswith(f"the last good detector goes on: {TITLE}, accepted 2023-11-14T22:13:20+00:00")
    choice.open(models).close()


def test_a_card_that_vanished_or_an_engine_that_does_not_work_here_is_no_reason_to_stop(
    good: LastGood, models: Models, folder: Path
) -> None:
    before = good.choose(models)
    turned = Models(detector=str(folder), threads=1, engine="tensorrt")
    assert "there is no NVIDIA driver here" in good.choose(turned).trouble
    (folder / "model.toml").unlink()
    choice = good.choose(models)
    assert (choice.card, choice.engine) == (before.card, "onnxruntime")
    assert "cannot be" in choice.trouble or "no such model card" in choice.trouble


def test_a_network_that_fails_its_trial_is_refused_once_and_told_every_time(
    good: LastGood, models: Models, folder: Path, tmp_path: Path, trials: Trials
) -> None:
    before = good.choose(models)
    replace_weights(folder, "scaled twice", tmp_path)
    told = [good.choose(models) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].card == before.card
    assert "is refused: it finds 0 of" in told[0].trouble
    assert trials.count == 2


def test_without_a_last_good_one_a_bad_one_is_the_callers_error(
    good: LastGood, models: Models, folder: Path, tmp_path: Path
) -> None:
    replace_weights(folder, "scaled twice", tmp_path)
    for _ in range(2):
        with pytest.raises(ModelError, match="no detector has passed on this device before") as caught:
            good.choose(models)
        assert "\n" not in str(caught.value)
    assert copies(tmp_path) == []


def test_a_better_one_takes_the_place_and_the_old_copy_goes(
    good: LastGood, models: Models, folder: Path, tmp_path: Path
) -> None:
    before = good.choose(models)
    card = folder / "model.toml"
    text = card.read_text(encoding="utf-8").replace(f'version = "{before.card.version}"', 'version = "next"')
    card.write_text(text, encoding="utf-8")
    choice = good.choose(models)
    assert (choice.card.title, choice.trouble) == ("gate-n next", "")
    assert copies(tmp_path) == [choice.card.path.parent.name]
    assert not before.card.file.exists()


def test_another_version_of_the_product_or_runtime_has_to_pass_again(
    good: LastGood, models: Models, monkeypatch: pytest.MonkeyPatch, trials: Trials
) -> None:
    good.choose(models)
    monkeypatch.setattr(edge, "__version__", "next")
    assert good.choose(models).trouble == ""
    assert trials.count == 2


@pytest.mark.parametrize("spoil", ["record", "copy"])
def test_a_damaged_record_or_copy_is_made_anew(
    spoil: str, good: LastGood, models: Models, tmp_path: Path, trials: Trials
) -> None:
    first = good.choose(models)
    if spoil == "record":
        (tmp_path / FOLDER / RECORD_FILE).write_text('{"accepted": 3}')
    else:
        first.card.file.write_bytes(b"damaged")
    choice = good.choose(models)
    assert choice.trouble == ""
    choice.open(models).close()
    assert trials.count == 2


def test_a_copy_whose_card_was_changed_is_not_gone_on_with(
    good: LastGood, models: Models, folder: Path, tmp_path: Path
) -> None:
    """Weights and card passed together: with another threshold on it they have passed nothing."""
    good.choose(models)
    (name,) = copies(tmp_path)
    card = tmp_path / FOLDER / name / "model.toml"
    card.write_text("confidence = 0.001\n" + card.read_text(encoding="utf-8").replace("\nconfidence", "\n# ", 1))
    (folder / "gate-n.onnx").write_bytes(b"half a download")
    with pytest.raises(ModelError, match="no detector has passed on this device before"):
        good.choose(models)


def test_half_a_copy_on_a_full_disk_is_taken_away(
    good: LastGood, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edge.inference.last_good.shutil.copyfile", full)
    assert "cannot be kept" in good.choose(models).trouble
    assert copies(tmp_path) == []


@pytest.mark.parametrize("name", ["gate-n.onnx", "model.toml"])
def test_what_is_replaced_during_its_trial_is_not_kept_as_what_passed(
    name: str, good: LastGood, models: Models, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swapped(
        card: ModelCard, candidate: Engine, bound: Bound, golden: Iterable[GoldenFrame], built: ModelCard
    ) -> Trial:
        (folder / name).write_bytes(b"copied in the meantime")
        return try_engine(card, candidate, bound, golden, built)

    monkeypatch.setattr(last_good, "try_engine", swapped)
    with pytest.raises(ModelError, match=r"were replaced while|its SHA-256 is"):
        good.choose(models)
    assert good.read() == Record()
    assert copies(tmp_path) == []


def test_a_damaged_copy_is_not_gone_on_with(good: LastGood, models: Models, folder: Path) -> None:
    good.choose(models).card.file.write_bytes(b"damaged")
    (folder / "gate-n.onnx").write_bytes(b"damaged too")
    with pytest.raises(ModelError, match="its SHA-256 is"):
        good.choose(models)


def test_a_refusal_that_cannot_be_noted_is_still_the_reason(
    good: LastGood, models: Models, folder: Path, tmp_path: Path
) -> None:
    replace_weights(folder, "scaled twice", tmp_path)
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="is refused: it finds"):
        good.choose(models)


def test_what_cannot_be_kept_runs_all_the_same_and_is_told(good: LastGood, models: Models, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    choice = good.choose(models)
    assert "is accepted but cannot be kept in" in choice.trouble
    choice.open(models).close()


# --- while the service runs ---


def polled(watch: DetectorWatch, models: Models, done: Callable[[Choice | None], bool]) -> Choice | None:
    """Poll until an outcome suits; None when none came in a long time."""
    for _ in range(1200):
        choice = watch.poll(models)
        if done(choice):
            return choice
        time.sleep(0.05)
    return None


def test_untouched_files_are_no_news(good: LastGood, models: Models, trials: Trials) -> None:
    watch = DetectorWatch(good, models)
    assert [watch.poll(models) for _ in range(5)] == [None] * 5
    assert trials.count == 1


def test_a_replacement_is_judged_beside_the_cameras_and_a_good_one_taken_over(
    good: LastGood, models: Models, folder: Path
) -> None:
    watch = DetectorWatch(good, models)
    (folder / "gate-n.onnx").write_bytes(b"half a download")
    spoilt = polled(watch, models, lambda choice: choice is not None)
    assert spoilt is not None
    assert "the last good detector goes on" in spoilt.trouble
    shutil.copyfile(SOUND / "gate-n.onnx", folder / "gate-n.onnx")
    mended = polled(watch, models, lambda choice: choice is not None)
    assert mended is not None
    assert (mended.trouble, mended.card) == ("", spoilt.card)


def test_a_changed_key_is_judged_like_a_changed_file(good: LastGood, models: Models, folder: Path) -> None:
    watch = DetectorWatch(good, models)
    choice = polled(watch, Models(detector=str(folder), precision="int8"), lambda choice: choice is not None)
    assert choice is not None
    assert "lists no int8 build" in choice.trouble


def test_a_trial_that_is_given_up_ends_at_once_and_decides_nothing(
    good: LastGood, models: Models, folder: Path, tmp_path: Path
) -> None:
    watch = DetectorWatch(good, models)
    before = good.read()
    replace_weights(folder, "scaled twice", tmp_path)
    assert polled(watch, models, lambda _: watch._trial is not None) is None
    trial = watch._trial
    watch.close()
    assert trial is not None
    assert not trial.is_alive()
    assert good.read() == before
