"""The command says what is wrong in one line, whoever met it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.cli import main


def test_a_folder_this_user_may_not_enter_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def locked(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", locked)
    assert main(["eval", "plates", "--dir", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"edge: {tmp_path}: Permission denied; give this user the right to it, or another path\n"
