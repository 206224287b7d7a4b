"""Print what the TensorRT bindings in a folder offer, as JSON: class -> member -> how it is called.

A method is told by its arguments, an enumeration's member by its number, anything else by its kind.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from typing import Any

CLASSES = (
    *("Builder", "BuilderFlag", "DataType", "EngineInspector", "ExecutionContextAllocationStrategy", "IBuilderConfig"),
    *("ICudaEngine", "IExecutionContext", "IHostMemory", "ILayer", "ILogger", "ILogger.Severity", "INetworkDefinition"),
    *("IProgressMonitor", "ITensor", "ITimingCache", "LayerInformationFormat", "LayerType", "MemoryPoolType"),
    *("NetworkDefinitionCreationFlag", "OnnxParser", "OnnxParserFlag", "ParserError", "ProfilingVerbosity", "Runtime"),
    "TensorIOMode",
)
SIGNATURE = re.compile(r"^(?:\d+\. )?\w+\((.*)\) -> (.+)$")
ARGUMENT = re.compile(r"(\w+)(?=: )")


def arguments_of(kind: Any, name: str) -> str:
    """Return the names of a method's arguments as its docstring tells them, every overload once."""
    text = kind.__doc__ or ""
    found = []
    for line in text.splitlines():
        said = SIGNATURE.match(line.strip())
        if said and "*args" not in said[1]:
            bare = re.sub(r"<[^>]*>|\[[^\]]*\]", "", said[1])
            found.append(", ".join(one for one in ARGUMENT.findall(bare) if one not in {"self", "arg0"}))
    return f"({'; '.join(dict.fromkeys(found))})" if found else "(untold)" if name != "__init__" else ""


def told(kind: Any, name: str) -> str:
    """Return how a member of a class is called."""
    value = getattr(kind, name)
    if isinstance(value, property):
        return "value"
    if isinstance(value, kind):
        return str(int(value))
    return arguments_of(value, name) if callable(value) else "value"


def main(folder: str) -> None:
    """Print the surface of the bindings in `folder`."""
    sys.path.insert(0, folder)
    module = importlib.import_module("tensorrt_bindings")
    surface: dict[str, dict[str, str]] = {"": {"__version__": module.__version__, "nptype": "()"}}
    for path in CLASSES:
        kind: Any = module
        for part in path.split("."):
            kind = getattr(kind, part)
        names = [name for name in dir(kind) if not name.startswith("_") or name == "__init__"]
        surface[path] = {
            name: how for name in names if (how := told(kind, name)) and not isinstance(getattr(kind, name), type)
        }
    print(json.dumps(surface))


if __name__ == "__main__":
    main(sys.argv[1])
