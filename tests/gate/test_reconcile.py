"""Several devices of a site: the halves of a visit meet, whatever their order and their clocks."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.gate.reconcile import SiteVisit, reconcile
from edge.gate.visits import Ledger
from edge.types import Direction, Pass, Plate, Stage, Visit, VisitSide, VisitState

SECOND_NS = 10**9
RED, BLUE = 0x0123456789ABCDEF, 0xFEDCBA9876543210
Told = tuple[str, Visit]


def side(
    name: str, t: float, plate: str = "", dhash: int = 0, class_name: str = "car", sure: float = 0.95
) -> VisitSide:
    plates = (Plate(plate, sure, 5, 5),) if plate else ()
    return VisitSide(name, "cam", "main", round(t * SECOND_NS), class_name, plates, dhash)


def half(device: str, number: int, entry: VisitSide | None = None, exit_: VisitSide | None = None) -> Told:
    return device, Visit(f"{device}-{number}", number, VisitState.OPEN, 1, entry, exit_)


def whole(device: str, number: int, entry: VisitSide, exit_: VisitSide, why: str = "plate") -> Told:
    return device, Visit(f"{device}-{number}", number, VisitState.CLOSED, 2, entry, exit_, why)


def names(visits: tuple[SiteVisit, ...]) -> list[tuple[str, str, str | None]]:
    return [
        (one.entry.side.pass_id if one.entry else "", one.exit.side.pass_id if one.exit else "", one.paired_by)
        for one in visits
    ]


def test_in_by_one_device_and_out_by_another_is_one_visit() -> None:
    told = [half("gate-a", 7, side("in", 0, "CF207358")), half("gate-b", 3, None, side("out", 600, "CF 207 358"))]
    (visit,) = reconcile(told)
    assert (names((visit,)), visit.dwell_s) == ([("in", "out", "plate")], 600)
    assert visit.devices == {"gate-a", "gate-b"}
    assert [one.number for one in visit.sides] == [7, 3]


def test_a_clock_that_is_behind_by_less_than_the_skew_hides_nothing_and_no_dwell_is_negative() -> None:
    told = [half("gate-a", 1, side("in", 10, "CF207358")), half("gate-b", 1, None, side("out", 7, "CF207358"))]
    (visit,) = reconcile(told, skew_s=5)
    assert visit.dwell_s == 0
    assert len(reconcile(told, skew_s=2)) == 2


def test_one_device_needs_no_allowance_for_its_own_clock() -> None:
    told = [half("gate-a", 1, side("in", 10, "CF207358")), half("gate-a", 2, None, side("out", 7, "CF207358"))]
    assert names(reconcile(told)) == [("", "out", None), ("in", "", None)]


def test_a_misread_plate_pairs_where_it_is_clear_and_not_where_two_are_as_near() -> None:
    out = half("gate-b", 1, None, side("out", 600, "CF2O7358"))
    one, far = half("gate-a", 1, side("in", 0, "CF207358")), half("gate-a", 2, side("in2", 60, "GP991ZZ"))
    near = half("gate-a", 3, side("in3", 60, "CFZ07358"))
    assert names(reconcile([one, far, out])) == [("in", "out", "near-plate"), ("in2", "", None)]
    assert all(visit.paired_by is None for visit in reconcile([one, near, out]))


def test_what_a_device_paired_by_plate_or_by_hand_stands() -> None:
    told = [
        whole("gate-a", 1, side("in", 0, "CF207358"), side("out", 60, "GP991ZZ"), "hand"),
        half("gate-b", 1, None, side("far", 90, "CF207358")),
    ]
    assert names(reconcile(told)) == [("in", "out", "hand"), ("", "far", None)]


def test_a_pair_that_looks_alone_made_gives_way_to_a_plate_and_stands_without_one() -> None:
    weak = whole("gate-a", 1, side("in", 0, "CF207358", RED), side("out", 60, "", RED), "appearance")
    assert names(reconcile([weak, half("gate-b", 1, None, side("far", 90, "CF207358"))])) == [
        ("in", "far", "plate"),
        ("", "out", None),
    ]
    assert names(reconcile([weak, half("gate-b", 1, None, side("far", 90, "CA1"))])) == [
        ("in", "out", "appearance"),
        ("", "far", None),
    ]


def test_without_plates_each_must_be_the_other_s_choice() -> None:
    told = [half("gate-a", 1, side("in", 0, "", RED)), half("gate-b", 1, None, side("out", 60, "", RED ^ 1))]
    assert names(reconcile(told)) == [("in", "out", "appearance")]
    told.append(half("gate-c", 1, side("in2", 1, "", RED ^ 2)))
    assert all(one.paired_by is None for one in reconcile(told))


def test_one_vehicle_before_two_devices_in_the_same_moments_came_in_once() -> None:
    told = [
        half("gate-a", 1, side("in", 0, "CF207358")),
        half("gate-b", 1, side("in-too", 4, "CF207358")),
        half("gate-b", 2, None, side("out", 600, "CF207358")),
        half("gate-c", 1, side("again", 3600, "CF207358")),
    ]
    visits = reconcile(told)
    assert names(visits) == [("in", "out", "plate"), ("again", "", None)]
    assert visits[0].entry is not None
    assert [one.side.pass_id for one in visits[0].entry.also] == ["in-too"]


def test_two_visits_of_one_plate_stay_two() -> None:
    told = [
        half("gate-a", 1, side("in", 0, "CF207358")),
        half("gate-b", 1, None, side("out", 600, "CF207358")),
        half("gate-a", 2, side("in2", 700, "CF207358")),
        half("gate-b", 2, None, side("out2", 5000, "CF207358")),
    ]
    assert names(reconcile(told)) == [("in", "out", "plate"), ("in2", "out2", "plate")]


def test_a_visit_in_several_revisions_is_taken_as_it_is_now() -> None:
    old = half("gate-a", 1, side("in", 0, "CF207358"))
    new = whole("gate-a", 1, side("in", 0, "CF207358"), side("out", 60, "CF207358"))
    emptied = ("gate-a", Visit("gate-a-2", 2, VisitState.CLOSED, 2, merged_into="gate-a-1"))
    assert names(reconcile([new, old, emptied])) == names(reconcile([old, emptied, new])) == [("in", "out", "plate")]


DEVICES = ("gate-a", "gate-b", "gate-c")
SIGHTINGS = st.lists(
    st.tuples(
        st.sampled_from(DEVICES),
        st.sampled_from((Direction.IN, Direction.OUT)),
        st.integers(0, 400),
        st.sampled_from(("CF207358", "CF2O7358", "CF207350", "GP991ZZ", "")),
        st.sampled_from((0, 7, RED, BLUE)),
        st.sampled_from(("car", "truck")),
    ),
    max_size=14,
)


def day(sightings: list[tuple[str, Direction, int, str, int, str]]) -> list[Told]:
    """Let each device book what it saw, in the order of its own clock."""
    told: list[Told] = []
    ids = itertools.count()
    for device in DEVICES:
        ledger, known = Ledger(), dict[str, Visit]()
        seen = sorted((at, number) for number, (where, _, at, *_) in enumerate(sightings) if where == device)
        for at, number in seen:
            _, way, _, plate, dhash, kind = sightings[number]
            plates = (Plate(plate, 0.9, 5, 5),) if plate else ()
            wall_ns = at * 30 * SECOND_NS
            pass_ = Pass(
                f"p{number}", Stage.FINAL, 2, "cam", number, "l", "r", way, 0.9, wall_ns, kind, plates, dhash
            )  # fmt: skip
            ledger, changes = ledger.take(pass_, lambda _: f"v{next(ids)}")
            known |= {change.visit.visit_id: change.visit for change in changes}
        told += [(device, visit) for visit in known.values()]
    return told


@settings(max_examples=150, deadline=None)
@given(SIGHTINGS, st.randoms(use_true_random=False), st.sampled_from((0.0, 5.0, 60.0)))
def test_the_order_of_telling_changes_nothing_and_no_pass_is_lost_or_doubled(
    sightings: list[tuple[str, Direction, int, str, int, str]], chance: object, skew_s: float
) -> None:
    told = day(sightings)
    visits = reconcile(told, skew_s)
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reconcile(shuffled, skew_s) == visits
    held = [(one.device, one.side.pass_id) for visit in visits for top in visit.sides for one in (top, *top.also)]
    assert sorted(held) == sorted((device, one.pass_id) for device, visit in told for one in visit.sides)
    assert all(visit.dwell_s is None or visit.dwell_s >= 0 for visit in visits)
