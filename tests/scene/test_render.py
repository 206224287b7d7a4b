"""What is drawn and what the truth says are the same."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from edge.scene import daylight, gate_site
from edge.scene.actors import Actor, plate_look
from edge.scene.camera import Camera
from edge.scene.light import Light
from edge.scene.list_proof import PROOF
from edge.scene.painter import Stand
from edge.scene.placed import Placed
from edge.scene.render import Scenery, Set, compose, scenery
from edge.scene.truth import ActorTruth
from edge.scene.weather import swayed
from edge.scene.witness import moved

CAMERA = Camera(PROOF.poses[0], (640, 360))
GATE = PROOF.plans[0]
DAY = daylight.day(230, 40, 0.1, GATE.lamps)
NIGHT = daylight.night(0.5, GATE.lamps)
BARE = Set(gate_site.place(GATE, PROOF.earths[0], 1).ground, ())
LANE = GATE.entry_x
RNG = np.random.default_rng(11)
LOOK = plate_look(PROOF, RNG, two_lines=False)


@cache
def empty(light: Light = DAY, place: Set = BARE) -> Scenery:
    return scenery(place, CAMERA, light)


def car(number: int, y: float, *, heading: float = -90.0, x: float = LANE, beams: float = 0.0) -> Placed:
    actor = Actor(number, PROOF.cars[0], (), front=LOOK, rear=LOOK)
    return actor.placed(Stand(x, y, heading), beams=beams)


def lorry(number: int, y: float) -> Placed:
    return Actor(number, PROOF.trucks[0], ()).placed(Stand(LANE, y, -90.0))


def drawn(*actors: Placed, light: Light = DAY, place: Set = BARE) -> tuple[ActorTruth, ...]:
    return compose(empty(light, place), actors, CAMERA, light)[1]


def test_a_vehicle_covers_its_box_and_only_changes_pixels_near_it() -> None:
    before = empty().picture
    picture, [truth] = compose(empty(), (car(1, 12.0),), CAMERA, DAY)
    changed = np.abs(picture.astype(int) - before).sum(axis=2) > 40
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    x0, y0, x1, y1 = truth.box
    assert columns[0] <= x0 + 3
    assert columns[-1] >= x1 - 4
    assert rows[0] == pytest.approx(y0, abs=4)
    inside = changed[int(y0) : int(y1), int(x0) : int(x1)]
    assert inside.mean() > 0.6


def test_the_box_stands_where_the_wheels_meet_the_ground() -> None:
    [truth] = drawn(car(1, 14.0))
    front_y = 14.0 - PROOF.cars[0].length_m / 2
    px, _ = CAMERA.project(np.array([[LANE, front_y, 0.0]], np.float32))
    assert truth.anchor[1] == pytest.approx(px[0, 1], abs=12)


def test_a_car_right_behind_a_lorry_is_hidden_and_says_so() -> None:
    truths = {t.actor: t for t in drawn(lorry(1, 14.0), car(2, 20.5))}
    assert truths[1].visible_fraction > 0.99
    assert truths[2].visible_fraction < 0.02


def test_half_hidden_is_half_visible_and_the_boxes_differ() -> None:
    near, far = lorry(1, 13.0), car(2, 20.0, x=LANE - 1.2)
    truths = {t.actor: t for t in drawn(near, far)}
    hidden = truths[2]
    assert 0.1 < hidden.visible_fraction < 0.95
    assert hidden.box[2] < hidden.full_box[2]
    assert hidden.box[0] == hidden.full_box[0]


def test_a_car_that_leaves_the_picture_says_how_much_of_it_is_left() -> None:
    shares = [drawn(car(1, 24.0, x=x, heading=0.0))[0].in_picture for x in (LANE, 8.0, 9.0)]
    assert shares[0] == 1.0
    assert 1.0 > shares[1] > shares[2] > 0.0


def test_what_stands_nearer_than_a_vehicle_hides_it() -> None:
    whole = gate_site.place(GATE, PROOF.earths[0], 1)
    [free] = drawn(car(1, 24.0, x=9.0, heading=0.0))
    [behind] = drawn(car(1, 24.0, x=9.0, heading=0.0), place=whole)
    assert behind.visible_fraction < free.visible_fraction


def test_an_approaching_car_shows_its_front_plate_and_a_leaving_one_its_rear() -> None:
    [coming] = drawn(car(1, 12.0, heading=-90.0))
    [going] = drawn(car(1, 12.0, heading=90.0))
    assert [(p.place, p.text, p.visible) for p in coming.plates] == [("front", LOOK.text, True)]
    assert [(p.place, p.visible) for p in going.plates] == [("rear", True)]


def test_plate_corners_lie_in_the_vehicle_and_run_clockwise_from_the_top_left() -> None:
    [truth] = drawn(car(1, 12.0))
    x0, y0, x1, y1 = truth.full_box
    corners = np.array(truth.plates[0].corners)
    assert (corners >= [x0 - 1, y0 - 1]).all()
    assert (corners <= [x1 + 1, y1 + 1]).all()
    assert corners[0, 0] < corners[1, 0]
    assert corners[0, 1] < corners[3, 1]


def test_a_plate_that_another_vehicle_covers_is_not_visible() -> None:
    truths = {t.actor: t for t in drawn(lorry(1, 13.0), car(2, 19.0))}
    assert not any(p.visible for p in truths[2].plates)


def test_a_trailer_belongs_to_its_car_and_hides_the_plate_behind_it() -> None:
    actor = Actor(1, PROOF.cars[2], (), front=LOOK, rear=LOOK, tow=PROOF.trailers[0], tow_plate=LOOK)
    [truth] = drawn(actor.placed(Stand(GATE.exit_x, 15.0, 90.0)))
    alone = Actor(1, PROOF.cars[2], (), front=LOOK, rear=LOOK).placed(Stand(GATE.exit_x, 15.0, 90.0))
    [bare] = drawn(alone)
    assert truth.kind == "car"
    assert truth.box[3] > bare.box[3] + 10


def test_what_lies_outside_the_picture_has_no_truth() -> None:
    assert drawn(car(1, -30.0), car(2, 20.0, x=60.0)) == ()


def test_no_box_leaves_the_picture() -> None:
    for y in (4.0, 5.0, 6.0, 7.0):
        for truth in drawn(car(1, y)):
            assert truth.full_box[0] >= 0
            assert truth.full_box[1] >= 0
            assert truth.full_box[2] <= 640
            assert truth.full_box[3] <= 360


def test_headlights_light_the_road_at_night() -> None:
    scene = empty(NIGHT)
    dark, _ = compose(scene, (car(1, 20.0),), CAMERA, NIGHT)
    bright, _ = compose(scene, (car(1, 20.0, beams=1.0),), CAMERA, NIGHT)
    road, _ = CAMERA.project(np.array([[LANE, 13.0, 0.0]], np.float32))
    x, y = (int(v) for v in road[0])
    assert bright[y - 5 : y + 5, x - 5 : x + 5].mean() > dark[y - 5 : y + 5, x - 5 : x + 5].mean() + 10


def test_night_is_darker_than_day_and_shadows_are_darker_than_the_road() -> None:
    assert empty(NIGHT).picture.mean() < 0.6 * empty(DAY).picture.mean()
    scene = empty()
    picture, [truth] = compose(scene, (car(1, 12.0),), CAMERA, DAY)
    below = np.s_[int(truth.box[3]) : int(truth.box[3]) + 3, int(truth.box[0]) + 20 : int(truth.box[2]) - 20]
    assert picture[below].mean() < scene.picture[below].mean() - 5


def test_a_swaying_camera_moves_picture_and_truth_alike() -> None:
    picture, truths = compose(empty(), (car(1, 12.0),), CAMERA, DAY)
    [still], [swung] = truths, moved(truths, (3.0, -2.0), CAMERA.size_wh)
    assert swung.anchor == (still.anchor[0] + 3, still.anchor[1] - 2)
    assert swung.plates[0].corners[0] == (still.plates[0].corners[0][0] + 3, still.plates[0].corners[0][1] - 2)
    assert np.array_equal(swayed(picture, (3.0, -2.0))[50:100, 60:120], picture[52:102, 57:117])


def test_who_sways_out_of_the_picture_has_no_truth_and_boxes_are_cut_at_its_edge() -> None:
    truths = drawn(car(1, 12.0))
    assert moved(truths, (-2000.0, 0.0), CAMERA.size_wh) == ()
    half_out = -truths[0].box[0] - 20.0
    [cut] = moved(truths, (half_out, 0.0), CAMERA.size_wh)
    assert cut.box[0] == 0
