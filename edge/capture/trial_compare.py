"""Compares what a decoder made of a golden clip with what software made of it; says in words what is wrong.

Decoding H.264, H.265, VP9 and AV1 is exact by their standards; JPEG leaves its inverse transform to the decoder (ITU-T
T.81, accuracy in T.83), and a conversion on the way home may round. So the bounds are a few levels of 255, and what
they have to tell apart, another picture's rows or a wrong range, is ten times that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.capture.golden_clips import GoldenClip
from edge.capture.trial_run import Trace
from edge.scene.pattern import number_at
from edge.types import F32, U8

MEAN_LEVELS = 1.5
"""Largest mean difference of a view: rounding is half a level, and JPEG's transform and a conversion do it thrice."""
CELL_LEVELS = 8.0
"""Largest mean difference within one cell of brightness: where bars move, neighbouring pictures are far more apart."""
CELL_HW = (3, 16)
"""Rows and columns of the brightness view that make a cell: 8 rows of the large clips, half a macroblock."""
GAIN_RESIDUAL = 2.0
"""Mean difference that may be left once gain and offset are taken out, where the wrong range explains the rest."""
GAIN_APART = 0.05
"""Limited range taken for full is a gain of 219/255 = 0.86 and the reverse of 1.16: this far from 1 is no rounding."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in words; `by_flag` when only the stream's colour flags were not followed."""

    said: str
    by_flag: bool = False


def find_fault(trace: Trace, reference: Trace, clip: GoldenClip) -> Fault | None:
    """Return the first thing that is wrong with a decoder's pictures, None when they are the reference's.

    `reference` must have passed `check_reference`.
    """
    if trace.size_wh != reference.size_wh:
        (width, height), (wanted_w, wanted_h) = trace.size_wh, reference.size_wh
        return Fault(f"cuts pictures wrongly: {width}x{height} instead of {wanted_w}x{wanted_h}")
    numbers = _numbers(trace)
    if None not in numbers and (said := _order_fault([number or 0 for number in numbers], clip.pictures)):
        return Fault(said)
    if len(numbers) != clip.pictures:
        return Fault(f"tears: {len(numbers)} pictures instead of {clip.pictures}, and not all can be told apart")
    return _range_fault(trace, reference) or _torn(trace.luma, reference.luma) or _colour_fault(trace, reference)


def check_reference(reference: Trace, clip: GoldenClip) -> str:
    """Return what is wrong with the software decode itself, empty when it is the clip that was drawn."""
    if reference.size_wh != clip.size_wh:
        return f"it shows {reference.size_wh[0]}x{reference.size_wh[1]}"
    return "" if _numbers(reference) == list(range(clip.pictures)) else "its pictures are not those that were drawn"


def _numbers(trace: Trace) -> list[int | None]:
    """Number of each picture; None where top and bottom disagree or say nothing."""
    pairs = [(number_at(luma, top=True), number_at(luma, top=False)) for luma in trace.luma]
    return [top if top == bottom else None for top, bottom in pairs]


def _order_fault(numbers: Sequence[int], pictures: int) -> str:
    if numbers == list(range(pictures)):
        return ""
    if numbers == list(range(len(numbers))):
        return f"stops after {len(numbers)} of {pictures} pictures"
    missing = sorted(set(range(pictures)) - set(numbers))
    if missing:
        return f"loses pictures: {len(missing)} of {pictures}, the first is number {missing[0]}"
    if len(numbers) > pictures:
        again = next(number for place, number in enumerate(numbers) if number in numbers[:place])
        return f"repeats pictures: {len(numbers)} instead of {pictures}, the first is number {again}"
    wrong = next(place for place, number in enumerate(numbers) if number != place)
    return f"mixes up the order: number {numbers[wrong]} comes in place of number {wrong}"


def _range_fault(trace: Trace, reference: Trace) -> Fault | None:
    shown, wanted = (luma.astype(np.float32) - luma.mean() for luma in (trace.luma, reference.luma))
    if _apart(trace.luma, reference.luma) <= MEAN_LEVELS:
        return None
    gain = float((shown * wanted).mean() / (wanted * wanted).mean())  # least squares
    left = float(np.abs(shown - gain * wanted).mean())
    if left > GAIN_RESIDUAL or abs(gain - 1) < GAIN_APART:
        return None
    return Fault(f"shows the wrong range: contrast is {gain:.2f} of what it should be", by_flag=True)


def _torn(shown: U8, wanted: U8) -> Fault | None:
    cells = _cell_means(np.abs(shown.astype(np.int16) - wanted).astype(np.float32))
    bad = cells > CELL_LEVELS
    mean = float(cells.mean())
    if not bad.any() and mean <= MEAN_LEVELS:
        return None
    if not bad.any():
        return Fault(f"shows other pictures: {mean:.1f} of 255 levels away on average")
    pictures = np.flatnonzero(bad.any(axis=(1, 2)))
    rows = np.flatnonzero(bad[pictures[0]].any(axis=1))
    first, last = (round(100 * edge / bad.shape[1]) for edge in (rows[0], rows[-1] + 1))
    place = f"number {pictures[0]} first, where {first} to {last} % of the height is not its own"
    return Fault(f"tears: {len(pictures)} of {len(shown)} pictures, {place}")


def _colour_fault(trace: Trace, reference: Trace) -> Fault | None:
    if _apart(trace.tint, reference.tint) > MEAN_LEVELS:
        if _apart(trace.tint[..., ::-1], reference.tint) <= MEAN_LEVELS:
            return Fault("swaps its colour planes: blue is shown as red")
        if _is_gray(trace.tint):
            return Fault("loses colour: its pictures are gray")
        return Fault(f"shows other colours: {_apart(trace.tint, reference.tint):.1f} of 255 levels away on average")
    if (apart := _apart(trace.rgb, reference.rgb)) > MEAN_LEVELS:
        return Fault(f"takes the wrong colour matrix: {apart:.1f} of 255 levels away on average", by_flag=True)
    return None


def _apart(shown: U8, wanted: U8) -> float:
    return float(np.abs(shown.astype(np.int16) - wanted).mean())


def _is_gray(tint: U8) -> bool:
    return bool(np.abs(tint.astype(np.int16) - 128).mean() <= MEAN_LEVELS)


def _cell_means(differences: F32) -> F32:
    """Return (N,rows,columns) float32: the mean of each cell of (N,h,w)."""
    count, height, width = differences.shape
    down, across = CELL_HW
    cells = differences.reshape(count, height // down, down, width // across, across)
    return np.asarray(cells.mean(axis=(2, 4)), np.float32)
