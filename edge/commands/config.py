"""`edge config`: judge a configuration, explain its keys, print its schema, show what it comes to."""

from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path

HELP = "check, explain and show the configuration"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `check FILE`, `show FILE`, `schema` and `explain [KEY]`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="tell everything that is wrong with FILE, each with its line; exit 0 or 2")
    check.add_argument("file", metavar="FILE", type=Path)
    show = verbs.add_parser("show", help="print FILE with every default written out and every secret masked")
    show.add_argument("file", metavar="FILE", type=Path)
    verbs.add_parser("schema", help="print the JSON Schema of the file, for editors")
    explain = verbs.add_parser("explain", help="tell what KEY means: type, unit, bounds, default, example")
    explain.add_argument(
        "key", metavar="KEY", nargs="?", help="dotted, as in camera.stall_s; without it all are listed"
    )


def run(args: argparse.Namespace) -> int:
    """Do what the verb says.

    Raises:
        ConfigError: FILE cannot be read or is wrong.
        UsageError: KEY does not exist.
    """
    print({"check": _check, "show": _show, "schema": _schema, "explain": _explain}[args.verb](args))
    return 0


def _check(args: argparse.Namespace) -> str:
    from edge.config.load import load_config

    config = load_config(args.file)
    parts = {"camera": config.cameras, "road": config.roads, "rule": config.rules}
    counts = ", ".join(f"{len(found)} {name}{'' if len(found) == 1 else 's'}" for name, found in parts.items())
    return f"{args.file}: valid: {counts}"


def _show(args: argparse.Namespace) -> str:
    from edge.config.load import load_config
    from edge.config.show import to_toml

    return to_toml(load_config(args.file)).rstrip()


def _schema(_: argparse.Namespace) -> str:
    from edge.config.schema import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False)


def _explain(args: argparse.Namespace) -> str:
    from edge.config.schema import all_keys, explain

    if args.key:
        return explain(args.key)
    keys = list(all_keys())
    width = max(len(name) for name, _ in keys)
    return "\n".join(f"{name:<{width}}  {textwrap.shorten(slot.about.doc, 90)}" for name, slot in keys)
