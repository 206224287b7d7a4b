"""The relay on the real store, an in-memory broker and a clock that moves only when told."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.clock import ClockQuality, ManualClock
from edge.errors import StoreFailed
from edge.mqtt.control_room import ControlRoom
from edge.mqtt.memory import MemoryBroker, MemoryHub
from edge.ports import Message, OutboxStage
from edge.relay import Relay, RelaySettings, Report
from edge.store import open_store
from edge.store.sqlite import SqliteStore
from edge.types import (
    Anomaly,
    CameraStatus,
    ClassCount,
    DeviceState,
    Direction,
    Draft,
    Effort,
    EventKind,
    NoPlate,
    OverCurrent,
    Pass,
    Plate,
    Ruling,
    RunMark,
    Severity,
    Stage,
)
from edge.wire import (
    Ack,
    FetchEvidence,
    Replay,
    Status,
    decode_event,
    decode_sense,
    decode_status,
    encode_ack,
    encode_command,
    topic,
)

SITE, DEVICE = "depot", "gate-7"
SECOND = 1_000_000_000


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - chance for a test, not a secret


def place(channel: str) -> str:
    return topic(SITE, DEVICE, channel)


def ordinary(count: int) -> list[Draft]:
    return [Draft(EventKind.RUN_STARTED, 0, ClockQuality.SYNCED, RunMark(f"run-{n}", "0")) for n in range(count)]


def alarm() -> Draft:
    body = Anomaly("a", "after-hours", Severity.ALARM, "a car after hours", 0, "cam", "road")
    return Draft(EventKind.ANOMALY_RAISED, 0, ClockQuality.SYNCED, body)


class Bench:
    """A relay with everything around it."""

    def __init__(self, *, rate: float = 1000.0, receive_maximum: int = 16) -> None:
        self.clock = ManualClock(wall_ns=1_700_000_000 * SECOND)
        self.hub = MemoryHub(receive_maximum=receive_maximum)
        self.store: SqliteStore = open_store(":memory:", DEVICE, SITE, self.clock)
        self.report = Report()
        self.who = RelaySettings(SITE, DEVICE, "run-1", "0.1.0", rate=rate)
        self.relay = self.new_relay()

    def new_relay(self) -> Relay:
        broker = MemoryBroker(self.hub)
        return Relay(self.store, broker, self.clock, self.who, lambda: self.report, dice=seeded(1))

    def crash(self) -> None:
        """End the relay as a killed process does, and start the next one on the same store."""
        self.hub.cut()
        self.relay = self.new_relay()

    def steps(self, count: int = 1, *, each_s: float = 0.1) -> None:
        for _ in range(count):
            self.relay.step()
            self.clock.sleep(each_s)

    def seqs(self) -> list[int]:
        """Return the seqs as the broker was given them, in order."""
        leaves = {place("event"), place("anomaly"), place("health")}
        return [decode_event(message.payload).seq for message in self.hub.delivered if message.topic in leaves]

    def stages(self) -> dict[int, OutboxStage]:
        rows = self.store.outbox(0, 1000, OutboxStage.CONSUMER_ACKED)
        return {row.seq: row.stage for row in rows}

    def status(self) -> Status:
        return decode_status(self.hub.retained[place("status")].payload)

    def say(self, channel: str, payload: bytes) -> None:
        self.hub.publish(Message(place(channel), payload))


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.store.close()


def test_rows_go_out_in_seq_order_and_count_as_acknowledged_by_the_broker(bench: Bench) -> None:
    bench.store.record(ordinary(40))
    bench.steps(10)
    assert bench.seqs() == list(range(1, 41))
    assert set(bench.stages().values()) == {OutboxStage.BROKER_ACKED}
    assert bench.relay.state.acked == 40


def test_a_broker_that_forgets_to_acknowledge_is_left_and_met_anew(bench: Bench) -> None:
    bench.hub.drop_acks = True
    bench.store.record(ordinary(3))
    bench.steps(2)
    bench.hub.drop_acks = False
    bench.steps(330)
    assert bench.seqs() == [1, 2, 3, 1, 2, 3]
    assert bench.store.backlog() == 0


def test_a_row_without_acknowledgement_is_only_sent(bench: Bench) -> None:
    bench.hub.drop_acks = True
    bench.store.record(ordinary(3))
    bench.steps(5)
    assert bench.stages() == {1: OutboxStage.SENT, 2: OutboxStage.SENT, 3: OutboxStage.SENT}
    assert bench.store.backlog() == 3


@pytest.mark.parametrize("receive_maximum", [1, 5, 16, 1000])
def test_no_more_is_in_flight_than_the_broker_takes_and_never_more_than_16(receive_maximum: int) -> None:
    bench = Bench(receive_maximum=receive_maximum)
    bench.hub.drop_acks = True
    bench.store.record(ordinary(50))
    bench.steps(10)
    assert len(bench.seqs()) == min(receive_maximum, 16) == bench.hub.most_in_flight


def test_what_was_in_flight_when_the_connection_broke_goes_again(bench: Bench) -> None:
    bench.hub.drop_acks = True
    bench.store.record(ordinary(3))
    bench.steps(2)
    bench.hub.drop_acks = False
    bench.hub.cut()
    bench.steps(40)
    assert bench.seqs() == [1, 2, 3, 1, 2, 3]
    assert bench.store.backlog() == 0


def test_the_backlog_goes_at_the_set_rate() -> None:
    bench = Bench(rate=20.0)
    bench.store.record(ordinary(500))
    bench.steps(100)
    assert len(bench.seqs()) == pytest.approx(10 * 20, abs=20)


def test_a_live_alarm_overtakes_the_backlog_and_nothing_goes_twice() -> None:
    bench = Bench(rate=20.0)
    bench.store.record([*ordinary(100), alarm(), *ordinary(100)])
    bench.steps(2)
    bench.store.record([*ordinary(700), alarm()])
    bench.steps(3)
    sent = bench.seqs()
    assert 902 in sent, "the live alarm waited behind the backlog"
    assert 101 not in sent, "an alarm of the backlog has no reason to overtake"
    bench.steps(600)
    assert sorted(bench.seqs()) == list(range(1, 903))


def test_without_a_backlog_alarms_keep_their_place(bench: Bench) -> None:
    bench.steps(3)
    bench.store.record([*ordinary(3), alarm(), *ordinary(3)])
    bench.steps(3)
    assert bench.seqs() == list(range(1, 8))


def test_a_consumer_makes_rows_safe_up_to_what_it_has_stored(bench: Bench) -> None:
    bench.store.record(ordinary(5))
    bench.steps(3)
    bench.say("ack", encode_ack(Ack("control-room", bench.store.epoch, 3)))
    bench.steps(2)
    assert bench.stages() == {4: OutboxStage.BROKER_ACKED, 5: OutboxStage.BROKER_ACKED}
    assert bench.relay.state.consumed_seq == 3


def test_the_slowest_consumer_counts(bench: Bench) -> None:
    bench.store.record(ordinary(5))
    bench.steps(3)
    bench.say("ack", encode_ack(Ack("fast", bench.store.epoch, 5)))
    bench.say("ack", encode_ack(Ack("slow", bench.store.epoch, 2)))
    bench.steps(2)
    assert bench.relay.state.consumed_seq == 2


def test_a_long_absence_of_a_consumer_is_written_down_in_chunks(bench: Bench) -> None:
    bench.store.record(ordinary(1200))
    bench.steps(200)
    assert bench.store.backlog() == 0
    bench.say("ack", encode_ack(Ack("control-room", bench.store.epoch, 1200)))
    bench.steps(1)
    assert bench.relay.state.consumed_seq == 500
    bench.steps(3)
    assert bench.relay.state.consumed_seq == 1200
    assert not bench.stages()


def test_an_acknowledgement_of_another_life_of_the_store_is_ignored(bench: Bench) -> None:
    bench.store.record(ordinary(2))
    bench.steps(3)
    bench.say("ack", encode_ack(Ack("control-room", "another-epoch", 2)))
    bench.steps(2)
    assert bench.relay.state.consumed_seq == 0


def test_an_acknowledgement_of_the_future_is_ignored_for_good(bench: Bench) -> None:
    bench.store.record(ordinary(2))
    bench.steps(3)
    bench.say("ack", encode_ack(Ack("confused", bench.store.epoch, 1_000_000)))
    bench.steps(2)
    bench.store.record(ordinary(1))
    bench.steps(3)
    assert bench.stages() == dict.fromkeys((1, 2, 3), OutboxStage.BROKER_ACKED)


def test_a_row_that_was_never_sent_is_never_believed_to_be_stored() -> None:
    bench = Bench(rate=1.0, receive_maximum=1)
    bench.store.record(ordinary(50))
    bench.steps(5)
    bench.say("ack", encode_ack(Ack("liar", bench.store.epoch, 50)))
    bench.steps(5)
    assert bench.stages()[50] is OutboxStage.NEW
    bench.steps(700)
    assert bench.seqs() == list(range(1, 51))


def test_a_consumer_that_misses_something_gets_it_again_from_there(bench: Bench) -> None:
    bench.store.record(ordinary(6))
    bench.steps(3)
    bench.say("cmd", encode_command(Replay(bench.store.epoch, 4)))
    bench.steps(3)
    assert bench.seqs() == [1, 2, 3, 4, 5, 6, 4, 5, 6]
    assert bench.store.backlog() == 0


def test_a_replay_covers_rows_that_are_in_flight_when_it_is_asked_for(bench: Bench) -> None:
    bench.hub.drop_acks = True
    bench.store.record(ordinary(3))
    bench.steps(2)
    bench.hub.drop_acks = False
    bench.say("cmd", encode_command(Replay(bench.store.epoch, 2)))
    bench.steps(4)
    assert bench.seqs() == [1, 2, 3, 2, 3]


def test_a_replay_of_another_life_of_the_store_is_ignored(bench: Bench) -> None:
    bench.store.record(ordinary(2))
    bench.steps(3)
    bench.say("cmd", encode_command(Replay("another-epoch", 1)))
    bench.steps(3)
    assert bench.seqs() == [1, 2]


@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff\xfe", b'{"command":"replay","from_seq":0}', b"[" * 100_000])
def test_nonsense_on_the_command_topic_does_no_harm(
    bench: Bench, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.record(ordinary(2))
    bench.steps(3)
    bench.say("cmd", payload)
    bench.say("ack", payload)
    bench.steps(3)
    assert bench.relay.state.connected
    assert bench.seqs() == [1, 2]
    assert sum("ignored" in record.message for record in caplog.records) == 2


def test_a_picture_travels_only_when_it_is_asked_for(bench: Bench) -> None:
    bench.steps(2)
    bench.say("cmd", encode_command(FetchEvidence("nothing-of-ours")))
    bench.steps(3)
    answers = [message.payload for message in bench.hub.delivered if message.topic == place("evidence/nothing-of-ours")]
    assert answers == [b""], "a picture that is not kept is answered with nothing, once"


def test_a_picture_id_that_would_leave_our_topics_is_refused(bench: Bench) -> None:
    bench.steps(2)
    bench.say("cmd", encode_command(FetchEvidence("../#")))
    bench.steps(3)
    assert bench.relay.state.connected
    assert not [message for message in bench.hub.delivered if "evidence" in message.topic]


def test_the_birth_is_retained_and_says_who_and_how(bench: Bench) -> None:
    bench.store.record(ordinary(2))
    bench.steps(1)
    status = bench.status()
    assert (status.state, status.run_id, status.version) == ("online", "run-1", "0.1.0")
    assert (status.epoch, status.first_seq, status.last_seq, status.backlog) == (bench.store.epoch, 1, 2, 2)


def test_the_status_says_which_events_a_replay_can_still_bring(bench: Bench) -> None:
    bench.store.record(ordinary(3))
    bench.steps(4)
    bench.store.retain(0.0, 0, published=False)
    bench.crash()
    bench.steps(2)
    assert (bench.status().first_seq, bench.status().last_seq) == (4, 3)


def test_the_will_says_offline_when_the_link_dies(bench: Bench) -> None:
    bench.steps(2)
    bench.hub.cut()
    assert bench.status().state == "offline"
    assert bench.status().reason == "connection lost"


def test_events_say_that_they_are_cloudevents(bench: Bench) -> None:
    bench.store.record(ordinary(1))
    bench.steps(2)
    types = {message.topic: message.content_type for message in bench.hub.delivered}
    assert types[place("health")] == "application/cloudevents+json"
    assert types[place("status")] == "application/json"


def test_a_store_that_fails_ends_the_thread_and_comes_out_of_stop(bench: Bench) -> None:
    bench.store.close()
    bench.relay.start()
    with pytest.raises(StoreFailed):
        bench.relay.stop()
    with pytest.raises(StoreFailed):
        bench.relay.check()


def test_a_clean_end_says_so(bench: Bench) -> None:
    bench.steps(2)
    bench.relay.close()
    bench.relay.close()
    assert (bench.status().state, bench.status().reason) == ("offline", "stopped")
    assert bench.relay.state.reason == "stopped"


def test_a_camera_that_is_lost_degrades_the_status_and_its_return_mends_it(bench: Bench) -> None:
    bench.steps(2)
    bench.report = Report(cameras=(CameraStatus("north", "lost", "no route to host"),))
    bench.steps(15)
    assert (bench.status().state, bench.status().reason) == ("degraded", "north lost: no route to host")
    assert [camera.camera_id for camera in bench.status().cameras] == ["north"]
    bench.report = Report(cameras=(CameraStatus("north", "live"),))
    bench.steps(15)
    assert bench.status().state == "online"


def test_the_status_has_the_devices_figures_but_they_alone_are_no_reason_to_tell_it_anew(bench: Bench) -> None:
    def figures(temp_c: float) -> DeviceState:
        return DeviceState(Effort.NORMAL, "tj-thermal", temp_c, 99.0, over_current=(OverCurrent("oc3", 7),), fan=0.5)

    bench.report = Report(device=figures(60.0))
    bench.steps(2)
    bench.report = Report(device=figures(61.0))
    bench.steps(15)
    told = [bench.status().device]
    bench.report = Report(troubles=("device less-analysis: hot",), device=figures(92.0))
    bench.steps(15)
    told.append(bench.status().device)
    assert [one and (one.zone, one.temp_c, one.gpu_load) for one in told] == [
        ("tj-thermal", 60.0, None),
        ("tj-thermal", 92.0, None),
    ]
    assert bench.status().reason == "device less-analysis: hot"


def test_the_status_counts_what_is_unresolved_and_is_told_anew_when_that_changes(bench: Bench) -> None:
    bench.steps(2)
    counts = [bench.status().unresolved]
    resolved = Draft(EventKind.ANOMALY_RESOLVED, 0, ClockQuality.SYNCED, Ruling("a", "thandi", "seen to", 0))
    for said in (alarm(), resolved):
        bench.store.record([said])
        bench.steps(15)
        counts.append(bench.status().unresolved)
    assert counts == [0, 1, 0]


def test_the_status_says_how_many_plates_each_camera_read_in_the_last_day(bench: Bench) -> None:
    def seen(pass_id: str, **changes: object) -> Pass:
        one = Pass(pass_id, Stage.FINAL, 2, "north", 1, "l", "r", Direction.IN, 1.0, bench.clock.wall_ns(), "car")
        return replace(one, **changes)  # type: ignore[arg-type]  # by name

    passes = [
        seen("p1"),
        seen("p2", plates=(Plate("CA1", 0.9, 3, 3),)),
        seen("p3", wall_ns=bench.clock.wall_ns() - 25 * 3600 * SECOND),
        seen("p4", stage=Stage.ANNULLED),
        seen("p5", camera_id="south", no_plate=NoPlate.BLURRED),
    ]
    bench.store.record([Draft(EventKind.PASS_FINAL, one.wall_ns, ClockQuality.SYNCED, one) for one in passes])
    bench.steps(2)
    told = [(one.camera_id, one.passes, one.read) for one in bench.status().read_rates]
    assert told == [("north", 2, 1), ("south", 1, 0)]


def test_the_status_counts_who_is_inside_and_is_told_anew_when_that_changes(bench: Bench) -> None:
    bench.steps(2)
    counts = [bench.status().inside]
    for inside in ((ClassCount("car", 2), ClassCount("truck", 1)), ()):
        bench.report = Report(inside=inside)
        bench.steps(15)
        counts.append(bench.status().inside)
        assert [(one.class_name, one.count) for one in bench.status().inside_by_class] == [
            (one.class_name, one.count) for one in inside
        ]
    assert counts == [0, 3, 0]


def test_the_status_is_a_sign_of_life(bench: Bench) -> None:
    bench.steps(1)
    first = bench.status().at
    bench.steps(1300)
    tellings = [message for message in bench.hub.delivered if message.topic == place("status")]
    assert len(tellings) == 3, "one birth and one a minute"
    assert bench.status().at != first
    assert bench.status().since == first


def test_a_refusing_broker_is_tried_again_with_growing_jittered_pauses(bench: Bench) -> None:
    bench.hub.refuse = "wrong user name or password"
    attempts: list[int] = []
    for _ in range(60_000):
        before = bench.relay._failures
        bench.steps(1, each_s=0.01)
        if bench.relay._failures > before:
            attempts.append(bench.clock.mono_ns())
    pauses = [(after - before) / SECOND for before, after in itertools.pairwise(attempts)]
    assert "wrong user name or password" in bench.relay.state.reason
    assert 0.5 <= pauses[0] <= 1.1
    assert max(pauses) <= 60.1
    assert min(pauses[7:]) >= 29
    assert len({round(pause, 1) for pause in pauses[7:]}) > 1, "without jitter a fleet comes back all at once"


def test_a_connection_that_breaks_at_once_again_and_again_is_no_success(bench: Bench) -> None:
    for _ in range(3000):
        bench.steps(1)
        if bench.relay.state.connected:
            bench.hub.cut()
    assert bench.relay.state.connections < 20
    assert f"is another device called {DEVICE}?" in bench.relay.state.reason


def test_after_a_steady_connection_the_first_pause_is_short_again(bench: Bench) -> None:
    bench.hub.refuse = "down"
    bench.steps(3000)
    bench.hub.refuse = ""
    bench.steps(700)
    assert bench.relay.state.connected
    bench.hub.cut()
    bench.steps(13)
    assert bench.relay.state.connected


class Weather:
    """Draws what the broker does wrong, until it clears up."""

    def __init__(self, dice: random.Random, hub: MemoryHub) -> None:
        self.dice = dice
        self.hub = hub
        self.bad = True
        hub.accept = self.accept

    def accept(self, message: Message) -> bool:
        """Forget some events after acknowledging them, as a broker does that dies with its memory."""
        keeps = not self.bad or "/status" in message.topic or self.dice.random() > 0.1
        if self.bad and self.dice.random() < 0.03:
            self.hub.cut()
        return keeps

    def change(self) -> None:
        self.hub.drop_acks = self.bad and self.dice.random() < 0.3
        self.hub.refuse = "down" if self.bad and self.dice.random() < 0.2 else ""
        if self.bad and self.dice.random() < 0.1:
            self.hub.cut()


class Listener:
    """A control room on the hub; what it says goes out between the relay's steps."""

    def __init__(self, bench: Bench) -> None:
        self.hub = bench.hub
        self.room = ControlRoom(SITE, DEVICE, "room", bench.clock)
        self.hub.on_delivery.append(self.room.take)

    def held(self, epoch: str) -> int:
        return self.room.epochs[epoch].contiguous if epoch in self.room.epochs else 0

    def post(self) -> None:
        for message in self.room.speak():
            self.hub.publish(message)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), bursts=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_whatever_the_broker_does_a_consumer_ends_with_every_seq_exactly_once(seed: int, bursts: list[int]) -> None:
    dice = seeded(seed)
    bench = Bench(rate=dice.choice([50.0, 1000.0]), receive_maximum=dice.choice([1, 3, 16]))
    listener = Listener(bench)
    weather = Weather(dice, bench.hub)
    taken = 0
    for burst in bursts:
        drafts = ordinary(burst)
        bench.store.record([alarm() if dice.random() < 0.2 else draft for draft in drafts])
        taken += burst
        for _ in range(dice.randint(1, 60)):
            weather.change()
            if dice.random() < 0.02:
                bench.crash()
            bench.steps(1)
            listener.post()
    weather.bad = False
    weather.change()
    for _ in range(2000):
        if listener.held(bench.store.epoch) == taken and not bench.store.backlog():
            break
        bench.steps(1)
        listener.post()
    held = listener.room.epochs[bench.store.epoch]
    bench.store.close()
    assert held.contiguous == taken
    assert sorted(held.payloads) == list(range(1, taken + 1))
    assert not held.gaps(taken)


def test_what_comes_in_on_a_listener_s_topic_is_handed_over_and_nonsense_is_passed_over(bench: Bench) -> None:
    heard: list[bool] = []
    bench.relay = Relay(
        bench.store,
        MemoryBroker(bench.hub),
        bench.clock,
        bench.who,
        listeners={"yard/boom": lambda payload: heard.append(decode_sense(payload))},
    )
    bench.steps()
    for payload in (b"open", b"ajar", b"closed"):
        bench.hub.publish(Message("yard/boom", payload))
    bench.steps()
    assert heard == [True, False]
    assert bench.relay.state.connected
