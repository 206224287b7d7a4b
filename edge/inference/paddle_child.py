"""Runs inside PaddleOCR's own environment, started by `paddle.py`: pictures on stdin, one line of JSON each on stdout.

Stands alone: that environment has paddleocr and numpy, and nothing of ours.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

HEADER = struct.Struct("<II")
"""Height and width of the picture that follows."""
PARTS = {"text_detection_model_dir": "det", "text_recognition_model_dir": "rec"}
"""Folders inside the model directory."""


def main(model_dir: str) -> int:
    """Answer pictures until stdin ends."""
    # The package prints on stdout; the answers keep the real one to themselves.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        reader = _open(Path(model_dir))
    except Exception as error:  # noqa: BLE001 - whatever the package throws becomes one line for the parent
        _say(answers, {"error": _one_line(error)})
        return 1
    _say(answers, {"version": version("paddleocr")})
    while True:
        header = sys.stdin.buffer.read(HEADER.size)
        if len(header) < HEADER.size:
            return 0
        height, width = HEADER.unpack(header)
        pixels = sys.stdin.buffer.read(height * width * 3)
        try:
            _say(answers, {"lines": _read(reader, pixels, height, width)})
        except Exception as error:  # noqa: BLE001 - as above
            _say(answers, {"error": _one_line(error)})


def _open(model_dir: Path) -> Any:
    try:
        package = import_module("paddleocr")
    except ImportError as error:
        raise RuntimeError(
            f"paddleocr is not installed ({error}): install edge-gate[paddle] in this interpreter"
        ) from error
    # A folder that is given is never downloaded; without it the package would ask its hubs for the models.
    folders = {name: str(model_dir / part) for name, part in PARTS.items()}
    try:
        return package.PaddleOCR(
            **folders,
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
        )
    except Exception as error:
        raise RuntimeError(
            f"cannot load models from {model_dir} ({_one_line(error)}): put PP-OCR's text detection into its folder "
            "det and text recognition into its folder rec, or set models.paddle_dir"
        ) from error


def _read(reader: Any, pixels: bytes, height: int, width: int) -> list[dict[str, Any]]:
    numpy = import_module("numpy")
    picture = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width, 3)[:, :, ::-1]
    found = []
    for page in reader.predict(numpy.ascontiguousarray(picture)):
        for quad, text, score in zip(page["rec_polys"], page["rec_texts"], page["rec_scores"], strict=True):
            found.append({"quad": numpy.asarray(quad, float).tolist(), "text": text, "score": float(score)})
    return found


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
