"""The story of one frame, with a scripted detector and reader and the real rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from edge.app import make_site
from edge.clock import ClockQuality, ManualClock
from edge.config import Config, Device, Hours, Road, Rule, Site, Zone
from edge.errors import EngineFailed, StoreFailed
from edge.gate.site import GateSite
from edge.inference.scripted import ScriptedDetector
from edge.pipeline import Step
from edge.ports import Allowance
from edge.sitebook import SiteBook
from edge.store import open_store
from edge.tracking.pace import Pace
from edge.types import Anomaly, CameraFinding, Draft, Effort, Event, EventKind, Pass, Stage, Visit
from edge.vision.frame import PlanarFrame
from tests.scripted_gate import CAMERA, LINE, NOON_NS, SIZE_WH, drive, make_gate

STATED = ClockQuality.STATED


def run_through(**gate: object) -> list[Step]:
    pipeline, _ = make_gate(**gate)  # type: ignore[arg-type]  # the test names what it wants of the gate
    return [*(pipeline.step(frame, STATED) for frame in drive()), pipeline.finish(STATED)]


def events_of(steps: list[Step]) -> list[Event]:
    return [event for step in steps for event in step.events]


def test_a_car_that_crosses_makes_a_provisional_and_a_final_pass_of_one_id_and_one_visit() -> None:
    events = events_of(run_through())
    told = [(event.kind, event.body.pass_id) for event in events if isinstance(event.body, Pass)]
    assert [kind for kind, _ in told] == [EventKind.PASS_PROVISIONAL, EventKind.PASS_FINAL]
    assert len({pass_id for _, pass_id in told}) == 1
    assert [event.kind for event in events if isinstance(event.body, Visit)] == [EventKind.VISIT_OPENED]


def test_the_final_pass_carries_the_agreed_plate_and_the_pictures_that_prove_it() -> None:
    final = next(e.body for e in events_of(run_through()) if isinstance(e.body, Pass) and e.body.stage is Stage.FINAL)
    assert [plate.text for plate in final.plates] == ["CF207358"]
    assert sorted(ref.kind for ref in final.evidence) == ["plate", "vehicle"]


def test_the_provisional_pass_comes_within_a_second_of_the_crossing() -> None:
    for frame, step in zip(drive(), run_through(), strict=False):
        for event in step.events:
            if event.kind is EventKind.PASS_PROVISIONAL:
                assert frame.wall_ns - event.wall_ns < 1_000_000_000
                return
    pytest.fail("no provisional pass")


def test_while_the_device_does_less_fewer_frames_are_analysed_and_the_car_is_told_all_the_same() -> None:
    allowance = Allowance()
    pipeline, _ = make_gate()
    pipeline._pace = Pace(0.0, 5.0, allowance)
    steps = []
    for frame in drive(seconds=8.0):
        allowance.effort = Effort.LESS_ANALYSIS if frame.mono_ns < 4_000_000_000 else Effort.NORMAL
        steps.append((frame.mono_ns, pipeline.step(frame, STATED)))
    reduced = [at_ns for at_ns, step in steps if step.analysed and at_ns < 4_000_000_000]
    assert all(after - before >= 200_000_000 for before, after in pairwise(reduced))
    assert len(reduced) * 2 < sum(step.analysed for at_ns, step in steps if at_ns >= 4_000_000_000)
    events = events_of([*(step for _, step in steps), pipeline.finish(STATED)])
    assert [event.body.stage for event in events if isinstance(event.body, Pass)] == [Stage.PROVISIONAL, Stage.FINAL]


def test_a_pass_after_closing_time_raises_one_anomaly_that_explains_itself() -> None:
    closed = (Hours(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "06:00", "07:00"),)
    events = events_of(run_through(hours=closed, rules=(Rule("after-hours"),)))
    told = [event.body for event in events if isinstance(event.body, Anomaly)]
    assert [anomaly.kind for anomaly in told] == ["after-hours"]
    assert "07:00" in told[0].explanation


def test_an_entry_by_a_road_that_only_leads_out_is_a_wrong_road() -> None:
    events = events_of(run_through(allows="out", rules=(Rule("wrong-road"),)))
    assert [event.body.kind for event in events if isinstance(event.body, Anomaly)] == ["wrong-road"]


def test_a_line_that_is_one_way_is_known_to_the_rules() -> None:
    camera = replace(CAMERA, lines=(replace(LINE, one_way="out"),))
    events = events_of(run_through(camera=camera, rules=(Rule("wrong-way"),)))
    assert [event.body.kind for event in events if isinstance(event.body, Anomaly)] == ["wrong-way"]


def test_who_is_in_a_zone_for_too_long_is_told_with_a_picture_that_is_kept() -> None:
    whole = Zone("yard", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "loiter")
    camera = replace(CAMERA, zones=(whole,))
    pipeline, store = make_gate(camera=camera, rules=(Rule("loitering", for_s=1.0),))
    events = [event for frame in drive() for event in pipeline.step(frame, STATED).events]
    (told,) = (event.body for event in events if isinstance(event.body, Anomaly))
    (ref,) = told.evidence
    assert told.explanation.startswith("A car has been in zone yard of camera cam for 1")
    assert (ref.width_px > 150, store.evidence(ref.evidence_id) is not None) == (True, True)


def test_where_no_pictures_are_kept_nothing_refers_to_one() -> None:
    whole = Zone("yard", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), "loiter")
    rules = (Rule("loitering", for_s=1.0), Rule("wrong-road"))
    camera = replace(CAMERA, zones=(whole,))
    pipeline, store = make_gate(camera=camera, rules=rules, allows="out", keeps_pictures=False)
    events = [event for frame in drive() for event in pipeline.step(frame, STATED).events]
    events += pipeline.finish(STATED).events
    told = [event.body for event in events if isinstance(event.body, (Pass, Anomaly))]
    assert [body.kind for body in told if isinstance(body, Anomaly)] == ["loitering", "wrong-road"]
    assert [body.evidence for body in told] == [()] * len(told)
    assert store._connection.execute("SELECT count(*) FROM evidence").get == 0


def test_time_alone_raises_what_is_overdue_once_a_second_at_most_and_not_again_after_a_restart() -> None:
    pipeline, store = make_gate(rules=(rule := Rule("overstay", for_s=60.0),))
    for frame in drive():
        pipeline.step(frame, STATED)
    pipeline.finish(STATED)
    site = pipeline._site
    minute_ns = 60_000_000_000
    assert site.tick(NOON_NS + minute_ns, STATED) == ()
    assert site.tick(NOON_NS + 2 * minute_ns, STATED)[0].kind is EventKind.ANOMALY_RAISED
    assert site.tick(NOON_NS + 2 * minute_ns + 1, STATED) == ()
    config = Config(Device("box"), Site("yard"), (CAMERA,), (Road("main"),), (rule,))
    assert SiteBook(make_site(config, store), store).tick(NOON_NS + 3 * minute_ns, STATED) == ()
    fresh = open_store(":memory:", "box", "yard", ManualClock(NOON_NS))
    fresh.record([Draft(EventKind.VISIT_OPENED, NOON_NS, STATED, visit) for visit in store.open_visits()])
    assert len(SiteBook(make_site(config, fresh), fresh).tick(NOON_NS + 3 * minute_ns, STATED)) == 1


def test_rules_about_time_are_asked_once_a_second_and_not_every_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    tick = GateSite.tick

    def count(site: GateSite, wall_ns: int, quality: ClockQuality) -> tuple[Draft, ...]:
        asked.append(wall_ns)
        return tick(site, wall_ns, quality)

    monkeypatch.setattr(GateSite, "tick", count)
    run_through()
    assert len(asked) == 4
    assert all(later - earlier >= 1_000_000_000 for earlier, later in pairwise(asked))


def test_without_movement_no_network_runs_until_the_heartbeat() -> None:
    pipeline, _ = make_gate()
    picture = np.full((SIZE_WH[1], SIZE_WH[0], 3), 90, np.uint8)
    analysed = []
    for seq in range(100):
        at_ns = seq * 80_000_000
        frame = PlanarFrame.from_rgb(
            picture, camera_id="cam", seq=seq, wall_ns=NOON_NS + at_ns, mono_ns=at_ns, pts_ns=at_ns
        )
        if pipeline.step(frame, STATED).analysed:
            analysed.append(at_ns)
    assert analysed[0] == 0
    assert [later - earlier for earlier, later in pairwise(analysed)] == [5_040_000_000]


def test_a_dead_engine_is_an_error_and_not_an_empty_road() -> None:
    pipeline, _ = make_gate()

    def die(_frame: object) -> None:
        raise EngineFailed("detector: no answer")

    pipeline._detector = ScriptedDetector(die)  # type: ignore[arg-type]  # it never returns
    with pytest.raises(EngineFailed):
        pipeline.step(next(drive()), STATED)


class FailingStore:
    """A store whose disk is full for the first few writes."""

    def __init__(self, real: object, failures: int) -> None:
        self._real = real
        self.failures = failures

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def record(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        if self.failures:
            self.failures -= 1
            raise StoreFailed("events.db: disk full; free some room")
        recorded: tuple[Event, ...] = self._real.record(drafts)  # type: ignore[attr-defined]  # the real store
        return recorded


def test_what_a_full_disk_refused_is_recorded_once_there_is_room_again() -> None:
    _, memory = make_gate()
    pipeline, _ = make_gate(store=FailingStore(memory, 1))  # type: ignore[arg-type]  # stands in for the store
    failures = 0
    for frame in drive():
        try:
            pipeline.step(frame, STATED)
        except StoreFailed:
            failures += 1
    pipeline.finish(STATED)
    assert failures == 1
    assert memory.last_seq() == 3


def test_every_pass_says_how_the_scene_was_lit_when_it_crossed() -> None:
    told = [event.body for event in events_of(run_through()) if isinstance(event.body, Pass)]
    assert [one.mode for one in told] == ["day", "day"]


class TurnedView:
    """A view that finds the camera moved with the frame of this number."""

    mode, trouble = "day", ""

    def __init__(self, at: int) -> None:
        self._at = at
        self.turned = False

    def step(self, frame: PlanarFrame, _luma: object) -> tuple[CameraFinding, ...]:
        self.turned = frame.seq == self._at
        return (CameraFinding("camera-moved", raised=True, explanation="By 4 %."),) if self.turned else ()


def test_a_camera_that_was_moved_is_an_anomaly_and_ends_every_track() -> None:
    pipeline, _ = make_gate()
    pipeline._view = TurnedView(20)  # type: ignore[assignment]  # stands in for the view
    steps = [pipeline.step(frame, STATED) for frame in drive()]
    before = {track.track_id for track in steps[19].tracks.active}
    assert before
    assert before <= {track.track_id for track in steps[20].tracks.ended}
    assert not before & {track.track_id for step in steps[20:] for track in step.tracks.active}
    (anomaly,) = [event.body for event in steps[20].events if isinstance(event.body, Anomaly)]
    assert (anomaly.kind, anomaly.camera_id, anomaly.explanation) == ("camera-moved", "cam", "By 4 %.")
