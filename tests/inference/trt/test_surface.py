"""Nothing of TensorRT is called that one of its versions lacks, and the simulated one has what the real one has."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulated.tensorrt import TABLE, VERSIONS, World, simulated

STUB = Path(__file__).parents[2] / "stubs" / "tensorrt" / "__init__.pyi"
ROOT = Path(__file__).parents[3]
GUARDED = {("NetworkDefinitionCreationFlag", "STRONGLY_TYPED")}
"""Names that are asked for with `hasattr` first, so that a version may lack them."""


def _members(body: list[ast.stmt], path: str = "") -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    """Yield class, member and the names of a method's arguments (None for what is no method) of a stub file."""
    for one in body:
        if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
            yield from _members(one.body, f"{path}.{one.name}".lstrip("."))
        elif path and isinstance(one, ast.FunctionDef) and one.name != "__buffer__":
            values = [name for name in one.decorator_list if isinstance(name, ast.Name) and name.id == "property"]
            yield path, one.name, None if values else tuple(argument.arg for argument in one.args.args[1:])
        elif path and isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield path, one.target.id, None


USED = list(_members(ast.parse(STUB.read_text(encoding="utf-8")).body))


def _said(kind: str, name: str, version: str) -> str | None:
    said = TABLE[kind].get(name)
    return said.get(version) if isinstance(said, dict) else said


@pytest.mark.parametrize("version", VERSIONS)
def test_every_name_we_use_is_in_every_version(version: str) -> None:
    lacking = [
        f"{kind}.{name}" for kind, name, _ in USED if (kind, name) not in GUARDED and _said(kind, name, version) is None
    ]
    assert lacking == []
    assert len(USED) > 60


@pytest.mark.parametrize("version", VERSIONS)
def test_every_argument_we_give_is_one_that_version_takes(version: str) -> None:
    wrong = []
    for kind, name, arguments in USED:
        said = _said(kind, name, version)
        if arguments is None or said is None:
            continue
        overloads = [tuple(filter(None, one.strip(" ()").split(", "))) for one in said.split(";")]
        if not any(arguments == one[: len(arguments)] for one in overloads):
            wrong.append(f"{kind}.{name}{arguments}: {said}")
    assert wrong == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_simulated_tensorrt_has_no_name_that_the_real_one_of_its_version_lacks(version: str) -> None:
    module = simulated(World(version=version))
    made_up = []
    for kind, thing in vars(module).items():
        if kind not in TABLE:
            continue
        for name, value in inspect.getmembers(thing):
            if name.startswith("_") or (kind == "IHostMemory" and hasattr(bytes, name)) or isinstance(value, type):
                continue
            if _said(kind, name, version) is None:
                made_up.append(f"{kind}.{name}")
    assert made_up == []


@pytest.mark.parametrize("version", VERSIONS)
def test_its_enumerations_are_numbered_as_the_real_ones(version: str) -> None:
    module = simulated(World(version=version))
    flag = vars(module)["NetworkDefinitionCreationFlag"].STRONGLY_TYPED
    assert int(flag) == (0 if version.startswith("11") else 1)
    with pytest.raises(TypeError):
        1 << flag


def test_precision_flags_and_calibrators_are_asked_for_nowhere() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "edge" / "inference" / "trt").glob("*.py"))
    assert re.findall(r"BuilderFlag\.(\w+)", sources) == ["TF32"]
    assert not re.search(r"Calibrator|_calibrator|set_flag|set_precision|platform_has|STRICT|OBEY", sources)


def test_the_table_is_what_installed_lean_bindings_say() -> None:
    try:
        importlib.import_module("tensorrt_lean_libs")
        lean: Any = importlib.import_module("tensorrt_lean_bindings")
    except (ImportError, OSError) as error:
        pytest.skip(f"the lean bindings are not installed ({error}); `.ci/trt-surface` compares the full ones")
    if lean.__version__ not in VERSIONS:
        pytest.skip(f"lean bindings {lean.__version__} are installed, and the table is of {', '.join(VERSIONS)}")
    kinds = [kind for kind in TABLE if kind != "versions" and hasattr(lean, kind)]
    wrong = [
        f"{kind}.{name}"
        for kind in kinds
        for name in TABLE[kind]
        if not name.startswith("_")
        and hasattr(getattr(lean, kind), name) != (_said(kind, name, lean.__version__) is not None)
    ]
    assert wrong == []
    assert {"Runtime", "ICudaEngine", "IExecutionContext"} <= set(kinds)
