"""`edge models add`: take in a detector that somebody else made, with a card and an acceptance test."""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from edge.errors import EngineFailed, ModelError, UsageError

DEFAULT_SIZE = (416, 256)
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
UNSTATED = "not stated: ask whoever made it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `edge models add`."""
    parser.add_argument(
        "source", metavar="FILE|NAME", help="an ONNX file; with the train extra also a .pt file or named weights"
    )
    parser.add_argument(
        "--classes",
        metavar="NAMES",
        help="names in the network's order with commas between, a file of them, or `coco` for COCO's 80 "
        "(default: those in the file itself)",
    )
    parser.add_argument("--name", help="what to call it (default: after the file)")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("models"), help="default: %(default)s")
    parser.add_argument("--size", metavar="WxH", help="network input of a .pt file (default: 416x256)")
    parser.add_argument("--licence", help="text for the card (default: what the file states)")


def run(args: argparse.Namespace) -> None:
    """Write OUT/NAME with its card, once the network has passed the acceptance test; else nothing.

    Raises:
        UsageError: the name is taken or is none, or the train extra is missing.
        ModelError: the file is damaged, of an unknown kind, or does not find what it should.
        EngineFailed: the network gave no answer.
    """
    source = Path(args.source)
    name = args.name or re.sub(r"[^a-z0-9]+", "-", source.stem.lower()).strip("-")
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a model: give --name with a-z, 0-9 and -")
    if source.suffix and not source.is_file():
        raise ModelError(f"{source}: no such file: give an ONNX or .pt file")
    target = args.out / name
    if target.exists():
        raise UsageError(f"{target}: is there already: remove it, or give another --name")
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=args.out, prefix=".adding-") as folder:
            made = Path(folder) / name
            try:
                told = _prepare(args, source, made)
            except (ModelError, EngineFailed) as error:
                # What was being made goes away again: name what the user knows.
                said = str(error).replace(str(made.resolve() / f"{name}.onnx"), str(source))
                raise type(error)(said.replace(str(made.resolve()), str(target))) from error
            made.rename(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror or error}); give another --out") from error
    print(f"{target}: {told}")


def _prepare(args: argparse.Namespace, source: Path, folder: Path) -> str:
    from edge.inference.acceptance import try_engine
    from edge.inference.adopt import class_names, recognise, write_card
    from edge.inference.card import load_card
    from edge.inference.engines import open_engine
    from edge.inference.golden import golden_frames

    folder.mkdir()
    file = folder / f"{folder.name}.onnx"
    if source.suffix.lower() == ".onnx":
        shutil.copyfile(source, file)
    else:
        from edge.workshop.from_ultralytics import convert

        convert(args.source, file, _size(args.size))
    engine = open_engine(file.resolve(), "onnxruntime")
    kind = recognise(engine, source)
    classes = class_names(kind, engine.metadata, _given(args.classes), source)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    licence = args.licence or engine.metadata.get("license", UNSTATED)
    write_card(folder, folder.name, kind, classes, sha256, licence, engine.metadata.get("description", ""))
    card = load_card(folder)
    trial = try_engine(card, engine, golden=golden_frames())  # far ones tell builds apart, and here is one alone
    engine.close()
    size = f"{kind.input.width}x{kind.input.height}"
    found = f"{trial.found} of {trial.plain} plain vehicles of the golden frames found"
    return f"{kind.head} at {size} with {len(classes)} classes; {found}"


def _given(text: str | None) -> tuple[str, ...]:
    from edge.workshop.labels import COCO_NAMES
    from edge.workshop.texts import read_text

    if text is None:
        return ()
    if text == "coco":
        return COCO_NAMES
    path = Path(text)
    if path.is_file() or path.suffix == ".txt" or len(path.parts) > 1:
        text = ",".join(read_text(path, "give names with commas between, or a text file of them").splitlines())
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _size(text: str | None) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text or "{}x{}".format(*DEFAULT_SIZE))
    if not found:
        raise UsageError(f"--size {text}: is not WIDTHxHEIGHT, such as 416x256")
    return int(found[1]), int(found[2])
