"""`edge aim`: the score of the demo clip, its exit codes, and what is refused before anything is loaded."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.cli import main

CLIP = Path(__file__).parents[2] / "fixtures/clips/gate_demo.mp4"
CONFIG = CLIP.with_suffix(".toml")
AIM = ["aim", "gate", "--config", str(CONFIG), "--source", str(CLIP)]


@pytest.mark.slow
def test_the_demo_clip_gets_a_real_score_and_a_line_that_nobody_crossed_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture = tmp_path / "gate.png"
    assert main([*AIM, "--score", "--seconds", "25", "--json", "--picture", str(picture)]) == 1
    told = json.loads(capsys.readouterr().out)
    marks = {(mark["name"], mark["line"]): mark for mark in told["marks"]}
    assert marks["plate", "main-line"]["state"] == "pass"
    assert 70 < marks["plate", "main-line"]["value"] < 140
    assert marks["angle", "main-line"]["state"] == "pass"
    assert marks["blur", ""]["state"] == "pass"
    assert marks["plate", "side-line"]["state"] == "not measured"
    assert marks["night", ""]["state"] == "not measured"
    assert (told["passed"], told["mode"]) == (False, "day")
    assert np.shape(cv2.imread(str(picture))) == (720, 1280, 3)


@pytest.mark.slow
def test_a_place_where_all_is_well_ends_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = CONFIG.read_text("utf-8")
    start, end = text.index('[[camera.line]]\nid = "side-line"'), text.index("[[rule]]")
    config = tmp_path / "edge.toml"
    config.write_text(text[:start] + text[end:])
    assert main(["aim", "gate", "--config", str(config), "--source", str(CLIP), "--score", "--seconds", "25"]) == 0
    told = capsys.readouterr().out
    assert "gate: passed; " in told
    assert "look again after dark" in told


def test_a_camera_that_is_not_there_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aim", "door", "--config", str(CONFIG), "--score"]) == 2
    assert "has no such camera; it has gate" in capsys.readouterr().err


def test_a_source_that_is_not_there_ends_with_the_source_s_code(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["aim", "gate", "--config", str(CONFIG), "--source", "/none/clip.mp4", "--score", "--picture", "/x.png"]
    )
    assert code in {2, 3}
    assert "/none/clip.mp4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--json"], "nothing to print without --score"),
        (["--score", "--seconds", "0"], "is no time to look"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*AIM, *words]) == 2
    assert said in capsys.readouterr().err


def test_a_port_in_use_is_refused_before_the_camera_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main([*AIM[:-1], "/none/clip.mp4", "--port", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"edge: --port {port}: address already in use; ")


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "tomlkit"])
def test_without_the_web_extra_it_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == missing or name.startswith("edge.aim.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(AIM) == 2
    assert "which is not installed: pip install edge-gate[web]" in capsys.readouterr().err
