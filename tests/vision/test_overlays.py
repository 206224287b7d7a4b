"""Burnt-in clocks and names are proposed; a picture without them brings no proposal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge.scene.live_gate import LiveGate
from edge.types import U8, Box
from edge.vision.overlays import overlays

WH = (960, 540)
SHARED = Path(os.environ.get("EDGE_SHARED", Path(__file__).parents[2].parent / "shared"))
CLIPS = SHARED / "data" / "videos"
FONT = cv2.FONT_HERSHEY_SIMPLEX


@lru_cache(maxsize=4)
def gate(light: str) -> tuple[U8, ...]:
    """Return four moments of the rendered gate, .8 s apart, with what drives through it."""
    scene = LiveGate(2, WH, light, rain=light == "dusk", traffic="normal", fps=12.5)
    return tuple(scene.frame(number, number / 12.5)[0] for number in range(250, 290, 10))


def written(pictures: Sequence[U8], texts: Sequence[str], place: str, scale: float, style: str) -> tuple[list[U8], Box]:
    """Burn a text into each picture, as a camera does before it codes; return where it stands in 0..1."""
    thick = 2 if scale > 0.7 else 1
    (wide, high), base = cv2.getTextSize(texts[0], FONT, scale, thick)
    x = {"left": 8, "right": WH[0] - wide - 8}[place.split()[1]]
    y = {"top": high + 8, "bottom": WH[1] - base - 8}[place.split(maxsplit=1)[0]]
    done = []
    for picture, text in zip(pictures, texts, strict=True):
        copy = picture.copy()
        if style == "on a box":
            cv2.rectangle(copy, (x - 4, y - high - 4), (x + wide + 4, y + base + 2), (255, 255, 255), cv2.FILLED)
        else:
            cv2.putText(copy, text, (x, y), FONT, scale, (0, 0, 0), thick + 2, cv2.LINE_AA)
        cv2.putText(
            copy, text, (x, y), FONT, scale, (0,) * 3 if style == "on a box" else (255,) * 3, thick, cv2.LINE_AA
        )
        coded = cv2.imencode(".jpg", copy, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
        done.append(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8))
    return done, (x / WH[0], (y - high) / WH[1], (x + wide) / WH[0], y / WH[1])


def hides(box: Box, text: Box, share: float = 1.0) -> bool:
    """Say whether a box covers so much of a text's width, and all of its height."""
    across = min(box[2], text[2]) - max(box[0], text[0])
    return across >= share * (text[2] - text[0]) and box[1] <= text[1] and box[3] >= text[3]


@pytest.mark.parametrize("light", ["day", "dusk", "night", "infrared"])
def test_a_picture_without_text_brings_no_proposal(light: str) -> None:
    assert overlays(gate(light)) == ()


@pytest.mark.parametrize(
    ("light", "place", "scale", "style"),
    list(product(["day", "night"], ["top left", "bottom right", "top right"], [0.6, 0.9], ["outlined", "on a box"])),
)
def test_a_clock_is_found_and_where_nothing_moves_behind_it_whole_and_known_by_its_seconds(
    light: str, place: str, scale: float, style: str
) -> None:
    texts = [f"2026-03-04 17:59:{second}" for second in range(12, 16)]
    pictures, at = written(gate(light), texts, place, scale, style)
    found = overlays(pictures)
    assert len(found) == 1
    if style == "outlined":
        assert hides(found[0].box, at, 0.8)
    else:
        assert hides(found[0].box, at)
        assert found[0].changes


@pytest.mark.parametrize(("light", "scale"), list(product(["day", "night"], [0.6, 0.9])))
def test_a_name_is_found_and_told_from_a_clock(light: str, scale: float) -> None:
    pictures, at = written(gate(light), ["GATE NORTH 2"] * 4, "top left", scale, "on a box")
    found = overlays(pictures)
    assert len(found) == 1
    assert hides(found[0].box, at)
    assert not found[0].changes


def test_name_and_clock_are_two_proposals_from_above_to_below() -> None:
    pictures, _ = written(gate("day"), ["GATE NORTH 2"] * 4, "top left", 0.7, "on a box")
    pictures, _ = written(
        pictures, [f"17:59:{second} 04/03" for second in range(12, 16)], "bottom right", 0.7, "on a box"
    )
    assert [text.changes for text in overlays(pictures)] == [False, True]


def test_a_text_that_drives_by_is_none_of_the_camera() -> None:
    pictures = [written([picture], ["NORTHERN CARGO"], "top left", 0.8, "on a box")[0][0] for picture in gate("day")]
    rolled = [np.roll(picture, 90 * place, axis=1) for place, picture in enumerate(pictures)]
    assert overlays(rolled) == ()


def test_no_snapshot_and_a_flat_one_bring_nothing() -> None:
    assert overlays([]) == ()
    assert overlays([np.full((90, 160), 128, np.uint8)]) == ()


@pytest.mark.parametrize("clip", ["highway_a14_bend.mp4", "highway_a1_away.mp4"])
def test_the_clock_of_a_real_camera_is_found(clip: str) -> None:
    path = CLIPS / clip
    if not path.exists():
        pytest.skip(f"{clip}: the shared clips are not here")
    with av.open(str(path)) as video:
        frames = [
            frame.to_ndarray(format="rgb24") for place, frame in enumerate(video.decode(video=0)) if place % 25 == 0
        ]
    found = overlays(frames[:4])
    assert [text.changes for text in found][-1]
    assert found[-1].box[1] > 0.9
    assert found[-1].box[2] - found[-1].box[0] > 0.9
