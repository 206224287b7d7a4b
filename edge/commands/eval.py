"""`edge eval`: how good detectors and plate readers are on labelled pictures."""

from __future__ import annotations

import argparse

from edge.commands import eval_detect, eval_plates

HELP = "measure detectors and plate readers on labelled pictures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs: detect and plates."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
    detect = verbs.add_parser("detect", help="detectors side by side: average precision, recall, precision, F1")
    eval_detect.add_arguments(detect)
    plates = verbs.add_parser("plates", help="plate readers side by side: found, exact, characters, extra strings")
    eval_plates.add_arguments(plates)


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Raises:
        UsageError: the arguments do not suit each other, or pycocotools is missing.
        ConfigError: labelled data is missing or wrong.
        ModelError: a card or weights are missing, damaged or disagree.
        EngineFailed: a network gave no answer.
    """
    {"detect": eval_detect.run, "plates": eval_plates.run}[args.verb](args)
    return 0
