"""The file is replaced in one step by a valid one, or stays as it is."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge.aim.drawing import MaskDrawn
from edge.aim.keeping import ChangedMeanwhile, ConfigKeeper
from edge.config.load import load_config
from edge.errors import ConfigError, UsageError

SAMPLE = Path(__file__).parents[2] / "deploy/config/edge.toml"
MASK = MaskDrawn("clock", ((0.0, 0.0), (0.3, 0.0), (0.3, 0.06)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "edge.toml"))


@pytest.fixture
def keeper(path: Path) -> ConfigKeeper:
    return ConfigKeeper(path, "gate")


def test_what_is_saved_is_what_the_loader_reads(keeper: ConfigKeeper, path: Path) -> None:
    kept = keeper.read()
    saved = keeper.save(replace(kept.drawing, masks=(MASK,)), kept.revision)
    assert [mask.id for mask in load_config(path).cameras[0].masks] == ["clock"]
    assert saved.revision == keeper.read().revision != kept.revision
    assert saved.drawing.masks[0].was == "clock", "it has a name in the file now"


def test_mode_and_owner_stay_and_nothing_is_left_beside(keeper: ConfigKeeper, path: Path) -> None:
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 0, 65534)
    before = path.stat()
    kept = keeper.read()
    keeper.save(replace(kept.drawing, masks=(MASK,)), kept.revision)
    after = path.stat()
    assert after.st_ino != before.st_ino, "it was not replaced in one step"
    assert (stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid) == (0o640, before.st_uid, before.st_gid)
    assert [one.name for one in path.parent.iterdir()] == ["edge.toml"]


def test_a_link_keeps_leading_to_the_file(keeper: ConfigKeeper, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    kept = keeper.read()
    ConfigKeeper(link, "gate").save(replace(kept.drawing, masks=(MASK,)), kept.revision)
    assert link.is_symlink()
    assert keeper.read().drawing.masks


def test_a_wrong_drawing_is_refused_in_the_loader_s_words_and_the_file_stays(keeper: ConfigKeeper, path: Path) -> None:
    kept = keeper.read()
    line = replace(kept.drawing.lines[0], road="nowhere")
    with pytest.raises(ConfigError, match=r"edge\.toml:\d+: camera\.line\.road: road 'nowhere' does not exist"):
        keeper.save(replace(kept.drawing, lines=(line,)), kept.revision)
    outside = replace(MASK, polygon=((0.0, 0.0), (1.5, 0.0), (0.3, 0.06)))
    with pytest.raises(ConfigError, match="lies outside the picture"):
        keeper.save(replace(kept.drawing, masks=(outside,)), kept.revision)
    assert path.read_text() == SAMPLE.read_text()


def test_a_file_that_changed_meanwhile_is_not_overwritten(keeper: ConfigKeeper, path: Path) -> None:
    kept = keeper.read()
    path.write_text(SAMPLE.read_text() + "# mine\n")
    with pytest.raises(ChangedMeanwhile, match="changed by somebody else"):
        keeper.save(replace(kept.drawing, masks=(MASK,)), kept.revision)
    assert path.read_text().endswith("# mine\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_with_its_cure(keeper: ConfigKeeper, path: Path) -> None:
    kept = keeper.read()
    path.parent.chmod(0o500)
    with pytest.raises(ConfigError, match=r"cannot be saved: .*run as root or as the owner"):
        keeper.save(replace(kept.drawing, masks=(MASK,)), kept.revision)
    path.parent.chmod(0o700)


def test_a_camera_that_is_not_there_is_named_with_those_that_are(path: Path) -> None:
    with pytest.raises(UsageError, match=r"door: .*has no such camera; it has gate"):
        ConfigKeeper(path, "door")
