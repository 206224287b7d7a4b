"""The messages about delivery: a device's retained status, a consumer's acknowledgement, commands to a device."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from edge.errors import WireError
from edge.types import Effort
from edge.wire.scalars import Instant, from_json, to_json
from edge.wire.shapes import CameraStatusV1, ClassCountV1, Count, Share


class ReadRateV1(Struct):
    """Of a camera's passes in the last 24 hours, how many had a plate."""

    camera_id: str
    passes: Count
    read: Count


class OverCurrentV1(Struct):
    """Over-current events since boot that one sensor has counted."""

    sensor: str
    events: Count


class DeviceStateV1(Struct, omit_defaults=True):
    """How the device itself is doing; what it does not tell is left out.

    Temperatures in degrees Celsius: `throttle_c` is where something is slowed for `zone`'s sake. `throttled_by`: the
    kernel's names of what slows it now. `gpu_load` and `fan`: 0 to 1.
    """

    effort: Effort
    zone: str = ""
    temp_c: float | None = None
    throttle_c: float | None = None
    throttled_by: tuple[str, ...] = ()
    over_current: tuple[OverCurrentV1, ...] = ()
    cpu_mhz: float | None = None
    gpu_mhz: float | None = None
    memory_mhz: float | None = None
    decoder_mhz: float | None = None
    gpu_load: Share | None = None
    decoder_powered: bool | None = None
    watts: float | None = None
    fan: Share | None = None
    memory_free_mb: Count | None = None


class Status(Struct, omit_defaults=True):
    """The retained word on a device: `online`, `degraded` (working, but `reason` says what is not) or `offline`.

    `first_seq`: the oldest event that a replay can still bring. `since`: when `state` began. `at`: when this was
    written; of a last will, when the device connected. `unresolved`: anomalies that wait for somebody. `inside`:
    vehicles that are in and not out, and the same by class. `read_rates`: of the cameras with passes in the last day,
    so that one that goes bad is seen. `device`: temperatures, clocks and what it leaves out, as of `at`.
    """

    state: Literal["online", "degraded", "offline"]
    run_id: str
    version: str
    epoch: str
    first_seq: Count = 1
    last_seq: Count = 0
    backlog: Count = 0
    reason: str = ""
    cameras: tuple[CameraStatusV1, ...] = ()
    since: Instant | None = None
    at: Instant | None = None
    unresolved: Count = 0
    read_rates: tuple[ReadRateV1, ...] = ()
    inside: Count = 0
    inside_by_class: tuple[ClassCountV1, ...] = ()
    device: DeviceStateV1 | None = None


class Ack(Struct, frozen=True):
    """A consumer has stored everything of `epoch` up to and including `seq`."""

    consumer: str
    epoch: str
    seq: Count


class Replay(Struct, frozen=True, tag_field="command", tag="replay"):
    """A consumer asks for everything of `epoch` from `from_seq` on, once more."""

    epoch: str
    from_seq: Annotated[int, Meta(ge=1)]


class FetchEvidence(Struct, frozen=True, tag_field="command", tag="evidence"):
    """A consumer asks for a picture; it comes as JPEG on the topic `evidence/<evidence_id>` of the device."""

    evidence_id: str


_ON = frozenset({"open", "occupied", "on", "1", "true"})
_OFF = frozenset({"closed", "shut", "free", "off", "0", "false"})
Word = Annotated[str, Meta(max_length=16)]
Command: TypeAlias = Replay | FetchEvidence


class Sense(Struct, frozen=True):
    """What stands beside the gate tells of the boom or its loop."""

    state: Word


def decode_sense(payload: bytes) -> bool:
    """Return whether the boom is open, or its loop occupied: a word alone, or in JSON as `{"state": "open"}`.

    Raises:
        WireError: it is none of the words.
    """
    text = payload.strip().lower()
    word = from_json(text, Sense, "input").state if text.startswith(b"{") else text.decode("ascii", "replace")
    if word in _ON or word in _OFF:
        return word in _ON
    raise WireError(f"input: {word!r} is no state; send open or closed, occupied or free, on or off, 1 or 0")


def encode_status(status: Status) -> bytes:
    """Return a status as it is retained. Raises WireError for values without a place on the wire."""
    return to_json(status, "status")


def decode_status(payload: bytes) -> Status:
    """Return what a device says of itself. Raises WireError that names the place."""
    status: Status = from_json(payload, Status, "status")
    return status


def encode_ack(ack: Ack) -> bytes:
    """Return a consumer's acknowledgement."""
    return to_json(ack, "ack")


def decode_ack(payload: bytes) -> Ack:
    """Return a consumer's acknowledgement. Raises WireError that names the place."""
    ack: Ack = from_json(payload, Ack, "ack")
    return ack


def encode_command(command: Command) -> bytes:
    """Return a command to a device."""
    return to_json(command, "command")


def decode_command(payload: bytes) -> Command:
    """Return a command to this device. Raises WireError that names the place."""
    command: Command = from_json(payload, Replay | FetchEvidence, "command")
    return command
