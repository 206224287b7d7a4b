"""Endless traffic at the gate, from a seed: vehicles enter, stay a while, leave; others pass along the street."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.scene import gate_site
from edge.scene.actors import TOWING, Actor, drawn
from edge.scene.gate_plan import GatePlan
from edge.scene.ingredients import SceneList
from edge.scene.placed import Placed
from edge.scene.rides import entry, leaving, through
from edge.scene.story import Ride

GAPS_S = {"light": 24.0, "normal": 12.0, "heavy": 7.0}
_LANE_GAP_S = 7.0
_AHEAD_S = 45.0
_KINDS = ("car", "truck", "bus", "motorcycle")
USUAL = (0.70, 0.14, 0.08, 0.08)
"""Shares of the kinds of vehicle: car, truck, bus, motorcycle."""
_SPEEDS_M_S = {"person": 1.4, "bicycle": 4.6}


@dataclass(frozen=True, slots=True)
class _Planned:
    ride: Ride
    start_s: float
    end_s: float
    boom: int
    crosses_s: float


class Traffic:
    """Rides as time goes on. Ask for moments in rising order; the same seed gives the same traffic.

    `gap_s` is the mean time between two vehicles, `towing` the share of cars with a trailer, `shares` those of the
    kinds as in USUAL.
    """

    def __init__(
        self,
        source: SceneList,
        plan: GatePlan,
        seed: int,
        gap_s: float,
        towing: float = TOWING,
        shares: tuple[float, ...] = USUAL,
    ) -> None:
        self._source = source
        self._gate = plan
        self._rng = np.random.default_rng([source.seeds.start + seed % len(source.seeds), 2])
        self._gap_s = gap_s
        self._towing = towing
        self._shares = shares
        self._planned: deque[_Planned] = deque()
        self._inside: list[tuple[float, Actor]] = []
        self._number = 0
        self._next_in_s = 5.0
        self._next_street_s = 9.0
        self._exit_free_s = 0.0

    def placed(self, t_s: float, beams: float) -> tuple[Placed, ...]:
        """Return everybody in sight at a time, lights as strong as `beams`, and the two booms."""
        self._plan(t_s + _AHEAD_S)
        while self._planned and self._planned[0].end_s < t_s:
            self._planned.popleft()
        shown = [self._lit(p, beams).placed(t_s) for p in self._planned if p.start_s <= t_s <= p.end_s]
        spans: tuple[list[tuple[float, float]], ...] = ([], [])
        for one in self._planned:
            if one.boom >= 0:
                spans[one.boom].append((one.crosses_s - 4.5, one.crosses_s + 3.5))
        booms = gate_site.barriers(self._gate, joined(spans[0]), joined(spans[1]))
        return (*(p for p in shown if p is not None), *(b.placed(i + 1, t_s) for i, b in enumerate(booms)))

    @staticmethod
    def _lit(one: _Planned, beams: float) -> Ride:
        return Ride(one.ride.actor, one.ride.path, one.ride.drive, beams)

    def _plan(self, until_s: float) -> None:
        while min(self._next_in_s, self._next_street_s) < until_s:
            if self._next_street_s < self._next_in_s:
                self._passer(self._next_street_s)
                self._next_street_s += float(self._rng.exponential(1.6 * self._gap_s)) + 6.0
            else:
                self._visitor(self._next_in_s)
                self._next_in_s += _LANE_GAP_S + float(self._rng.exponential(max(self._gap_s - _LANE_GAP_S, 0.5)))
        self._planned = deque(sorted(self._planned, key=lambda p: (p.end_s, p.start_s)))

    def _new(self, kind: str) -> Actor:
        self._number += 1
        return drawn(self._source, kind, self._number, self._rng, self._towing)

    def _visitor(self, at_s: float) -> None:
        actor = self._new(str(self._rng.choice(_KINDS, p=self._shares)))
        wait = float(self._rng.uniform(0, 3)) if self._rng.random() < 0.5 else 0.0
        self._add(entry(self._gate, actor, "in-near", at_s, wait_s=wait), 0, at_s)
        leaves = max(at_s + float(self._rng.uniform(16, 50)), self._exit_free_s)
        self._exit_free_s = leaves + _LANE_GAP_S + (2.0 if actor.kind in ("truck", "bus") else 0.0)
        tail = actor.tow.draw_m + actor.tow.length_m if actor.tow else 0.0
        name = "side-out" if self._rng.random() < 0.06 and actor.kind == "car" else "out-near"
        self._add(leaving(self._gate, actor, name, leaves, tail_m=tail), 1 if name == "out-near" else -1, leaves)

    def _passer(self, at_s: float) -> None:
        kind = str(self._rng.choice(("car", "person", "bicycle", "motorcycle")))
        path = {"person": "footway", "bicycle": "cycle"}.get(kind, "street-far")
        speed = _SPEEDS_M_S.get(kind, float(self._rng.uniform(7, 11)))
        self._add(through(self._gate, self._new(kind), path, at_s, speed), -1, at_s)

    def _add(self, ride: Ride, boom: int, crosses_s: float) -> None:
        self._planned.append(_Planned(ride, ride.drive.start_s, ride.drive.end_s, boom, crosses_s))


def joined(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Overlapping spans made one, so that a boom does not dip between two vehicles."""
    out: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1] + 2.5:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(out)
