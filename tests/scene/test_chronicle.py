"""Crossings, passes, visits and anomalies follow from the frames' truth alone."""

from __future__ import annotations

from edge.scene import chronicle
from edge.scene.truth import ActorTruth, FrameTruth, LineTruth, PlateTruth

SIZE = (1000, 500)
LINE = LineTruth("gate", "main", (0.1, 0.6), (0.9, 0.6), "right", "both")
ONE_WAY = LineTruth("gate", "main", (0.1, 0.6), (0.9, 0.6), "right", "in")


def frames(
    bottoms: list[float], *, actor: int = 1, kind: str = "car", x: float = 500.0, at: int = 0
) -> list[FrameTruth]:
    """Return frames 100 ms apart of one actor whose box ends at the given heights."""
    plate = PlateTruth("CA 1", "front", ((0, 0), (90, 0), (90, 20), (0, 20)), visible=True)
    return [
        FrameTruth(
            (at + i) * 100_000_000,
            (ActorTruth(actor, kind, (x - 50, b - 80, x + 50, b), (x - 50, b - 80, x + 50, b), 1.0, (plate,)),),
        )
        for i, b in enumerate(bottoms)
    ]


DOWN = [200.0, 240.0, 280.0, 320.0, 360.0, 400.0]


def test_an_anchor_that_clears_the_line_towards_the_inside_goes_in() -> None:
    [found] = chronicle.crossings(frames(DOWN), (LINE,), SIZE)
    assert (found.direction, found.line, found.actor) == ("in", "gate", 1)
    # The line lies at 300: half-way between the third and the fourth frame.
    assert found.media_ns == 250_000_000


def test_the_other_way_is_out() -> None:
    [found] = chronicle.crossings(frames(DOWN[::-1]), (LINE,), SIZE)
    assert found.direction == "out"


def test_a_turn_on_the_line_is_no_crossing() -> None:
    there_and_back = [200.0, 260.0, 295.0, 310.0, 320.0, 305.0, 280.0, 220.0, 180.0]
    assert chronicle.crossings(frames(there_and_back), (LINE,), SIZE) == ()


def test_passing_beside_the_line_is_no_crossing() -> None:
    assert chronicle.crossings(frames(DOWN, x=970.0), (LINE,), SIZE) == ()


def test_only_vehicles_pass() -> None:
    walk = tuple(frames(DOWN, kind="person"))
    assert chronicle.passes(chronicle.crossings(walk, (LINE,), SIZE), walk) == ()


def test_an_entry_and_the_next_exit_of_one_actor_make_a_visit() -> None:
    seen = tuple(frames(DOWN) + frames(DOWN, actor=2, at=10) + frames(DOWN[::-1], at=30))
    passes = chronicle.passes(chronicle.crossings(seen, (LINE,), SIZE), seen)
    [visit] = chronicle.visits(passes)
    assert [p.crossing.direction for p in passes] == ["in", "in", "out"]
    assert (visit.actor, visit.plates) == (1, ("CA 1",))


def test_a_road_that_only_lets_in_makes_an_exit_wrong() -> None:
    seen = tuple(frames(DOWN[::-1]))
    passes = chronicle.passes(chronicle.crossings(seen, (ONE_WAY,), SIZE), seen)
    [found] = chronicle.anomalies(passes, (ONE_WAY,), "2026-06-17T12:00:00+02:00", "18:00")
    assert found.kind == "wrong-road"


def test_a_pass_at_closing_time_is_after_hours_and_one_before_is_not() -> None:
    seen = tuple(frames(DOWN) + frames(DOWN, actor=2, at=40))
    passes = chronicle.passes(chronicle.crossings(seen, (LINE,), SIZE), seen)
    found = chronicle.anomalies(passes, (LINE,), "2026-06-17T17:59:57+02:00", "18:00")
    assert [(a.kind, a.crossing.actor) for a in found] == [("after-hours", 2)]
