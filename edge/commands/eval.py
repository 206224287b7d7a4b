"""`edge eval`: how good detectors, plate readers, plate finders, trackers, the watch over cameras and the whole are."""

from __future__ import annotations

import argparse

from edge.commands import (
    eval_camera,
    eval_clips,
    eval_colour,
    eval_detect,
    eval_finder,
    eval_gate,
    eval_plates,
    eval_track,
)

HELP = "measure detectors, plate readers, plate finders, trackers, the watch over cameras and the whole gate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs: detect, plates, finder, track, clips, gate, camera and colour."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", required=True)
    detect = verbs.add_parser("detect", help="detectors side by side: average precision, recall, precision, F1")
    eval_detect.add_arguments(detect)
    plates = verbs.add_parser("plates", help="plate readers side by side: found, exact, characters, extra strings")
    eval_plates.add_arguments(plates)
    finder = verbs.add_parser("finder", help="plate finders side by side: plates found by size, false boxes, corners")
    eval_finder.add_arguments(finder)
    track = verbs.add_parser("track", help="our tracker beside four others: HOTA, IDF1, MOTA, identity switches, time")
    eval_track.add_arguments(track)
    clips = verbs.add_parser("clips", help="vehicles counted on clips of real roads, beside counts made by eye")
    eval_clips.add_arguments(clips)
    gate = verbs.add_parser(
        "gate", help="passes, visits and plates over rendered minutes at the gate, beside the truth"
    )
    eval_gate.add_arguments(gate)
    camera = verbs.add_parser(
        "camera", help="cameras covered, moved, defocused, blind: noticed, and when; false alarms"
    )
    eval_camera.add_arguments(camera)
    colour = verbs.add_parser("colour", help="the colour of cars at a rendered gate: right, wrong, unknown, by light")
    eval_colour.add_arguments(colour)


def run(args: argparse.Namespace) -> int:
    """Measure and print.

    Raises:
        UsageError: the arguments do not suit each other, or the eval extra is missing.
        ConfigError: labelled data is missing or wrong.
        ModelError: a card or weights are missing, damaged or disagree.
        EngineFailed: a network gave no answer.
    """
    verbs = {
        "detect": eval_detect.run,
        "plates": eval_plates.run,
        "finder": eval_finder.run,
        "track": eval_track.run,
        "clips": eval_clips.run,
        "gate": eval_gate.run,
        "camera": eval_camera.run,
        "colour": eval_colour.run,
    }
    verbs[args.verb](args)
    return 0
