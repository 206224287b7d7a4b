"""Actors at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from edge.scene.painter import Body, Stand


@dataclass(frozen=True, slots=True)
class Piece:
    """One rigid piece of an actor."""

    body: Body
    stand: Stand


@dataclass(frozen=True, slots=True)
class Placed:
    """An actor at one moment. `plates`: (piece index, picture name, text); `speed_m_s` along its heading.

    An actor of no class in CLASSES (a boom) is drawn but has no truth.
    """

    actor: int
    kind: str
    pieces: tuple[Piece, ...]
    plates: tuple[tuple[int, str, str], ...] = ()
    speed_m_s: float = 0.0
    beams: float = 0.0
