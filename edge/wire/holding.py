"""Which configuration the running service works by: asked through the hatch by whoever has just changed the file."""

from __future__ import annotations

from msgspec import Struct

from edge.wire.scalars import from_json, to_json

ASK = b'{"order":"configuration"}'
"""The order as it is sent."""


class CameraHeld(Struct, frozen=True):
    """A camera at work and how much is drawn on its picture."""

    id: str
    lines: int
    zones: int
    masks: int


class Holding(Struct, frozen=True):
    """The service's answer. `revision`: SHA-256 of the text it works by; `judged`: of the newest it has read.

    `trouble`: what is wrong with the newest, empty when it is taken over. `starting`: it looks at no file yet.
    """

    revision: str
    judged: str
    cameras: tuple[CameraHeld, ...] = ()
    trouble: str = ""
    starting: bool = False


def encode_holding(holding: Holding) -> bytes:
    """Return the answer. Raises WireError for values without a place on the wire."""
    return to_json(holding, "answer")


def decode_holding(payload: bytes) -> Holding:
    """Return what the service works by. Raises WireError that names the place, also for a service that cannot tell."""
    holding: Holding = from_json(payload, Holding, "answer")
    return holding
