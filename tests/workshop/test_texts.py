"""Lists that people hand over are read alike, and what is no text is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.errors import ConfigError
from edge.workshop.finder.corrections import read_corrections
from edge.workshop.finder.scenes import read_boxes
from edge.workshop.plates.crops import read_corrections as read_texts
from edge.workshop.texts import read_rows


def test_lines_behind_the_heading_come_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b'\xef\xbb\xbffile,why\na.jpg,"one, two"\n\nb.jpg,\n')
    assert list(read_rows(path, "restore it")) == [(2, ["a.jpg", "one, two"]), (3, []), (4, ["b.jpg", ""])]
    path.write_bytes(b"")
    assert list(read_rows(path, "restore it")) == []


@pytest.mark.parametrize("read", [read_corrections, read_boxes, read_texts])
def test_a_list_in_another_encoding_is_one_line_with_its_place(tmp_path: Path, read: object) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"file,text\nM\xfcnchen.jpg,M1\n")
    assert callable(read)
    with pytest.raises(ConfigError, match=r"list\.csv:2: is not UTF-8 text; save it as UTF-8"):
        read(path)
