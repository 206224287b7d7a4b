"""The locks hold what the project asks for: a device installs from them alone, without looking at the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.config.toml import tomllib

REPOSITORY = Path(__file__).parents[2]
LOCKS = REPOSITORY / "deploy" / "requirements"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(*extras: str) -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {plain(name[0]) for line in lines if (name := _NAME.match(line))}


@pytest.mark.parametrize(
    ("lock", "extras"), [("device.txt", ("ocr", "reports")), ("all.txt", ("ocr", "reports", "demo", "test"))]
)
def test_every_dependency_is_in_the_lock(lock: str, extras: tuple[str, ...]) -> None:
    pinned = {plain(name) for name in _PIN.findall((LOCKS / lock).read_text())}
    assert asked(*extras) - pinned == set(), "run `make locks`"


@pytest.mark.parametrize("lock", ["device.txt", "all.txt", "gst.txt", "cuda12.txt", "cuda13.txt", "tools.txt"])
def test_every_pin_of_device_and_developer_has_its_hashes_and_no_address(lock: str) -> None:
    text = (LOCKS / lock).read_text()
    pins = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text
