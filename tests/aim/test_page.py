"""What a page is told of a shot."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timezone
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest

from edge.aim.mailbox import Mark, Shot, Told
from edge.aim.page import WIDEST_PX, Messages, to_jpeg
from edge.ports import Frame
from edge.tally import event_text
from edge.types import U8, Severity
from edge.vision.frame import PlanarFrame
from tests.aim.gate import event, frame, track


def split(message: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(message[:4], "big")
    return json.loads(message[4 : 4 + length]), message[4 + length :]


def decoded(jpeg: bytes) -> U8:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.fixture
def messages() -> Messages:
    return Messages("run", timezone.utc, event_text)


def test_a_message_holds_tracks_and_picture(messages: Messages) -> None:
    mark = Mark(replace(track(12, 2), vehicle_id=7, bits=5), "CA123456", ((1.4, 2.6), (3.0, 4.0)))
    told, jpeg = split(messages.message(Shot(9, frame(3), (mark,), frames=4, dropped=1), 0))
    assert (told["run"], told["number"], told["seq"], told["frames"], told["dropped"]) == ("run", 9, 3, 4, 1)
    assert told["tracks"] == [
        {
            "id": 12,
            "vehicle": 7,
            "kind": "car",
            "state": "confirmed",
            "confidence": 0.9,
            "box": [36, 60, 96, 120],
            "bits": 5,
            "plate": "CA123456",
            "trail": [1, 3, 3, 4],
        }
    ]
    assert decoded(jpeg).shape == (180, 320, 3)


def test_only_events_the_page_has_not_got_are_told(messages: Messages) -> None:
    shot = Shot(1, events=tuple(Told(number, event(number, Severity.WARNING)) for number in (1, 2, 3)))
    told, jpeg = split(messages.message(shot, 2))
    assert [(one["number"], one["severity"], one["text"]) for one in told["events"]] == [
        (3, "warning", "warning: anomaly 3")
    ]
    assert jpeg == b"", "there is no picture yet"


def test_times_are_the_site_s_own() -> None:
    messages = Messages("run", ZoneInfo("Africa/Johannesburg"), event_text)
    told, _ = split(messages.message(Shot(1, frame()), 0))
    assert told["time"] == "2026-03-04 14:00:00"


def test_a_picture_is_coded_once_for_all_viewers(messages: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[int] = []

    def code(frame: Frame) -> bytes:
        coded.append(frame.seq)
        return b"jpeg"

    monkeypatch.setattr("edge.aim.page.to_jpeg", code)
    first, second = frame(0), frame(1)
    for shot in (Shot(1, first), Shot(1, first), Shot(2, first), Shot(3, second)):
        assert messages.message(shot, 0).endswith(b"jpeg")
    assert coded == [0, 1]


@pytest.mark.parametrize(
    ("size_wh", "shown_wh"),
    [((320, 180), (320, 180)), ((1920, 1080), (1280, 720)), ((1921, 1083), (1280, 722)), ((2000, 3), (1280, 2))],
)
def test_a_picture_is_shrunk_to_the_widest_without_bars(size_wh: tuple[int, int], shown_wh: tuple[int, int]) -> None:
    picture = decoded(to_jpeg(frame(5, size_wh)))
    assert (picture.shape[1], picture.shape[0]) == shown_wh
    assert shown_wh[0] <= WIDEST_PX
    assert np.ptp(picture) <= 6, "a bar would be of another colour"


def test_colours_are_in_order() -> None:
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[..., 0] = 255
    red = PlanarFrame.from_rgb(picture, camera_id="cam", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    blue, _, red_value = decoded(to_jpeg(red))[8, 8]
    assert red_value > 240
    assert blue < 20
