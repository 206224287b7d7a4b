"""The guard: the decision on a pass, and plates that are nobody's kept back."""

from __future__ import annotations

from datetime import timezone

import numpy as np
import pytest

from edge.clock import ClockQuality
from edge.config import Road, Site
from edge.gate.alike import distance
from edge.gate.guard import Guard
from edge.gate.pairing import PairingSettings
from edge.gate.registry import Entry, Registry
from edge.gate.site import GateSite
from edge.types import Decision, Direction, Evidence, EvidenceRef, Pass, Plate, Stage, Visit, VisitState

KEY = bytes(range(32))
ENTRIES = (
    Entry(("CF 207-358",), "allow"),
    Entry(("GP 404-911",), "deny"),
    Entry(("CY 88-431",), "watch"),
    Entry(("ND 55-012",), "allow", valid_to="2020-01-01"),
)
KNOWN = Registry(ENTRIES, timezone.utc)
VEHICLE, PLATE = EvidenceRef("e1", "vehicle", 2, 2), EvidenceRef("e2", "plate", 2, 2)
PICTURES = tuple(Evidence(ref, np.zeros((2, 2, 3), np.uint8)) for ref in (VEHICLE, PLATE))


def a_pass(*texts: str, stage: Stage = Stage.FINAL, name: str = "p", way: Direction = Direction.IN, s: int = 0) -> Pass:
    plates = tuple(Plate(text, 0.9, 3, 2, text[:-1] + "X") for text in texts)
    wall_ns = (1_772_640_000 + s) * 10**9
    return Pass(name, stage, 1, "cam", s, "l", "main", way, 0.9, wall_ns, "car", plates, 0, (VEHICLE, PLATE))


@pytest.mark.parametrize("stage", [Stage.PROVISIONAL, Stage.FINAL])
@pytest.mark.parametrize(
    ("read", "decision", "entry"),
    [
        ("CF207358", Decision.ALLOW, "CF 207-358"),
        ("CF2O7358", Decision.ALLOW, "CF 207-358"),
        ("GP404911", Decision.DENY, "GP 404-911"),
        ("ND55012", Decision.UNKNOWN, "ND 55-012"),
        ("XX99", Decision.UNKNOWN, None),
    ],
)
def test_the_decision_stands_in_the_recorded_pass_and_names_the_entry(
    stage: Stage, read: str, decision: Decision, entry: str | None
) -> None:
    site = GateSite(Site("s"), (Road("main"),), (), str)
    site.place(Guard(KNOWN))
    recorded = site.take(a_pass(read, stage=stage), ClockQuality.SYNCED)[0].body
    assert isinstance(recorded, Pass)
    assert recorded.access is not None
    assert (recorded.access.decision, recorded.access.entry) == (decision, entry)


def test_without_a_registry_a_pass_is_recorded_as_it_is() -> None:
    told = a_pass("CF207358")
    assert Guard().recognise(told, PICTURES) == (told, PICTURES)


def test_an_unknown_plate_becomes_its_hash_and_its_picture_is_not_kept() -> None:
    told, pictures = Guard(KNOWN, KEY).recognise(a_pass("XK7PWZ"), PICTURES)
    (plate,) = told.plates
    assert (plate.text[0], len(plate.text), plate.runner_up, plate.votes) == ("#", 17, None, 2)
    assert told.evidence == (VEHICLE,)
    assert [picture.ref for picture in pictures] == [VEHICLE]
    assert "XK7" not in repr(told)


@pytest.mark.parametrize("read", ["CF207358", "CF2O7358", "ND55012"])
def test_a_registered_plate_stays_in_clear_with_its_picture(read: str) -> None:
    told, pictures = Guard(KNOWN, KEY).recognise(a_pass(read), PICTURES)
    assert told.plates[0].text == read
    assert told.evidence == (VEHICLE, PLATE)
    assert len(pictures) == 2


def test_a_plate_that_was_not_agreed_on_may_be_anybody_s_and_its_picture_goes() -> None:
    told, pictures = Guard(KNOWN, KEY).recognise(a_pass(), PICTURES)
    assert told.evidence == (VEHICLE,)
    assert len(pictures) == 1


def test_without_a_registry_every_plate_can_be_kept_back() -> None:
    told, _ = Guard(None, KEY).recognise(a_pass("CF207358"), ())
    assert told.plates[0].text.startswith("#")
    assert told.access is None


def test_the_hash_is_the_same_for_the_same_plate_and_another_under_another_key() -> None:
    one, other = Guard(KNOWN, KEY), Guard(KNOWN, KEY[::-1])
    assert one.shown("XK 7-PWZ") == one.shown("XK7PWZ") == "#0c6a6deeca71f8cf"
    assert one.shown("XK7PWZ") != other.shown("XK7PWZ")
    assert distance(one.shown("XK7PWZ"), one.shown("XK7PW2")) > PairingSettings().other


def test_hashed_entry_and_exit_still_pair_by_plate() -> None:
    site = GateSite(Site("s"), (Road("main"),), (), lambda ns: f"id-{ns}")
    site.place(Guard(KNOWN, KEY))
    site.take(a_pass("XK7PWZ", name="in"), ClockQuality.SYNCED)
    drafts = site.take(a_pass("XK7PWZ", name="out", way=Direction.OUT, s=60), ClockQuality.SYNCED)
    (visit,) = [draft.body for draft in drafts if isinstance(draft.body, Visit)]
    assert (visit.state, visit.paired_by) == (VisitState.CLOSED, "plate")
