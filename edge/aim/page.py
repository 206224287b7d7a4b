"""What a page is told: the site once, then one message a shot, JSON before JPEG."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

import cv2
import msgspec
from msgspec import Struct

from edge.aim.mailbox import Mark, Shot, Told
from edge.config import Line
from edge.ports import Frame
from edge.types import Anomaly, Event

WIDEST_PX = 1280
QUALITY = 80
MOST_A_SECOND = 25
"""Pictures coded, however many look and however fast a recording is analysed."""


class SiteShown(Struct, frozen=True):
    """What stays as it is. `run` names the life of this server: with another one, numbers begin anew."""

    run: str
    title: str
    live: bool
    about: str
    lines: tuple[Line, ...]


class TrackShown(Struct, frozen=True):
    """One track and the vehicle it is; `box` in display pixels, `trail` likewise as x, y, x, y …, oldest first."""

    id: int
    vehicle: int
    kind: str
    state: str
    confidence: float
    box: tuple[int, ...]
    bits: int
    plate: str
    trail: tuple[int, ...]


class EventShown(Struct, frozen=True):
    """One event; `severity` is empty but for anomalies, `time` is the site's own."""

    number: int
    id: str
    kind: str
    severity: str
    time: str
    text: str


class ShotShown(Struct, frozen=True):
    """One shot; `events` only those the page has not got. `frames` counts what was analysed since the start."""

    run: str
    number: int
    seq: int
    time: str
    size: tuple[int, int]
    frames: int
    dropped: int
    camera: str
    reason: str
    ended: bool
    trouble: str
    tracks: tuple[TrackShown, ...]
    events: tuple[EventShown, ...]


class Messages:
    """Makes the messages, when somebody asks and in the asking thread; each picture is coded once for all viewers."""

    def __init__(self, run: str, zone: tzinfo, text_of: Callable[[Event], str]) -> None:
        self.run = run
        self._zone = zone
        self._text_of = text_of
        self._turn = threading.Lock()
        self._coded: tuple[Frame, bytes] | None = None
        self._free_s = 0.0

    def wait_for_turn(self) -> None:
        """Wait until another picture may be coded: to be called before the newest shot is taken."""
        time.sleep(max(self._free_s - time.monotonic(), 0.0))

    def message(self, shot: Shot, after_event: int) -> bytes:
        """Return the length of the JSON (4 bytes, big-endian), the JSON, and the JPEG, empty before the first frame."""
        told = msgspec.json.encode(self._shown(shot, after_event))
        return len(told).to_bytes(4, "big") + told + (self._jpeg(shot.frame) if shot.frame else b"")

    def _shown(self, shot: Shot, after_event: int) -> ShotShown:
        frame, camera = shot.frame, shot.camera
        return ShotShown(
            run=self.run,
            number=shot.number,
            seq=frame.seq if frame else 0,
            time=self._time(frame.wall_ns) if frame else "",
            size=frame.size_wh if frame else (0, 0),
            frames=shot.frames,
            dropped=shot.dropped,
            camera=camera.state if camera else "",
            reason=camera.reason if camera else "",
            ended=shot.ended,
            trouble=shot.trouble,
            tracks=tuple(_track(mark) for mark in shot.marks),
            events=tuple(self._event(told) for told in shot.events if told.number > after_event),
        )

    def _event(self, told: Told) -> EventShown:
        event = told.event
        severity = event.body.severity.value if isinstance(event.body, Anomaly) else ""
        time = self._time(event.wall_ns)
        return EventShown(told.number, event.event_id, event.kind.value, severity, time, self._text_of(event))

    def _time(self, wall_ns: int) -> str:
        return datetime.fromtimestamp(wall_ns / 1e9, self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _jpeg(self, frame: Frame) -> bytes:
        with self._turn:
            if self._coded is None or self._coded[0] is not frame:
                self._free_s = time.monotonic() + 1 / MOST_A_SECOND
                self._coded = (frame, to_jpeg(frame))
            return self._coded[1]


def to_jpeg(frame: Frame) -> bytes:
    """Return the whole frame as JPEG, no wider than WIDEST_PX."""
    width, height = frame.size_wh
    across = min(width, WIDEST_PX)
    boxed = frame.letterbox(across, max(round(height * across / width), 1), centre=False)
    down = max(round(height * boxed.scale), 1)
    picture = boxed.picture[:down, : max(round(width * boxed.scale), 1)]
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return coded.tobytes()


def _track(mark: Mark) -> TrackShown:
    track = mark.track
    return TrackShown(
        id=track.track_id,
        vehicle=track.vehicle_id or track.track_id,
        kind=track.class_name,
        state=track.state.value,
        confidence=round(track.confidence, 3),
        box=tuple(round(side) for side in track.box),
        bits=track.bits,
        plate=mark.plate,
        trail=tuple(round(side) for point in mark.trail for side in point),
    )
