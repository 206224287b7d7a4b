"""Runs beside the service, started by `jtop.py`: what jetson-stats reads, one line of JSON each on stdout.

Stands alone, and in a process of its own: the client of jetson-stats starts compilers and package managers to learn
their versions and loads libraries of the GPU, and a service must not be its host. Clocks are told there in kHz, loads
in percent.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO


def main(interval_s: float) -> int:
    """Tell every reading until nobody listens any more."""
    # The package prints on stdout; the answers keep the real one to themselves.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Our neighbours are no packages: one of them is called jtop too.
    sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]
    try:
        with import_module("jtop").jtop(interval=interval_s) as jetson:
            while jetson.ok():
                _say(answers, told(jetson))
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 - whatever the package throws becomes one line for the parent
        _say(answers, {"error": " ".join(f"{type(error).__name__}: {error}".split())})
        return 1
    return 0


def told(jetson: Any) -> dict[str, float | bool | None]:
    """Return what the kernel does not tell everybody: memory clock, video decoder, load of the GPU."""
    emc, decoder = jetson.memory.get("EMC") or {}, _decoder(jetson.engine)
    loads = (one.get("status", {}).get("load") for one in jetson.gpu.values() if one.get("type") == "integrated")
    return {
        "memory_khz": emc.get("cur"),
        "memory_most_khz": emc.get("max"),
        "decoder_khz": decoder.get("cur"),
        "decoder_most_khz": decoder.get("max"),
        "decoder_powered": decoder.get("online"),
        "gpu_load": next((load for load in loads if load is not None), None),
    }


def _decoder(engines: Any) -> dict[str, Any]:
    """Return the first engine of the first group named after the decoder: NVDEC, NVDEC0."""
    groups = (group for name, group in engines.items() if name.startswith("NVDEC"))
    return next((engine for group in groups for engine in group.values()), {})


def _say(answers: TextIO, line: dict[str, Any]) -> None:
    answers.write(json.dumps(line) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
