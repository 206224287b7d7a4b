"""`edge eval clips` counts as `edge watch` does, and says how far that is from the truth."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from edge.cli import main
from edge.order import bundled_clip

LIST = """
[[clip]]
file = "{name}"
lines = [[0.0, 0.5, 1.0, 0.5]]
counts.vehicle = {{ in = {entering}, out = {leaving} }}
"""


def write(folder: Path, entering: int, leaving: int) -> None:
    clip = bundled_clip().video
    shutil.copy(clip, folder / clip.name)
    (folder / "clips.toml").write_text(LIST.format(name=clip.name, entering=entering, leaving=leaving), "utf-8")


@pytest.mark.slow
def test_counts_stand_beside_the_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, entering=60, leaving=0)
    assert main(["eval", "clips", str(tmp_path), "--json"]) == 0
    row, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    told = row["told"]
    entering = sum(told[name].get("in", 0) for name in ("car", "truck", "bus", "motorcycle") if name in told)
    leaving = sum(told[name].get("out", 0) for name in ("car", "truck", "bus", "motorcycle") if name in told)
    assert entering >= 5
    assert leaving >= 5
    assert (last["true"], last["missed"], last["extra"]) == (60, 60 - entering, leaving)


def test_a_list_that_is_missing_is_said_with_the_cure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "clips", str(tmp_path)]) == 2
    assert "clips.toml: cannot be read (No such file or directory); name the list of clips with --truth" in (
        capsys.readouterr().err
    )


def test_a_clip_that_is_not_in_the_list_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, 0, 0)
    assert main(["eval", "clips", str(tmp_path), "--only", "b.mp4"]) == 2
    assert "--only b.mp4: not in the list; it has gate_demo.mp4" in capsys.readouterr().err
