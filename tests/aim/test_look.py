"""A look measures plates where vehicles cross, and its score makes nothing up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest

from edge.aim.look import AtLine, Look, Seen
from edge.aim.score import BLUR, PLATE_PX, Mark, Score, score
from edge.config import Line
from edge.types import U8, PlateQuads
from tests.aim.gate import SIZE_WH, frame, step, track

ACROSS = Line("gate", ((0.5, 0.0), (0.5, 1.0)), "main")
ELSEWHERE = Line("side", ((0.0, 0.02), (0.1, 0.02)), "main")
GOOD = AtLine("gate", 0.0, 80.0, 96.0, 3.0)
SEEN = Seen(30.0, 3, (GOOD, GOOD, GOOD), 0.25, "day")


@dataclass
class Finder:
    """Finds a plate that leans, as wide as told; None for none."""

    width: float | None = 60.0
    label: str = "scripted"
    pictures: list[U8] = field(default_factory=list)

    def find(self, picture: U8) -> PlateQuads:
        self.pictures.append(picture)
        if self.width is None:
            return PlateQuads.empty()
        w, lean = self.width, self.width / 10
        quad = np.array([[[0, 0], [w, lean], [w, lean + 12], [0, 12]]], np.float32)
        return PlateQuads(quad, np.array([0.9], np.float32))


def look_at(seqs: range, finder: Finder, *lines: Line) -> Seen:
    """Let a car drive 8 px a frame to the right, its anchor from x = 50 on; the line is at 160."""
    look = Look(lines, finder)
    for seq in seqs:
        look.add(frame(seq), step(seq, [track(1, seq)]))
    return look.finish()


def mark(told: Score, name: str) -> Mark:
    return next(one for one in told.marks if one.name == name)


def test_a_vehicle_is_measured_where_it_crosses_and_nowhere_else() -> None:
    finder = Finder()
    seen = look_at(range(30), finder, ACROSS, ELSEWHERE)
    assert len(finder.pictures) == 1
    [at] = seen.at_lines
    assert (at.line_id, at.apart) == ("gate", 0.0)
    assert at.angle_deg == pytest.approx(90)
    assert at.plate_px == pytest.approx(60.3, abs=0.1)
    assert at.tilt_deg == pytest.approx(5.7, abs=0.1)
    assert seen.vehicles == 1
    assert seen.seconds == pytest.approx(29 * 0.08)


def test_who_comes_near_and_does_not_cross_is_told_with_the_distance() -> None:
    seen = look_at(range(13), Finder(), ACROSS)
    assert seen.at_lines[0].apart == pytest.approx((160 - 146) / SIZE_WH[1], abs=0.01)
    assert "an estimate: nobody crossed" in mark(score("cam", [ACROSS], seen), "plate").words


def test_who_stays_far_away_says_nothing_about_the_line() -> None:
    told = score("cam", [ACROSS], look_at(range(4), Finder(), ACROSS))
    assert mark(told, "plate").state == "not measured"
    assert mark(told, "angle").state == "not measured"
    assert not told.passed


def test_an_empty_road_is_no_score() -> None:
    told = score("cam", [ACROSS], Look([ACROSS], Finder()).finish())
    assert {one.name: one.state for one in told.marks if one.name != "blur"} == dict.fromkeys(
        ("plate", "angle", "tilt", "night"), "not measured"
    )


def test_a_good_place_passes_by_day_and_says_that_night_is_outstanding() -> None:
    told = score("cam", [ACROSS], SEEN)
    assert told.passed
    assert mark(told, "night").state == "not measured"
    assert "look again after dark" in mark(told, "night").words


def test_plates_too_small_fail_with_number_bound_and_cure() -> None:
    small = replace(SEEN, at_lines=(replace(GOOD, plate_px=48.0),) * 3)
    told = mark(score("cam", [ACROSS], small), "plate")
    assert (told.state, told.value) == ("fail", 48.0)
    assert told.words.startswith("plates are 48 px wide at the line (3 of 3 vehicles")
    assert told.words.endswith(f"{PLATE_PX:.0f} px are wanted: zoom in or move the camera closer")


def test_a_plate_marked_by_hand_counts_only_where_none_was_seen() -> None:
    empty = replace(SEEN, at_lines=())
    by_hand = mark(score("cam", [ACROSS], empty, {"gate": 50.0}), "plate")
    assert (by_hand.state, by_hand.value) == ("fail", 50.0)
    assert "as marked by hand" in by_hand.words
    assert mark(score("cam", [ACROSS], SEEN, {"gate": 50.0}), "plate").value == 96.0


def test_vehicles_that_show_no_plate_fail_and_two_are_too_few_to_say_so() -> None:
    bare = replace(GOOD, plate_px=None, tilt_deg=None)
    many = replace(SEEN, at_lines=(bare,) * 3)
    assert mark(score("cam", [ACROSS], many), "plate").state == "fail"
    assert mark(score("cam", [ACROSS], replace(SEEN, at_lines=(bare,) * 2)), "plate").state == "not measured"
    most = replace(SEEN, at_lines=(bare, bare, GOOD))
    assert "most show none" in mark(score("cam", [ACROSS], most), "plate").words


@pytest.mark.parametrize(
    ("name", "worse"),
    [
        ("angle", replace(SEEN, at_lines=(replace(GOOD, angle_deg=20.0),))),
        ("tilt", replace(SEEN, at_lines=(replace(GOOD, tilt_deg=31.0),))),
        ("blur", replace(SEEN, blur=BLUR + 0.1)),
    ],
)
def test_each_criterion_fails_alone_and_says_what_to_change(name: str, worse: Seen) -> None:
    told = score("cam", [ACROSS], worse)
    assert [one.name for one in told.marks if one.state == "fail"] == [name]
    assert ": " in mark(told, name).words
    assert not told.passed


def test_by_night_plates_must_be_seen_by_night() -> None:
    assert score("cam", [ACROSS], replace(SEEN, mode="night")).passed
    blind = replace(SEEN, mode="infra-red", at_lines=(GOOD, *(replace(GOOD, plate_px=None),) * 2))
    assert mark(score("cam", [ACROSS], blind), "night").state == "fail"
    empty = score("cam", [ACROSS], replace(SEEN, mode="night", at_lines=()))
    assert mark(empty, "night").state == "not measured"
    assert not empty.passed


def test_without_a_line_there_is_nothing_to_pass() -> None:
    assert not score("cam", [], SEEN).passed


def test_a_soft_picture_scores_worse_than_the_sharp_one_it_was() -> None:
    rng = np.random.default_rng(3)
    sharp = np.kron(rng.integers(0, 255, (36, 64), np.uint8), np.ones((10, 10), np.uint8))

    def blur_of(picture: U8) -> float:
        look = Look([], Finder())
        rgb = np.dstack([picture] * 3)
        look.add(replace(frame(), planes=replace(frame().planes, arrays=(rgb,))), step(0))
        return look.finish().blur

    assert blur_of(sharp) < BLUR < blur_of(np.asarray(cv2.GaussianBlur(sharp, (0, 0), 4), np.uint8))
