"""Judges of one zone at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from edge.config import Rule
from edge.gate.rules.facts import Finding
from edge.gate.rules.words import lasting
from edge.gate.stays import Stay, ZoneLook
from edge.types import VEHICLES, Box


def loitering(rule: Rule, look: ZoneLook) -> Iterator[Finding]:
    """Being in a zone for longer than is allowed, moving or not."""
    for stay in look.stays:
        if stay.inside_s > rule.for_s and (not rule.classes or stay.class_name in rule.classes):
            told = f"has been in {_zone(look)} for {lasting(stay.inside_s)}, allowed are {lasting(rule.for_s)}"
            yield _found(look, stay, f"A {stay.class_name} {told}.")


def keep_clear(rule: Rule, look: ZoneLook) -> Iterator[Finding]:
    """Standing in a zone that is to be kept clear."""
    for stay in look.stays:
        if stay.standing_s > rule.for_s and stay.class_name in (rule.classes or VEHICLES):
            told = f"has stood in {_zone(look)} for {lasting(stay.standing_s)}, allowed are {lasting(rule.for_s)}"
            yield _found(look, stay, f"A {stay.class_name} {told}.")


def queue_length(rule: Rule, look: ZoneLook) -> Iterator[Finding]:
    """More vehicles standing or creeping than the zone is meant for, for a while."""
    if len(look.busy_s) <= rule.more_than or look.busy_s[rule.more_than] < rule.for_s:
        return
    slow = [stay for stay in look.stays if stay.slow and stay.class_name in VEHICLES]
    lasted = lasting(look.busy_s[rule.more_than])
    yield Finding(
        place(look),
        f"More than {rule.more_than} vehicles have been waiting in {_zone(look)} for {lasted}, now {len(slow)}.",
        look.camera_id,
        box=_around([stay.box for stay in slow]),
    )


def place(look: ZoneLook) -> str:
    """Return the subject that a zone is."""
    return f"{look.camera_id}/{look.zone_id}"


def _found(look: ZoneLook, stay: Stay, explanation: str) -> Finding:
    return Finding(f"{place(look)}/{stay.vehicle_id}", explanation, look.camera_id, box=stay.box)


def _zone(look: ZoneLook) -> str:
    return f"zone {look.zone_id} of camera {look.camera_id}"


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
