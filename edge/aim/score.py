"""What a look is worth: each measure with its number, what is wanted, and what to change.

Nothing is made up: what was not seen is "not measured".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Literal

from msgspec import Struct

from edge.aim.look import AtLine, Seen
from edge.config import Line

PLATE_PX = 70.0
"""From this width on plates are read reliably: the replay benchmark's own bound."""
FOUND = 0.5
FEW = 3
BLUR = 0.42
"""Of gates by day and night .16 to .35; the same blurred by 1.5 px .38 to .46, by 2 px .42 to .56."""
ANGLE_DEG = 45.0
TILT_DEG = 20.0
DARK = frozenset({"night", "infra-red"})

State = Literal["pass", "fail", "not measured"]


class Mark(Struct, frozen=True):
    """One criterion. `line` is empty where it is about the whole picture; `value` None where nothing was measured."""

    name: str
    line: str
    state: State
    value: float | None
    wanted: str
    words: str


class Score(Struct, frozen=True):
    """All criteria of one look. `passed`: nothing failed and all that this light allows was measured."""

    camera: str
    passed: bool
    seconds: float
    vehicles: int
    mode: str
    marks: tuple[Mark, ...]


def score(camera_id: str, lines: Sequence[Line], seen: Seen, by_hand: Mapping[str, float] | None = None) -> Score:
    """Judge a look; `by_hand` are plate widths in px that the fitter marked at lines, for where none drove by."""
    marks: list[Mark] = []
    for line in lines:
        near = [one for one in seen.at_lines if one.line_id == line.id]
        marks += [_plates(line.id, near, (by_hand or {}).get(line.id)), _angle(line.id, near)]
    if not lines:
        marks.append(Mark("plate", "", "not measured", None, f"{PLATE_PX:.0f} px", "there is no line: draw one"))
    marks += [_tilt(seen.at_lines), _blur(seen.blur)]
    marks.append(_night(seen, marks))
    asked = [mark for mark in marks if mark.name != "night" or seen.mode in DARK]
    passed = all(mark.state == "pass" for mark in asked)
    return Score(camera_id, passed, round(seen.seconds, 1), seen.vehicles, seen.mode, tuple(marks))


def _plates(line_id: str, near: Sequence[AtLine], by_hand: float | None) -> Mark:
    over = [one for one in near if one.apart == 0]
    widths = [one.plate_px for one in over or near if one.plate_px is not None]
    wanted = f"{PLATE_PX:.0f} px"
    if widths:
        how = f"{len(widths)} of {len(over)} vehicles on the line showed one"
        if not over:
            how = f"an estimate: nobody crossed, {len(widths)} came near"
        return _wide_enough(line_id, median(widths), how, hidden=len(widths) < FOUND * len(over) and len(over) >= FEW)
    if by_hand is not None:
        return _wide_enough(line_id, by_hand, "as marked by hand")
    if len(over) >= FEW:
        cure = "turn the camera so that it sees fronts or backs, or move the line to where they show"
        return Mark(
            "plate", line_id, "fail", 0.0, wanted, f"{len(over)} vehicles crossed and none showed a plate: {cure}"
        )
    cure = "look longer, or mark a plate at the line by hand"
    return Mark(
        "plate", line_id, "not measured", None, wanted, f"{len(over)} vehicles crossed, no plate was seen: {cure}"
    )


def _wide_enough(line_id: str, width: float, how: str, *, hidden: bool = False) -> Mark:
    wanted, said = f"{PLATE_PX:.0f} px", f"plates are {width:.0f} px wide at the line ({how})"
    if width < PLATE_PX:
        said += f", {wanted} are wanted: zoom in or move the camera closer"
    elif hidden:
        said += ": most show none; turn the camera so that it sees fronts or backs"
    bad = width < PLATE_PX or hidden
    return Mark("plate", line_id, "fail" if bad else "pass", round(width, 1), wanted, said)


def _angle(line_id: str, near: Sequence[AtLine]) -> Mark:
    angles = [one.angle_deg for one in near if one.angle_deg is not None and one.apart == 0]
    wanted = f"{ANGLE_DEG:.0f}° to 90°"
    if not angles:
        return Mark("angle", line_id, "not measured", None, wanted, "nobody crossed: look longer")
    angle = median(angles)
    said = f"vehicles cross the line at {angle:.0f}°"
    if angle < ANGLE_DEG:
        return Mark("angle", line_id, "fail", round(angle, 1), wanted, f"{said}: draw it more across their way")
    return Mark("angle", line_id, "pass", round(angle, 1), wanted, said)


def _tilt(at_lines: Sequence[AtLine]) -> Mark:
    tilts = [one.tilt_deg for one in at_lines if one.tilt_deg is not None]
    wanted = f"at most {TILT_DEG:.0f}°"
    if not tilts:
        return Mark("tilt", "", "not measured", None, wanted, "no plate was seen: look longer")
    tilt = median(tilts)
    said = f"plates lean by {tilt:.0f}°"
    if tilt > TILT_DEG:
        cure = "level the camera, or move it nearer to the middle of the road"
        return Mark("tilt", "", "fail", round(tilt, 1), wanted, f"{said}: {cure}")
    return Mark("tilt", "", "pass", round(tilt, 1), wanted, said)


def _blur(value: float) -> Mark:
    wanted = f"at most {BLUR:.2f}"
    if value > BLUR:
        cure = "focus the lens, wipe it, and raise the bit rate"
        return Mark("blur", "", "fail", round(value, 2), wanted, f"the picture is soft ({value:.2f}): {cure}")
    return Mark("blur", "", "pass", round(value, 2), wanted, f"the picture is sharp ({value:.2f})")


def _night(seen: Seen, marks: Sequence[Mark]) -> Mark:
    wanted = "plates after dark"
    if seen.mode not in DARK:
        return Mark(
            "night", "", "not measured", None, wanted, f"it is {seen.mode or 'unknown'} now: look again after dark"
        )
    over = [one for one in seen.at_lines if one.apart == 0]
    shown = sum(one.plate_px is not None for one in over)
    said = f"{seen.mode}: {shown} of {len(over)} vehicles on a line showed a plate"
    if not over:
        return Mark("night", "", "not measured", None, wanted, f"{seen.mode}, and nobody crossed: look longer")
    if shown < FOUND * len(over):
        cure = "add infra-red light, shorten the exposure, shade headlights"
        return Mark("night", "", "fail", float(shown), wanted, f"{said}: {cure}")
    blurred = any(mark.name == "blur" and mark.state == "fail" for mark in marks)
    words = f"{said}, but the picture is soft: focus by infra-red light" if blurred else said
    return Mark("night", "", "fail" if blurred else "pass", float(shown), wanted, words)
