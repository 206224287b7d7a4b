"""The bundled clip holds what it must, its truth agrees with itself and its configuration, and the code draws it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from edge.config.load import load_config
from edge.scene import chronicle, demo
from edge.scene.list_proof import PROOF
from edge.scene.story import Stage
from edge.scene.truth import ActorTruth, FrameTruth, LineTruth, PlateTruth

CLIP = Path(__file__).parents[2] / "fixtures" / "clips" / "gate_demo.mp4"
TRUTH: dict[str, Any] = json.loads(CLIP.with_suffix(".truth.json").read_text(encoding="utf-8"))
SIZE_WH = (1280, 720)


@dataclass(frozen=True, slots=True)
class Read:
    """The truth file as it was written."""

    lines: tuple[LineTruth, ...]
    frames: tuple[FrameTruth, ...]


def read() -> Read:
    lines = tuple(
        LineTruth(
            one["id"], one["road"], tuple(one["points"][0]), tuple(one["points"][1]), one["inward"], one["allows"]
        )
        for one in TRUTH["lines"]
    )
    frames = tuple(
        FrameTruth(
            at_ms * 1_000_000,
            tuple(
                ActorTruth(
                    number,
                    kind,
                    tuple(box),
                    tuple(full),
                    share,
                    tuple(
                        PlateTruth(text, place, ((ax, ay), (bx, by), (cx, cy), (dx, dy)), visible=visible)
                        for text, place, ((ax, ay), (bx, by), (cx, cy), (dx, dy)), visible in plates
                    ),
                )
                for number, kind, box, full, share, plates in rows
            ),
        )
        for at_ms, rows in TRUTH["frames"]
    )
    return Read(lines, frames)


STORY = read()


def sights(actor: int) -> list[tuple[int, ActorTruth]]:
    return [(f.media_ns, a) for f in STORY.frames for a in f.actors if a.actor == actor]


def test_the_file_is_what_was_asked_for() -> None:
    with av.open(str(CLIP)) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert (video.codec_context.width, video.codec_context.height) == SIZE_WH
        assert float(video.average_rate or 0) == pytest.approx(demo.FPS)
        assert video.frames == len(STORY.frames)
    assert 60 <= len(STORY.frames) / demo.FPS <= 90
    assert CLIP.stat().st_size < 7.5e6


def test_the_story_has_all_its_parts() -> None:
    kinds = {a.kind for f in STORY.frames for a in f.actors}
    assert len(TRUTH["passes"]) >= 10
    assert len(TRUTH["visits"]) >= 4
    assert {"car", "truck", "bus", "motorcycle", "bicycle", "person"} <= kinds
    assert sorted(one["kind"] for one in TRUTH["anomalies"]) == ["after-hours", "wrong-road"]
    assert any(len(one["plates"]) == 2 for one in TRUTH["passes"]), "a trailer with its own plate"
    bare = [a for f in STORY.frames for a in f.actors if a.actor == 7]
    assert bare
    assert not any(a.plates for a in bare), "one vehicle has none"


def test_two_vehicles_pass_side_by_side() -> None:
    times = sorted(one["media_s"] for one in TRUTH["passes"])
    assert min(np.diff(times)) < 0.5


def test_one_vehicle_is_wholly_hidden_and_comes_back() -> None:
    shares = [a.visible_fraction for _, a in sights(3)]
    hidden = [i for i, share in enumerate(shares) if share < 0.01]
    assert len(hidden) > demo.FPS
    assert max(shares[: hidden[0]]) > 0.9
    assert max(shares[hidden[-1] :]) > 0.9


def test_the_turn_on_the_line_goes_over_it_and_is_no_crossing() -> None:
    main = STORY.lines[0]
    heights = []
    for _, actor in sights(7):
        x, y = actor.anchor
        share = (x / SIZE_WH[0] - main.start[0]) / (main.end[0] - main.start[0])
        heights.append(y - SIZE_WH[1] * (main.start[1] + share * (main.end[1] - main.start[1])))
    assert 0 < max(heights) < chronicle.CLEAR_PX
    assert not any(one["actor"] == 7 for one in TRUTH["crossings"])


def test_the_crossings_told_are_those_of_the_anchors() -> None:
    found = chronicle.crossings(STORY.frames, STORY.lines, SIZE_WH)
    told = [(one["actor"], one["line"], one["direction"]) for one in TRUTH["crossings"]]
    assert [(c.actor, c.line, c.direction) for c in found] == told
    for crossing, one in zip(found, TRUTH["crossings"], strict=True):
        assert crossing.media_ns / 1e9 == pytest.approx(one["media_s"], abs=0.05)


def test_visits_are_an_entry_and_a_later_exit() -> None:
    for visit in TRUTH["visits"]:
        assert (visit["in"]["direction"], visit["out"]["direction"]) == ("in", "out")
        assert visit["in"]["media_s"] < visit["out"]["media_s"]
        assert visit["in"]["actor"] == visit["out"]["actor"] == visit["actor"]


def test_boxes_lie_in_the_picture_and_plates_in_their_vehicle() -> None:
    for frame in STORY.frames:
        for actor in frame.actors:
            x0, y0, x1, y1 = actor.full_box
            assert 0 <= x0 < x1 <= SIZE_WH[0]
            assert 0 <= y0 < y1 <= SIZE_WH[1]
            for plate in actor.plates:
                if plate.visible:
                    corners = np.array(plate.corners)
                    assert (corners >= [x0 - 3, y0 - 3]).all()
                    assert (corners <= [x1 + 3, y1 + 3]).all()


def test_every_vehicle_that_passes_is_long_in_sight_and_shows_a_readable_plate() -> None:
    for one in TRUTH["passes"]:
        near = [(t, a) for t, a in sights(one["actor"]) if abs(t / 1e9 - one["media_s"]) < 8]
        for side in (-1, 1):
            seen = [t for t, a in near if side * (t / 1e9 - one["media_s"]) > 0 and a.visible_fraction > 0.5]
            assert len(seen) / demo.FPS >= 1.5
        widths = [p.width_px for _, a in near for p in a.plates if p.visible]
        assert max(widths) >= 80


def test_every_plate_belongs_to_the_proof_list() -> None:
    for text in {p.text for f in STORY.frames for a in f.actors for p in a.plates}:
        assert PROOF.owns_text(text)


def test_the_configuration_beside_the_clip_has_its_lines_and_hours() -> None:
    config = load_config(CLIP.with_suffix(".toml"))
    drawn = [(line.id, line.points, line.road, line.inward) for line in config.cameras[0].lines]
    assert drawn == [(line.name, (line.start, line.end), line.road, line.inward) for line in STORY.lines]
    assert {road.id: road.allows for road in config.roads} == {line.road: line.allows for line in STORY.lines}
    assert config.site.timezone == demo.TIMEZONE


@pytest.mark.slow
def test_the_code_draws_the_clip() -> None:
    # A few frames: what is encoded differs from what is drawn by the encoder's loss alone.
    stage, wanted = Stage(demo.story()), (100, 375, 780)
    with av.open(str(CLIP)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                drawn, truth = stage.frame(number)
                told = STORY.frames[number].actors
                assert [a.actor for a in truth.actors] == [a.actor for a in told]
                assert np.abs(drawn.astype(int) - frame.to_ndarray(format="rgb24")).mean() < 4.0
            if number == max(wanted):
                return
    raise AssertionError("the clip is too short")
