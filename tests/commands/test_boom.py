"""`edge boom`: a simulated chip to try things on, and the line turned off by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.boom.lines import contact_of, open_input, open_output
from edge.boom.simulator import simulating
from edge.cli import main

CONFIG = """\
[device]
id = "box-1"
[site]
id = "quarry"
[[camera]]
id = "gate"
source = "test://gate"
[registry]
file = "plates.csv"
[boom]
output = "{output}"
"""


def write(folder: Path, output: str) -> str:
    path = folder / "edge.toml"
    path.write_text(CONFIG.format(output=output))
    return str(path)


def test_a_driven_input_is_seen_by_who_holds_it(tmp_path: Path) -> None:
    with simulating(tmp_path / "chip"):
        line = open_input(contact_of(f"simulate://{tmp_path}/chip/13"))
        assert main(["boom", "drive", f"simulate://{tmp_path}/chip/13", "on"]) == 0
        assert [edge.on for edge in line.wait(5.0)] == [True]
        line.close()


def test_off_turns_the_line_off_and_a_line_that_is_held_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = f"simulate://{tmp_path}/chip/12"
    with simulating(tmp_path / "chip"):
        assert main(["boom", "off", "--config", write(tmp_path, output)]) == 0
        held = open_output(contact_of(output))
        assert main(["boom", "off", "--config", write(tmp_path, output)]) == 7
        held.close()
    assert "somebody else holds it" in capsys.readouterr().err


def test_off_without_a_boom_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boom", "off", "--config", write(tmp_path, "")]) == 0
    assert capsys.readouterr().out == ""
