"""The endless traffic is repeatable and nobody drives through anybody."""

from __future__ import annotations

import numpy as np

from edge.scene.list_proof import PROOF
from edge.scene.live_gate import CYCLE_S, LiveGate, light_at
from edge.scene.placed import Placed
from edge.scene.traffic import Traffic

GATE = PROOF.plans[0]
VEHICLES = {"car", "truck", "bus", "motorcycle"}


def moments(seed: int, seconds: float = 60.0) -> list[tuple[Placed, ...]]:
    traffic = Traffic(PROOF, GATE, seed, 8.0)
    return [traffic.placed(t_s, 0.0) for t_s in np.arange(0, seconds, 1.0)]


def told(found: list[tuple[Placed, ...]]) -> list[list[tuple[int, str, float, float]]]:
    return [[(p.actor, p.kind, p.pieces[0].stand.x, p.pieces[0].stand.y) for p in one] for one in found]


def test_the_same_seed_gives_the_same_traffic_and_another_one_other() -> None:
    first = told(moments(3))
    assert first == told(moments(3))
    assert first != told(moments(4))


def test_vehicles_come_in_and_go_out_again() -> None:
    lanes: dict[int, set[str]] = {}
    for one in moments(2, 150.0):
        for placed in one:
            stand = placed.pieces[0].stand
            if placed.kind in VEHICLES and abs(stand.y - GATE.line_y) < 3:
                lanes.setdefault(placed.actor, set()).add("in" if abs(stand.x - GATE.entry_x) < 1 else "out")
    assert sum(ways == {"in", "out"} for ways in lanes.values()) >= 3


def test_no_two_vehicles_drive_through_each_other_at_the_gate() -> None:
    for one in moments(6, 150.0):
        spots = [
            (p.pieces[0].stand, p.pieces[0].body.mesh.length_m)
            for p in one
            if p.kind in VEHICLES and p.pieces[0].stand.y < 18
        ]
        for i, (a, long_a) in enumerate(spots):
            for b, long_b in spots[i + 1 :]:
                if abs(a.x - b.x) < 1.2:
                    assert abs(a.y - b.y) > 0.5 * (long_a + long_b) - 0.3


def test_light_cycles_from_day_to_night_and_back() -> None:
    cycle = light_at("cycle")
    assert cycle(0.0).beams == 0.0
    assert cycle(0.6 * CYCLE_S).beams == 1.0
    assert cycle(CYCLE_S).sky_rgb == cycle(0.0).sky_rgb


def test_frames_at_the_same_times_are_the_same() -> None:
    first, again = (LiveGate(4, (320, 180), "dusk", rain=True, traffic="heavy", fps=10.0) for _ in range(2))
    for number in (20, 60):
        a, b = first.frame(number, number / 10), again.frame(number, number / 10)
        assert a[0].tobytes() == b[0].tobytes()
        assert a[1] == b[1]
