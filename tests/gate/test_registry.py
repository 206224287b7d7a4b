"""The registry: who is known, who is nearly known, and who was known until yesterday."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.gate.alike import distance
from edge.gate.registry import MARGIN, Entry, Registry
from edge.types import Access, Decision, Match, Plate

BERLIN = ZoneInfo("Europe/Berlin")
NOON = "2026-03-04 12:00"


def wall(text: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp()) * 10**9


def ask(entries: tuple[Entry, ...], *texts: str, at: str = NOON, fuzzy: float = 0.4) -> Access:
    plates = [Plate(text, 0.9, 3, 3) for text in texts]
    return Registry(entries, BERLIN, fuzzy).answer(plates, wall(at))


def test_a_registered_plate_is_found_whatever_separators_it_is_written_with() -> None:
    answer = ask((Entry(("CF 207-358",), "allow"),), "CF207358")
    assert answer == Access(Decision.ALLOW, Match.EXACT, "CF 207-358 is on the allow list.", "allow", "CF 207-358", 0.0)


def test_a_look_alike_within_the_bound_is_the_registered_plate_and_the_sentence_has_the_numbers() -> None:
    answer = ask((Entry(("CF 207-358",), "deny"),), "CF2O7358")
    assert (answer.decision, answer.match, answer.entry, answer.distance) == (
        Decision.DENY,
        Match.NEAR,
        "CF 207-358",
        0.2,
    )
    assert "0.2 away" in answer.reason
    assert "bound 0.4" in answer.reason


@pytest.mark.parametrize(("read", "why"), [("CF307358", "another digit"), ("CF20735", "one less"), ("QF2O7358", "two")])
def test_what_is_beyond_the_bound_is_unknown(read: str, why: str) -> None:
    answer = ask((Entry(("CF207358",), "allow"),), read)
    assert (answer.decision, answer.match, answer.entry) == (Decision.UNKNOWN, Match.NONE, None), why


def test_look_alikes_add_up_to_the_bound_and_not_a_hair_over_it() -> None:
    assert ask((Entry(("AB1088",), "allow"),), "ABIOB8", fuzzy=0.6).distance == 0.6


def test_with_a_bound_of_0_only_the_same_plate_counts() -> None:
    assert ask((Entry(("CF207358",), "allow"),), "CF2O7358", fuzzy=0.0).match is Match.NONE


def test_two_entries_equally_near_are_no_match_and_no_plate_is_named() -> None:
    answer = ask((Entry(("AB1080",), "allow"), Entry(("AB1O8O",), "deny")), "AB1O80")
    assert (answer.decision, answer.match, answer.entry) == (Decision.UNKNOWN, Match.AMBIGUOUS, None)
    assert "AB1" not in answer.reason
    assert "0.2" in answer.reason


def test_a_rival_that_is_farther_by_the_margin_does_not_matter() -> None:
    entries = (Entry(("AB1088",), "allow"), Entry(("ABI0B8",), "deny"))
    assert distance("ABI088", "AB1088") == distance("ABI088", "ABI0B8")
    assert ask(entries, "ABI088").match is Match.AMBIGUOUS
    assert distance("AB1O88", "ABI0B8") - distance("AB1O88", "AB1088") >= MARGIN
    assert ask(entries, "AB1O88").entry == "AB1088"


def test_the_very_plate_is_found_though_a_look_alike_is_registered_too() -> None:
    answer = ask((Entry(("CF207358",), "allow"), Entry(("CF2O7358",), "deny")), "CF207358")
    assert (answer.decision, answer.entry) == (Decision.ALLOW, "CF207358")


def test_two_plates_of_one_vehicle_are_no_rivals() -> None:
    answer = ask((Entry(("AB1080", "AB1O8O"), "allow"),), "AB1O80")
    assert (answer.decision, answer.match) == (Decision.ALLOW, Match.NEAR)


@pytest.mark.parametrize(
    ("lists", "decision", "listed"),
    [
        (("allow", "deny", "watch"), Decision.DENY, "deny"),
        (("allow", "watch"), Decision.ALLOW, "allow"),
        (("deny", "watch"), Decision.DENY, "deny"),
        (("watch",), Decision.UNKNOWN, "watch"),
        (("allow",), Decision.ALLOW, "allow"),
    ],
)
def test_deny_beats_allow_and_being_watched_decides_nothing(
    lists: tuple[str, ...], decision: Decision, listed: str
) -> None:
    on_one_plate = ask(tuple(Entry(("CF207358",), name) for name in lists), "CF207358")
    on_several = ask(tuple(Entry((f"{name}1",), name) for name in lists), *(f"{name}1" for name in lists))
    assert [(answer.decision, answer.listed) for answer in (on_one_plate, on_several)] == [(decision, listed)] * 2


def test_a_vehicle_is_watched_whatever_it_may_do_and_the_sentence_says_both() -> None:
    entries = (Entry(("CF207358",), "watch", valid_to="2026-12-31"), Entry(("CF207358",), "allow"))
    answer = ask(entries, "CF2O7358")
    read = "Read as CF2O7358, 0.2 away (bound 0.4): CF207358 is on the"
    assert (answer.decision, answer.match, answer.watched) == (Decision.ALLOW, Match.NEAR, "CF207358")
    assert answer.reason == f"{read} allow list. {read} watch list, valid to 2026-12-31."
    assert ask((Entry(("CF207358",), "allow"), Entry(("TRL1",), "watch")), "CF207358", "TRL1").watched == "TRL1"


def test_an_entry_that_is_out_of_date_watches_nobody() -> None:
    entries = (Entry(("CF207358",), "watch", valid_to="2026-01-31"), Entry(("CF207358",), "allow"))
    assert ask(entries, "CF207358").watched is None
    assert ask(entries[:1], "CF207358").watched is None


def test_the_answer_says_for_what_vehicle_the_entry_is() -> None:
    answer = ask((Entry(("CF207358",), "allow", class_name="truck", colour="white"),), "CF207358")
    assert (answer.class_name, answer.colour) == ("truck", "white")


def test_any_plate_of_a_vehicle_makes_it_known() -> None:
    entry = Entry(("CAA123456", "CAB987654"), "allow")
    assert ask((entry,), "CAB987654").entry == "CAA123456"
    assert ask((entry,), "XX1", "CAB987654").decision is Decision.ALLOW


@pytest.mark.parametrize(
    ("at", "match"),
    [
        ("2026-02-28 23:59", Match.OUT_OF_DATE),
        ("2026-03-01 00:00", Match.EXACT),
        ("2026-03-31 23:59", Match.EXACT),
        ("2026-04-01 00:00", Match.OUT_OF_DATE),
    ],
)
def test_days_are_whole_days_of_the_site(at: str, match: Match) -> None:
    answer = ask((Entry(("CF207358",), "allow", "2026-03-01", "2026-03-31"),), "CF207358", at=at)
    assert answer.match is match
    assert (answer.decision is Decision.ALLOW) == (match is Match.EXACT)
    assert "from 2026-03-01 to 2026-03-31" in answer.reason


def test_an_expired_entry_decides_nothing_and_is_named() -> None:
    answer = ask((Entry(("CF207358",), "deny", valid_to="2026-01-31"),), "CF207358")
    assert (answer.decision, answer.listed, answer.entry) == (Decision.UNKNOWN, "deny", "CF207358")
    assert answer.reason == "CF207358 is on the deny list, but only to 2026-01-31."


def test_an_expired_entry_does_not_hide_a_valid_one() -> None:
    entries = (Entry(("CF207358",), "deny", valid_to="2026-01-31"), Entry(("CF207358",), "allow"))
    assert ask(entries, "CF207358").decision is Decision.ALLOW


def test_an_entry_does_not_end_in_the_hour_that_comes_twice_before_it_is_over_for_good() -> None:
    known = Registry((Entry(("CF207358",), "allow", valid_to="2026-10-25 02:30"),), BERLIN)
    plates = [Plate("CF207358", 0.9, 3, 3)]
    times = [wall("2026-10-25 02:40"), wall("2026-10-25 02:20", fold=1), wall("2026-10-25 02:30", fold=1)]
    assert [known.answer(plates, at).match for at in times] == [Match.EXACT, Match.EXACT, Match.OUT_OF_DATE]


def test_without_a_plate_the_answer_is_that_none_was_read() -> None:
    assert ask((Entry(("CF207358",), "allow"),)).match is Match.UNREAD
    assert ask((Entry(("CF207358",), "allow"),), "").match is Match.UNREAD


TEXTS = st.text("0O1IB8ZQ", min_size=1, max_size=5)


@given(st.lists(TEXTS, min_size=1, max_size=5, unique=True), TEXTS, st.sampled_from([0.0, 0.2, 0.4, 0.8]))
def test_a_match_is_always_the_nearest_plate_within_the_bound(plates: list[str], read: str, fuzzy: float) -> None:
    answer = ask(tuple(Entry((plate,), "allow") for plate in plates), read, fuzzy=fuzzy)
    costs = sorted(distance(read, plate) for plate in plates)
    if answer.decision is Decision.ALLOW:
        assert answer.entry is not None
        assert distance(read, answer.entry) == costs[0] <= fuzzy
        assert costs[0] == 0 or len(costs) == 1 or costs[1] - costs[0] >= MARGIN - 1e-6
    else:
        assert costs[0] > fuzzy or costs[1] - costs[0] < MARGIN
