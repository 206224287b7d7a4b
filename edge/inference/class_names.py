"""What other people call our classes: one table for the networks they make and for the boxes they draw."""

from __future__ import annotations

from edge.types import CLASSES

SYNONYMS = {name: name for name in CLASSES} | {
    "taxi": "car", "van": "car", "suv": "car", "pickup": "car",
    "lorry": "truck", "big truck": "truck", "mid truck": "truck", "small truck": "truck",
    "truck-s-": "truck", "truck-m-": "truck", "truck-l-": "truck", "truck-xl-": "truck",
    "coach": "bus", "minibus": "bus", "big bus": "bus", "small bus": "bus", "bus-l-": "bus", "bus-s-": "bus",
    "motorbike": "motorcycle", "scooter": "motorcycle",
    "biker": "motorcycle",  # the box holds the rider too, as ours does
    "cyclist": "bicycle",  # likewise
    "people": "person", "pedestrian": "person",
}  # fmt: skip
"""Names that mean one of our classes wherever they are used. Not here: `auto`, a car in German and a rickshaw in India,
and `bike`, which half the world calls a motorcycle."""


def class_of(name: str) -> int | None:
    """Return the index into CLASSES that a name stands for, None where the table has no such name: never a guess."""
    ours = SYNONYMS.get(name.strip().lower())
    return None if ours is None else CLASSES.index(ours)
