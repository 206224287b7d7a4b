"""The scripted identity sequences on disk: a video and the boxes of everybody in it, as the MOT challenge has them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from edge.capture.encode import VideoWriter
from edge.errors import UsageError
from edge.scene.identity import EPISODES, Episode, story
from edge.scene.story import Stage
from edge.types import CLASSES
from edge.workshop.listed import select, whole_folder
from edge.workshop.tracks.mot_text import TRUTH_FILE
from edge.workshop.tracks.sequence import SEQUENCE_FILE, VEHICLES_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from edge.scene import ActorTruth, FrameTruth
    from edge.scene.actors import Actor
    from edge.scene.story import Story

VIDEO = "video.mp4"
PRESET, CRF = "veryfast", 22
COUNTS_FROM, SMALLEST_PX = 0.5, 12
"""So much of a vehicle must be seen, and its box be so many pixels in both directions, for a track to be asked for."""
_LEAST_PX = 0.05  # half of what one decimal shows


def chosen(list_name: str, only: Collection[str] = ()) -> tuple[Episode, ...]:
    """Return a list's episodes, or those of the given names or scenarios.

    Raises:
        UsageError: a name is none of the list's.
    """
    return select(EPISODES[list_name][1], only, lambda episode: (episode.name, episode.scenario), f"{list_name} list")


def write_tracks(
    out: Path,
    list_name: str,
    episodes: Collection[Episode],
    size_wh: tuple[int, int],
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Write one folder an episode under `out` and return how many were new: those that are complete stay as they are.

    `told` hears an episode's name, how many of its frames are done, and how many it has.

    Raises:
        UsageError: the folder cannot be written.
    """
    new = 0
    try:
        for episode in episodes:
            if (out / episode.name / SEQUENCE_FILE).exists():
                continue
            with whole_folder(out / episode.name) as part:
                (part / TRUTH_FILE).parent.mkdir()
                _write(part, episode, story(EPISODES[list_name][0], episode, size_wh), told)
            new += 1
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror or error}); give another folder") from error
    return new


def _write(folder: Path, episode: Episode, played: Story, told: Callable[[str, int, int], None]) -> None:
    total = round(played.seconds * played.fps)
    width, height = played.camera.size_wh
    with (
        # One encoder thread: x264's output depends on how many there are.
        VideoWriter(folder / VIDEO, (width, height), played.fps, preset=PRESET, crf=CRF, threads=1) as video,
        (folder / TRUTH_FILE).open("w", encoding="utf-8") as truths,
    ):
        for number, (picture, truth) in enumerate(Stage(played).frames(), start=1):
            video.write(picture, truth.media_ns)
            truths.writelines(f"{row}\n" for row in truth_rows(number, truth))
            told(episode.name, number, total)
    _write_vehicles(folder / VEHICLES_FILE, {ride.actor.number: ride.actor for ride in played.rides})
    (folder / SEQUENCE_FILE).write_text(
        f"[Sequence]\nname={episode.name}\nimDir={VIDEO}\nframeRate={played.fps:g}\nseqLength={total}\n"
        f"imWidth={width}\nimHeight={height}\n",
        encoding="utf-8",
    )


def truth_rows(number: int, truth: FrameTruth) -> list[str]:
    """Return a frame's rows `frame,id,left,top,width,height,flag,class,visibility`, the boxes those that can be seen.

    Who is hidden altogether keeps the box it would have, with the flag 0. `visibility` is the share of the whole
    vehicle that is in the picture and that nothing hides; classes are numbered from 1. A sliver
    at the border that rounds to nothing has no row.
    """
    there = [actor for actor in truth.actors if min(_width_height(actor)) >= _LEAST_PX]
    return [_row(number, actor) for actor in sorted(there, key=lambda actor: actor.actor)]


def _width_height(actor: ActorTruth) -> tuple[float, float]:
    left, top, right, bottom = actor.box
    return right - left, bottom - top


def _row(number: int, actor: ActorTruth) -> str:
    (left, top, *_), (wide, high) = actor.box, _width_height(actor)
    seen = actor.visible_fraction * actor.in_picture
    counts = seen >= COUNTS_FROM and min(wide, high) >= SMALLEST_PX
    box = ",".join(f"{value:.1f}" for value in (left, top, wide, high))
    return f"{number},{actor.actor},{box},{counts:d},{CLASSES.index(actor.kind) + 1},{seen:.3f}"


def _write_vehicles(path: Path, cast: dict[int, Actor]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("id", "class", "plates"))
        for number, actor in sorted(cast.items()):
            looks = (actor.front, actor.rear, actor.tow_plate)
            texts = dict.fromkeys(look.text.replace("|", " ") for look in looks if look is not None)
            rows.writerow((number, actor.kind, ";".join(texts)))
