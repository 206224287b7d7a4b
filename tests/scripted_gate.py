"""A gate without cameras and networks: one car drives over a line, and everything else is the real product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from edge.clock import ManualClock, make_id
from edge.config import Camera, Hours, Line, Road, Rule, Site
from edge.gate.guard import Guard
from edge.gate.site import GateSite
from edge.inference.desk import PromptDesk
from edge.inference.scripted import ScriptedDetector, ScriptedReader
from edge.pipeline import Pipeline
from edge.ports import EventStore, Frame
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.tracking.pace import Pace
from edge.types import U8, Detections, PlateRead
from edge.vision.frame import PlanarFrame

SIZE_WH = (640, 360)
FPS = 12.5
NOON_NS = 1_772_625_600_000_000_000
LINE = Line("gate", ((0.0, 0.6), (1.0, 0.6)), "main")
CAMERA = Camera("cam", "test://gate", lines=(LINE,))
CAR = np.random.default_rng(7).integers(0, 255, (120, 200, 3), np.uint8)


def drive(seconds: float = 4.0, *, up: bool = False, start_s: float = 0.0) -> Iterator[PlanarFrame]:
    """Yield frames of a car that comes down the picture (or goes up it), from `start_s` after noon on."""
    count = round(seconds * FPS)
    for seq in range(count):
        share = 1 - seq / count if up else seq / count
        picture = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, np.uint8)
        top = round(share * (SIZE_WH[1] - CAR.shape[0]))
        picture[top : top + CAR.shape[0], 220:420] = CAR
        at_ns = round((start_s + seq / FPS) * 1e9)
        yield PlanarFrame.from_rgb(
            picture, camera_id="cam", seq=seq, wall_ns=NOON_NS + at_ns, mono_ns=at_ns, pts_ns=at_ns
        )


def find_car(frame: Frame) -> Detections:
    """Find the car by its texture: the only part of the picture that is not gray."""
    rows = np.flatnonzero(np.ptp(frame.crop((0, 0, *SIZE_WH)), axis=2).any(axis=1))
    if not len(rows):
        return Detections.empty()
    box = np.array([[220, rows[0], 420, rows[-1] + 1]], np.float32)
    return Detections(box, np.array([0.9], np.float32), np.array([0], np.int16))


def read_plate(picture: U8) -> Sequence[PlateRead]:
    """Read the same plate in every picture."""
    height, width = picture.shape[:2]
    box = (width * 0.3, height * 0.7, width * 0.7, height * 0.85)
    return [PlateRead("CF207358", (0.95,) * 8, box, 0.5, width * 0.4, height * 0.15)]


def make_gate(
    *,
    hours: tuple[Hours, ...] = (),
    allows: str = "both",
    rules: tuple[Rule, ...] = (),
    store: EventStore | None = None,
    camera: Camera = CAMERA,
    guard: Guard | None = None,
    read: Callable[[U8], Sequence[PlateRead]] = read_plate,
    keeps_pictures: bool = True,
) -> tuple[Pipeline, SqliteStore]:
    """Return a pipeline over an in-memory store."""
    memory = open_store(":memory:", "box", "yard", ManualClock(NOON_NS))
    site = GateSite(Site("yard", hours=hours), (Road("main", allows),), rules, make_id, cameras=(camera,))
    book = SiteBook(site, store or memory)
    book.place(guard or Guard())
    desk = PromptDesk(ScriptedReader(read))
    detector = ScriptedDetector(find_car)
    pace = Pace(camera.analysis_fps, 5.0)
    return Pipeline(camera, detector, desk, book, make_id, pace, keeps_pictures=keeps_pictures), memory
