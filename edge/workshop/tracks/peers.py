"""The door to roboflow's `trackers`: its SORT, ByteTrack, OC-SORT and BoT-SORT, and its evaluator.

The trackers run at that library's defaults but for how long a lost track is kept. It counts that in frames at 30 a
second and scales it by the `frame_rate` it is told, so `lost_track_buffer = 30 * seconds` with the true rate, that of
a thinned sequence too, waits as many seconds as our tracker by default waits for a vehicle lost in plain sight. Its
option to be told stamps stays off, as by default: the rate is even.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge.errors import UsageError
from edge.types import F32
from edge.workshop.tracks.contest import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.workshop.tracks.contest import Sight

PEERS = ("sort", "bytetrack", "ocsort", "botsort")
MET_IOU = 0.5
_BUFFER_FPS = 30
_CLASSES = {
    "sort": "SORTTracker",
    "bytetrack": "ByteTrackTracker",
    "ocsort": "OCSORTTracker",
    "botsort": "BoTSORTTracker",
}
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What the evaluator says of one tracker: its own figures by their names, those of CLEAR, HOTA and Identity."""

    clear: dict[str, Any]
    hota: dict[str, Any]
    identity: dict[str, Any]


class Peer:
    """One of PEERS as a contestant, for a sequence of `fps` frames a second, waiting `wait_s` for lost tracks.

    Raises:
        UsageError: the library is not installed.
    """

    def __init__(self, name: str, fps: float, wait_s: float) -> None:
        self.name = name
        self.wants_picture = name == "botsort"  # it compensates the camera's motion, and the others warn of a picture
        make = getattr(_library("trackers"), _CLASSES[name])
        self._tracker = make(lost_track_buffer=round(wait_s * _BUFFER_FPS), frame_rate=fps)
        self._boxes = _library("supervision").Detections

    def step(self, sight: Sight) -> Answer:
        """Track one frame; boxes without an identity (-1) are not told of."""
        found = sight.found
        boxes = self._boxes(found.xyxy.copy(), confidence=found.confidence.copy(), class_id=found.class_id.astype(int))
        more = {"frame": sight.picture} if self.wants_picture else {}
        began = time.perf_counter_ns()
        told = self._tracker.update(boxes, **more)
        spent_ns = time.perf_counter_ns() - began
        ids = np.asarray(told.tracker_id, np.int64)
        return Answer(ids[ids >= 0], np.asarray(told.xyxy, np.float32).reshape(-1, 4)[ids >= 0], spent_ns)


def check_installed() -> None:
    """Raise UsageError where the library is not installed, before anything long begins."""
    _library("trackers.eval")


def overlaps(true: F32, told: F32) -> npt.NDArray[np.float64]:
    """Return the evaluator's intersection over union of every pair of boxes, (N,4) x (M,4) to (N,M)."""
    found = _library("trackers.eval").box_iou(true.astype(np.float64), told.astype(np.float64), box_format="xyxy")
    return np.asarray(found, np.float64).reshape(len(true), len(told))


def judge(true: Sequence[Ids], told: Sequence[Ids], ious: Sequence[npt.NDArray[np.float64]]) -> Verdict:
    """Let the evaluator compare, frame by frame, true ids (N,) and told ones (M,) whose boxes overlap by (N,M)."""
    library, frames = _library("trackers.eval"), (list(true), list(told), list(ious))
    return Verdict(
        library.compute_clear_metrics(*frames, threshold=MET_IOU),
        library.compute_hota_metrics(*frames),
        library.compute_identity_metrics(*frames, threshold=MET_IOU),
    )


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the evaluator's verdict over several sequences."""
    library = _library("trackers.eval")
    return Verdict(
        library.aggregate_clear_metrics([one.clear for one in verdicts]),
        library.aggregate_hota_metrics([one.hota for one in verdicts]),
        library.aggregate_identity_metrics([one.identity for one in verdicts]),
    )


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            "trackers are compared by roboflow's `trackers`: install the eval extra, pip install 'edge-gate[eval]'"
        ) from error
