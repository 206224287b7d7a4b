"""`edge watch` as a user and as a script meet it."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

FRAMES = 25


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a second of an empty road, H.264."""
    path = tmp_path_factory.mktemp("clips") / "road.mp4"
    road = np.random.default_rng(1).integers(80, 100, (180, 320, 3), np.uint8)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.options = {"g": "1"}
        for _ in range(FRAMES):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(road, format="rgb24")))
        file.mux(stream.encode())
    return path


def watch(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge", "watch", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_json_ends_with_a_summary_and_nothing_else_is_on_stdout(clip: Path) -> None:
    run = watch(clip, "--json", "--backend", "pyav")
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    summary = lines[-1]
    assert summary["kind"] == "summary"
    assert (summary["frames"], summary["dropped"], summary["passes"], summary["visits"]) == (FRAMES, 0, 0, 0)
    assert summary["crossings"] == {"in": 0, "out": 0, "unknown": 0}
    assert set(summary) == {
        *("kind", "frames", "analysed", "dropped", "seconds", "fps", "tracks", "passes"),
        *("crossings", "visits", "plates", "anomalies"),
    }


def test_the_annotated_video_has_every_frame(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    run = watch(clip, "--annotate", out, "--line", "0,90,320,90", "--backend", "pyav")
    assert run.returncode == 0, run.stderr
    with av.open(str(out)) as file:
        assert sum(1 for _ in file.decode(video=0)) == FRAMES


def test_a_file_cut_short_is_analysed_and_said_to_be_cut(clip: Path, tmp_path: Path) -> None:
    whole = clip.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    run = watch(cut, "--json", "--backend", "pyav")
    assert run.returncode == 3
    assert 0 < json.loads(run.stdout.splitlines()[-1])["frames"] < FRAMES
    assert "copy it again" in run.stderr.splitlines()[-1]


BAD = [
    (("missing.mp4",), 3, "no such file"),
    (("empty.mp4",), 3, "is empty"),
    (("noise.mp4",), 3, "is no video, or damaged"),
    (("text.mp4",), 3, "is no video, or damaged"),
    (("folder",), 3, "is a folder"),
    (("rtsp://127.0.0.1:9/none",), 3, "check that the camera is on"),
    (("ftp://camera",), 2, "scheme is not known"),
    (("test://nowhere",), 2, "no such scene"),
    (("CLIP", "--line", "1,2,3"), 2, "four numbers"),
    (("CLIP", "--start", "yesterday"), 2, "is not a time"),
    (("CLIP", "--config", "none.toml"), 2, "cannot be read"),
    (("CLIP", "--annotate", "none/out.mp4"), 2, "writable folder"),
    (("CLIP", "--mot", "none/out.txt"), 2, "cannot be written"),
    (("CLIP", "--model", "none"), 4, "no model is called"),
    (("CLIP", "--model", "broken/model.toml"), 4, "model"),
    (("CLIP", "--db", "none/events.db"), 5, "events.db"),
]


@pytest.mark.parametrize(("words", "code", "says"), BAD, ids=[" ".join(words) for words, _, _ in BAD])
def test_bad_input_gets_one_line_and_its_exit_code(
    clip: Path, tmp_path: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(2).bytes(20_000))
    (tmp_path / "text.mp4").write_text("hello\n" * 100)
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.toml").write_text('name = "broken"\n')
    command = [sys.executable, "-m", "edge", "watch", *(str(clip) if word == "CLIP" else word for word in words)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    complaints = [line for line in run.stderr.splitlines() if "by pyav" not in line and "by gstreamer" not in line]
    assert run.returncode == code, run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert says in run.stderr
    assert len(complaints) == 1 or "model.toml" in words[-1], run.stderr
