"""Packages are looked up without being imported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.clock import ManualClock
from edge.health import packages
from edge.health.examinee import Gst, this_machine
from edge.health.findings import Level

HERE = this_machine(ManualClock(), Gst())


def test_what_is_needed_is_what_the_metadata_lists() -> None:
    needed = packages.required()
    assert {"numpy", "apsw", "onnxruntime", "av"} <= set(needed)
    assert not {"tomli", "pytest", "torch", "rapidocr"} & set(needed), "other Pythons and extras are not needed"


def test_a_missing_package_is_a_failure_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "required", lambda: ("numpy", "no-such-package"))
    missing, present, *_ = packages.examine_packages(HERE)
    assert (missing.level, missing.said) == (Level.FAILED, "missing: no-such-package")
    assert present.said.startswith("numpy ")


def test_an_absent_optional_package_says_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "OPTIONAL", (("rapidocr", "no_such_module", "plates stay unread", "install it"),))
    [*_, found] = packages.examine_packages(HERE)
    assert (found.level, found.said, found.cure) == (
        Level.WARNING,
        "rapidocr is absent: plates stay unread",
        "install it",
    )


def test_a_package_of_the_system_needs_no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "required", tuple)
    monkeypatch.setattr(packages, "OPTIONAL", (("python-json", "json", "", ""),))
    unknown = replace(HERE, version_of=lambda _: None)
    assert [found.said for found in packages.examine_packages(unknown)] == ["python-json from the system"]
