"""Stays in zones: what a frame does not show has not left, and what trembles stands."""

from __future__ import annotations

from edge.config import Zone
from edge.gate.stays import ZoneLook, ZoneWatch
from edge.types import TrackSnapshot, TrackState, TrackUpdate

ZONE = Zone("z", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)), "queue")
SIZE_WH = (1000, 1000)
SECOND = 1_000_000_000


def car(x: float, *, track: int = 1, vehicle: int = 1, class_id: int = 0, y: float = 500.0) -> TrackSnapshot:
    box = (x - 50, y - 80, x + 50, y)
    return TrackSnapshot(track, TrackState.CONFIRMED, box, class_id, 0.9, 0, 9, 0, 0, vehicle_id=vehicle)


class Camera:
    """Shows one zone frame by frame."""

    def __init__(self, kind: str = "queue") -> None:
        self.watch = ZoneWatch("cam", [Zone(ZONE.id, ZONE.polygon, kind), Zone("w", ZONE.polygon, "watch")])

    def see(self, at_s: float, *active: TrackSnapshot) -> ZoneLook:
        return self.show(TrackUpdate(round(at_s * SECOND), active))

    def show(self, update: TrackUpdate) -> ZoneLook:
        (look,) = self.watch.step(update, SIZE_WH)
        return look


def test_who_stands_in_a_zone_has_been_there_since_it_came_in() -> None:
    camera = Camera()
    camera.see(0, car(700))
    camera.see(1, car(400))
    (stay,) = camera.see(11, car(401)).stays
    assert (stay.inside_s, stay.standing_s, stay.slow, stay.class_name) == (10, 10, True, "car")


def test_nothing_is_forgotten_while_no_network_runs() -> None:
    camera = Camera()
    camera.see(0, car(400))
    for second in range(1, 60):
        camera.see(second)
    (stay,) = camera.see(60, car(400)).stays
    assert stay.standing_s == 60


def test_a_box_that_trembles_stands_and_one_that_drives_does_not() -> None:
    camera = Camera()
    for step in range(100):
        look = camera.see(step / 10, car(300 + 8 * (-1) ** step), car(5.0 * step, track=2, vehicle=2))
    standing, driving = look.stays
    assert standing.standing_s > 9
    assert driving.standing_s < 1
    assert not driving.slow


def test_a_vehicle_that_creeps_is_slow_and_does_not_stand() -> None:
    camera = Camera()
    for step in range(300):
        look = camera.see(step / 10, car(100 + step))  # 10 px/s, its size is 90 px
    (stay,) = look.stays
    assert stay.slow
    assert stay.standing_s < 3


def test_who_speeds_up_is_not_slow_any_longer() -> None:
    camera = Camera()
    for second in range(10):
        camera.see(second, car(100))
    for step in range(10):
        look = camera.see(10 + step / 10, car(100 + 40 * step))
    assert not look.stays[0].slow


def test_a_moment_outside_is_no_leaving_and_longer_is() -> None:
    camera = Camera()
    camera.see(0, car(490))
    camera.see(5, car(510))
    assert camera.see(6, car(510)).stays[0].inside_s == 5, "what may be over does not count on"
    assert camera.see(6.5, car(490)).stays[0].inside_s == 6.5
    camera.see(10, car(510))
    assert camera.see(12.5, car(510)).stays == ()
    assert camera.see(13, car(490)).stays[0].inside_s == 0


def test_who_is_lost_is_counted_for_a_moment_and_goes_on_when_it_is_back() -> None:
    camera = Camera()
    camera.see(0, car(400))
    camera.show(TrackUpdate(5 * SECOND, lost=(car(400),)))
    assert len(camera.show(TrackUpdate(7 * SECOND, lost=(car(400),))).stays) == 1
    assert camera.show(TrackUpdate(9 * SECOND, lost=(car(400),))).stays == ()
    assert camera.see(20, car(400)).stays[0].inside_s == 20


def test_who_ended_has_left_unless_its_vehicle_has_another_track_at_once() -> None:
    camera = Camera()
    camera.see(0, car(400), car(200, track=2, vehicle=2))
    camera.show(TrackUpdate(5 * SECOND, ended=(car(400), car(200, track=2, vehicle=2))))
    camera.see(6, car(400, track=9, vehicle=1))
    look = camera.see(11, car(400, track=9, vehicle=1))
    assert [(stay.vehicle_id, stay.inside_s) for stay in look.stays] == [(1, 11)]


def test_busy_tells_for_how_long_more_than_so_many_have_been_slow() -> None:
    camera = Camera()
    for second in range(31):
        cars = [car(100 + 20 * number, track=number, vehicle=number) for number in range(1, 4 if second < 10 else 5)]
        look = camera.see(second, *cars, car(300, track=9, vehicle=9, class_id=5))
    assert look.busy_s == (26, 26, 26, 16), "slow after four seconds; somebody on foot is no vehicle"


def test_zones_that_nobody_asks_about_are_not_watched() -> None:
    assert ZoneWatch("cam", [Zone("w", ZONE.polygon, "watch"), Zone("i", ZONE.polygon, "ignore")]).step(
        TrackUpdate(0, (car(100),)), SIZE_WH
    ) == ()  # fmt: skip
