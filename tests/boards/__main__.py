"""What `edge doctor` says of the described boards, without one.

python -m tests.boards                          every board as it is described
python -m tests.boards thor throttling unsynced one of them, with faults of variants.toml
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.cli import main as edge
from tests.boards.boards import BOARDS, VARIANTS, materialise


def main(argv: Sequence[str]) -> int:
    """Print what doctor finds; that a described board has faults is no failure here."""
    parser = argparse.ArgumentParser(prog="python -m tests.boards", description="edge doctor on described boards")
    parser.add_argument("board", nargs="?", help=f"one of {', '.join(BOARDS)} (default: all of them)")
    parser.add_argument("fault", nargs="*", help=f"what is wrong with it: {', '.join(VARIANTS)}")
    args = parser.parse_args(argv)
    unknown = {args.board or BOARDS[0], *args.fault} - {*BOARDS, *VARIANTS}
    if unknown:
        parser.error(f"nothing here is called {', '.join(sorted(unknown))}")
    for board in [args.board] if args.board else BOARDS:
        print(f"\n{board} {' '.join(args.fault)}".rstrip(), flush=True)
        with TemporaryDirectory() as folder:
            edge(["doctor", "--board", str(materialise(board, Path(folder), *args.fault))])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
