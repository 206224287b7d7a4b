"""`edge watch --serve` as a user meets it before any page is open."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import main
from edge.commands.live_view import PORT, add_live_arguments

CLIP = Path(__file__).parents[2] / "fixtures/clips/gate_demo.mp4"


@pytest.mark.parametrize(
    ("words", "port"), [([], None), (["--serve"], PORT), (["--serve", "0"], 0), (["--serve=80"], 80)]
)
def test_the_port_may_be_left_out(words: list[str], port: int | None) -> None:
    parser = argparse.ArgumentParser()
    add_live_arguments(parser)
    assert parser.parse_args(words).serve == port


def test_a_file_nobody_looks_at_ends_as_without_a_page() -> None:
    command = [sys.executable, "-m", "edge", "watch", str(CLIP), "--seconds", "0.5", "--serve", "0", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1].startswith('{"kind":"summary","frames":7')
    assert "edge: live view at http://127.0.0.1:" in run.stderr
    assert "password" not in run.stderr


def test_a_page_for_the_network_comes_with_a_warning() -> None:
    command = [sys.executable, "-m", "edge", "watch", str(CLIP), "--seconds", "0.1", "--serve", "0"]
    run = subprocess.run([*command, "--serve-on", "0.0.0.0"], capture_output=True, text=True, check=False, timeout=120)  # noqa: S104 - that is the case
    assert run.returncode == 0, run.stderr
    assert "has no password" in run.stderr


def test_a_port_in_use_is_refused_before_anything_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["watch", "no-such-file.mp4", "--serve", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"edge: --serve {port}: address already in use; ")


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_web_extra_it_is_named_before_anything_is_loaded(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == missing or name.startswith("edge.aim.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["watch", "no-such-file.mp4", "--serve", "0"]) == 2
    assert "which is not installed: pip install edge-gate[web]" in capsys.readouterr().err


def test_an_address_without_a_page_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "no-such-file.mp4", "--serve-on", "127.0.0.1"]) == 2
    assert "without --serve" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["65536", "-1", "gate.mp4"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["watch", "no-such-file.mp4", f"--serve={port}"])
    assert left.value.code == 2
    assert f"{port} is no port" in capsys.readouterr().err
