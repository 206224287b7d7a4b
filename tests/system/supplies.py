"""What a roll-out needs on the control machine: the wheel, the wheels it needs, and Ansible in its own environment."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker, default_environment

REPOSITORY = Path(__file__).parents[2]
TOOLS = REPOSITORY / "ansible" / "requirements.txt"
DEVICE = REPOSITORY / "deploy" / "requirements" / "device.txt"
CACHE = REPOSITORY / ".cache" / "rollout"


def ansible_environment() -> Path:
    """Return the bin folder of an environment with the pinned Ansible, made on the first call.

    Raises:
        RuntimeError: there is no Python that Ansible runs on.
    """
    found = subprocess.run(
        [REPOSITORY / ".ci" / "find-python", "3.12", "3.11"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise RuntimeError("Ansible's control machine needs Python 3.11 or 3.12")
    home = CACHE / f"ansible-{_digest(TOOLS.read_text(), found.stdout)}"
    if not (home / ".complete").exists():
        subprocess.run([found.stdout.strip(), "-m", "venv", "--clear", home], check=True, timeout=120)
        _pip(home / "bin" / "python", "install", "--require-hashes", "--no-deps", "-r", str(TOOLS))
        (home / ".complete").touch()
    return home / "bin"


def wheelhouse(python: str) -> Path:
    """Return a folder with every wheel that a device with `python` (`3.11`) needs, downloaded on the first call."""
    pinned = "".join(_for_python(DEVICE.read_text(), python))
    home = CACHE / f"wheels-{_digest(pinned, python)}"
    if not (home / ".complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "pinned.txt").write_text(pinned)
        _pip(
            ansible_environment() / "python",
            *("download", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--python-version", python),
            *("-r", str(home / "pinned.txt"), "-d", str(home)),
        )
        (home / ".complete").touch()
    return home


def product_wheel(folder: Path) -> Path:
    """Build the wheel as it stands in the working tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=120)
    [wheel] = folder.glob("edge_gate-*.whl")
    return wheel


def _for_python(lock: str, python: str) -> Iterator[str]:
    """Yield the lines of a universal lock that hold for `python`: pip itself asks the interpreter it runs on."""
    environment = {name: str(value) for name, value in default_environment().items()}
    environment |= {"python_version": python, "python_full_version": f"{python}.2"}
    wanted = False
    for line in lock.splitlines(keepends=True):
        if not line.startswith(" "):
            pin, _, marker = line.rstrip("\\\n ").partition(" ; ")
            wanted = not marker or Marker(marker).evaluate(environment)
            line = f"{pin} \\\n"  # noqa: PLW2901 - the pin without its marker
        if wanted:
            yield line


def _pip(python: Path, *words: str) -> None:
    command = [str(python), "-m", "pip", "-q", "--disable-pip-version-check", "--no-input", *words]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
