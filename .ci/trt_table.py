"""Compare names.json of three TensorRT versions with tests/simulated/surface.toml, or write it (`--write`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

TABLE = Path(__file__).parent.parent / "tests" / "simulated" / "surface.toml"
HEAD = """\
# What TensorRT's Python bindings offer, by class: member -> how it is called in each version that has it.
# A method is told by the names of its arguments, an enumeration's member by its number, anything else is a value.
# Source: the packages tensorrt-cu12-bindings of these versions, imported and asked: `.ci/trt-surface --write`.
"""


def main(mode: str, files: list[str]) -> int:
    """Return 0 when the table is what the bindings say, or was written."""
    surfaces = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    versions = [surface.pop("")["__version__"] for surface in surfaces]
    lines = [HEAD + f"versions = {json.dumps(versions)}"]
    for kind in sorted(surfaces[0]):
        lines.append(f'\n["{kind}"]')
        names = sorted({name for surface in surfaces for name in surface[kind]})
        for name in names:
            has = {
                v: surface[kind][name] for v, surface in zip(versions, surfaces, strict=True) if name in surface[kind]
            }
            calls = set(has.values())
            if len(has) == len(versions) and len(calls) == 1:
                lines.append(f"{name} = {json.dumps(calls.pop())}")
            else:
                inner = ", ".join(f"{json.dumps(v)} = {json.dumps(how)}" for v, how in has.items())
                lines.append(f"{name} = {{ {inner} }}")
    text = "\n".join(lines) + "\n"
    if mode == "--write":
        TABLE.write_text(text, encoding="utf-8")
        print(f"{TABLE.name}: written from {', '.join(versions)}")
        return 0
    if TABLE.read_text(encoding="utf-8") == text:
        print(f"surface: the table is what the bindings of {', '.join(versions)} say")
        return 0
    print("surface: the table differs from what the bindings say: look at it, then `.ci/trt-surface --write`")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
