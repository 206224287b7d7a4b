"""The colour of a vehicle: named where it is clear, by several looks, and never in the dark."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge.types import CLASSES, COLOURS, U8, Box, Direction, Pass, Stage, TrackSnapshot, TrackState, TrackUpdate
from edge.vision.colour import NOTHING, SIDE, Surroundings, agree, body_of, colours_of, surroundings
from edge.vision.colour_book import MOST_LOOKS, MOST_TRACKS, ColourBook
from edge.vision.frame import PlanarFrame

PLAIN = Surroundings((1.0, 1.0, 1.0), 100.0)
PAINTS = {
    "black": (24, 24, 26),
    "grey": (102, 103, 104),
    "white": (232, 232, 230),
    "red": (170, 24, 22),
    "blue": (24, 60, 170),
    "green": (20, 110, 50),
    "yellow": (220, 180, 20),
    "orange": (215, 105, 15),
    "brown": (112, 78, 50),
    "beige": (200, 180, 140),
}
BOX = (200.0, 100.0, 400.0, 260.0)


def body(paint: tuple[int, int, int], side: int = 60) -> U8:
    picture = np.full((side, side, 3), paint, np.uint8)
    picture[: side // 5] = (18, 20, 22)  # what is left of the windows
    return picture


def named(look: object) -> str:
    return agree([np.asarray(look, np.float32)] * 2)[0]


def street(paint: tuple[int, int, int] = PAINTS["red"], box: Box = BOX, cast: tuple[float, ...] = (1, 1, 1)) -> U8:
    picture = np.full((360, 640, 3), (100, 100, 100), np.uint8)
    x1, y1, x2, y2 = (int(v) for v in box)
    picture[y1:y2, x1:x2] = paint
    return np.asarray(np.clip(picture * np.array(cast), 0, 255), np.uint8)


def update(*boxes: Box, at_s: float = 0.0, kind: str = "car") -> TrackUpdate:
    at_ns = round(at_s * 1e9)
    tracks = [
        TrackSnapshot(number, TrackState.CONFIRMED, box, CLASSES.index(kind), 0.9, 0, 9, 0, at_ns, number)
        for number, box in enumerate(boxes, 1)
    ]
    return TrackUpdate(at_ns, tuple(tracks))


def watch(book: ColourBook, picture: U8, tracks: TrackUpdate, mode: str = "day") -> None:
    at_ns = tracks.at_ns
    frame = PlanarFrame.from_rgb(picture, camera_id="c", seq=0, wall_ns=at_ns, mono_ns=at_ns, pts_ns=at_ns)
    book.step(frame, frame.luma(160, 90), tracks, mode)


def passing(track_id: int = 1, class_name: str = "car") -> Pass:
    return Pass("p", Stage.FINAL, 2, "c", track_id, "l", "r", Direction.IN, 1.0, 0, class_name)


def test_every_colour_has_a_paint_here() -> None:
    assert PAINTS.keys() == set(COLOURS)


@pytest.mark.parametrize("paint", COLOURS)
def test_a_plain_paint_is_called_by_its_name(paint: str) -> None:
    assert named(colours_of(body(PAINTS[paint]), PLAIN)) == paint


@pytest.mark.parametrize("level", [64, 160, 180])
def test_between_black_grey_and_white_nothing_is_told(level: int) -> None:
    assert named(colours_of(body((level, level, level)), PLAIN)) == ""


def test_grey_that_mirrors_the_sky_is_not_called_blue() -> None:
    assert named(colours_of(body((96, 104, 122)), PLAIN)) in {"grey", ""}


def test_a_scene_too_dark_and_a_body_all_hidden_show_nothing() -> None:
    assert not colours_of(body(PAINTS["red"]), replace(PLAIN, middle=5.0)).any()
    assert not colours_of(body(PAINTS["red"]), PLAIN, np.zeros((SIDE, SIDE), np.bool_)).any()


@pytest.mark.parametrize("paint", COLOURS)
@pytest.mark.parametrize("cast", [(1.12, 1.0, 0.85), (0.9, 1.0, 1.12)])
def test_the_cast_of_the_scene_is_taken_out(paint: str, cast: tuple[float, float, float]) -> None:
    picture = street(PAINTS[paint], (280.0, 150.0, 360.0, 210.0), cast)
    frame = PlanarFrame.from_rgb(picture, camera_id="c", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    scene = surroundings(frame.luma(160, 90), frame.tint(40, 24))
    told = named(colours_of(frame.crop((290, 160, 350, 200)), scene))
    assert told in {paint, ""}
    assert told or paint in {"brown", "beige"}, "only where a cast and a paint are much alike"


def test_random_pictures_give_shares() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        picture = rng.integers(0, 256, (int(rng.integers(1, 40)), int(rng.integers(1, 40)), 3), dtype=np.uint8)
        look = colours_of(picture, Surroundings((1.0, 1.0, 1.0), float(rng.uniform(0, 255))))
        assert look.shape == NOTHING.shape
        assert (look >= 0).all()
        assert look.sum() <= 1.001


def test_one_look_is_not_enough_and_looks_that_differ_tell_nothing() -> None:
    red, blue = (colours_of(body(PAINTS[name]), PLAIN) for name in ("red", "blue"))
    assert agree([red]) == ("", 0.0)
    assert agree([red, blue]) == ("", 0.0)
    assert agree([red, red, red, red, red, blue])[0] == "red"


def test_the_body_is_the_middle_of_the_box() -> None:
    x1, y1, x2, y2 = body_of((100, 100, 200, 200))
    assert 100 < x1 < x2 < 200
    assert 100 < y1 < y2 < 200


def test_a_vehicle_is_told_after_two_looks_half_a_second_apart() -> None:
    book = ColourBook()
    for at_s in (0.0, 0.1, 0.2, 0.4):
        watch(book, street(), update(BOX, at_s=at_s))
    assert book.agreed(1) == ("", 0.0)
    watch(book, street(), update(BOX, at_s=0.5))
    told = book.told(passing())
    assert told.colour == "red"
    assert 0.9 < (told.colour_confidence or 0.0) <= 1
    assert book.told(passing(class_name="truck")).colour == ""


@pytest.mark.parametrize("mode", ["night", "infra-red", ""])
def test_no_colour_is_told_where_the_light_shows_none(mode: str) -> None:
    book = ColourBook()
    for at_s in range(5):
        watch(book, street(), update(BOX, at_s=at_s), mode)
    assert book.told(passing()) == passing()


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        ((0.0, 100.0, 200.0, 260.0), "car"),
        ((450.0, 100.0, 640.0, 260.0), "car"),
        ((200.0, 100.0, 240.0, 140.0), "car"),
        (BOX, "truck"),
    ],
    ids=["cut on the left", "cut on the right", "small", "another class"],
)
def test_what_shows_too_little_paint_is_not_looked_at(box: Box, kind: str) -> None:
    book = ColourBook()
    for at_s in range(4):
        watch(book, street(box=box), update(box, at_s=at_s, kind=kind))
    assert book.agreed(1) == ("", 0.0)


def test_a_nearer_vehicle_lends_its_colour_to_none_behind_it() -> None:
    near: Box = (200.0, 150.0, 420.0, 300.0)
    picture = street(PAINTS["blue"])
    picture[150:300, 200:420] = PAINTS["red"]
    book = ColourBook()
    for at_s in range(4):
        watch(book, picture, update(BOX, near, at_s=at_s))
    assert (book.agreed(1)[0], book.agreed(2)[0]) == ("", "red")


def test_a_track_that_goes_on_for_another_one_keeps_its_looks() -> None:
    book = ColourBook()
    for at_s in range(3):
        watch(book, street(), update(BOX, at_s=at_s))
    watch(book, street(), TrackUpdate(4 * 10**9, joined=((7, 1),)))
    assert book.agreed(7)[0] == "red"


def test_memory_is_bounded_and_a_standing_vehicle_is_not_looked_at_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    crops: list[Box] = []
    crop = PlanarFrame.crop

    def counted(frame: PlanarFrame, box: Box) -> U8:
        crops.append(box)
        return crop(frame, box)

    monkeypatch.setattr(PlanarFrame, "crop", counted)
    book = ColourBook()
    for at_s in range(60):
        watch(book, street(), update(BOX, at_s=at_s))
    assert len(crops) == MOST_LOOKS
    track = update(BOX).active[0]
    for number in range(2, MOST_TRACKS + 9):
        watch(book, street(), TrackUpdate(0, (replace(track, track_id=number, seen_ns=0),)))
    assert len(book._pages) == MOST_TRACKS


def test_a_frame_of_planes_shows_the_same_colours_as_rgb() -> None:
    picture = street(PAINTS["green"])
    packed = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    tint = cv2.resize(np.ascontiguousarray(packed[..., :0:-1]), (40, 24), interpolation=cv2.INTER_AREA)
    frame = PlanarFrame.from_rgb(picture, camera_id="c", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    ours = surroundings(frame.luma(160, 90), frame.tint(40, 24))
    theirs = surroundings(np.ascontiguousarray(packed[..., 0]), np.asarray(tint, np.uint8))
    assert np.allclose(ours.gains, theirs.gains, atol=0.03)
