"""What a trial found is kept, holds for what was tried alone, and keeps `auto` away from what was refused."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path

import pytest

from edge import app
from edge.capture import launch
from edge.capture.golden_clips import clip_named
from edge.capture.rows import DecoderRow
from edge.capture.sources import open_source
from edge.capture.trial import Verdict
from edge.capture.verdicts import RECORD_FILE, Verdicts, driver_of
from edge.clock import SystemClock
from edge.config.model import Camera, Config, Device, Site, Store
from edge.errors import ConfigError, StoreFailed

HAVE = {"h264parse", "nvh264dec", "avdec_h264", "videoconvert", "appsink"}
AT = "2026-11-22T08:00:00+00:00"


def verdict(refused: str = "tears: 3 of 40 pictures", element: str = "nvh264dec") -> Verdict:
    return Verdict(DecoderRow("nvdec", element, "videoconvert"), "h264", refused)


def driver_535(element: str) -> str:
    return f"{element} of 1.22, driver 535"


def choice(verdicts: Verdicts, wanted: str = "auto", without: str = "") -> launch.Choice:
    return launch.Choice(wanted, lambda name: name in HAVE - {without}, verdicts.distrusted)


def test_a_refused_decoder_is_passed_over_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    verdicts = Verdicts(tmp_path, driver_535)
    verdicts.keep([verdict()], AT)
    with caplog.at_level(logging.WARNING):
        tail = launch.tail_for("video/x-h264", None, choice(verdicts))
    assert tail.decoder.element == "avdec_h264"
    assert "nvh264dec was refused for h264 by edge doctor: tears: 3 of 40 pictures" in caplog.text


def test_a_refused_decoder_that_is_asked_for_by_name_is_an_error_with_the_reason(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path, driver_535)
    verdicts.keep([verdict()], AT)
    with pytest.raises(ConfigError, match=r"nvh264dec was refused .* tears: 3 of 40 pictures; set decoder = auto"):
        launch.tail_for("video/x-h264", None, choice(verdicts, "nvdec"))


def test_without_another_decoder_the_error_names_what_is_missing(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path, driver_535)
    verdicts.keep([verdict()], AT)
    with pytest.raises(ConfigError, match=r"avdec_h264 is missing; install gstreamer1\.0-libav"):
        launch.tail_for("video/x-h264", None, choice(verdicts, without="avdec_h264"))
    verdicts.keep([verdict("hangs", "avdec_h264")], AT)
    with pytest.raises(ConfigError, match="all were refused by edge doctor; set backend = pyav"):
        launch.tail_for("video/x-h264", None, choice(verdicts))


def test_a_verdict_holds_for_what_was_tried_alone(tmp_path: Path) -> None:
    Verdicts(tmp_path, driver_535).keep([verdict()], AT)
    assert Verdicts(tmp_path, driver_535).distrusted("nvh264dec", "h264") == "tears: 3 of 40 pictures"
    assert Verdicts(tmp_path, driver_535).distrusted("nvh264dec", "h265") == ""
    assert Verdicts(tmp_path, lambda _: "driver 550").distrusted("nvh264dec", "h264") == ""


def test_a_later_trial_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path, driver_535)
    verdicts.keep([verdict(), verdict("hangs", "nvh265dec")], AT)
    verdicts.keep([verdict("")], AT)
    assert verdicts.distrusted("nvh264dec", "h264") == ""
    assert verdicts.distrusted("nvh265dec", "h264") == "hangs"
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD_FILE]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"edition": "x"}'])
def test_a_damaged_record_leaves_no_decoder_out_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    (tmp_path / RECORD_FILE).write_bytes(damage)
    assert Verdicts(tmp_path, driver_535).distrusted("nvh264dec", "h264") == ""
    assert "run edge doctor again" in caplog.text


def test_what_other_clips_found_is_void(tmp_path: Path) -> None:
    Verdicts(tmp_path, driver_535).keep([verdict()], AT)
    path = tmp_path / RECORD_FILE
    path.write_text(path.read_text().replace('"edition": 1', '"edition": 0'))
    assert Verdicts(tmp_path, driver_535).distrusted("nvh264dec", "h264") == ""


def test_a_record_that_cannot_be_written_is_an_error_that_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=r"gone/decoders\.json: cannot be written"):
        Verdicts(tmp_path / "gone", driver_535).keep([verdict()], AT)


def test_the_record_lies_beside_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.capture.verdicts.made_here", driver_535)
    Verdicts.beside(Store(path=str(tmp_path / "events.db"))).keep([verdict()], AT)
    assert (tmp_path / RECORD_FILE).exists()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("etc/nv_tegra_release", "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64"),
        ("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01"),
    ],
)
def test_the_driver_is_named_by_the_first_line_that_it_says_of_itself(tmp_path: Path, path: str, said: str) -> None:
    assert driver_of(tmp_path) == ""
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(f"{said}\nGCC version: 12\n")
    assert driver_of(tmp_path) == said


@pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")
def test_where_every_decoder_of_gstreamer_was_refused_the_next_library_serves() -> None:
    camera = Camera("gate", str(clip_named("h264_full").path))
    source = open_source(camera, SystemClock(), distrusted=lambda element, _codec: f"{element} tears")
    try:
        assert source.open().backend.startswith("pyav")
    finally:
        source.close()


def test_the_service_asks_the_record_beside_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def open_and_ask(camera: Camera, _clock: SystemClock, **given: object) -> object:
        distrusted = given["distrusted"]
        assert callable(distrusted)
        asked.append(distrusted("nvh264dec", "h264"))
        return camera

    monkeypatch.setattr(app, "open_source", open_and_ask)
    monkeypatch.setattr("edge.capture.verdicts.made_here", driver_535)
    store = Store(path=str(tmp_path / "events.db"))
    Verdicts.beside(store).keep([verdict()], AT)
    camera = Camera("gate", "test://gate")
    config = Config(device=Device("cam-1"), site=Site("depot"), cameras=(camera,), store=store)
    for given in (config, None):
        app.make_feed(camera, SystemClock(), given)._make_source(0)
    assert asked == ["tears: 3 of 40 pictures", ""]
