"""`edge models build`: have TensorRT build the engines that a configuration runs, at install time, with progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.config import Models
    from edge.inference.engine_builds import Network

PRECISIONS = ("auto", "fp32", "fp16", "int8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models build`."""
    parser.add_argument(
        "names", metavar="NAME", nargs="*", help="names or paths of a model.toml (default: all the configuration uses)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="build what this one uses, where it keeps engines")
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="build of a named detector; auto takes what its card names for TensorRT (default: auto)",
    )
    parser.add_argument("--force", action="store_true", help="build anew what lies there already")
    parser.add_argument(
        "--prune", action="store_true", help="then remove engines of other TensorRT versions, GPUs and recipes"
    )


def run(args: argparse.Namespace) -> None:
    """Build one network after the other; a failing one does not keep the others from it.

    Raises:
        ModelError: one or more could not be built; each is told.
        UsageError: --precision without a NAME: the configuration says it.
    """
    from edge.config import Models
    from edge.config.load import load_config
    from edge.errors import EngineFailed, ModelError
    from edge.inference.engine_builds import build_network
    from edge.inference.engines import best_engine, check_tensorrt, engines_folder
    from edge.inference.nvidia import lacking

    models = load_config(args.config).models if args.config else Models()
    if best_engine(models.engine) != "tensorrt" and not args.names:
        why = f" ({lacking()})" if models.engine == "auto" else ""
        print(f"nothing to build: onnxruntime runs the networks here{why}, and needs no engines")
        return
    check_tensorrt()
    from edge.inference.trt.here import compile_kernels

    folder = engines_folder(models.engines_dir)
    failures = []
    for network in _asked_for(args, models):
        try:
            built = build_network(network, folder, _show, force=args.force)
        except (EngineFailed, ModelError) as error:
            failures.append(str(error))
            continue
        finally:
            _clear()
        label = built.label
        how = f"built in {label.seconds:.0f} s" if built.fresh else "lies there already"
        print(f"{network.title}: {how}, {label.size / 1e6:.1f} MB, {label.told}, key {built.path.stem}", flush=True)
    if not args.names:
        try:
            print(f"kernels for pictures on the GPU: {compile_kernels(folder).name}")
        except (EngineFailed, ModelError) as error:
            failures.append(str(error))
    if args.prune:
        _prune(folder)
    if failures:
        raise ModelError("; ".join(failures))


def _asked_for(args: argparse.Namespace, models: Models) -> Iterator[Network]:
    from edge.errors import UsageError
    from edge.inference.any_card import load_any_card
    from edge.inference.engine_builds import network_at, networks_of

    if args.names:
        for name in args.names:
            yield network_at(load_any_card(name), args.precision or "auto")
        return
    if args.precision:
        raise UsageError("--precision: is for a NAME; without one models.precision of the configuration holds")
    for find in networks_of(models):
        yield find()


def _prune(folder: Path) -> None:
    from edge.inference.trt.here import open_shelf

    for gone in open_shelf(folder).prune():
        print(f"removed: {gone}")


def _show(network: str, step: str, share: float) -> None:
    """Show progress where somebody looks; a log gets the lines of what was built."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{network}: {share:4.0%} {step[:60]}")
        sys.stderr.flush()


def _clear() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
