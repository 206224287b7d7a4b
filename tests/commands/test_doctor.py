"""`edge doctor` names what does not work, with its cure, and ends with the exit code of the failure."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from edge.boom.simulator import simulating
from edge.cli import main
from edge.clock import SystemClock
from edge.commands import examine
from edge.commands.examine_machine import examine_capture, here
from edge.config import Boom, Camera, Config, Device, Models, Mqtt, Site, Store
from edge.health.board import Board
from edge.health.examinee import Gst, this_machine
from edge.health.findings import Level
from edge.health.tensorrt_findings import examine_tensorrt

CONFIG = """\
[device]
id = "box-1"
[site]
id = "quarry"
[[camera]]
id = "gate"
source = "{source}"
[store]
path = "{store}"
[mqtt]
url = "{url}"
[models]
plates = "none"
"""


def write(tmp_path: Path, *, source: str = "test://gate", url: str = "") -> str:
    path = tmp_path / "edge.toml"
    path.write_text(CONFIG.format(source=source, store=tmp_path / "events.db", url=url))
    return str(path)


def findings(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_sound_device_ends_with_0_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--json", "--config", write(tmp_path)])
    *found, summary = findings(capsys)

    assert (code, summary["kind"], summary["failed"]) == (0, "summary", 0), found
    subjects = {one["subject"] for one in found}
    assert subjects >= {"python", "packages", "clock", "capture", "config", "models", "detector", "store", "broker"}
    assert all(one["cure"] for one in found if one["level"] == "warning")


def test_every_fault_of_the_configuration_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "edge.toml"
    path.write_text('[device]\nid = "a b"\n[site]\nid = "s"\n')
    code = main(["doctor", "--json", "--config", str(path)])
    failed = [one["said"] for one in findings(capsys) if one.get("level") == "failed"]
    assert code == 2
    assert [said.partition(f"{path}:")[2].split(": ")[1] for said in failed] == ["camera", "device.id"]


def test_the_table_has_a_cure_below_each_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--config", write(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    warnings = [place for place, line in enumerate(lines) if line.startswith("warning")]
    assert all(lines[place + 1].lstrip().startswith("cure: ") for place in warnings)
    assert lines[-1].endswith("0 failed")


def test_a_broker_that_is_not_there_is_a_failure_with_its_own_code() -> None:
    [found] = examine.examine_broker(Mqtt(url="mqtt://127.0.0.1:9"), "quarry", "box-1")
    assert (found.level, found.exit_code) == (Level.FAILED, 6)
    assert "127.0.0.1:9" in found.said


def test_no_broker_is_a_warning() -> None:
    [found] = examine.examine_broker(Mqtt(), "quarry", "box-1")
    assert found.level is Level.WARNING


def test_a_camera_that_cannot_be_opened_is_a_failure_without_its_password() -> None:
    camera = Camera("gate", "rtsp://viewer:hunter2@127.0.0.1:9/s", backend="pyav")
    [found] = examine.examine_camera(camera, SystemClock(), Config(Device("cam-1"), Site("depot"), (camera,)))
    assert (found.level, found.exit_code) == (Level.FAILED, 3)
    assert "hunter2" not in found.said


def test_a_store_in_a_folder_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    room, engine = examine.examine_database(Store(path=str(tmp_path / "none" / "events.db")), 0)
    assert (room.level, room.exit_code) == (Level.FAILED, 5)
    assert engine.level is Level.OK


def test_a_model_file_that_is_not_the_card_s_is_a_failure(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "models" / "gate-n"
    (tmp_path / "model.toml").write_text((source / "model.toml").read_text())
    (tmp_path / "gate-n.onnx").write_bytes(b"another file")
    found = list(examine.examine_models(Models(detector=str(tmp_path / "model.toml"), plates="none")))
    failed = [one for one in found if one.level is Level.FAILED]
    assert failed
    assert all(one.exit_code == 4 for one in failed)
    assert "SHA-256" in failed[0].said


@pytest.mark.parametrize(("engine", "level"), [("auto", Level.OK), ("tensorrt", Level.FAILED)])
def test_tensorrt_is_missed_only_where_it_was_asked_for(engine: str, level: Level) -> None:
    without = replace(this_machine(SystemClock(), Gst()), version_of=lambda _: None)
    [found] = examine_tensorrt(without, Board(), engine)
    assert found.level is level


@pytest.mark.system
def test_the_decoders_of_gstreamer_are_named() -> None:
    if not find_spec("gi"):
        pytest.skip("PyGObject is not installed; `make gst` installs it where its headers are")
    said = " ".join(found.said for found in examine_capture(here(SystemClock()), Board()))
    assert "h264 avdec_h264" in said or "h264 nv" in said


def test_the_lines_of_the_boom_are_looked_at_and_not_taken(tmp_path: Path) -> None:
    with simulating(tmp_path / "chip") as simulator:
        boom = Boom(output=f"simulate://{tmp_path}/chip/12", input="mqtt:yard/boom")
        found = list(examine.examine_boom(boom))
        assert [(one.subject, one.level) for one in found] == [("boom", Level.OK)] * 2
        assert "off, free" in found[0].said
        assert simulator.chip.edges == []
    (gone, _) = examine.examine_boom(boom)
    assert (gone.level, "edge boom simulate" in gone.said + gone.cure) == (Level.FAILED, True)
