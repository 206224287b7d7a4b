"""For whom the boom opens: only who is allowed, once for each visit, and nobody while anything is in doubt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import Boom
from edge.gate.opening import Answer, Approach, Openings, Wanted, approaches
from edge.gate.registry import Entry, Registry
from edge.gate.stays import Stay, ZoneLook
from edge.types import Access, Direction, Pass, Plate, Reading, Stage

NOW_NS = 1_772_625_600_000_000_000
SECOND = 1_000_000_000
ENTRIES = (
    Entry(("CF 207-358",), "allow"),
    Entry(("CY 88-431",), "allow"),
    Entry(("GP 404-911",), "deny"),
    Entry(("CA 555-123",), "watch"),
    Entry(("ND 55-012",), "allow", valid_to="2025-01-01"),
)
ALLOWED = "CF207358"
TERMS = Boom(output="gpiochip0/12", open_s=2.0)


def plate(text: str, confidence: float = 0.95) -> Plate:
    return Plate(text, confidence, 3, 3)


def answer_at(wall_ns: int) -> Answer:
    known = Registry(ENTRIES, ZoneInfo("UTC"))

    def answer(plates: Sequence[Plate]) -> Access:
        return known.answer(plates, wall_ns)

    return answer


class Gate:
    """One boom, one camera, and time."""

    def __init__(self, terms: Boom = TERMS, zoned: tuple[str, ...] = ("cam",)) -> None:
        ids = itertools.count(1)
        self.openings = Openings(terms, zoned, lambda _: f"opening-{next(ids)}")
        self.s = 0.0

    def stand(self, *vehicles: tuple[int, tuple[Plate, ...]], at: float = 0.0) -> Wanted | None:
        self.s = at
        here = [Approach("cam", "barrier", track, "car", plates) for track, plates in vehicles]
        wall_ns, seen_ns = NOW_NS + round(at * SECOND), round(at * SECOND)
        return self.openings.on_approach(here, wall_ns, seen_ns, answer_at(wall_ns))

    def cross(self, *plates: Plate, at: float = 0.0, late: float = 0.0, **changes: object) -> Wanted | None:
        told = Pass(
            "p", Stage.PROVISIONAL, 1, "cam", 1, "line", "main", Direction.IN, 0.9, NOW_NS + round(at * SECOND), "car",
            plates,
        )  # fmt: skip
        now_ns = NOW_NS + round((at + late) * SECOND)
        told = replace(told, **changes)  # type: ignore[arg-type]  # the test names what it wants of the pass
        return self.openings.on_pass(told, now_ns, round((at + late) * SECOND), answer_at(now_ns))


def test_who_is_allowed_and_stands_at_the_boom_is_opened_for_with_the_reason() -> None:
    wanted = Gate().stand((1, (plate(ALLOWED),)))
    assert wanted is not None
    told = wanted.opening
    assert (told.access.reason, told.zone_id, told.open_s) == ("CF 207-358 is on the allow list.", "barrier", 2.0)
    assert told.in_words == "car in zone barrier, open for 2 s: CF 207-358 is on the allow list."


REFUSED = {
    "denied": (plate("GP404911"),),
    "unknown": (plate("XK7PWZ"),),
    "watched": (plate("CA555123"),),
    "expired": (plate("ND55012"),),
    "unread": (),
    "allowed and denied": (plate(ALLOWED), plate("GP404911")),
    "not sure enough": (plate(ALLOWED, 0.7),),
    "sure of a stranger's alone": (plate(ALLOWED, 0.7), plate("XK7PWZ")),
    "denied, and not sure of that": (plate(ALLOWED), plate("GP404911", 0.5)),
}


@pytest.mark.parametrize("plates", REFUSED.values(), ids=REFUSED)
def test_nobody_else_is_opened_for(plates: tuple[Plate, ...]) -> None:
    assert Gate().stand((1, plates)) is None
    assert Gate(zoned=()).cross(*plates) is None


@given(st.lists(st.sampled_from([*REFUSED.values(), (plate(ALLOWED),), (plate("CY88431"),)]), max_size=4))
def test_one_vehicle_that_is_not_allowed_keeps_it_shut_for_all(standing: list[tuple[Plate, ...]]) -> None:
    opened = Gate().stand(*enumerate(standing)) is not None
    assert opened is (bool(standing) and all(plates not in REFUSED.values() for plates in standing))


def test_a_vehicle_is_opened_for_once_while_it_stands_and_anew_when_it_comes_back() -> None:
    gate = Gate()
    stood = [gate.stand((1, (plate(ALLOWED),)), at=second / 2) for second in range(60)]
    assert [wanted is not None for wanted in stood] == [True] + [False] * 59
    assert gate.stand((2, (plate(ALLOWED),)), at=38.0) is None, "a new track, but hardly gone"
    assert gate.stand((3, (plate(ALLOWED),)), at=60.0) is not None


def test_the_next_allowed_vehicle_is_opened_for_though_the_first_stands_there_still() -> None:
    gate = Gate()
    assert gate.stand((1, (plate(ALLOWED),))) is not None
    second = gate.stand((1, (plate(ALLOWED),)), (2, (plate("CY88431"),)), at=1.0)
    assert second is not None
    assert second.opening.access.entry == "CY 88-431"


def test_an_opening_that_was_not_recorded_is_asked_for_again() -> None:
    gate = Gate()
    wanted = gate.stand((1, (plate(ALLOWED),)))
    assert wanted is not None
    gate.openings.forget([wanted])
    assert gate.stand((1, (plate(ALLOWED),)), at=0.1) is not None


def test_who_drives_away_through_the_zone_is_not_opened_for() -> None:
    gate = Gate()
    assert gate.cross(plate(ALLOWED), direction=Direction.OUT) is None
    assert gate.stand((1, (plate(ALLOWED),)), at=1.0) is None


def test_who_turns_back_on_the_line_waits_again() -> None:
    gate = Gate()
    gate.cross(plate(ALLOWED))
    gate.cross(plate(ALLOWED), stage=Stage.ANNULLED)
    assert gate.stand((1, (plate(ALLOWED),)), at=1.0) is not None


def test_without_a_zone_the_pass_opens_and_with_one_it_does_not() -> None:
    wanted = Gate(zoned=()).cross(plate(ALLOWED))
    assert wanted is not None
    assert (wanted.opening.pass_id, wanted.opening.road_id, wanted.opening.zone_id) == ("p", "main", None)
    assert Gate().cross(plate(ALLOWED)) is None


def test_a_pass_and_its_revisions_open_once() -> None:
    gate = Gate(zoned=())
    assert gate.cross() is None
    assert gate.cross(plate(ALLOWED), late=1.0, revision=2) is not None
    assert gate.cross(plate(ALLOWED), late=2.0, stage=Stage.FINAL, revision=3) is None


def test_a_pass_is_as_old_as_its_crossing() -> None:
    wanted = Gate(zoned=()).cross(plate(ALLOWED), at=100.0, late=8.0)
    assert wanted is not None
    assert wanted.seen_ns == 100 * SECOND


@pytest.mark.parametrize(
    ("terms", "changes"),
    [
        (TERMS, {"direction": Direction.OUT}),
        (TERMS, {"direction": Direction.UNKNOWN}),
        (replace(TERMS, roads=("other",)), {}),
    ],
)
def test_only_passes_that_the_boom_is_for_open_it(terms: Boom, changes: dict[str, object]) -> None:
    assert Gate(terms, zoned=()).cross(plate(ALLOWED), **changes) is None  # type: ignore[arg-type]  # as above


def test_only_vehicles_in_zones_of_the_boom_count() -> None:
    stays = (Stay(1, "car", 3.0, 1.0, False, (0, 0, 9, 9), 7), Stay(2, "person", 3.0, 1.0, False, (0, 0, 9, 9), 8))  # noqa: FBT003 - a stay
    looks = [ZoneLook("cam", "barrier", "boom", stays), ZoneLook("cam", "lane", "queue", stays)]
    (found,) = approaches(looks, lambda track: Reading((plate(str(track)),)))
    assert (found.zone_id, found.track_id, found.plates[0].text) == ("barrier", 7, "7")
