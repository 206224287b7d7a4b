"""The wheel carries every file that the cards in it name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from edge.config.toml import tomllib

ROOT = Path(__file__).parents[2]
CARRIED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]["force-include"]


@pytest.mark.parametrize("card", [name for name in CARRIED if name.endswith("model.toml")])
def test_a_card_in_the_wheel_comes_with_its_weights_and_builds(card: str) -> None:
    said = tomllib.loads((ROOT / card).read_text(encoding="utf-8"))
    folder = card.rpartition("/")[0]
    files = {f"{folder}/{one['file']}" for one in (said, *said.get("build", ()))}
    assert files <= set(CARRIED)
    assert all(CARRIED[file] == f"edge/_{file}" for file in files)


def test_what_the_wheel_carries_is_there() -> None:
    assert [name for name in CARRIED if not (ROOT / name).is_file()] == []


def test_the_pages_travel_with_the_wheel() -> None:
    pages = ROOT / "edge/aim/static"
    carried = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {f"edge/aim/static/{page.name}" for page in pages.iterdir()} <= carried
