"""`edge config` as it is typed: output, messages and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.cli import main

SAMPLE = str(Path(__file__).parents[2] / "deploy" / "config" / "edge.toml")


def test_a_valid_file_ends_with_0_and_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", SAMPLE]) == 0
    assert capsys.readouterr().out == f"{SAMPLE}: valid: 1 camera, 2 roads, 3 rules\n"


def test_a_wrong_file_ends_with_2_and_every_fault_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "edge.toml"
    path.write_text('[device]\nid = ""\n[site]\nname = "x"\n')

    assert main(["config", "check", str(path)]) == 2

    output = capsys.readouterr()
    assert output.out == ""
    assert [line.partition(f"{path}:")[2].split(": ")[:2] for line in output.err.splitlines()] == [
        ["1", "camera"],
        ["2", "device.id"],
        ["3", "site.id"],
        ["4", "site.name"],
    ]


def test_a_missing_file_ends_with_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", str(tmp_path / "none.toml")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "cannot be read: No such file" in line


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["required"] == ["device", "site", "camera"]


def test_a_key_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain", "retention.days"]) == 0
    assert "bounds   1 to 3650 days" in capsys.readouterr().out


def test_without_a_key_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain"]) == 0
    assert "camera.line.inward" in capsys.readouterr().out


def test_an_unknown_key_ends_with_2_and_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain", "retention.day"]) == 2
    assert "did you mean retention.days?" in capsys.readouterr().err


def test_what_is_shown_has_its_secrets_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "edge.toml"
    path.write_text(Path(SAMPLE).read_text().replace("test://gate", "rtsp://u:hunter2@h/s"))
    assert main(["config", "show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "rtsp://u:***@h/s" in shown
    assert "hunter2" not in shown
