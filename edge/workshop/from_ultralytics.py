"""Weights of ultralytics to ONNX, in a process of its own: `python -m edge.workshop.from_ultralytics SOURCE OUT WxH`.

A .pt file is a pickle and can carry any code: open only those you trust, at a desk, never on a device.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from edge.errors import EdgeError, ModelError, UsageError
from edge.workshop.network import OPSET, STRIDE_PX, import_torch


def convert(source: str, out: Path, size_wh: tuple[int, int]) -> None:
    """Export in a process of its own: torch and the pickle stay there.

    Args:
        source: a .pt file, or the name of weights that ultralytics has in its folder.
        out: the ONNX file to write.
        size_wh: the network's input.

    Raises:
        UsageError: torch or ultralytics is missing, or the size does not suit.
        ModelError: the weights cannot be read or are no detector.
    """
    words = [sys.executable, "-m", "edge.workshop.from_ultralytics", source, str(out), f"{size_wh[0]}x{size_wh[1]}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode == 0 and out.is_file():
        return
    said = (done.stderr.strip() or done.stdout.strip() or f"it ended with {done.returncode}").splitlines()[-1]
    said = said.removeprefix("edge: ")
    if done.returncode == UsageError.exit_code:
        raise UsageError(said)
    raise ModelError(said if said.startswith(source) else f"{source}: cannot be exported: {said}")


def _export(source: str, out: Path, size_wh: tuple[int, int]) -> None:
    if any(side % STRIDE_PX for side in size_wh):
        raise UsageError(f"input {size_wh[0]}x{size_wh[1]}: both sides must be multiples of {STRIDE_PX}")
    import_torch()
    from ultralytics import YOLO  # noqa: PLC0415 - part of the train extra

    weights = _find(source)
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(shutil.copy(weights, folder))  # ultralytics writes beside the weights
        try:
            network = YOLO(str(copied))
        except Exception as error:
            kind = type(error).__name__
            raise ModelError(f"{source}: is damaged or no weights of ultralytics ({kind}): get it again") from error
        if network.task != "detect":
            raise ModelError(f"{source}: is made to {network.task}, not to detect: give a detector")
        options = {"imgsz": [size_wh[1], size_wh[0]], "opset": OPSET, "dynamic": False, "simplify": False}
        try:
            written = network.export(format="onnx", verbose=False, **options)
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            raise ModelError(f"{source}: ultralytics cannot export it ({said}): give an ONNX file") from error
        shutil.move(written, out)


def _find(source: str) -> Path:
    """Return the weights' file; named ones are looked for where ultralytics keeps them, and never downloaded."""
    from ultralytics.utils import SETTINGS  # noqa: PLC0415 - part of the train extra

    given = Path(source)
    named: Path = Path(SETTINGS["weights_dir"]) / f"{source}.pt"
    candidates = [given] if given.suffix else [given, named]
    for path in candidates:
        if path.is_file():
            return path
    where = "" if given.suffix else f", nor {named}"
    raise ModelError(f"{source}: no such file{where}: put the weights there; nothing is downloaded")


def main() -> int:
    """Export as the three words say and return the exit code."""
    source, out, size = sys.argv[1:4]
    width, height = size.split("x")
    try:
        _export(source, Path(out), (int(width), int(height)))
    except EdgeError as error:
        sys.stderr.write(f"edge: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
