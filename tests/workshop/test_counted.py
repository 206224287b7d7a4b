"""Clips that were counted by eye: the list is read strictly, and compared class by class and way by way."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.types import Direction
from edge.workshop.counted import Agreement, CountedClip, compare, read_counted, told

IN, OUT, UNKNOWN = Direction.IN, Direction.OUT, Direction.UNKNOWN
CLIP = '[[clip]]\nfile = "a.mp4"\nlines = [[0, 0.5, 1, 0.5]]\n'
LISTED = Path(__file__).parents[2] / "fixtures" / "clips" / "counted.toml"


def read(folder: Path, text: str) -> tuple[CountedClip, ...]:
    (folder / "a.mp4").touch()
    (folder / "clips.toml").write_text(text, encoding="utf-8")
    return read_counted(folder / "clips.toml", folder)


def test_a_list_says_lines_and_counts(tmp_path: Path) -> None:
    clips = read(tmp_path, f"{CLIP}counts.car = {{ in = 2, out = 1 }}\n{CLIP}")
    assert [one.lines for one in clips] == [((0, 0.5, 1, 0.5),)] * 2
    assert [one.true for one in clips] == [{("car", IN): 2, ("car", OUT): 1}, None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[clip]\n", "mend the TOML"),
        ("", r"holds no list of clips; write \[\[clip\]\]"),
        ("[[clip]]\nlines = [[0, 0, 1, 1]]\n", "clip 1: names no file"),
        ('[[clip]]\nfile = "b.mp4"\nlines = [[0, 0, 1, 1]]\n', "b.mp4 is not there"),
        (f"{CLIP}line = 1\n", "line means nothing here; a clip has file, lines and counts"),
        (CLIP.replace("0.5", "7"), "a.mp4: lines must be"),
        (CLIP.replace("[0, 0.5, 1, 0.5]", "[0.5, 0.5, 0.5, 0.5]"), "two different points"),
        (f"{CLIP}counts = {{}}\n", "counts nothing"),
        (f"{CLIP}counts.cow = {{ in = 1, out = 0 }}\n", "cow is no class; those are"),
        (f"{CLIP}counts.car = {{ in = 1 }}\n", "car needs both directions"),
        (f"{CLIP}counts.car = {{ in = 1, out = -1 }}\n", r"car.out is -1; write a whole number from 0 on"),
        (f"{CLIP}counts.car = {{ in = true, out = 1 }}\n", "car.in is True"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / "clips.toml"))


def clip(true: dict[tuple[str, Direction], int]) -> CountedClip:
    return CountedClip(Path("a.mp4"), ((0, 0.5, 1, 0.5),), true)


def test_missed_and_extra_do_not_balance_each_other() -> None:
    counted = clip({("car", IN): 2, ("car", OUT): 2})
    assert compare(counted, {("car", IN): 1, ("car", OUT): 3}) == Agreement(true=4, missed=1, extra=1)


def test_vehicles_together_are_counted_once_whatever_their_class() -> None:
    counted = clip({("vehicle", IN): 2, ("vehicle", OUT): 0, ("car", IN): 2, ("car", OUT): 0})
    found = {("car", IN): 1, ("truck", IN): 1, ("person", IN): 5, ("bus", UNKNOWN): 1}
    assert compare(counted, found) == Agreement(true=2, unknown=1)
    assert told(found, "vehicle", IN) == 2


def test_a_clip_that_nobody_counted_is_not_compared() -> None:
    with pytest.raises(ValueError, match="nobody counted"):
        compare(CountedClip(Path("a.mp4"), (), None), {})


def test_the_list_of_the_repository_is_sound(tmp_path: Path) -> None:
    names = [line.split('"')[1] for line in LISTED.read_text(encoding="utf-8").splitlines() if line.startswith("file")]
    for name in names:
        (tmp_path / name).touch()
    clips = read_counted(LISTED, tmp_path)
    assert [one.path.name for one in clips] == names
    assert sum(one.true is not None for one in clips) == 3
