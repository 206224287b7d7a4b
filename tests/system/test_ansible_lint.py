"""The roles keep to what ansible-lint calls production."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.system.supplies import REPOSITORY, ansible_environment


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_roles_have_no_lint(tmp_path: Path) -> None:
    try:
        tools = ansible_environment()
    except (subprocess.CalledProcessError, RuntimeError) as error:
        pytest.skip(f"ansible-lint cannot be had here: {getattr(error, 'stderr', '') or error}")
    done = subprocess.run(
        [tools / "ansible-lint", "--offline", "--nocolor", "--profile", "production"],
        cwd=REPOSITORY / "ansible",
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
