"""The scripted sequences as they lie on disk."""

from __future__ import annotations

import configparser
import csv
from typing import TYPE_CHECKING

import pytest

from edge.errors import UsageError
from edge.scene.identity import EPISODES, Episode, story
from edge.scene.story import Stage
from edge.scene.truth import ActorTruth, FrameTruth
from edge.types import CLASSES
from edge.workshop.tracks import rendered
from edge.workshop.tracks.mot_text import Truth, read_truth
from edge.workshop.video import pictures_of

if TYPE_CHECKING:
    from pathlib import Path

    from edge.scene.ingredients import SceneList
    from edge.scene.story import Story

SMALL_WH = (160, 90)
SECONDS = 0.4
EPISODE = Episode("lorry", 1)  # a lorry stands there from the first frame on


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sequences are cut to five frames; the names of those drawn."""
    names: list[str] = []

    def short(source: SceneList, episode: Episode, size_wh: tuple[int, int]) -> Story:
        names.append(episode.name)
        return story(source, episode, size_wh, SECONDS)

    monkeypatch.setattr(rendered, "story", short)
    return names


def actor(visible: float, in_picture: float, box: tuple[float, float, float, float]) -> FrameTruth:
    return FrameTruth(0, (ActorTruth(7, "bus", box, box, visible, (), in_picture),))


def test_a_row_is_frame_identity_visible_box_flag_class_and_visibility() -> None:
    assert rendered.truth_rows(3, actor(0.9, 0.8, (10, 20, 40, 60))) == ["3,7,10.0,20.0,30.0,40.0,1,3,0.720"]


def test_a_sliver_at_the_border_has_no_row() -> None:
    assert rendered.truth_rows(3, actor(0.9, 0.01, (159.97, 20, 160, 22))) == []


@pytest.mark.parametrize(
    ("visible", "in_picture", "box"),
    [(0.45, 1.0, (10, 20, 40, 60)), (0.7, 0.7, (10, 20, 40, 60)), (1.0, 1.0, (10, 20, 21, 60))],
)
def test_the_mostly_hidden_the_cut_off_and_the_tiny_need_not_be_found(
    visible: float, in_picture: float, box: tuple[float, float, float, float]
) -> None:
    assert rendered.truth_rows(1, actor(visible, in_picture, box))[0].split(",")[6] == "0"


@pytest.mark.usefixtures("drawn")
def test_a_sequence_on_disk_says_what_the_story_shows(tmp_path: Path) -> None:
    assert rendered.write_tracks(tmp_path, "tuning", [EPISODE], SMALL_WH) == 1
    folder = tmp_path / EPISODE.name
    index = configparser.ConfigParser()
    index.read(folder / "seqinfo.ini")
    said = dict(index["Sequence"])
    assert (said["name"], said["imdir"], said["framerate"]) == (EPISODE.name, "video.mp4", "12.5")
    pictures = [picture for _, picture in pictures_of(folder / said["imdir"], 1)]
    assert len(pictures) == int(said["seqlength"]) == 5
    assert {picture.shape for picture in pictures} == {(90, 160, 3)}

    played = story(EPISODES["tuning"][0], EPISODE, SMALL_WH, SECONDS)
    tracks = read_truth(folder / "gt" / "gt.txt")
    assert tracks
    for number, (_, truth) in enumerate(Stage(played).frames(), start=1):
        written = tracks.get(number, Truth.empty())
        assert sorted(written.ids.tolist()) == sorted(one.actor for one in truth.actors)
        for one in truth.actors:
            assert written.xyxy[written.ids == one.actor][0] == pytest.approx(one.box, abs=0.11)
    with (folder / "vehicles.csv").open(encoding="utf-8") as file:
        cast = {int(row["id"]): row for row in csv.DictReader(file)}
    assert set(cast) == {ride.actor.number for ride in played.rides}
    assert {row["class"] for row in cast.values()} <= set(CLASSES)
    named = [ride.actor for ride in played.rides if ride.actor.front is not None]
    assert named
    assert all(one.front and one.front.text in cast[one.number]["plates"].split(";") for one in named)


def test_what_is_complete_stays_and_what_was_cut_off_is_drawn_again(tmp_path: Path, drawn: list[str]) -> None:
    episodes = [Episode("twins", 0), Episode("twins", 1)]
    assert rendered.write_tracks(tmp_path, "tuning", episodes[:1], SMALL_WH) == 1
    (tmp_path / ".twins-01.part" / "gt").mkdir(parents=True)
    assert rendered.write_tracks(tmp_path, "tuning", episodes, SMALL_WH) == 1
    assert drawn == ["twins-00", "twins-01"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["twins-00", "twins-01"]


def test_the_same_sequence_has_the_same_truth(tmp_path: Path, drawn: list[str]) -> None:
    for name in ("a", "b"):
        rendered.write_tracks(tmp_path / name, "tuning", [EPISODE], SMALL_WH)
    for file in ("gt/gt.txt", "seqinfo.ini", "vehicles.csv"):
        one, other = ((tmp_path / name / EPISODE.name / file).read_bytes() for name in ("a", "b"))
        assert one == other
    assert len(drawn) == 2


def test_sequences_are_chosen_by_name_or_scenario() -> None:
    assert [episode.name for episode in rendered.chosen("proof", ["boom", "twins-02"])] == [
        "twins-02",
        "boom-00",
        "boom-01",
    ]
    assert rendered.chosen("tuning") == EPISODES["tuning"][1]
    with pytest.raises(UsageError, match="lorry-00"):
        rendered.chosen("tuning", ["lory"])
