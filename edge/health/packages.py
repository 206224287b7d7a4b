"""Which Python packages are here: looked up, never imported, so that a broken one cannot take the examination along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from edge.health.examinee import Examinee
from edge.health.findings import Finding, broken, doubtful, well

PRODUCT = "edge-gate"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
OPTIONAL = (
    ("PyGObject", "gi", "capture goes through PyAV", "apt install python3-gi, or pip install edge-gate[gst]"),
    ("rapidocr", "rapidocr", "there is no second opinion on plates", "pip install edge-gate[ocr]"),
    ("sqlite-utils", "sqlite_utils", "edge events cannot report", "pip install edge-gate[reports]"),
    ("starlette", "starlette", "edge watch --serve cannot show a page", "pip install edge-gate[web]"),
)


def examine_packages(examinee: Examinee) -> Iterator[Finding]:
    """Yield one finding for all that is needed, and one for each optional package."""
    found, missing = [], []
    for name in required():
        version = examinee.version_of(name)
        if version:
            found.append(f"{name} {version}")
        else:
            missing.append(name)
    if missing:
        yield broken("packages", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    if found:
        yield well("packages", ", ".join(found))
    for name, module, loss, cure in OPTIONAL:
        if examinee.has_module(module):
            # What comes with the system, as python3-gi does, pip does not know.
            yield well("packages", f"{name} {examinee.version_of(name) or 'from the system'}")
        else:
            yield doubtful("packages", f"{name} is absent: {loss}", cure)


def required() -> tuple[str, ...]:
    """Return the packages that the product cannot do without, as its own metadata lists them."""
    try:
        lines = metadata.requires(PRODUCT) or []
    except metadata.PackageNotFoundError:
        return ()
    # What carries a marker belongs to an extra or to another Python.
    names = (_NAME.match(line) for line in lines if ";" not in line)
    return tuple(name[0] for name in names if name)
