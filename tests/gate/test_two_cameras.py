"""Boxes over the lines of two cameras whose clocks differ: whatever the order of telling, the visits are the same."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.config import Line
from edge.gate.lines import Tripwires
from edge.gate.passes import PassBook
from edge.gate.visits import Ledger
from edge.types import (
    Direction,
    EventKind,
    Pass,
    Plate,
    Reading,
    Stage,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
    Visit,
)

SIZE_WH, FPS = (640, 360), 10
LINE = Line("gate", ((0.0, 0.5), (1.0, 0.5)), "main")
PLATES = ("AAA1111", "BBB2222", "CCC3333", "")
moves = st.tuples(
    st.sampled_from(("gate", "back")),
    st.sampled_from(PLATES),
    st.sampled_from(("down", "up", "turn", "tremble")),
    st.integers(0, 40),  # seconds until the next one
    st.integers(60, 240),  # px a second
)


def way(kind: str, speed: int) -> Iterator[float]:
    """Yield where the bottom of a box is from frame to frame; the line is at 180."""
    if kind == "tremble":
        yield from (181.0 + (-1) ** frame * 3 for frame in range(25))
        return
    steps = range(0, 250, max(1, speed // FPS))
    ahead = [60.0 + step for step in steps if kind != "turn" or step < 130]
    yield from reversed(ahead) if kind == "up" else ahead
    if kind == "turn":
        yield from reversed(ahead)


def passes(drives: list[tuple[str, str, str, int, int]], skew_s: float) -> list[Pass]:
    """Return what the pass books of both cameras tell of these drives, the clock of the second one ahead."""
    ids = itertools.count(1)
    books = {name: (Tripwires([LINE]), PassBook(name, lambda _: f"p{next(ids)}")) for name in ("gate", "back")}
    told: list[Pass] = []
    at_s = 0.0
    for number, (camera, plate, kind, wait_s, speed) in enumerate(drives, 1):
        at_s += 12 + wait_s
        wires, book = books[camera]
        reading = Reading((Plate(plate, 0.95, 5, 5),) if plate else (), complete=bool(plate))
        late_ns = round(skew_s * 1e9) if camera == "back" else 0
        snapshots = [
            TrackSnapshot(number, TrackState.CONFIRMED, (200, y - 60, 300, y), 0, 0.9, number << 20, frame + 3, 0, 0)
            for frame, y in enumerate(way(kind, speed))
        ]
        frames = [TrackUpdate(0, (one,)) for one in snapshots] + [TrackUpdate(0, (), (), (snapshots[-1],))]
        for frame, update in enumerate([*frames, *[TrackUpdate(0)] * 30]):
            now_ns = round((at_s + frame / FPS) * 1e9)
            tracks = replace(update, at_ns=now_ns)
            crossings = wires.step(tracks, now_ns + late_ns, SIZE_WH)
            told += book.step(tracks, crossings, now_ns + late_ns, lambda _, reading=reading: reading)  # type: ignore[misc]  # this drive's
    return told


def booked(told: list[Pass]) -> tuple[set[tuple[str | None, str | None]], list[Visit]]:
    """Return the visits by their passes, and every change of one, checking each change on the way."""
    ids = itertools.count(1)
    ledger, changed, closed = Ledger(), [], set()
    for one in told:
        ledger, changes = ledger.take(one, lambda _: f"v{next(ids)}")
        for change in changes:
            assert one.stage is Stage.FINAL, "a visit has a final pass as its cause"
            assert one.direction is not Direction.UNKNOWN
            assert change.visit.dwell_s is None or change.visit.dwell_s >= 0
            assert (change.kind, change.visit.visit_id) not in closed
            if change.kind is EventKind.VISIT_CLOSED:
                closed.add((change.kind, change.visit.visit_id))
            changed.append(change.visit)
    last = {visit.visit_id: visit for visit in changed}
    pairs = {(v.entry.pass_id if v.entry else None, v.exit.pass_id if v.exit else None) for v in last.values()}
    return pairs, changed


def is_told_once(told: list[Pass]) -> bool:
    """Say whether each pass was provisional first, then final or annulled, and nothing after that."""
    stages: dict[str, list[Stage]] = {}
    for one in told:
        stages.setdefault(one.pass_id, []).append(one.stage)
    return all(len(told) == 2 and told[0] is Stage.PROVISIONAL != told[1] for told in stages.values())


@settings(max_examples=60, deadline=None)
@given(
    drives=st.lists(moves, min_size=1, max_size=8),
    skew_s=st.floats(-4, 4),
    order=st.randoms(use_true_random=False),
)
def test_two_cameras_with_clocks_apart_make_the_same_visits_in_any_order_of_telling(
    drives: list[tuple[str, str, str, int, int]], skew_s: float, order: random.Random
) -> None:
    told = passes(drives, skew_s)
    assert is_told_once(told)
    assert len({one.pass_id for one in told}) <= sum(kind != "tremble" for _, _, kind, _, _ in drives)
    final = [one for one in told if one.stage is Stage.FINAL]
    known = [one for one in final if one.plates]
    by_camera = {name: [one for one in known if one.camera_id == name] for name in ("gate", "back")}
    assert booked(interleaved(by_camera, order))[0] == booked(known)[0] == booked(interleaved(by_camera, order))[0]
    booked(final)


def interleaved(by_camera: dict[str, list[Pass]], order: random.Random) -> list[Pass]:
    """Return the passes of both cameras, each camera's in its order, in an order in which they may arrive."""
    rest = {name: list(told) for name, told in by_camera.items()}
    found: list[Pass] = []
    while any(rest.values()):
        heads = sorted((told[0].wall_ns, name) for name, told in rest.items() if told)
        near = [name for wall_ns, name in heads if wall_ns - heads[0][0] <= 12e9]
        found.append(rest[order.choice(near)].pop(0))
    return found
