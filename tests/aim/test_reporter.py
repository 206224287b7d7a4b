"""What is drawn over a picture, and the numbers of events."""

from __future__ import annotations

from dataclasses import replace

from edge.aim.reporter import MOST_EVENTS, READ_NS, TRAIL_NS, Reporter
from edge.pipeline import Step
from edge.types import TrackState, TrackUpdate
from tests.aim.gate import STEP_NS, Quiet, event, step, track


def test_a_frame_without_motion_shows_what_stood_there_before() -> None:
    reporter = Reporter(Quiet().read)
    reporter.marks(step(0, [track()]), watching=False)
    [mark] = reporter.marks(step(1, analysed=False), watching=False)
    assert mark.track.track_id == 1


def test_a_track_that_ended_is_gone_even_when_nobody_looked_at_the_frame() -> None:
    reporter = Reporter(Quiet().read)
    reporter.marks(step(0, [track()]), watching=False)
    assert reporter.marks(step(1, ended=[track()], analysed=False), watching=False) == ()


def test_a_lost_track_keeps_its_trail() -> None:
    reporter = Reporter(Quiet().read)
    for seq in range(10):
        reporter.marks(step(seq, [track(1, seq)]), watching=False)
    [mark] = reporter.marks(step(10, lost=[track(1, 9, state=TrackState.LOST)]), watching=False)
    assert mark.track.state is TrackState.LOST
    assert mark.trail[0] == track(1, 0).anchor
    assert len(mark.trail) == 4, "a point every third frame: those of 0.24 s, as 0.2 s must have passed"


def test_a_trail_is_no_longer_than_ten_seconds() -> None:
    reporter = Reporter(Quiet().read)
    frames = 2 * TRAIL_NS // STEP_NS
    for seq in range(frames):
        [mark] = reporter.marks(step(seq, [track(1, seq)]), watching=False)
    oldest_px = track(1, frames - 1 - TRAIL_NS // STEP_NS).anchor[0]
    assert mark.trail[0][0] >= oldest_px
    assert len(mark.trail) <= TRAIL_NS // 200_000_000 + 1


def test_what_stands_still_leaves_one_point() -> None:
    reporter = Reporter(Quiet().read)
    for seq in range(50):
        [mark] = reporter.marks(step(seq, [track(1, seq, box=(20, 60, 80, 120))]), watching=False)
    assert len(mark.trail) == 1


def test_a_track_that_is_missed_for_a_moment_is_drawn_where_it_should_be() -> None:
    reporter = Reporter(Quiet().read)
    missed = replace(track(1, 0), state=TrackState.LOST)
    expected = replace(missed, box=(50.0, 50.0, 90.0, 90.0))
    tracks = TrackUpdate(STEP_NS, lost=(missed,), coasting=(expected,))
    assert [mark.track.box for mark in reporter.marks(Step(tracks, 1, analysed=True), watching=False)] == [expected.box]


def test_plates_are_asked_for_while_somebody_watches_and_not_at_every_frame() -> None:
    quiet = Quiet()
    reporter = Reporter(quiet.read)
    seqs = range(2 * READ_NS // STEP_NS)
    for seq in seqs:
        [mark] = reporter.marks(step(seq, [track(1, seq)]), watching=False)
    assert (mark.plate, quiet.asked) == ("", [])
    for seq in seqs:
        [mark] = reporter.marks(step(seq, [track(1, seq)]), watching=True)
    assert mark.plate == "CA000001"
    assert len(quiet.asked) == 2


def test_events_are_numbered_from_one_and_the_newest_are_kept() -> None:
    reporter = Reporter(Quiet().read)
    told = reporter.tell((event(1), event(2)))
    assert [(one.number, one.event.event_id) for one in told] == [(1, "e1"), (2, "e2")]
    told = reporter.tell(tuple(event(number) for number in range(3, MOST_EVENTS + 10)))
    assert len(told) == MOST_EVENTS
    assert told[-1].number == MOST_EVENTS + 9
    assert reporter.tell(()) is told
