"""PaddleOCR itself: driven up to the models that are not here, and what is said when something is missing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from edge.config.model import Models
from edge.errors import ConfigError, ModelError
from edge.inference.paddle import PaddleReader
from edge.inference.readers import open_reader

PADDLE_PYTHON = os.environ.get("EDGE_PADDLE_PYTHON", "")


def _refused(python: str | Path, models: Path) -> str:
    with pytest.raises(ModelError) as caught:
        PaddleReader(Path(python), models)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.soak
@pytest.mark.skipif(not PADDLE_PYTHON, reason="EDGE_PADDLE_PYTHON names no interpreter with paddleocr: make paddle")
def test_the_real_package_without_models_says_where_they_go(tmp_path: Path) -> None:
    message = _refused(PADDLE_PYTHON, tmp_path)
    assert f"cannot load models from {tmp_path}" in message
    assert "put PP-OCR's text detection into its folder det" in message


def test_an_interpreter_without_the_package_says_what_to_install(tmp_path: Path) -> None:
    message = _refused(sys.executable, tmp_path)
    assert "paddleocr is not installed" in message
    assert "install edge-gate[paddle]" in message


def test_a_missing_interpreter_names_the_setting(tmp_path: Path) -> None:
    assert "set models.paddle_python" in _refused(tmp_path / "python", tmp_path)


def test_an_interpreter_that_is_none_is_a_dead_process(tmp_path: Path) -> None:
    assert "has died (status 1" in _refused("/bin/false", tmp_path)


@pytest.mark.parametrize(
    ("models", "missing"),
    [
        (Models(plates="paddle"), "models.paddle_python"),
        (Models(plates="paddle", paddle_python="/usr/bin/python3"), "models.paddle_dir"),
    ],
)
def test_a_setting_that_is_missing_is_named(models: Models, missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        open_reader(models)


def test_no_reader_is_an_error_here_and_no_silent_one() -> None:
    with pytest.raises(ConfigError, match="reads nothing"):
        open_reader(Models(plates="none"))
