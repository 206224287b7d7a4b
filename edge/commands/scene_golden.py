"""`edge scene golden`: renders the clips that `edge doctor` tries decoders with."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("edge/capture/golden"), help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> None:
    """Write every clip and say how large each became.

    Raises:
        UsageError: the folder cannot be written, or an encoder is missing.
    """
    from edge.capture.encode_golden import write_golden
    from edge.capture.golden_clips import CLIPS

    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{args.out}: cannot be made ({error.strerror}); name a writable folder") from None
    for clip in CLIPS:
        path = write_golden(clip, args.out)
        print(f"{path}: {clip.pictures} pictures, {path.stat().st_size / 1000:.0f} kB")
