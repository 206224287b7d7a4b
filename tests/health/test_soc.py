"""What is read of a system on chip, from machines of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.health.attributes import number
from edge.health.board_sensors import Fan
from edge.health.clocks import Clocked
from edge.health.soc import SocReading, read_soc
from edge.health.thermal import slows
from tests.health.trees import ORIN, plant

THERMAL = "sys/class/thermal"


@pytest.fixture
def orin(tmp_path: Path) -> Path:
    return plant(tmp_path, ORIN)


def test_only_a_trip_point_that_slows_something_is_one_to_keep_away_from(orin: Path) -> None:
    zone, junction = read_soc(orin).zones
    assert (zone.name, zone.temp_c, zone.throttle_c, zone.critical_c) == ("cpu-thermal", 51.25, 99.0, 104.5)
    assert zone.margin_c == pytest.approx(47.75)
    assert [(trip.at_c, trip.slows) for trip in zone.trips] == [(99.0, True), (104.5, False), (70.0, False)]
    assert (junction.throttle_c, junction.margin_c) == (None, None)


def test_the_closest_zone_is_the_one_with_a_known_margin_and_the_hottest_any(orin: Path) -> None:
    reading = read_soc(orin)
    assert reading.closest is not None
    assert reading.hottest is not None
    assert (reading.closest.name, reading.hottest.name) == ("cpu-thermal", "tj-thermal")
    assert reading.margin_c == reading.closest.margin_c


def test_a_fan_and_a_warning_for_fingers_are_no_throttling(orin: Path) -> None:
    assert read_soc(orin).throttled_by == ()
    (orin / THERMAL / "cooling_device1/cur_state").write_text("3\n")
    assert read_soc(orin).throttled_by == ("cpufreq-cpu0",)


@pytest.mark.parametrize(
    ("cooler", "slowing"),
    [
        ("cpufreq-cpu0", True),
        ("thermal-cpufreq-0", True),
        ("devfreq-17000000.gpu", True),
        ("devfreq-gpu-gpc-0", True),
        ("soc012-throttle-alert", True),
        ("hot-surface-alert", False),
        ("pwm-fan", False),
    ],
)
def test_it_is_known_which_cooling_devices_slow_something(cooler: str, *, slowing: bool) -> None:
    assert slows(cooler) is slowing


def test_a_lower_power_mode_is_no_throttling_but_its_limit_is_told(orin: Path) -> None:
    reading = read_soc(orin)
    assert reading.processors == (Clocked("policy0", 729.6e6, 1510.4e6, 1728e6),)
    assert reading.gpu == Clocked("17000000.gpu", 306e6, 624.75e6, 1020e6)
    assert reading.throttled_by == ()


def test_loads_and_the_decoder_are_told(orin: Path) -> None:
    reading = read_soc(orin)
    assert (reading.gpu_load, reading.decoder_powered) == (0.345, True)
    assert reading.decoder == Clocked("15480000.nvdec", 396.8e6)


def test_thor_has_other_names_for_the_same(tmp_path: Path) -> None:
    names = {"gpu-gpc-0": 1575, "gpu-nvd-0": 1692, "bwmgr": 4266}
    files = {f"sys/class/devfreq/{name}/cur_freq": f"{mhz}000000" for name, mhz in names.items()}
    reading = read_soc(plant(tmp_path, files))
    assert [one and one.hz for one in (reading.gpu, reading.decoder, reading.memory)] == [1575e6, 1692e6, 4266e6]
    assert (reading.gpu_load, reading.decoder_powered) == (None, None)


def test_power_is_that_of_the_input_where_it_is_measured_else_the_sum(orin: Path) -> None:
    reading = read_soc(orin)
    assert [(rail.name, rail.watts) for rail in reading.rails] == [("VDD_IN", 7.5), ("VDD_CPU_GPU_CV", 2.0)]
    assert reading.watts == 7.5
    (orin / "sys/class/hwmon/hwmon1/in1_label").write_text("VDD_GPU_SOC\n")
    assert read_soc(orin).watts == 9.5


def test_over_current_fan_and_memory_are_told(orin: Path) -> None:
    reading = read_soc(orin)
    assert reading.over_current == (("oc1", 0), ("oc3", 27390))
    assert reading.fan == Fan(0.2, 1636)
    assert (reading.memory_total, reading.memory_free) == (7_987_200_000, 3_993_600_000)


def test_a_machine_that_tells_nothing_is_read_without_an_error(tmp_path: Path) -> None:
    reading = read_soc(tmp_path)
    assert reading == SocReading()
    assert (reading.hottest, reading.closest, reading.margin_c, reading.watts) == (None, None, None, None)


@pytest.mark.parametrize("said", ["", "N/A", "12 mA", "\0"])
def test_what_is_no_number_is_unknown(tmp_path: Path, said: str) -> None:
    (tmp_path / "temp").write_text(said)
    assert number(tmp_path / "temp") is None


def test_damaged_trees_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    files = {
        f"{THERMAL}/thermal_zone0/{name}": "?" for name in ("type", "temp", "trip_point_0_temp", "cdev0_trip_point")
    }
    reading = read_soc(plant(tmp_path, {**files, "proc/meminfo": "MemTotal\nMemAvailable: some", THERMAL + "/x": "y"}))
    assert [(zone.name, zone.temp_c, zone.trips) for zone in reading.zones] == [("?", None, ())]
    assert reading.memory_total is None


def test_a_sensor_that_does_not_answer_at_once_is_asked_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: Iterator[str | OSError] = iter(
        [BlockingIOError(), "52000\n", BlockingIOError(), BlockingIOError(), "53000\n"]
    )

    def read_text(*_: object) -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(Path, "read_text", read_text)
    assert [number(tmp_path / "temp") for _ in range(3)] == [52000, None, 53000]
