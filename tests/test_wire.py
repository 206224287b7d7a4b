"""The wire format: exact both ways, CloudEvents 1.0, and one clear error for anything else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import wire
from edge.clock import ClockQuality
from edge.errors import WireError
from edge.types import (
    Access,
    Anomaly,
    Body,
    BoomChange,
    CameraStatus,
    ClassCount,
    Correction,
    Decision,
    Direction,
    Effort,
    EffortChange,
    Event,
    EventKind,
    EvidenceRef,
    Match,
    NoPlate,
    Opening,
    Pass,
    Plate,
    Reconciliation,
    RegistryChange,
    Regrouping,
    Ruling,
    RunMark,
    Severity,
    Stage,
    Visit,
    VisitSide,
    VisitState,
)
from edge.wire import control, events, shapes

NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SHARES = st.floats(0, 1)
COUNTS = st.integers(0, 2**31)
INSTANTS = st.integers(-(2**62), 2**62)
HASHES = st.integers(0, 2**64 - 1)
PLATES = st.lists(
    st.builds(Plate, TEXTS, SHARES, COUNTS, COUNTS, *[st.none() | one for one in (TEXTS, SHARES, TEXTS, TEXTS)]),
    max_size=3,
).map(tuple)
REFS = st.lists(st.builds(EvidenceRef, TEXTS, TEXTS, COUNTS, COUNTS), max_size=2).map(tuple)
PLATE_LISTS = st.lists(TEXTS, max_size=3).map(tuple)
REASONS = st.none() | st.sampled_from(NoPlate)
SIDES = st.builds(VisitSide, *[TEXTS] * 3, INSTANTS, TEXTS, PLATES, HASHES, TEXTS, REASONS, PLATE_LISTS)
ACCESSES = st.builds(
    Access,
    st.sampled_from(Decision),
    st.sampled_from(Match),
    TEXTS,
    st.none() | st.sampled_from(("allow", "deny", "watch")),
    st.none() | TEXTS,
    st.none() | st.floats(0, 9),
)
PASSES = st.builds(
    Pass,
    TEXTS,
    st.sampled_from(Stage),
    COUNTS,
    TEXTS,
    COUNTS,
    TEXTS,
    TEXTS,
    st.sampled_from(Direction),
    SHARES,
    INSTANTS,
    TEXTS,
    PLATES,
    HASHES,
    REFS,
    st.none() | TEXTS,
    st.none() | st.sampled_from(NoPlate),
    st.none() | ACCESSES,
    TEXTS,
    TEXTS,
    st.none() | SHARES,
)
MAYBE = st.none() | TEXTS
VISITS = st.builds(
    Visit, TEXTS, COUNTS, st.sampled_from(VisitState), COUNTS, st.none() | SIDES, st.none() | SIDES, MAYBE, MAYBE
)
REGROUPINGS = st.builds(Regrouping, TEXTS, COUNTS, TEXTS, COUNTS, TEXTS, TEXTS, TEXTS, INSTANTS)
CLASS_COUNTS = st.lists(st.builds(ClassCount, TEXTS, COUNTS), max_size=3).map(tuple)
RECONCILIATIONS = st.builds(
    Reconciliation, TEXTS, INSTANTS, *[COUNTS] * 6, read_rate=st.none() | SHARES, by_class=CLASS_COUNTS
)
ANOMALIES = st.builds(
    Anomaly,
    TEXTS,
    TEXTS,
    st.sampled_from(Severity),
    TEXTS,
    INSTANTS,
    TEXTS,
    TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    REFS,
)
RULINGS = st.builds(Ruling, TEXTS, TEXTS, TEXTS, INSTANTS)
CORRECTIONS = st.builds(Correction, TEXTS, TEXTS, TEXTS, TEXTS, INSTANTS, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE)
OPENINGS = st.builds(
    Opening, TEXTS, TEXTS, COUNTS, TEXTS, INSTANTS, st.floats(0, 30), ACCESSES, PLATES, MAYBE, MAYBE, MAYBE, TEXTS
)
BOOM_CHANGES = st.builds(
    BoomChange, TEXTS, st.booleans(), INSTANTS, MAYBE, st.none() | st.floats(0, 9), st.none() | COUNTS
)
DEGREES = st.none() | st.floats(-40, 125)
BODIES: dict[EventKind, st.SearchStrategy[Body]] = {
    EventKind.PASS_PROVISIONAL: PASSES,
    EventKind.PASS_FINAL: PASSES,
    EventKind.PASS_CORRECTED: CORRECTIONS,
    EventKind.VISIT_OPENED: VISITS,
    EventKind.VISIT_CLOSED: VISITS,
    EventKind.VISIT_REVISED: VISITS,
    EventKind.VISIT_MERGED: REGROUPINGS,
    EventKind.VISIT_SPLIT: REGROUPINGS,
    EventKind.SITE_RECONCILED: RECONCILIATIONS,
    EventKind.ANOMALY_RAISED: ANOMALIES,
    EventKind.ANOMALY_RESOLVED: RULINGS,
    EventKind.ANOMALY_REOPENED: RULINGS,
    EventKind.BOOM_OPENED: OPENINGS,
    EventKind.BOOM_FAILED: OPENINGS,
    EventKind.BOOM_CHANGED: BOOM_CHANGES,
    EventKind.CAMERA_STATUS: st.builds(CameraStatus, TEXTS, TEXTS, TEXTS, TEXTS),
    EventKind.DEVICE_EFFORT: st.builds(
        EffortChange, st.sampled_from(Effort), st.sampled_from(Effort), TEXTS, TEXTS, DEGREES, DEGREES
    ),
    EventKind.REGISTRY_CHANGED: st.builds(RegistryChange, TEXTS, TEXTS, COUNTS, PLATE_LISTS, PLATE_LISTS, PLATE_LISTS),
    EventKind.RUN_STARTED: st.builds(RunMark, TEXTS, TEXTS, TEXTS),
    EventKind.RUN_STOPPED: st.builds(RunMark, TEXTS, TEXTS, TEXTS),
}


@st.composite
def made_events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(EventKind))
    return Event(
        event_id=draw(TEXTS),
        seq=draw(COUNTS),
        epoch=draw(TEXTS),
        kind=kind,
        device=draw(NAMES),
        site=draw(NAMES),
        wall_ns=draw(INSTANTS),
        recorded_ns=draw(INSTANTS),
        quality=draw(st.sampled_from(ClockQuality)),
        body=draw(BODIES[kind]),
        chain=draw(st.just("") | st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
    )


def a_pass(**changes: Any) -> Event:
    body = Pass(
        pass_id="0199-p",  # noqa: S106 - a vehicle's pass, not a password
        stage=Stage.FINAL,
        revision=2,
        camera_id="gate-1",
        track_id=17,
        line_id="boom",
        road_id="main",
        direction=Direction.IN,
        direction_confidence=0.97,
        wall_ns=1_772_640_000_123_000_000,
        class_name="car",
        plates=(Plate("CA123456", 0.93, 5, 4, "CA123458", 0.6, "za", "CA 123-456"),),
        dhash=0x00FF_0000_0000_0001,
        evidence=(EvidenceRef("0199-e", "vehicle", 320, 240),),
        visit_id="0199-v",
        access=Access(Decision.ALLOW, Match.EXACT, "CA 123-456 is on the allow list.", "allow", "CA 123-456", 0.0),
        mode="dusk",
    )
    return Event(
        event_id="0199-id",
        seq=41,
        epoch="0199-epoch",
        kind=EventKind.PASS_FINAL,
        device="cam-1",
        site="depot",
        wall_ns=body.wall_ns,
        recorded_ns=body.wall_ns + 1_500_000,
        quality=ClockQuality.SYNCED,
        body=dataclasses.replace(body, **changes),
        chain="ab" * 32,
    )


@settings(max_examples=50)
@given(made_events())
def test_an_event_comes_back_as_it_was_sent(event: Event) -> None:
    assert wire.decode_event(wire.encode_event(event)) == event


def test_a_pass_is_written_as_the_published_contract_says() -> None:
    assert json.loads(wire.encode_event(a_pass())) == {
        "specversion": "1.0",
        "id": "0199-id",
        "source": "/depot/cam-1",
        "type": "gate.pass.final.v1",
        "time": "2026-03-04T16:00:00.123Z",
        "subject": "0199-p",
        "datacontenttype": "application/json",
        "seq": 41,
        "epoch": "0199-epoch",
        "recordedtime": "2026-03-04T16:00:00.124500Z",
        "clock": "synced",
        "data": {
            "pass_id": "0199-p",
            "stage": "final",
            "revision": 2,
            "camera_id": "gate-1",
            "track_id": 17,
            "line_id": "boom",
            "road_id": "main",
            "direction": "in",
            "direction_confidence": 0.97,
            "time": "2026-03-04T16:00:00.123Z",
            "class_name": "car",
            "plates": [
                {
                    "text": "CA123456",
                    "confidence": 0.93,
                    "looks": 5,
                    "votes": 4,
                    "runner_up": "CA123458",
                    "margin": 0.6,
                    "country": "za",
                    "written": "CA 123-456",
                }
            ],
            "dhash": "00ff000000000001",
            "evidence": [{"evidence_id": "0199-e", "kind": "vehicle", "width_px": 320, "height_px": 240}],
            "visit_id": "0199-v",
            "access": {
                "decision": "allow",
                "match": "exact",
                "reason": "CA 123-456 is on the allow list.",
                "list": "allow",
                "entry": "CA 123-456",
                "distance": 0.0,
            },
            "mode": "dusk",
        },
        "chain": "ab" * 32,
    }


@settings(max_examples=50)
@given(made_events())
def test_attribute_names_and_required_attributes_are_those_of_cloudevents(event: Event) -> None:
    attributes = json.loads(wire.encode_event(event))
    assert {"specversion", "id", "source", "type"} <= attributes.keys()
    assert attributes["specversion"] == "1.0"
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in attributes)


@pytest.mark.parametrize(
    ("written", "body"), [(s.wire, s.body) for s in dict.fromkeys(events._SHAPES.values())], ids=lambda t: t.__name__
)
def test_no_field_of_a_body_is_left_off_the_wire(written: type[Any], body: type[Any]) -> None:
    kept = set(written.__struct_fields__) - {"dwell_s"}
    assert kept == {field.name for field in dataclasses.fields(body)}


@pytest.mark.parametrize("reason", NoPlate)
def test_a_pass_without_a_plate_says_why(reason: NoPlate) -> None:
    event = a_pass(plates=(), no_plate=reason)
    data = json.loads(wire.encode_event(event))["data"]
    assert data["no_plate"] == reason.value
    assert "plates" not in data
    assert wire.decode_event(wire.encode_event(event)) == event


def test_a_closed_visit_tells_its_dwell() -> None:
    side = VisitSide("p", "c", "r", 5_000_000_000, "car")
    visit = Visit("v", 7, VisitState.CLOSED, 2, side, dataclasses.replace(side, wall_ns=65_000_000_000))
    written = json.loads(wire.encode_body(EventKind.VISIT_CLOSED, visit))
    assert written["dwell_s"] == 60.0


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (b'"seq":41', "`$.seq`"),
        (b'"time":"2026-03-04T16:00:00.123Z","class_name"', "`$.data.time`"),
        (b'"votes":4', "`$.data.plates[0].votes`"),
        (b'"dhash":"00ff000000000001"', "`$.data.dhash`"),
        (b'"direction":"in"', "`$.data.direction`"),
        (b'"type":"gate.pass.final.v1"', "`$.type`"),
        (b'"source":"/depot/cam-1"', "`$.source`"),
        (b'"specversion":"1.0"', "`$.specversion`"),
        (b'"time":"2026-03-04T16:00:00.123Z","subject"', "`$.time`"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(found: bytes, told: str) -> None:
    payload = wire.encode_event(a_pass())
    assert payload.count(found) == 1
    name, _, value = found.partition(b":")
    damaged = payload.replace(found, name + b':"?"' + (b"," + value.rpartition(b",")[2] if b'","' in value else b""))
    with pytest.raises(WireError, match=re.escape(told)):
        wire.decode_event(damaged)


@given(st.binary(max_size=60))
def test_random_bytes_are_refused_by_one_error(payload: bytes) -> None:
    with pytest.raises(WireError):
        wire.decode_event(payload)


@settings(max_examples=50)
@given(made_events(), st.data())
def test_truncated_bytes_are_refused_by_one_error(event: Event, choice: st.DataObject) -> None:
    payload = wire.encode_event(event)
    with pytest.raises(WireError):
        wire.decode_event(payload[: choice.draw(st.integers(0, len(payload) - 1))])


def test_an_event_of_a_later_version_is_refused_and_one_with_unknown_fields_is_read() -> None:
    payload = wire.encode_event(a_pass())
    with pytest.raises(WireError, match="newer edge"):
        wire.decode_event(payload.replace(b"final.v1", b"final.v2"))
    assert wire.decode_event(payload.replace(b'{"pass_id"', b'{"paint":"red","pass_id"')) == a_pass()


@pytest.mark.parametrize("share", [math.nan, math.inf, 1.5, -0.1])
def test_a_share_that_is_no_share_is_never_published(share: float) -> None:
    with pytest.raises(WireError, match=r"data\.direction_confidence"):
        wire.encode_event(a_pass(direction_confidence=share))


@pytest.mark.parametrize(
    "changes", [{"dhash": 1 << 64}, {"wall_ns": 1 << 80}, {"camera_id": "\udc80"}, {"track_id": "7"}, {"plates": [1]}]
)
def test_a_value_without_a_place_on_the_wire_is_never_published(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        wire.encode_event(a_pass(**changes))


def test_a_body_of_another_kind_is_never_published() -> None:
    with pytest.raises(WireError, match=r"visit\.opened event carries a Visit, not a Pass"):
        wire.encode_event(dataclasses.replace(a_pass(), kind=EventKind.VISIT_OPENED))


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#", "a b", "ü"])
def test_a_name_that_would_break_a_topic_is_refused(name: str) -> None:
    with pytest.raises(WireError, match="bad name"):
        wire.topic_of(dataclasses.replace(a_pass(), site=name))
    with pytest.raises(WireError, match="bad name"):
        wire.encode_event(dataclasses.replace(a_pass(), device=name))


@pytest.mark.parametrize("kind", EventKind)
def test_anomalies_and_health_have_topics_of_their_own(kind: EventKind) -> None:
    channel = dict.fromkeys(("camera", "device", "run"), "health").get(kind.value.split(".")[0], "event")
    channel = "anomaly" if kind.value.startswith("anomaly.") else channel
    assert wire.topic_of(dataclasses.replace(a_pass(), kind=kind)) == f"gate/v1/depot/cam-1/{channel}"


def test_the_seal_is_split_off_by_bytes_alone_and_put_back() -> None:
    payload = wire.encode_event(a_pass())
    sealed, chain = wire.split_chain(payload)
    assert chain == "ab" * 32
    assert sealed == wire.encode_event(dataclasses.replace(a_pass(), chain=""))
    assert wire.add_chain(sealed, chain) == payload
    with pytest.raises(WireError, match="no `chain`"):
        wire.split_chain(sealed)


@pytest.mark.parametrize(
    ("text", "wall_ns"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2026-03-04T16:00:00.120Z", 1_772_640_000_120_000_000),
        ("2026-03-04T16:00:00.000001Z", 1_772_640_000_000_001_000),
    ],
)
def test_times_keep_every_nanosecond_and_show_at_least_milliseconds(text: str, wall_ns: int) -> None:
    assert wire.format_time(wall_ns) == text
    assert wire.parse_time(text) == wall_ns


@pytest.mark.parametrize("text", ["2026-03-04", "2026-03-04T16:00:00+02:00", "2026-13-04T16:00:00Z", "now", ""])
def test_a_time_that_is_no_utc_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|month"):
        wire.parse_time(text)


def test_delivery_messages_come_back_as_they_were_sent() -> None:
    status = wire.Status(
        "degraded",
        "run",
        "0.1",
        "epoch",
        1,
        4,
        2,
        "gate-1 lost",
        (shapes.CameraStatusV1("c", "lost"),),
        unresolved=3,
        read_rates=(control.ReadRateV1("c", 9, 7),),
        inside=2,
        inside_by_class=(shapes.ClassCountV1("car", 2),),
    )
    assert wire.decode_status(wire.encode_status(status)) == status
    ack = wire.Ack("control-room", "epoch", 12)
    assert wire.decode_ack(wire.encode_ack(ack)) == ack
    for command in (wire.Replay("epoch", 3), wire.FetchEvidence("e")):
        assert wire.decode_command(wire.encode_command(command)) == command


@pytest.mark.parametrize(
    ("payload", "on"),
    [(b"open", True), (b" OCCUPIED\n", True), (b"1", True), (b'{"state": "Free"}', False), (b"closed", False)],
)
def test_an_input_s_topic_takes_a_word_or_a_word_in_json(payload: bytes, *, on: bool) -> None:
    assert wire.decode_sense(payload) is on


@pytest.mark.parametrize("payload", [b"", b"ajar", b'{"state": 1}', b'{"on": true}', b"\xff", b"[1]"])
def test_an_input_that_is_no_state_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="input"):
        wire.decode_sense(payload)


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (b'{"command":"reboot"}', "$.command"),
        (b'{"command":"replay","epoch":"e","from_seq":0}', "$.from_seq"),
        (b"\xff", "command"),
        (b"[]", "command"),
    ],
)
def test_a_command_that_is_none_of_ours_is_refused_with_its_place(payload: bytes, place: str) -> None:
    with pytest.raises(WireError, match=re.escape(place)):
        wire.decode_command(payload)


def test_the_schema_names_every_kind_and_every_field_of_an_event() -> None:
    schema = json.loads(wire.event_schema())
    kinds = {one["properties"]["type"]["const"]: one["properties"]["data"]["$ref"] for one in schema["oneOf"]}
    assert kinds.keys() == {f"gate.{kind.value}.v1" for kind in EventKind}
    written = json.loads(wire.encode_event(a_pass(no_plate=NoPlate.BLURRED, colour="red", colour_confidence=0.9)))
    envelope = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    assert written.keys() == envelope["properties"].keys()
    body = schema["$defs"][kinds["gate.pass.final.v1"].rpartition("/")[2]]
    assert written["data"].keys() == body["properties"].keys()
    assert body["properties"]["dhash"]["pattern"] == "^[0-9a-f]{16}$"


GOLDEN = {
    path.stem: path.read_bytes().splitlines() for path in sorted((Path(__file__).parent / "golden").glob("*.jsonl"))
}
"""Events as each edge first recorded them, one file for what came with it."""


def test_events_recorded_by_earlier_edges_are_read_and_written_as_they_were() -> None:
    lines = [line for recorded in GOLDEN.values() for line in recorded]
    events_read = [wire.decode_event(line) for line in lines]
    assert {event.kind for event in events_read} == set(EventKind)
    assert [wire.encode_event(event) for event in events_read] == lines


@pytest.mark.parametrize("recorded", GOLDEN.values(), ids=GOLDEN)
def test_events_recorded_by_earlier_edges_keep_their_seals(recorded: list[bytes]) -> None:
    seal = b"0" * 64
    for line in recorded:
        sealed, claimed = wire.split_chain(line)
        seal = hashlib.sha256(seal + sealed).hexdigest().encode()
        assert claimed.encode() == seal


DOCUMENT = Path(__file__).parents[1] / "edge" / "docs" / "events.md"


def blocks(language: str) -> list[bytes]:
    return [found.encode() for found in re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)]


def test_the_document_shows_messages_as_they_are() -> None:
    event, ack, replay, evidence = blocks("json")
    assert isinstance(wire.decode_event(event).body, Pass)
    assert json.loads(wire.encode_event(wire.decode_event(event))) == json.loads(event)
    assert all(f"`{reason.value}`" in DOCUMENT.read_text("utf-8") for reason in NoPlate)
    assert wire.decode_ack(ack).seq == 41
    assert isinstance(wire.decode_command(replay), wire.Replay)
    assert isinstance(wire.decode_command(evidence), wire.FetchEvidence)


def test_the_document_seals_its_event_as_the_store_does() -> None:
    (line,) = blocks("text")
    sealed, chain = wire.split_chain(line.strip())
    assert wire.encode_event(wire.decode_event(line)) == line.strip()
    assert hashlib.sha256(b"0" * 64 + sealed).hexdigest() == chain


@pytest.mark.parametrize("kind", EventKind)
def test_the_document_names_every_kind(kind: EventKind) -> None:
    family, _, last = kind.value.rpartition(".")
    text = DOCUMENT.read_text("utf-8")
    assert f"gate.{kind.value}.v1" in text or (f"gate.{family}." in text and f"`.{last}.v1`" in text)
