"""The ports: what the pipeline and the relay see of the outside world. The contract is in the docstrings.

One contract test per port in tests/contracts runs every available variant and the fake.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy.typing as npt

from edge.types import (
    U8,
    Anomaly,
    Box,
    Correction,
    DayCount,
    Detections,
    Draft,
    Event,
    ListedAnomaly,
    Pass,
    PlateQuads,
    PlateRead,
    ReadRate,
    Visit,
)


@dataclass(frozen=True, slots=True, eq=False)
class Letterboxed:
    """A picture fitted into a network input: `picture` (H,W,3) uint8 RGB.

    Exact inverse: x_frame = (x_input - pad_x) / scale, likewise y. `scale` is input pixels per display pixel.
    """

    picture: U8
    scale: float
    pad_x: float
    pad_y: float


class Frame(Protocol):
    """One frame: identity, time, and views made on demand from the native planes, privacy masks already applied.

    `seq` counts the frames a source delivered, from 0; a gap is a drop. `size_wh` is in display pixels (square).
    `mono_ns` is the monotonic clock at arrival, or media time for a file; `pts_ns` is the stream's own stamp.
    Views never change the frame and may be asked for in any order and from any thread.
    """

    @property
    def camera_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def size_wh(self) -> tuple[int, int]: ...
    @property
    def wall_ns(self) -> int: ...
    @property
    def mono_ns(self) -> int: ...
    @property
    def pts_ns(self) -> int: ...

    def luma(self, width: int, height: int) -> U8:
        """Return the brightness as (height,width) uint8, scaled without keeping the aspect."""
        ...

    def tint(self, width: int, height: int) -> U8:
        """Return the blue and red difference as (height,width,2) uint8 around 128 (gray), scaled as `luma` is."""
        ...

    def letterbox(self, width: int, height: int, *, centre: bool = True, pad: int = 114) -> Letterboxed:
        """Return the whole frame fitted into (height,width,3) RGB, bars of value `pad` around it or right and below."""
        ...

    def crop(self, box: Box) -> U8:
        """Return the part inside `box` (display pixels, clipped) as (h,w,3) uint8 RGB at full resolution.

        Raises:
            ValueError: when nothing of the box lies inside the frame.
        """
        ...


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What a source turned out to be; `fps` is 0 when unknown, `frames` is None when unknown or endless.

    `wall_start_ns` is the wall time of a file's first frame and `wall_from` where it comes from: `start` (it was
    stated), `file` (its own date) or `now`; None and empty when live.
    """

    live: bool
    backend: str
    decoder: str
    codec: str
    size_wh: tuple[int, int]
    fps: float
    frames: int | None = None
    wall_start_ns: int | None = None
    wall_from: str = ""


class FrameSource(Protocol):
    """Frames of one camera or file, in order.

    Used by one thread at a time; `close` may be called from another to unblock `read`.
    """

    def open(self) -> SourceSpec:
        """Connect and deliver nothing yet.

        Raises:
            SourceLost: cannot be reached now; try again later.
            SourceBroken: can be reached but not decoded.
            ConfigError: the address, an option or a missing decoder makes every attempt useless.
        """
        ...

    def read(self, timeout_s: float) -> Frame:
        """Return the next frame; the first after `open` is decodable by itself, corrupt ones are left out.

        Raises:
            SourceLost: no frame within `timeout_s`, or the connection broke.
            SourceEnded: a finite source is through.
            SourceBroken: the stream cannot be decoded.
        """
        ...

    def close(self) -> None:
        """Let go of everything; may be called twice, and again after a failed `open`."""
        ...


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Name, shape (-1 where free) and numpy dtype name of one input or output of an engine."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class Engine(Protocol):
    """A compiled network. One caller at a time."""

    @property
    def label(self) -> str:
        """Runtime and device, as `doctor` prints them: `onnxruntime 1.23 cpu`."""
        ...

    @property
    def inputs(self) -> tuple[TensorSpec, ...]: ...
    @property
    def outputs(self) -> tuple[TensorSpec, ...]: ...
    @property
    def metadata(self) -> Mapping[str, str]:
        """Return what the model file says of itself (ONNX metadata properties)."""
        ...

    def infer(self, feeds: Mapping[str, npt.NDArray[Any]]) -> Mapping[str, npt.NDArray[Any]]:
        """Run once; returns every output by name.

        Raises:
            EngineFailed: no answer, or an answer with values that are not numbers.
        """
        ...

    def close(self) -> None:
        """Let go of device memory; may be called twice."""
        ...


class Detector(Protocol):
    """Objects in a frame."""

    @property
    def label(self) -> str: ...

    def detect(self, frame: Frame) -> Detections:
        """Return what is in the frame, in its display pixels, above the model card's threshold, best first.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


class PlateFinder(Protocol):
    """Where the plates are in a picture of a vehicle, or in a part of a frame."""

    @property
    def label(self) -> str: ...

    def find(self, picture: U8) -> PlateQuads:
        """Return the plates in `picture` (H,W,3) uint8 RGB above the model card's threshold, corners in its pixels.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


class PlateReader(Protocol):
    """Plates in a picture of one vehicle."""

    @property
    def label(self) -> str: ...

    def read(self, picture: U8) -> tuple[PlateRead, ...]:
        """Return every plate that could be read in `picture` (H,W,3) uint8 RGB, surest first; boxes in its pixels.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@runtime_checkable
class PlateCropReader(Protocol):
    """The text of a plate that somebody else has found."""

    @property
    def label(self) -> str: ...

    def read_plate(self, picture: U8) -> PlateRead | None:
        """Return what stands on `picture` (H,W,3) uint8 RGB, which shows one plate and little else; None for nothing.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@runtime_checkable
class FramePlateReader(Protocol):
    """A reader that searches whole frames by itself."""

    def read_frame(self, picture: U8) -> tuple[PlateRead, ...]:
        """Return every plate seen in a whole frame (H,W,3) uint8 RGB; the text of one that cannot be read is empty.

        Raises:
            EngineFailed: passed on from the engine.
        """
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """An order to read the plates in one picture of a track; `box` (display pixels) says where it lies in its frame."""

    track_id: int
    at_ns: int
    box: Box


@dataclass(frozen=True, slots=True)
class DeskCost:
    """What reading cost so far: `refused` looks found the queue full."""

    looks: int = 0
    refused: int = 0
    spent_ns: int = 0

    @property
    def look_ms(self) -> float:
        """Mean milliseconds a look."""
        return self.spent_ns / self.looks / 1e6 if self.looks else 0.0


class ReadingDesk(Protocol):
    """A bounded queue of looks beside the frame loop. The only thread-crossing part of reading plates."""

    @property
    def cost(self) -> DeskCost: ...

    def submit(self, look: Look, picture: U8) -> bool:
        """Hand over one picture (H,W,3) uint8 RGB; False when the queue is full and the look is given up.

        A desk for files waits instead of refusing, so that an analysis gives the same result at any speed.
        """
        ...

    def collect(self) -> tuple[tuple[Look, tuple[PlateRead, ...]], ...]:
        """Return what has been read since the last call, in the order submitted; boxes are in the look's picture.

        Raises:
            EngineFailed: the reader failed; said once, the desk goes on.
        """
        ...

    def settle(self) -> None:
        """Wait until everything submitted has been read or has failed."""
        ...

    def close(self) -> None:
        """Stop reading; may be called twice."""
        ...


class OutboxStage(enum.IntEnum):
    """How far a row has come. PUBACK is not durability: only the consumer's own acknowledgement is."""

    NEW = 0
    SENT = 1
    BROKER_ACKED = 2
    CONSUMER_ACKED = 3


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One event on its way out: the bytes are fixed when it is recorded."""

    seq: int
    topic: str
    payload: bytes
    stage: OutboxStage


class EventStore(Protocol):
    """Events on disk, and the outbox that carries them out. Safe to call from several threads."""

    @property
    def epoch(self) -> str: ...

    def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events, outbox rows and evidence in one transaction; on return they survive a power cut.

        Raises:
            StoreFailed: nothing of `drafts` was recorded.
        """
        ...

    def outbox(
        self, after_seq: int, limit: int, below: OutboxStage = OutboxStage.BROKER_ACKED
    ) -> tuple[OutboxRow, ...]:
        """Return rows with seq > `after_seq` whose stage is less than `below`, in seq order."""
        ...

    def mark(self, seqs: Sequence[int], stage: OutboxStage) -> None:
        """Move rows forward to `stage`; a row never goes back."""
        ...

    def replay(self, from_seq: int) -> int:
        """Put every row from `from_seq` on back to NEW, because a consumer asked; returns how many."""
        ...

    def open_visits(self) -> tuple[Visit, ...]:
        """Return the visits that are not closed, newest state of each, oldest first."""
        ...

    def told_of_open_visits(self) -> tuple[Anomaly, ...]:
        """Return the anomalies raised about visits that are still open, oldest first, as far as they are kept."""
        ...

    def last_visit_number(self) -> int:
        """Return the highest visit number given so far, 0 when there is none."""
        ...

    def unresolved(self) -> int:
        """Return how many anomalies wait for somebody: raised and not resolved, or reopened."""
        ...

    def read_rates(self, since_ns: int) -> tuple[ReadRate, ...]:
        """Return how many passes since that wall time had a plate, by camera and light."""
        ...

    def find_anomalies(self, name: str) -> tuple[ListedAnomaly, ...]:
        """Return the anomalies of the visit whose number `name` is, or those whose ids begin with it."""
        ...

    def find_vehicles(self, name: str) -> tuple[Pass | Visit, ...]:
        """Return the visits whose number `name` is, or the visits and final passes whose ids begin with it."""
        ...

    def corrections(self, pass_id: str) -> tuple[Correction, ...]:
        """Return what people said a pass really was, in the order said."""
        ...

    def visit_holding(self, pass_id: str) -> Visit | None:
        """Return the visit that has the pass as a side, in its newest state; None when none is kept."""
        ...

    def visit_emptied_into(self, visit_id: str) -> Visit | None:
        """Return the visit that gave its side up to this one, None when there is none."""
        ...

    def day(self, since_ns: int, until_ns: int) -> DayCount:
        """Return what was recorded of the time from `since_ns` up to `until_ns`, UTC."""
        ...

    def last_reconciled_ns(self) -> int | None:
        """Return when the site reconciled last, None where no such event is kept."""
        ...

    def last_seq(self) -> int:
        """Return the highest seq recorded so far, 0 when there is none."""
        ...

    def first_seq(self) -> int:
        """Return the lowest seq still kept, one more than `last_seq` when retention has dropped every event."""
        ...

    def backlog(self) -> int:
        """Return how many outbox rows are not yet acknowledged by the broker."""
        ...

    def evidence(self, evidence_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is not (or no longer) kept."""
        ...

    def close(self) -> None:
        """Checkpoint and let go; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message. `content_type` travels with MQTT 5 only; 3.1.1 has no place for it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    content_type: str = ""


class Broker(Protocol):
    """A connection to an MQTT broker, driven by one thread: the relay's. It keeps no queue of its own."""

    @property
    def connected(self) -> bool: ...

    @property
    def label(self) -> str:
        """Where it is and which protocol it speaks, as `doctor` prints them: `mqtt://gate.lan:1883 MQTT 5`."""
        ...

    @property
    def window(self) -> int:
        """Return how many messages may be in flight: min(Receive Maximum, 16)."""
        ...

    def connect(self, birth: Message, will: Message, subscribe: Sequence[str]) -> None:
        """Connect, subscribe, publish `birth`; the broker publishes `will` when we vanish.

        Raises:
            BrokerDown: refused, wrong password, not reachable, TLS failure: the message says which and what to do.
        """
        ...

    def publish(self, message: Message) -> int:
        """Hand one message over; returns a token that `acked` gives back.

        Raises:
            BrokerDown: not connected, or the window is full.
        """
        ...

    def acked(self, timeout_s: float) -> tuple[int, ...]:
        """Wait up to `timeout_s` for acknowledgements and return their tokens.

        Raises:
            BrokerDown: the connection went away; everything not acknowledged must be published again.
        """
        ...

    def received(self) -> tuple[Message, ...]:
        """Return the messages that came in since the last call."""
        ...

    def close(self, last: Message | None = None) -> None:
        """Publish `last` (a clean goodbye), disconnect; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class Edge:
    """A line went on or off, at a time of the monotonic clock."""

    on: bool
    mono_ns: int


class BoomOutput(Protocol):
    """The line that opens the boom while it is on. Off from the start, and held by one alone.

    It goes off when the process that holds it ends, however that ends. Not to be shared between threads.
    """

    def set(self, *, on: bool) -> None:
        """Turn it on or off.

        Raises:
            BoomFailed: nobody knows how it stands; `close` it.
        """
        ...

    def close(self) -> None:
        """Turn it off and let go; may be called twice, and never raises."""
        ...


class BoomInput(Protocol):
    """A line that says whether the boom is open, or the loop in the road occupied. Not shared between threads."""

    @property
    def on(self) -> bool:
        """How it stands, as far as edges were taken."""
        ...

    def wait(self, timeout_s: float) -> tuple[Edge, ...]:
        """Return the edges since the last call, bounces left out; wait up to `timeout_s` for the first.

        Raises:
            BoomFailed: it cannot be read any more.
        """
        ...

    def close(self) -> None:
        """Let go; may be called twice, and never raises."""
        ...
