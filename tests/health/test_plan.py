"""The plan by which the device does less: figures, then properties that hold for every course of the temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.health.board_sensors import Counted
from edge.health.plan import SILENT_NS, Limits, Plan
from edge.health.soc import SocReading
from edge.health.thermal import Cooler, Trip, Zone
from edge.tracking.pace import REDUCED_FPS
from edge.types import Effort

SECOND_NS = 1_000_000_000
THROTTLE_C = 99.0
LIMITS = Limits()
READING_S = 5
PERIODS = st.lists(st.integers(1, 40), min_size=2, max_size=120)
HEATS = st.one_of(st.none(), st.floats(20, 110))


def at(temp_c: float | None, slowed: Sequence[str] = (), **counts: int) -> SocReading:
    trips = (Trip("passive", THROTTLE_C, ("cpufreq-cpu0",)),)
    return SocReading(
        zones=(Zone("tj-thermal", temp_c, trips),),
        coolers=tuple(Cooler(name, 1) for name in slowed),
        over_current=tuple(Counted(name, times) for name, times in counts.items()),
    )


def efforts(plan: Plan, readings: Sequence[SocReading], start_s: int = 0) -> list[Effort]:
    return [plan.step(reading, (start_s + index * READING_S) * SECOND_NS) for index, reading in enumerate(readings)]


@pytest.mark.parametrize(
    ("temp_c", "effort"),
    [
        (90.9, Effort.NORMAL),
        (91.0, Effort.LESS_ANALYSIS),
        (94.9, Effort.LESS_ANALYSIS),
        (95.0, Effort.NO_SECOND_MODELS),
        (105.0, Effort.NO_SECOND_MODELS),
    ],
)
def test_the_degrees_left_decide_what_is_left_out(temp_c: float, effort: Effort) -> None:
    assert Plan().step(at(temp_c), 0) is effort


def test_the_reason_names_the_zone_its_temperature_and_where_it_is_slowed() -> None:
    plan = Plan()
    plan.step(at(92.44), 0)
    assert plan.trouble == "less-analysis: tj-thermal 92.4 °C, slowed at 99.0 °C"


def test_throttling_itself_takes_every_step_at_once() -> None:
    plan = Plan()
    assert plan.step(at(60.0, ["devfreq-17000000.gpu"]), 0) is Effort.NO_SECOND_MODELS
    assert "throttled by devfreq-17000000.gpu" in plan.reason


def test_a_hot_surface_or_a_fan_takes_none() -> None:
    assert Plan().step(at(75.0, ["hot-surface-alert", "pwm-fan"]), 0) is Effort.NORMAL


def test_every_rise_of_an_over_current_counter_takes_one_step_and_what_was_counted_before_takes_none() -> None:
    plan = Plan()
    counted = [at(50.0, oc1=0, oc2=times) for times in (7, 7, 8, 8, 10, 12)]
    told = efforts(plan, counted)
    assert [effort.rank for effort in told] == [0, 0, 1, 1, 2, 2]
    assert plan.reason == "over-current, oc2 2 more"


def test_peaks_of_current_are_not_obeyed() -> None:
    plan = Plan()
    assert set(efforts(plan, [at(50.0, oc3=38 * index) for index in range(30)])) == {Effort.NORMAL}


def test_a_counter_that_starts_anew_is_no_rise() -> None:
    assert set(efforts(Plan(), [at(50.0, oc1=5), at(50.0), at(50.0, oc1=0), at(50.0, oc1=0)])) == {Effort.NORMAL}


def test_it_recovers_step_by_step_each_after_a_calm() -> None:
    plan = Plan()
    told = efforts(plan, [at(97.0), *[at(70.0)] * 40])
    dwell = LIMITS.dwell_ns // SECOND_NS // READING_S
    back = [index for index in range(1, len(told)) if told[index] is not told[index - 1]]
    assert [told[index] for index in back] == [Effort.LESS_ANALYSIS, Effort.NORMAL]
    # One reading begins the calm, as many more as fill the dwell end it; so twice.
    assert back == [1 + dwell, 2 + 2 * dwell]


def test_a_little_cooler_is_no_calm() -> None:
    plan = Plan()
    warm = [at(THROTTLE_C - LIMITS.less_c - LIMITS.back_c)] * 100
    assert set(efforts(plan, [at(92.0), *warm])) == {Effort.LESS_ANALYSIS}


def test_sensors_that_fall_silent_keep_the_step_and_that_is_told() -> None:
    plan = Plan()
    told = efforts(plan, [at(92.0), *[at(None)] * 100])
    assert set(told) == {Effort.LESS_ANALYSIS}
    assert plan.trouble.endswith("; temperatures can no longer be read, effort stays less-analysis")
    plan.step(at(60.0), 10_000 * SECOND_NS)
    assert "read" not in plan.trouble


def test_a_single_reading_that_fails_is_not_told() -> None:
    plan = Plan()
    efforts(plan, [at(50.0), at(None), at(None)])
    assert (plan.blind, plan.trouble) == (False, "")
    plan.step(at(None), SILENT_NS)
    assert plan.trouble == "temperatures can no longer be read, effort stays normal"


def test_a_machine_that_never_told_a_trip_point_is_not_blind() -> None:
    plan = Plan()
    desktop = SocReading(zones=(Zone("x86_pkg_temp", 97.0, (Trip("passive", 90.0),)),))
    assert set(efforts(plan, [desktop] * 50)) == {Effort.NORMAL}
    assert plan.trouble == ""


def test_silent_sensors_do_not_hide_throttling() -> None:
    plan = Plan()
    plan.step(at(50.0), 0)
    assert plan.step(at(None, ["cpufreq-cpu0"]), SECOND_NS) is Effort.NO_SECOND_MODELS


@settings(max_examples=60, deadline=None)
@given(PERIODS, st.data())
def test_no_step_is_taken_back_within_the_dwell_of_any_change(periods: list[int], data: st.DataObject) -> None:
    plan, now_ns, changed_ns, before = Plan(), 0, 0, Effort.NORMAL
    for period in periods:
        now_ns += period * SECOND_NS
        slowed = data.draw(st.sampled_from([(), (), ("cpufreq-cpu0",)]))
        effort = plan.step(at(data.draw(HEATS), slowed, oc1=data.draw(st.integers(0, 2))), now_ns)
        if effort.rank < before.rank:
            assert effort.rank == before.rank - 1
            assert now_ns - changed_ns >= LIMITS.dwell_ns
        if effort is not before:
            changed_ns, before = now_ns, effort


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(60, 105), st.floats(0, 30), st.integers(1, 40)), max_size=150))
def test_the_hotter_of_two_devices_never_does_more(course: list[tuple[float, float, int]]) -> None:
    cool, hot, now_ns = Plan(), Plan(), 0
    for temp_c, more_c, period in course:
        now_ns += period * SECOND_NS
        assert hot.step(at(temp_c + more_c), now_ns).rank >= cool.step(at(temp_c), now_ns).rank


@settings(max_examples=60, deadline=None)
@given(st.lists(HEATS, max_size=60), st.floats(20, THROTTLE_C - LIMITS.less_c - LIMITS.back_c - 0.1))
def test_it_always_recovers_once_it_is_cool(course: list[float | None], cool_c: float) -> None:
    plan = Plan()
    efforts(plan, [at(temp_c) for temp_c in course])
    enough = 2 * (LIMITS.dwell_ns // SECOND_NS // READING_S + 1)
    assert efforts(plan, [at(cool_c)] * (enough + 1), len(course) * READING_S)[-1] is Effort.NORMAL
    assert plan.trouble == ""


def test_the_limits_can_be_others() -> None:
    careful = replace(LIMITS, less_c=20.0)
    assert Plan(careful).step(at(80.0), 0) is Effort.LESS_ANALYSIS


def test_the_document_has_the_figures_of_the_plan() -> None:
    text = (Path(__file__).parents[2] / "edge" / "docs" / "device-health.md").read_text("utf-8")
    for said in (
        f"| `{Effort.LESS_ANALYSIS.value}` | {LIMITS.less_c:.0f} °C left",
        f"| `{Effort.NO_SECOND_MODELS.value}` | {LIMITS.least_c:.0f} °C left",
        f"at most {REDUCED_FPS:.0f} frames a second",
        f"after {LIMITS.dwell_ns / 1e9:.0f} s in which it was {LIMITS.back_c:.0f} °C cooler",
        f"({LIMITS.less_c + LIMITS.back_c:.0f} and {LIMITS.least_c + LIMITS.back_c:.0f} °C left)",
        f"after {SILENT_NS / 1e9:.0f} s that is told",
    ):
        assert said in text, said
