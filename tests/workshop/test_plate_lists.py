"""Pictures with a table: groups stay whole and where they were decided, and what the table says counts for the hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.workshop.plate_lists import check_may_train, check_pictures, list_pictures

FILES = [f"{number}.jpg" for number in range(20)]
GROUPS = {file: f"g{number // 2}" for number, file in enumerate(FILES)}
SAID = dict.fromkeys(FILES, "AB12CDE")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for file in FILES:
        (tmp_path / "images" / file).write_bytes(file.encode())
    return tmp_path


def test_a_fifth_of_the_groups_validates_and_each_is_whole(data: Path) -> None:
    sides = {(entry.group, entry.side) for entry in list_pictures(data, GROUPS, SAID, {})}
    assert len(sides) == 10
    assert sum(side == "validation" for _, side in sides) == 2


def test_a_group_stays_where_another_list_has_put_it(data: Path) -> None:
    held_out = {entry.group for entry in list_pictures(data, GROUPS, SAID, {}) if entry.side == "validation"}
    entries = list_pictures(data, GROUPS, SAID, dict.fromkeys(held_out, "train"))
    assert {entry.side for entry in entries if entry.group in held_out} == {"train"}


@pytest.mark.parametrize("change", ["picture", "said", "gone", "untold"])
def test_what_is_no_longer_as_listed_is_named(data: Path, change: str) -> None:
    entries, said = list_pictures(data, GROUPS, SAID, {}), dict(SAID)
    check_pictures(data, entries, said)
    if change == "picture":
        (data / "images" / "3.jpg").write_bytes(b"other")
    elif change == "said":
        said["3.jpg"] = "AB12CDF"
    elif change == "gone":
        (data / "images" / "3.jpg").unlink()
    else:
        del said["3.jpg"]
    with pytest.raises(ConfigError, match=r"3\.jpg: is missing or not as listed \(1 in all\)"):
        check_pictures(data, entries, said)


def test_a_picture_that_is_not_there_cannot_be_listed(data: Path) -> None:
    (data / "images" / "3.jpg").unlink()
    with pytest.raises(ConfigError, match=r"3\.jpg: cannot be read"):
        list_pictures(data, GROUPS, SAID, {})


def test_the_folder_of_the_proof_is_refused(tmp_path: Path) -> None:
    check_may_train(tmp_path)
    with pytest.raises(ConfigError, match="never trained on"):
        check_may_train(tmp_path / "romania_dusk_night")
