"""New texts out of real crops: a crop is cut between its characters, and pieces of one kind change places.

A thousand crops are soon known by heart: a network that read .99 of them read .82 of those it had never seen.
Rearranged, a crop keeps its paint, light and camera but no longer its text. Letters change places with letters of their
row and digits with digits, so that a layout stays one and an O stays an O where a zero looks the same. Pieces of
another plate of the same country may take part, in the size and tones of the row they come to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np

from edge.types import F32, U8
from edge.workshop.plates.draw import PlatePicture
from edge.workshop.plates.layouts import is_proof_text

STEEPEST = 0.4
"""Slope of a line of text, height over width, from which a crop is left whole."""
CLEAR = 0.5
"""Edges in a column over those of its row's mean column: below it no character is cut."""
BAND = 0.25
"""How far above and below the middle of its row a column is looked at, over the row's height."""
UNLIKE = 0.3
"""How far a column's tone may be from the ground's to be cut, over the range of tones in its row."""
TRIES = 5
FAINTEST = 20.0
"""Gray levels between ink and ground below which a piece is not given to another plate."""
MOST_CONTRAST = 2.5
"""How much stronger a given piece may become: noise becomes as much stronger."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A strip of a row: `pixels` (H,W) uint8, its `text`, and `centres` (N,2) float32 x y px of its characters.

    `kind` has A for each letter and 9 for each digit; a piece of no kind stays where it is.
    """

    pixels: U8
    text: str
    centres: F32
    kind: str


Rows: TypeAlias = tuple[tuple[Piece, ...], ...]
"""The pieces of a crop, row by row, each from left to right."""


def cut_up(picture: U8, text: str, centres: F32) -> Rows | None:
    """Cut a crop into rows and those between characters, where no character is hurt; None where there is no such place.

    Args:
        picture: (H,W) uint8, shows one plate.
        text: what stands on it.
        centres: (N,2) float32 x y of its characters, 0..1 of width and height.
    """
    places = np.asarray(centres * np.array(picture.shape[::-1], np.float32), np.float32)
    rows = _rows(places)
    slope = _slope(places, rows)
    if abs(slope) > STEEPEST:
        return None
    wide, high = picture.shape[1], picture.shape[0]
    level = np.array([[1, 0, 0], [-slope, 1, slope * wide / 2]], np.float64)
    picture = np.asarray(cv2.warpAffine(picture, level, (wide, high), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    places = np.stack([places[:, 0], places[:, 1] - slope * (places[:, 0] - wide / 2)], axis=1)
    middles = [float(places[row, 1].mean()) for row in rows]
    edges = [0, *(round((upper + lower) / 2) for upper, lower in pairwise(middles)), high]
    pieces = []
    for row, top, bottom in zip(rows, edges, edges[1:], strict=False):
        if bottom - top < 4:  # noqa: PLR2004 - px: no row of text
            return None
        pieces.append(_cut_row(picture[top:bottom], text[row], places[row] - np.array([0, top], np.float32)))
    return tuple(pieces) if any(_may_move(row) for row in pieces) else None


def rearranged(rows: Rows, rng: np.random.Generator, other: Rows | None = None) -> PlatePicture:
    """Put the pieces together, each in the place of any of its kind in its row; no text that the proof shows.

    Args:
        rows: what `cut_up` made of a crop.
        rng: draws.
        other: the same of another crop with as many rows: its pieces take part, with the size and tones of `rows`.
    """
    pools = rows if other is None else tuple(row + _fitted(given, row) for row, given in zip(rows, other, strict=True))
    for _ in range(TRIES):
        drawn = [[_instead(piece, pool, rng) for piece in row] for row, pool in zip(rows, pools, strict=True)]
        text = "".join(piece.text for row in drawn for piece in row)
        if not is_proof_text(text):
            break
    else:
        drawn = [list(row) for row in rows]
        text = "".join(piece.text for row in rows for piece in row)
    wide = sum(piece.pixels.shape[1] for piece in rows[0])
    written = [_joined(row, wide if len(rows) > 1 else None) for row in drawn]
    places, top = [], 0
    for pixels, centres in written:
        places.append(centres + np.array([0, top], np.float32))
        top += pixels.shape[0]
    return PlatePicture(np.concatenate([pixels for pixels, _ in written]), text, np.concatenate(places))


def _rows(places: F32) -> list[slice]:
    """Characters follow one another to the right; the next row begins where they spring back."""
    starts = [0, *(int(at) + 1 for at in np.flatnonzero(np.diff(places[:, 0]) < 0)), len(places)]
    return [slice(start, end) for start, end in pairwise(starts)]


def _slope(places: F32, rows: list[slice]) -> float:
    lines = [places[row] - places[row].mean(axis=0) for row in rows]
    across = sum(float((line[:, 0] ** 2).sum()) for line in lines)
    return sum(float((line[:, 0] * line[:, 1]).sum()) for line in lines) / max(across, 1e-6)


def _cut_row(strip: U8, text: str, places: F32) -> tuple[Piece, ...]:
    pieces, start, first = [], 0, 0
    for last, cut in enumerate(_cuts(strip, places)):  # cut number n lies before character n
        if cut is None:
            continue
        pieces.append(_piece(strip, text, places, (start, cut), (first, last)))
        start, first = cut, last
    pieces.append(_piece(strip, text, places, (start, strip.shape[1]), (first, len(text))))
    ends = {0, len(pieces) - 1}  # margins, and characters that cannot be parted from them
    return tuple(replace(piece, kind="") if number in ends else piece for number, piece in enumerate(pieces))


def _cuts(strip: U8, places: F32) -> list[int | None]:
    """Return the column before each character and that behind the last; None where a cut would hurt one."""
    band, x = _band(strip, float(places[:, 1].mean())), places[:, 0]
    edges = np.abs(np.diff(band, axis=1, prepend=band[:, :1])).mean(axis=0)
    tones = band.mean(axis=0)
    pitch = float(np.diff(x).mean()) if len(x) > 1 else float(strip.shape[1])
    bounds = (float(x[0]) - 1.1 * pitch, *map(float, x), float(x[-1]) + 1.1 * pitch)
    middles = np.clip([round((left + right) / 2) for left, right in pairwise(bounds)], 0, len(tones) - 1)
    # A broad stroke has no edges inside either, but it has not the tone of the ground.
    away = np.abs(tones - np.median(tones[middles]))
    inked = UNLIKE * float(np.percentile(band, 95) - np.percentile(band, 5))
    written = slice(max(0, int(x[0])), int(x[-1]) + 1)
    cost = np.where((away < inked) & (edges < CLEAR * edges[written].mean()), edges + away, np.inf)
    return [_best_column(cost, left, right) for left, right in pairwise(bounds)]


def _band(strip: U8, middle: float) -> F32:
    """Return what of a row lies around its middle, (h,W) float32."""
    reach = max(2, round(BAND * strip.shape[0]))
    middle = min(max(middle, 1.0), strip.shape[0] - 1.0)
    return strip[max(0, round(middle) - reach) : round(middle) + reach].astype(np.float32)


def _best_column(cost: F32, left: float, right: float) -> int | None:
    """Return the column between two characters that costs least, None where even that cuts something."""
    first, last = max(1, round(left + 0.3 * (right - left))), min(len(cost) - 1, round(right - 0.3 * (right - left)))
    if first > last:
        return None
    at = first + int(np.argmin(cost[first : last + 1]))
    return at if np.isfinite(cost[at]) else None


def _piece(strip: U8, text: str, places: F32, x: tuple[int, int], signs: tuple[int, int]) -> Piece:
    said = text[signs[0] : signs[1]]
    kind = "".join("9" if sign.isdigit() else "A" for sign in said)
    return Piece(strip[:, x[0] : x[1]], said, places[signs[0] : signs[1]] - np.array([x[0], 0], np.float32), kind)


def _may_move(row: tuple[Piece, ...]) -> bool:
    kinds = [piece.kind for piece in row if piece.kind]
    return len(set(kinds)) < len(kinds)


def _instead(piece: Piece, row: tuple[Piece, ...], rng: np.random.Generator) -> Piece:
    alike = [other for other in row if other.kind == piece.kind]
    return alike[int(rng.integers(len(alike)))] if piece.kind else piece


def _fitted(given: tuple[Piece, ...], row: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the pieces of another row as if they stood in this one: its height, its middle, its ground and ink."""
    high = row[0].pixels.shape[0]
    middle = _middle(row)
    ground, ink = _tones(row, middle)
    from_ground, from_ink = _tones(given, _middle(given))
    if min(abs(ink - ground), abs(from_ink - from_ground)) < FAINTEST:
        return ()
    stronger = (ink - ground) / (from_ink - from_ground)
    if abs(stronger) > MOST_CONTRAST:
        return ()
    scale = high / given[0].pixels.shape[0]
    down = middle - scale * _middle(given)
    fitted = []
    for piece in given:
        wide = round(piece.pixels.shape[1] * scale)
        if not piece.kind or wide < 1:
            continue
        place = np.array([[wide / piece.pixels.shape[1], 0, 0], [0, scale, down]], np.float64)
        pixels = cv2.warpAffine(
            piece.pixels, place, (wide, high), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        toned = ground + (pixels.astype(np.float32) - from_ground) * stronger
        moved = np.asarray(piece.centres * np.array([wide / piece.pixels.shape[1], scale]) + [0, down], np.float32)
        fitted.append(replace(piece, pixels=np.clip(toned, 0, 255).astype(np.uint8), centres=moved))
    return tuple(fitted)


def _middle(row: tuple[Piece, ...]) -> float:
    """Return the mean y of a row's characters."""
    return float(np.concatenate([piece.centres[:, 1] for piece in row]).mean())


def _tones(row: tuple[Piece, ...], middle: float) -> tuple[float, float]:
    """Return the tones of ground and ink of what moves in a row: cuts lie on the ground, ink is furthest from it."""
    bands = [_band(piece.pixels, middle) for piece in row if piece.kind]
    if not bands:
        return 0.0, 0.0
    ground = float(np.median(np.concatenate([band[:, [0, -1]] for band in bands])))
    ends = np.percentile(np.concatenate(bands, axis=1), (5, 95))
    return ground, float(ends[int(np.argmax(np.abs(ends - ground)))])


def _joined(row: list[Piece], wide: int | None) -> tuple[U8, F32]:
    """Put a row's pieces side by side, as wide as asked, with the places of its characters."""
    pixels = np.concatenate([piece.pixels for piece in row], axis=1)
    starts = np.cumsum([0, *(piece.pixels.shape[1] for piece in row[:-1])])
    places = np.concatenate(
        [piece.centres + np.array([start, 0]) for piece, start in zip(row, starts, strict=True)]
    ).astype(np.float32)
    if wide is not None and wide != pixels.shape[1]:
        places[:, 0] *= wide / pixels.shape[1]
        pixels = cv2.resize(pixels, (wide, pixels.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(pixels, np.uint8), places
