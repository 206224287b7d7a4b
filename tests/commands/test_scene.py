"""`edge scene` draws scenes and tells their truth."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from edge.cli import main


def test_a_still_is_a_picture_and_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "scene.png"
    assert main(["scene", "still", "12", "--size", "192x128", "--out", str(out)]) == 0
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape == (128, 192, 3)
    for text in capsys.readouterr().out.splitlines():
        row = json.loads(text)
        assert 0 <= row["visible_fraction"] <= 1
        assert len(row["box"]) == 4


def test_the_truth_of_the_bundled_clip_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scene", "truth"]) == 0
    out = capsys.readouterr().out
    assert "12 passes, 6 visits" in out
    assert "after-hours" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["still", "1", "--size", "wide"], "write WIDTHxHEIGHT"),
        (["still", "1", "--size", "64x64", "--out", "scene.nonsense"], "name a .png"),
        (["still", "1", "--size", "64x64", "--out", "/nowhere/scene.png"], "writable folder"),
        (["truth", "/nowhere/x.json"], "edge scene render"),
        (["tracks", "--list", "proof", "--only", "lorry-99", "--out", "x"], "lorry-00"),
        (["tracks", "--list", "proof", "--size", "wide", "--out", "x"], "write WIDTHxHEIGHT"),
        (["tracks", "--list", "proof", "--only", "twins-00", "--out", "/proc/nowhere"], "give another folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["scene", *words]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
