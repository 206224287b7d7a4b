"""The plate book: few looks, the best ones, at the right moment; and what it says of a track."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.plates.book import MOST_TRACKS, PlateBook
from edge.plates.choice import APART_NS, AWAY_NS, MOST_LOOKS, PATIENCE_NS, RESERVE
from edge.plates.grammar import Prior
from edge.ports import Look
from edge.types import CLASSES, U8, Box, NoPlate, PlateRead, Reading, TrackSnapshot, TrackState, TrackUpdate

SIZE_WH = (1280, 720)
STEP_NS = 40_000_000
RNG = np.random.default_rng(7)
NOISE = RNG.integers(0, 255, (720, 1280, 3), np.uint8)


def _track(
    box: Box, at_ns: int, track_id: int = 1, kind: str = "car", state: TrackState = TrackState.CONFIRMED
) -> TrackSnapshot:
    return TrackSnapshot(track_id, state, box, CLASSES.index(kind), 0.9, 0, 5, 0, at_ns)


def _square(width: float, x: float = 300) -> Box:
    return (x, 300 - width / 4, x + width, 300 + width / 2)


def _picture(box: Box, sharp: bool = True) -> U8:  # noqa: FBT001, FBT002 - reads well in the tests
    x1, y1, x2, y2 = (int(value) for value in box)
    return NOISE[y1:y2, x1:x2] if sharp else np.full((y2 - y1, x2 - x1, 3), 90, np.uint8)


class Drive:
    """One vehicle going by: feeds a book frame by frame and notes what it wants read."""

    def __init__(self) -> None:
        self.book = PlateBook()
        self.at_ns = 0
        self.asked: list[tuple[Look, U8]] = []
        self.cut = 0

    def step(self, box: Box | None, *, sharp: bool = True, kind: str = "car") -> None:
        active = () if box is None else (_track(box, self.at_ns, kind=kind),)
        self.feed(TrackUpdate(self.at_ns, active), sharp=sharp)
        self.at_ns += STEP_NS

    def end(self) -> None:
        self.feed(TrackUpdate(self.at_ns, ended=(_track(_square(200), self.at_ns - STEP_NS),)))

    def feed(self, update: TrackUpdate, *, sharp: bool = True) -> None:
        for look in self.book.worth_a_look(update, SIZE_WH):
            self.cut += 1
            self.book.keep(look, _picture(look.box, sharp))
        self.asked += self.book.due(update)

    def answer(self, text: str | None = "CF207358") -> None:
        for look, picture in self.asked:
            self.book.add(look, () if text is None else (_read(text, picture),))


def _read(text: str, picture: U8) -> PlateRead:
    middle = (picture.shape[1] // 2, picture.shape[0] // 2)
    box = (float(middle[0] - 40), float(middle[1] - 8), float(middle[0] + 40), float(middle[1] + 8))
    return PlateRead(text, (0.95,) * len(text), box, 0.5, 80, 16)


def _widths(drive: Drive) -> list[float]:
    return [look.box[2] - look.box[0] for look, _ in drive.asked]


def test_an_approaching_vehicle_is_read_at_its_largest_and_apart_in_time() -> None:
    drive = Drive()
    for width in range(150, 450, 6):
        drive.step(_square(width))
    assert drive.asked == []
    drive.end()
    assert len(drive.asked) == MOST_LOOKS
    assert min(_widths(drive)) > 300
    times = sorted(look.at_ns for look, _ in drive.asked)
    assert min(np.diff(times)) >= APART_NS


def test_a_vehicle_that_drives_away_is_read_before_it_has_left() -> None:
    drive = Drive()
    for width in [*range(200, 400, 10), *range(400, 220, -10)]:
        drive.step(_square(width))
    assert len(drive.asked) == MOST_LOOKS
    assert min(_widths(drive)) > 300


def test_a_vehicle_that_turns_is_read_from_in_front_and_not_from_its_side() -> None:
    drive = Drive()
    for width in range(400, 200, -4):
        drive.step((300, 300, 300 + width, 300 + 40000 / width))
    drive.end()
    assert len(drive.asked) == MOST_LOOKS
    assert max(_widths(drive)) < 310


def test_a_waiting_vehicle_is_read_once_and_again_where_it_shows_another_view() -> None:
    drive = Drive()
    for _ in range(5 * PATIENCE_NS // STEP_NS):
        drive.step(_square(300))
    assert len(drive.asked) == 1
    for _ in range(2 * PATIENCE_NS // STEP_NS):
        drive.step(_square(340))
    assert len(drive.asked) == 2


def test_never_more_looks_than_allowed() -> None:
    drive = Drive()
    for width in 4 * [*range(200, 400, 20), *range(400, 200, -20)]:
        drive.step(_square(width))
    drive.end()
    assert len(drive.asked) == MOST_LOOKS


def test_a_vehicle_out_of_sight_is_read_before_its_pass_is_told_and_keeps_a_look() -> None:
    drive = Drive()
    for width in range(200, 400, 10):
        drive.step(_square(width))
    hidden = _track(_square(390), drive.at_ns - STEP_NS)
    for _ in range(2 * AWAY_NS // STEP_NS):
        drive.feed(TrackUpdate(drive.at_ns, lost=(hidden,)))
        drive.at_ns += STEP_NS
    assert len(drive.asked) == MOST_LOOKS - RESERVE
    for width in range(400, 450, 10):
        drive.step(_square(width))
    drive.end()
    assert len(drive.asked) == MOST_LOOKS


def test_a_queue_that_stops_and_goes_leaves_a_look_for_the_nearest_view() -> None:
    drive = Drive()
    for width in range(200, 450, 50):
        for _ in range(2 * PATIENCE_NS // STEP_NS):
            drive.step(_square(width))
    drive.end()
    assert len(drive.asked) == MOST_LOOKS
    assert max(_widths(drive)[-RESERVE:]) > 400


def test_blurred_pictures_give_way_to_sharp_ones() -> None:
    drive = Drive()
    for step in range(40):
        drive.step(_square(300, x=100 + 15 * step), sharp=step % 5 == 0)
    drive.end()
    assert [look.at_ns // STEP_NS % 5 for look, _ in drive.asked] == [0] * MOST_LOOKS


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        (_square(300), "person"),
        (_square(300), "bicycle"),
        (_square(120), "car"),
        (_square(190), "bus"),
        ((0, 200, 300, 400), "car"),
        ((980, 200, 1280, 400), "car"),
        ((300, 400, 600, 720), "car"),
        ((8, 200, 308, 400), "car"),
        ((300, 400, 600, 714), "car"),
    ],
    ids=["person", "bicycle", "far car", "far bus", "cut left", "cut right", "cut below", "near left", "near below"],
)
def test_what_cannot_show_a_readable_plate_is_not_looked_at(box: Box, kind: str) -> None:
    drive = Drive()
    for _ in range(60):
        drive.step(box, kind=kind)
    drive.end()
    assert (drive.asked, drive.cut) == ([], 0)


def test_a_lorry_whose_roof_leaves_the_frame_is_looked_at() -> None:
    drive = Drive()
    for _ in range(10):
        drive.step((300, 0, 700, 600), kind="truck")
    drive.end()
    assert drive.asked


def test_tentative_tracks_are_not_looked_at() -> None:
    book = PlateBook()
    update = TrackUpdate(0, (_track(_square(300), 0, state=TrackState.TENTATIVE),))
    assert book.worth_a_look(update, SIZE_WH) == ()


def test_the_picture_lies_inside_the_frame_and_leaves_the_roof_out() -> None:
    book = PlateBook()
    (look,) = book.worth_a_look(TrackUpdate(0, (_track((14, 100, 414, 711), 0),)), SIZE_WH)
    x1, y1, x2, y2 = look.box
    assert x1 >= 0
    assert y2 <= 720
    assert x2 > 414
    assert y1 > 200


def test_a_plate_is_agreed_from_the_looks_and_complete_when_nothing_more_comes() -> None:
    drive = Drive()
    for width in range(200, 400, 7):
        drive.step(_square(width))
    assert drive.book.agreed(1) == Reading(no_plate=NoPlate.NOT_READ)
    drive.end()
    assert drive.book.agreed(1) == Reading(no_plate=NoPlate.NOT_READ)
    drive.answer()
    reading = drive.book.agreed(1)
    assert reading.complete
    assert [plate.text for plate in reading.plates] == ["CF207358"]
    assert reading.plates[0].votes == MOST_LOOKS
    assert reading.no_plate is None


def test_a_track_without_a_plate_is_complete_and_empty() -> None:
    drive = Drive()
    for width in range(200, 400, 10):
        drive.step(_square(width))
    drive.end()
    drive.answer(None)
    assert drive.book.agreed(1) == Reading((), complete=True, no_plate=NoPlate.NOT_FOUND)
    assert drive.book.best_picture(1) is None


def _parked(box: Box, *, sharp: bool = True) -> Drive:
    """Return a book that saw a vehicle in one place only."""
    drive = Drive()
    for _ in range(10):
        drive.step(box, sharp=sharp)
    drive.end()
    return drive


def test_a_vehicle_that_was_not_looked_at_says_why() -> None:
    assert _parked(_square(60)).book.agreed(1).no_plate is NoPlate.TOO_SMALL
    assert _parked((300, 300, 900, 330)).book.agreed(1).no_plate is NoPlate.TOO_SMALL, "its side alone"
    assert _parked((0, 200, 300, 400)).book.agreed(1).no_plate is NoPlate.CUT
    assert PlateBook().agreed(99).no_plate is None


def test_the_reason_is_that_of_the_largest_view() -> None:
    drive = Drive()
    drive.step(_square(60))
    drive.step((300, 400, 600, 720))
    drive.step(_square(50))
    drive.end()
    assert drive.book.agreed(1).no_plate is NoPlate.CUT


def test_looks_that_show_no_plate_say_what_they_suffered_from() -> None:
    drive = _parked(_square(300), sharp=False)
    drive.answer(None)
    assert drive.book.agreed(1).no_plate is NoPlate.BLURRED
    drive = _parked(_square(300))
    for look, picture in drive.asked:
        burnt = picture.copy()
        burnt[: len(burnt) // 4] = 255
        drive.book._pages[1].pending[look] = burnt
    drive.answer(None)
    assert drive.book.agreed(1).no_plate is NoPlate.GLARE


def test_looks_that_nobody_read_are_not_taken_for_a_vehicle_without_a_plate() -> None:
    drive = _parked(_square(300))
    for look, _ in drive.asked:
        drive.book.add(look, None)
    assert drive.book.agreed(1) == Reading((), complete=True, no_plate=NoPlate.NOT_READ)


def test_looks_that_read_something_and_do_not_agree_are_unsure() -> None:
    drive = _parked(_square(300))
    drive.answer("CF207358")
    assert drive.book.agreed(1) == Reading((), complete=True, no_plate=NoPlate.UNSURE), "one look"


def test_the_book_reads_by_what_the_site_expects() -> None:
    drive = Drive()
    drive.book = PlateBook(lambda: Prior(("za",)))
    for width in range(200, 400, 10):
        drive.step(_square(width))
    drive.end()
    drive.answer("0F207358")
    assert [plate.shown for plate in drive.book.agreed(1).plates] == ["CF 207-358"]


def test_a_track_that_never_came_near_is_complete_when_it_ends() -> None:
    drive = Drive()
    drive.end()
    assert drive.book.agreed(1) == Reading((), complete=True)


def test_an_unknown_track_has_no_reading() -> None:
    assert PlateBook().agreed(99) == Reading()
    PlateBook().add(Look(99, 0, (0, 0, 1, 1)), ())


def test_the_best_picture_shows_the_plate_with_some_room_around_it() -> None:
    drive = Drive()
    for width in range(200, 400, 10):
        drive.step(_square(width))
    drive.end()
    drive.answer()
    picture = drive.book.best_picture(1)
    assert picture is not None
    assert 16 < picture.shape[0] < 40
    assert 80 < picture.shape[1] < 110


def test_old_tracks_are_forgotten() -> None:
    book = PlateBook()
    for track_id in range(MOST_TRACKS + 10):
        book.due(TrackUpdate(0, ended=(_track(_square(300), 0, track_id),)))
    assert book.agreed(0) == Reading()
    assert book.agreed(MOST_TRACKS + 9).complete


class Exchange(Drive):
    """A track that shows one vehicle and then, with a jump, another one where that was."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped_ns: int | None = None

    def step(self, box: Box | None, *, sharp: bool = True, kind: str = "car") -> None:
        assert box is not None
        track = replace(_track(box, self.at_ns, kind=kind), jumped_ns=self.jumped_ns)
        self.feed(TrackUpdate(self.at_ns, (track,)), sharp=sharp)
        self.at_ns += STEP_NS

    def approach(self, first: str, then: str, *, jump: bool, aside: float = 0.0) -> None:
        for width in range(150, 450, 10):
            self.step(_square(width))
        if jump:
            self.jumped_ns = self.at_ns
            self.step(_square(400))
        self.answered(first, 0.0)
        for width in range(250, 450, 10):
            self.step(_square(width))
        self.end()
        self.answered(then, aside)

    def answered(self, text: str, aside: float) -> None:
        for look, picture in self.asked:
            read = _read(text, picture)
            x1, y1, x2, y2 = read.box
            shift = aside * picture.shape[1]
            self.book.add(look, (replace(read, box=(x1 + shift, y1, x2 + shift, y2)),))
        self.asked = []


def test_another_plate_in_the_same_place_after_a_jump_is_another_vehicle() -> None:
    drive = Exchange()
    drive.approach("CF207358", "GP99ABC", jump=True)
    assert drive.book.exchanged(1)
    drive.book.part(1, 7)
    assert [plate.text for plate in drive.book.agreed(1).plates] == ["CF207358"]
    assert [plate.text for plate in drive.book.agreed(7).plates] == ["GP99ABC"]


def test_a_second_plate_without_a_jump_is_a_trailers() -> None:
    drive = Exchange()
    drive.approach("CF207358", "GP99ABC", jump=False)
    assert not drive.book.exchanged(1)


def test_a_second_plate_elsewhere_on_the_body_is_a_trailers_even_after_a_jump() -> None:
    drive = Exchange()
    drive.approach("CF207358", "GP99ABC", jump=True, aside=0.35)
    assert not drive.book.exchanged(1)
    assert {plate.text for plate in drive.book.agreed(1).plates} == {"CF207358", "GP99ABC"}


def test_the_same_plate_after_a_jump_is_the_same_vehicle_seen_otherwise() -> None:
    drive = Exchange()
    drive.approach("CF207358", "CF207358", jump=True)
    assert not drive.book.exchanged(1)


def test_a_look_that_is_answered_after_the_parting_belongs_to_whom_it_showed() -> None:
    drive = Exchange()
    drive.approach("CF207358", "GP99ABC", jump=True)
    waiting = Look(1, drive.at_ns, (0, 0, 10, 10))
    page = drive.book._pages[1]
    page.pending[waiting] = NOISE[:100, :200]
    drive.book.part(1, 7)
    drive.book.add(waiting, (_read("GP99ABC", NOISE[:100, :200]),))
    assert drive.book.news() == (1, 7)
    assert not drive.book._pages[7].pending


def test_the_book_tells_once_of_whom_something_was_read() -> None:
    drive = Exchange()
    drive.approach("CF207358", "GP99ABC", jump=False)
    assert drive.book.news() == (1,)
    assert drive.book.news() == ()
    assert drive.book.sure(1) != ()
