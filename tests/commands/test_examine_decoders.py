"""What `edge doctor` makes of a decoder's trial: a warning where software serves, a failure where it was asked for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from edge.capture import launch, rows, sources, trial
from edge.capture.rows import CodecRow, DecoderRow
from edge.capture.trial import Verdict
from edge.capture.verdicts import Verdicts
from edge.clock import SystemClock
from edge.commands.examine import examine_camera
from edge.commands.examine_decoders import examine_decoders, told
from edge.config import Camera, Config
from edge.config.load import load_config
from edge.errors import SourceBroken
from edge.health.findings import Level

JETSON = DecoderRow("nvv4l2", "nvv4l2decoder", "nvvidconv")
needs_gst = pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")


def config(tmp_path: Path, camera: str = "") -> Config:
    path = tmp_path / "edge.toml"
    path.write_text(
        '[device]\nid = "box-1"\n[site]\nid = "quarry"\n'
        f'[[camera]]\nid = "gate"\nsource = "test://gate"\n{camera}\n[store]\npath = "{tmp_path}/events.db"\n'
    )
    return load_config(path)


def test_a_sound_decoder_is_told_with_what_it_costs() -> None:
    found = told(Verdict(JETSON, "h265", pictures=40, share=0.31), None)
    assert found.level is Level.OK
    assert found.said == "nvv4l2decoder h265: 40 pictures as software has them, 0.3 of software's processor time"


def test_a_refused_decoder_is_a_warning_while_another_one_serves(tmp_path: Path) -> None:
    found = told(Verdict(JETSON, "h264", "hangs: no picture within 10 s"), config(tmp_path))
    assert (found.level, found.said) == (Level.WARNING, "nvv4l2decoder h264: hangs: no picture within 10 s")
    assert "nvidia-l4t-gstreamer" in found.cure


def test_a_refused_decoder_that_a_camera_asks_for_is_a_failure(tmp_path: Path) -> None:
    found = told(Verdict(JETSON, "h264", "tears: 3 of 40 pictures"), config(tmp_path, 'decoder = "nvv4l2"'))
    assert (found.level, found.exit_code) == (Level.FAILED, 2)
    assert found.cure.startswith('set decoder = "auto" for gate')


def test_a_flaw_in_colour_is_a_warning_with_the_cameras_setting_as_cure() -> None:
    found = told(Verdict(JETSON, "h264", flaws=("shows the wrong range: contrast is 0.86",), pictures=56), None)
    assert found.level is Level.WARNING
    assert "limited range" in found.cure


@needs_gst
class TestExamined:
    """With rows and verdicts of ours in place of the board's."""

    @pytest.fixture(autouse=True)
    def _rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = CodecRow(
            "h264",
            "h264parse",
            (
                DecoderRow("nvdec", "identity", "identity"),  # elements that every GStreamer has
                DecoderRow("nvdec", "nosuchdec", "identity"),
                DecoderRow("software", "identity", "identity"),
            ),
        )
        monkeypatch.setattr(rows, "CODECS", {"video/x-h264": row})

        def refuse(row: DecoderRow, codec: str, klass: str) -> Verdict:
            assert klass == "Generic"
            return Verdict(row, codec, "tears: 3 of 40 pictures" if row.family == "nvdec" else "")

        monkeypatch.setattr(trial, "try_decoder", refuse)

    def test_hardware_alone_is_tried_and_the_verdict_is_kept_beside_the_store(self, tmp_path: Path) -> None:
        refused, kept = examine_decoders(config(tmp_path), SystemClock())
        assert refused.said == "identity h264: tears: 3 of 40 pictures"
        assert (kept.level, kept.said) == (Level.OK, "1 tried, 1 refused; noted beside the store for decoder = auto")
        assert Verdicts(tmp_path).distrusted("identity", "h264") == "tears: 3 of 40 pictures"

    def test_software_is_tried_on_demand(self, tmp_path: Path) -> None:
        said = [found.said for found in examine_decoders(config(tmp_path), SystemClock(), every=True)]
        assert len(said) == 3
        assert said[-1].startswith("2 tried")

    def test_without_a_configuration_nothing_is_noted_and_that_is_said(self) -> None:
        *_, last = examine_decoders(None, SystemClock())
        assert last.level is Level.WARNING
        assert "--config" in last.cure

    def test_a_store_that_cannot_be_written_is_a_failure(self, tmp_path: Path) -> None:
        gone = config(tmp_path)
        object.__setattr__(gone.store, "path", str(tmp_path / "gone" / "events.db"))
        *_, last = examine_decoders(gone, SystemClock())
        assert (last.level, last.exit_code) == (Level.FAILED, 5)

    def test_without_a_reference_nothing_is_judged(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(row: DecoderRow, codec: str, klass: str) -> Verdict:
            raise SourceBroken(f"{codec}.mp4: PyAV itself does not show our clip ({row.family} {klass})")

        monkeypatch.setattr(trial, "try_decoder", fail)
        [only] = examine_decoders(config(tmp_path), SystemClock())
        assert only.level is Level.FAILED
        assert Verdicts(tmp_path).read().entries == ()

    def test_a_camera_is_looked_at_without_what_was_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        list(examine_decoders(config(tmp_path), SystemClock()))
        asked: list[str] = []

        def open_and_ask(camera: Camera, _clock: SystemClock, *, distrusted: launch.Distrusted, **_: object) -> object:
            asked.append(distrusted("identity", "h264"))
            raise SourceBroken(f"{camera.id}: enough was seen")

        monkeypatch.setattr(sources, "open_source", open_and_ask)
        looked = config(tmp_path)
        examine_camera(looked.cameras[0], SystemClock(), looked)
        assert asked == ["tears: 3 of 40 pictures"]
