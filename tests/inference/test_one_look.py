"""One look at a picture: vehicles, their plates, then what stands elsewhere; each plate once."""

from __future__ import annotations

import numpy as np

from edge.inference.one_look import OneLook
from edge.inference.scripted import ScriptedDetector, ScriptedReader
from edge.types import CLASSES, U8, Box, Detections, PlateRead
from edge.vision.frame import PlanarFrame

CAR: Box = (100.0, 40.0, 300.0, 200.0)
PERSON: Box = (10.0, 10.0, 50.0, 150.0)
WIDE, HIGH = 640, 360


def detect(*rows: tuple[str, Box]) -> ScriptedDetector:
    found = Detections(
        np.array([box for _, box in rows], np.float32).reshape(-1, 4),
        np.full(len(rows), 0.9, np.float32),
        np.array([CLASSES.index(name) for name, _ in rows], np.int16),
    )
    return ScriptedDetector(lambda _: found)


def read(text: str, box: Box, sure: float = 0.9) -> PlateRead:
    return PlateRead(text, (sure,) * len(text), box, 1.0, box[2] - box[0], box[3] - box[1])


def look(detector: ScriptedDetector, **by_size: list[PlateRead]) -> tuple[PlateRead, ...]:
    sizes: list[tuple[int, ...]] = []

    def script(picture: U8) -> list[PlateRead]:
        sizes.append(picture.shape)
        return by_size["whole" if picture.shape[:2] == (HIGH, WIDE) else "crop"]

    frame = PlanarFrame.from_rgb(
        np.zeros((HIGH, WIDE, 3), np.uint8), camera_id="a", seq=0, wall_ns=0, mono_ns=0, pts_ns=0
    )
    found = OneLook(detector, ScriptedReader(script)).read(frame)
    assert len(sizes) == 1 + ("crop" in by_size)
    return found


def test_a_plate_on_a_vehicle_comes_back_in_the_frames_pixels() -> None:
    (found,) = look(detect(("car", CAR), ("person", PERSON)), crop=[read("AB12CD", (10, 20, 60, 30))], whole=[])
    # The crop leaves the roof out: a quarter of 160 px below 40, and 4 % of 200 px left of 100.
    assert found.box == (102.0, 100.0, 152.0, 110.0)


def test_a_plate_seen_on_its_vehicle_and_in_the_frame_counts_once_the_surer_way() -> None:
    (found,) = look(
        detect(("car", CAR)), crop=[read("AB12C0", (10, 20, 60, 30), 0.6)], whole=[read("AB12CD", (104, 101, 150, 111))]
    )
    assert found.text == "AB12CD"


def test_what_no_vehicle_was_found_around_is_read_in_the_frame() -> None:
    (found,) = look(detect(), whole=[read("AB12CD", (400, 300, 460, 320))])
    assert found.box == (400, 300, 460, 320)


def test_lettering_beside_a_plate_is_no_second_plate() -> None:
    reads = [read("FH500", (10, 20, 60, 30), 0.99), read("AB12CD", (80, 60, 130, 75))]
    assert [one.text for one in look(detect(("truck", CAR)), crop=reads, whole=[])] == ["AB12CD"]
