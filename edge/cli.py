"""The command `edge`: picks a tool, prints its errors as one line, returns its exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import edge
from edge.errors import EdgeError, UsageError

COMMANDS = (
    "watch",
    "run",
    "aim",
    "doctor",
    "config",
    "events",
    "visits",
    "anomalies",
    "registry",
    "boom",
    "models",
    "eval",
    "scene",
    "bench",
    "demo",
)
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code of the process (see edge.errors for their meaning)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parser(words).parse_args(words)
        if args.command is None:
            _parser([]).print_help()
            return 2
        return int(_command(args.command).run(args))
    except EdgeError as error:
        for line in str(error).splitlines():
            print(f"edge: {line}", file=sys.stderr)
        return error.exit_code
    except PermissionError as error:
        place = error.filename or "a file"
        print(
            f"edge: {place}: {error.strerror or error}; give this user the right to it, or another path",
            file=sys.stderr,
        )
        return UsageError.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone: leave without a second complaint from the interpreter's own flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge", description=edge.__doc__)
    parser.add_argument("--version", action="version", version=f"edge {edge.__version__}")
    tools = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    asked = next((word for word in words if not word.startswith("-")), None)
    # Only the asked-for tool is imported; the list of all of them is paid for by --help alone.
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        module = _command(name)
        module.add_arguments(tools.add_parser(name, help=module.HELP, description=module.HELP))
    return parser


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"edge.commands.{name}")
