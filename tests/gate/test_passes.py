"""Passes: one vehicle crossing once, provisional at once, final once, however its track is cut up."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from edge.gate.passes import PassBook, PassSettings
from edge.types import (
    CLASSES,
    Box,
    Crossing,
    Decision,
    Direction,
    Pass,
    Plate,
    Reading,
    Stage,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
)

WALL_NS = 1_700_000_000_000_000_000
HERE: Box = (500.0, 300.0, 640.0, 400.0)
NO_PLATE = Reading()


def at(seconds: float) -> int:
    return round(seconds * 1e9)


def plate(text: str, confidence: float = 0.95) -> Plate:
    return Plate(text, confidence, 6, 6)


def numbered() -> Callable[[int], str]:
    count = itertools.count(1)
    return lambda _: f"pass-{next(count)}"


class Road:
    """Drives scripted tracks past one pass book."""

    def __init__(self) -> None:
        self.book = PassBook("cam", numbered())
        self.readings: dict[int, Reading] = {}
        self.told: list[tuple[float, Pass]] = []

    def step(
        self,
        t: float,
        *,
        active: tuple[TrackSnapshot, ...] = (),
        lost: tuple[TrackSnapshot, ...] = (),
        ended: tuple[TrackSnapshot, ...] = (),
        crossing: Crossing | None = None,
        joined: tuple[tuple[int, int], ...] = (),
    ) -> list[Pass]:
        update = TrackUpdate(at(t), active, (), ended, lost, joined)
        crossings = () if crossing is None else (crossing,)
        told = list(self.book.step(update, crossings, WALL_NS + at(t), self.read))
        self.told += [(t, pass_) for pass_ in told]
        return told

    def read(self, track_id: int) -> Reading:
        return self.readings.get(track_id, NO_PLATE)

    def stages(self) -> list[tuple[str, Stage]]:
        return [(pass_.pass_id, pass_.stage) for _, pass_ in self.told]


def track(
    t: float, track_id: int = 1, *, box: Box = HERE, hits: int = 9, class_name: str = "car", seen: float | None = None
) -> TrackSnapshot:
    when = at(t if seen is None else seen)
    return TrackSnapshot(track_id, TrackState.CONFIRMED, box, CLASSES.index(class_name), 0.9, 7, hits, 0, when)


def crossing(
    t: float, track_id: int = 1, direction: Direction = Direction.IN, line: str = "gate", *, turned_back: bool = False
) -> Crossing:
    return Crossing(track_id, line, "main", direction, at(t), WALL_NS + at(t), 0.9, turned_back)


def test_a_crossing_opens_a_provisional_pass_at_once_with_what_is_known() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358", 0.7),))
    (told,) = road.step(1, active=(track(1),), crossing=crossing(0.8))
    assert told == Pass(
        "pass-1", Stage.PROVISIONAL, 1, "cam", 1, "gate", "main", Direction.IN, 0.9, WALL_NS + at(0.8), "car",
        (plate("CF207358", 0.7),), 7,
    )  # fmt: skip


def test_the_final_pass_comes_within_two_seconds_of_the_tracks_end_and_knows_the_plate() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(0.8))
    road.step(2, ended=(track(2, seen=1.5),))
    road.readings[1] = Reading((plate("CF207358"),))
    for step in range(20):
        road.step(2.1 + step / 10)
    assert road.stages() == [("pass-1", Stage.PROVISIONAL), ("pass-1", Stage.FINAL)]
    when, final = road.told[-1]
    assert when <= 2 + 2.0
    assert (final.revision, final.plates) == (2, (plate("CF207358"),))


def test_an_agreed_plate_makes_a_pass_final_while_the_vehicle_is_still_in_sight() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1, active=(track(1),), crossing=crossing(1))
    assert not road.step(2, active=(track(2),))
    assert [told.stage for told in road.step(3.1, active=(track(3.1),))] == [Stage.FINAL]


def test_a_vehicle_that_stays_without_a_plate_is_final_after_patience_even_when_nobody_looks() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(1))
    assert not road.step(10)
    told = road.step(1 + PassSettings().patience_s)
    assert [pass_.stage for pass_ in told] == [Stage.FINAL]


def test_a_lost_vehicle_is_not_waited_for_until_its_track_ends() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(1))
    assert not road.step(2, lost=(track(2, seen=1),))
    assert [told.stage for told in road.step(3.1, lost=(track(3.1, seen=1),))] == [Stage.FINAL]


def test_a_turn_on_the_line_withdraws_the_pass_and_makes_no_other() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(2, active=(track(2),), crossing=crossing(2, direction=Direction.OUT, turned_back=True))
    road.step(5, ended=(track(5, seen=4),))
    road.step(9)
    assert road.stages() == [("pass-1", Stage.PROVISIONAL), ("pass-1", Stage.ANNULLED)]
    assert road.told[-1][1].revision == 2


def test_a_turn_after_the_final_word_is_a_pass_of_its_own() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(4, active=(track(4),))
    told = road.step(9, active=(track(9),), crossing=crossing(9, direction=Direction.OUT, turned_back=True))
    assert [(pass_.pass_id, pass_.direction) for pass_ in told] == [("pass-2", Direction.OUT)]


def test_in_and_out_again_clear_of_the_line_are_two_passes() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(6, active=(track(6),), crossing=crossing(6, direction=Direction.OUT))
    road.step(8, ended=(track(8, seen=7),))
    road.step(9.5)
    assert [(told.pass_id, told.stage, told.direction) for _, told in road.told] == [
        ("pass-1", Stage.PROVISIONAL, Direction.IN),
        ("pass-2", Stage.PROVISIONAL, Direction.OUT),
        ("pass-1", Stage.FINAL, Direction.IN),
        ("pass-2", Stage.FINAL, Direction.OUT),
    ]


def test_people_and_bicycles_make_no_pass() -> None:
    road = Road()
    assert not road.step(1, active=(track(1, class_name="person"),), crossing=crossing(1))
    assert not road.step(2, active=(track(2, 2, class_name="bicycle"),), crossing=crossing(2, 2))


def test_what_turns_out_to_be_no_vehicle_is_withdrawn() -> None:
    road = Road()
    road.step(1, active=(track(1, class_name="motorcycle"),), crossing=crossing(1))
    road.step(2, active=(track(2, class_name="bicycle"),))
    road.step(3, ended=(track(3, class_name="bicycle", seen=2),))
    assert [told.stage for told in road.step(4.5)] == [Stage.ANNULLED]


def test_a_new_track_in_the_place_of_the_old_one_keeps_the_pass_and_its_plates() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358"),))
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(1.3, lost=(track(1.3, seen=1),))
    road.step(1.5, active=(track(1.5, 2),), joined=((2, 1),))
    road.readings = {2: Reading((plate("GP99", 0.5),))}
    assert not road.step(1.7, active=(track(1.7, 2),), crossing=crossing(1.6, 2))
    road.step(3, ended=(track(3, 2, seen=2),))
    (final,) = road.step(4.1)
    assert (final.pass_id, final.stage, final.track_id) == ("pass-1", Stage.FINAL, 2)
    assert [plate.text for plate in final.plates] == ["CF207358", "GP99"]


def test_a_short_track_that_takes_over_changes_neither_class_nor_plate_read_late() -> None:
    road = Road()
    lorry = track(1.0, hits=40, class_name="truck")
    road.step(1.0, active=(lorry,), crossing=crossing(1.0))
    road.step(1.3, lost=(track(1.3, hits=40, class_name="truck", seen=1),))
    roof = track(1.7, 2, hits=3)
    road.step(1.7, active=(roof,), ended=(lorry,), joined=((2, 1),))
    road.readings[1] = Reading((plate("CF748906"),), complete=True)
    road.readings[2] = Reading((), complete=True)
    road.step(3.5, ended=(roof,))
    road.step(5.0)
    final = [pass_ for _, pass_ in road.told if pass_.stage is Stage.FINAL]
    assert [(pass_.class_name, [p.text for p in pass_.plates]) for pass_ in final] == [("truck", ["CF748906"])]
    assert final[0].track_id == 2


def test_the_same_plate_over_the_same_line_in_the_same_moments_is_one_vehicle() -> None:
    road = Road()
    road.readings = {1: Reading((plate("CF207358"),)), 2: Reading((plate("CF207358"),))}
    road.step(1, active=(track(1),), crossing=crossing(1))
    far: Box = (900.0, 500.0, 1100.0, 700.0)
    assert not road.step(4, active=(track(4, 2, box=far),), crossing=crossing(4, 2))


def test_in_and_out_and_in_again_with_one_plate_are_three_passes() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358"),))
    told = []
    for t, direction in ((1, Direction.IN), (4, Direction.OUT), (7, Direction.IN)):
        told += road.step(t, active=(track(t),), crossing=crossing(t, direction=direction))
    assert [pass_.direction for pass_ in told] == [Direction.IN, Direction.OUT, Direction.IN]


def test_a_twin_known_only_by_its_later_plate_is_withdrawn_at_the_end() -> None:
    road = Road()
    road.readings = {1: Reading((plate("CF207358"),))}
    far: Box = (900.0, 500.0, 1100.0, 700.0)
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(4, active=(track(4, 2, box=far),), crossing=crossing(4, 2), ended=(track(4, seen=2),))
    road.readings[2] = Reading((plate("CF207358"),))
    road.step(6, ended=(track(6, 2, box=far, seen=5),))
    road.step(7.5)
    assert road.stages() == [
        ("pass-1", Stage.PROVISIONAL),
        ("pass-2", Stage.PROVISIONAL),
        ("pass-1", Stage.FINAL),
        ("pass-2", Stage.ANNULLED),
    ]


def test_the_same_way_again_by_the_same_vehicle_is_no_second_pass_even_after_the_final_word() -> None:
    road = Road()
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(3.2, active=(track(3.2),))
    road.step(3.4, active=(track(3.4, 2),), ended=(track(3.4, seen=3.2),), joined=((2, 1),))
    assert not road.step(3.8, active=(track(3.8, 2),), crossing=crossing(3.7, 2))


def test_two_vehicles_nose_to_tail_are_two_passes() -> None:
    road = Road()
    road.readings = {1: Reading((plate("CF207358"),)), 2: Reading((plate("CA123456"),))}
    behind: Box = (500.0, 180.0, 640.0, 280.0)
    road.step(1, active=(track(1), track(1, 2, box=behind)), crossing=crossing(1))
    road.step(2.5, active=(track(2.5, 2),), crossing=crossing(2.5, 2), ended=(track(2.5, seen=1.5),))
    road.step(5, ended=(track(5, 2, seen=4),))
    road.step(6.5)
    assert [pass_id for pass_id, stage in road.stages() if stage is Stage.FINAL] == ["pass-1", "pass-2"]


def test_the_end_of_the_source_makes_every_open_pass_final() -> None:
    road = Road()
    road.step(1, active=(track(1), track(1, 2)), crossing=crossing(1))
    road.step(1.2, active=(track(1.2), track(1.2, 2)), crossing=crossing(1.1, 2, line="side"))
    assert [(told.pass_id, told.stage) for told in road.book.finish(road.read)] == [
        ("pass-1", Stage.FINAL),
        ("pass-2", Stage.FINAL),
    ]
    assert not road.book.finish(road.read)


def test_closed_passes_are_forgotten_in_time() -> None:
    road = Road()
    for number in range(1, 60):
        t = number * 5.0
        road.step(t, active=(track(t, number),), crossing=crossing(t, number))
        road.step(t + 1, ended=(track(t + 1, number, seen=t),))
    assert len(road.book._open) + len(road.book._closed) < 6


def test_plates_that_change_the_decision_are_told_at_once_under_the_same_id_and_a_higher_revision() -> None:
    said = {"": Decision.UNKNOWN, "CF207358": Decision.ALLOW, "CF207358 GP404911": Decision.DENY}
    road = Road()
    road.book = PassBook(
        "cam", numbered(), decide=lambda plates, _wall_ns: said[" ".join(sorted(plate.text for plate in plates))]
    )
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.readings[1] = Reading((plate("CF207358"),))
    road.step(1.1, active=(track(1.1),))
    road.step(1.2, active=(track(1.2),))
    road.readings[1] = Reading((plate("CF207358"), plate("GP404911")), complete=True)
    road.step(1.3, active=(track(1.3),))
    road.step(4, active=(track(4),))
    told = [pass_ for _, pass_ in road.told]
    assert [(pass_.stage, pass_.revision, len(pass_.plates)) for pass_ in told] == [
        (Stage.PROVISIONAL, 1, 0),
        (Stage.PROVISIONAL, 2, 1),
        (Stage.PROVISIONAL, 3, 2),
        (Stage.FINAL, 4, 2),
    ]
    assert len({pass_.pass_id for pass_ in told}) == 1


def test_plates_that_change_no_decision_are_told_with_the_final_pass_alone() -> None:
    road = Road()
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1.1, active=(track(1.1),))
    road.step(4, active=(track(4),))
    assert [stage for _, stage in road.stages()] == [Stage.PROVISIONAL, Stage.FINAL]


def test_who_stands_on_the_line_for_long_and_goes_back_was_no_pass_though_its_plate_was_read() -> None:
    road, beyond = Road(), set[int]()
    road.book = PassBook("cam", numbered(), cleared=lambda track_id, _line_id: track_id in beyond)
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1, active=(track(1),), crossing=crossing(1))
    for second in range(2, 8):
        assert not road.step(second, active=(track(second),))
    road.step(8, active=(track(8),), crossing=crossing(8, direction=Direction.OUT, turned_back=True))
    assert [stage for _, stage in road.stages()] == [Stage.PROVISIONAL, Stage.ANNULLED]


def test_who_has_cleared_the_line_is_waited_for_no_longer() -> None:
    road, beyond = Road(), set[int]()
    road.book = PassBook("cam", numbered(), cleared=lambda track_id, _line_id: track_id in beyond)
    road.readings[1] = Reading((plate("CF207358"),), complete=True)
    road.step(1, active=(track(1),), crossing=crossing(1))
    road.step(5, active=(track(5),))
    beyond.add(1)
    road.step(5.1, active=(track(5.1),))
    assert [stage for _, stage in road.stages()] == [Stage.PROVISIONAL, Stage.FINAL]
