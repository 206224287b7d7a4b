"""The device at work: readings set the allowance, a change is recorded once, the status has the figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge.clock import ClockQuality, ManualClock
from edge.commands.event_tables import describe
from edge.config.reload import ConfigWatch
from edge.devicepost import READ_NS, DevicePost, state_of
from edge.health.board_sensors import Counted
from edge.health.soc import SocReading, read_soc
from edge.health.thermal import Trip, Zone
from edge.service import Service
from edge.tally import event_text
from edge.types import Effort, EffortChange, Event, EventKind, OverCurrent
from edge.wire import decode_event, topic_of
from tests.health.trees import ORIN, plant
from tests.test_service_registry import CONFIG, NOON_NS

COOL = SocReading(zones=(Zone("tj-thermal", 60.0, (Trip("passive", 99.0, ("cpufreq-cpu0",)),)),))
HOT = replace(COOL, zones=(replace(COOL.zones[0], temp_c=96.0),))


class Device:
    """A post whose readings and store the test decides."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON_NS)
        self.reading = COOL
        self.readings = 0
        self.store_works = True
        self.told: list[EffortChange] = []
        self.post = DevicePost(self.clock, self._record, self._read)

    def _read(self) -> SocReading:
        self.readings += 1
        return self.reading

    def _record(self, told: EffortChange) -> bool:
        if self.store_works:
            self.told.append(told)
        return self.store_works

    def live(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            self.post.follow()
            self.clock.advance(500_000_000)


@pytest.fixture
def device() -> Device:
    return Device()


def test_the_device_is_read_every_five_seconds_however_often_the_loop_comes_round(device: Device) -> None:
    device.live(60.0)
    assert device.readings == 60_000_000_000 // READ_NS
    assert (device.post.allowance.effort, device.told, device.post.troubles) == (Effort.NORMAL, [], ())


def test_heat_sets_the_allowance_and_is_told_once_with_its_figures(device: Device) -> None:
    device.reading = HOT
    device.live(30.0)
    assert device.post.allowance.effort is Effort.NO_SECOND_MODELS
    (told,) = device.told
    assert (told.effort, told.before) == (Effort.NO_SECOND_MODELS, Effort.NORMAL)
    assert (told.zone, told.temp_c, told.throttle_c) == ("tj-thermal", 96.0, 99.0)
    assert told.in_words == "normal -> no-second-models: tj-thermal 96.0 °C, slowed at 99.0 °C"
    assert device.post.troubles == ("device no-second-models: tj-thermal 96.0 °C, slowed at 99.0 °C",)


def test_the_trouble_stays_the_same_text_while_the_temperature_moves(device: Device) -> None:
    device.reading = HOT
    device.live(5.0)
    before = device.post.troubles
    device.reading = replace(COOL, zones=(replace(COOL.zones[0], temp_c=95.2),))
    device.live(30.0)
    assert device.post.troubles == before
    assert device.post.state is not None
    assert device.post.state.temp_c == 95.2


def test_recovery_is_told_step_by_step_and_mends_the_status(device: Device) -> None:
    device.reading = HOT
    device.live(5.0)
    device.reading = COOL
    device.live(180.0)
    assert [told.effort.rank for told in device.told] == [2, 1, 0]
    assert device.post.allowance.effort is Effort.NORMAL
    assert device.post.troubles == ()


def test_a_change_that_could_not_be_recorded_holds_and_is_recorded_later_in_order(device: Device) -> None:
    device.store_works, device.reading = False, HOT
    device.live(5.0)
    assert device.post.allowance.effort is Effort.NO_SECOND_MODELS
    device.reading = COOL
    device.live(100.0)
    assert device.told == []
    device.store_works = True
    device.live(1.0)
    assert [told.effort.rank for told in device.told] == [2, 1]


def test_the_status_has_the_figures_of_a_board(tmp_path: Path) -> None:
    state = state_of(read_soc(plant(tmp_path, ORIN)), Effort.NORMAL)
    assert (state.zone, state.temp_c, state.throttle_c) == ("cpu-thermal", 51.25, 99.0)
    assert (state.cpu_mhz, state.gpu_mhz, state.memory_mhz, state.decoder_mhz) == (729.6, 306.0, None, 396.8)
    assert (state.gpu_load, state.decoder_powered, state.watts, state.fan) == (0.345, True, 7.5, 0.2)
    assert state.over_current == (OverCurrent("oc1", 0), OverCurrent("oc3", 27390))
    assert state.memory_free_mb == 3993


def test_a_machine_without_sensors_has_a_state_without_figures() -> None:
    state = state_of(SocReading(over_current=(Counted("oc1", 0),)), Effort.NORMAL)
    assert (state.zone, state.temp_c, state.watts, state.fan, state.memory_free_mb) == ("", None, None, None, None)


def test_the_service_records_the_change_on_the_health_topic_and_reports_it(tmp_path: Path) -> None:
    toml = tmp_path / "edge.toml"
    toml.write_text(CONFIG.format(folder=tmp_path).replace('file = "plates.csv"', ""))
    service = Service(ConfigWatch(toml), ManualClock(NOON_NS, quality=ClockQuality.SYNCED))
    try:
        service._device._read = lambda: HOT
        service._tick()
        (event,) = [decode_event(row.payload) for row in service._store.outbox(0, 10)]
        assert isinstance(event.body, EffortChange)
        assert topic_of(event) == "gate/v1/yard/box/health"
        report = service.report()
        assert (report.state, report.reason) == (
            "degraded",
            "device no-second-models: tj-thermal 96.0 °C, slowed at 99.0 °C",
        )
        assert report.device == service._device.state
    finally:
        service._store.close()


def test_a_change_reads_as_a_sentence_in_lists_and_summaries(device: Device) -> None:
    device.reading = HOT
    device.live(1.0)
    event = Event(
        "e", 1, "epoch", EventKind.DEVICE_EFFORT, "box", "yard", NOON_NS, NOON_NS, ClockQuality.SYNCED, device.told[0]
    )
    assert (describe(event), event_text(event)) == (device.told[0].in_words, device.told[0].in_words)
