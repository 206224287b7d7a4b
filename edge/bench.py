"""Times the product on one video: decoding alone, the detector alone, and the whole job, in one run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from edge.app import open_analysis
from edge.capture.sources import open_source
from edge.capture.verdicts import trusting
from edge.clock import SystemClock
from edge.errors import SourceBroken, SourceEnded
from edge.inference.detector import open_detector
from edge.order import Watched, WatchOrder, what_to_watch
from edge.ports import Frame, FrameSource

SAMPLE = 64
"""Frames the detector alone is timed on, decoded beforehand and spread over the video."""
READ_S = 10.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured; `look_ms` is the mean cost of reading the plates in one picture."""

    backend: str
    detector: str
    frames: int
    analysed: int
    decode_fps: float
    detector_fps: float
    end_to_end_fps: float
    looks: int
    look_ms: float

    @property
    def ratios(self) -> Ratios:
        """The figures as ratios: what can be compared between machines and runs."""
        return Ratios(self.end_to_end_fps / self.detector_fps, self.detector_fps / self.decode_fps)


@dataclass(frozen=True, slots=True)
class Ratios:
    """Frames a second of one over frames a second of the other."""

    end_to_end_over_detector: float
    detector_over_decode: float


def measure(order: WatchOrder, seconds: float | None = None) -> Figures:
    """Measure one video, or its first `seconds`.

    Raises:
        SourceBroken: it has no frame.
        EdgeError: whatever keeps a part from working.
    """
    watched = what_to_watch(order)
    backend, decode_fps, count = _decode(watched, seconds)
    detector_name, detector_fps = _detect(watched, seconds, max(count // SAMPLE, 1))
    with ExitStack() as stack:
        analysis = open_analysis(order, stack)
        began = time.perf_counter()
        analysed = [step.analysed for _, step in analysis.steps(seconds)]
        analysis.finish()
        whole_fps = len(analysed) / (time.perf_counter() - began)
        reading = analysis.reading_cost
    return Figures(
        backend,
        detector_name,
        len(analysed),
        sum(analysed),
        decode_fps,
        detector_fps,
        whole_fps,
        reading.looks,
        reading.look_ms,
    )


def _decode(watched: Watched, seconds: float | None) -> tuple[str, float, int]:
    source = open_source(watched.camera, SystemClock(), distrusted=trusting(watched.config.store))
    spec = source.open()
    began = time.perf_counter()
    count = sum(1 for _ in _frames(source, seconds))
    elapsed_s = time.perf_counter() - began
    if not count:
        raise SourceBroken(f"{watched.camera.source}: has no frame to measure with; give another video")
    return f"{spec.backend} ({spec.decoder})", count / elapsed_s, count


def _detect(watched: Watched, seconds: float | None, every: int) -> tuple[str, float]:
    source = open_source(watched.camera, SystemClock(), distrusted=trusting(watched.config.store))
    source.open()
    sample = [frame for number, frame in enumerate(_frames(source, seconds)) if number % every == 0]
    detector = open_detector(watched.config.models)
    detector.detect(sample[0])  # the first run of an engine allocates what later ones reuse
    began = time.perf_counter()
    for frame in sample:
        detector.detect(frame)
    elapsed_s = time.perf_counter() - began
    detector.close()
    return detector.label, len(sample) / elapsed_s


def _frames(source: FrameSource, seconds: float | None) -> Iterator[Frame]:
    first_ns: int | None = None
    try:
        while True:
            frame = source.read(READ_S)
            first_ns = frame.mono_ns if first_ns is None else first_ns
            if seconds is not None and frame.mono_ns - first_ns >= seconds * 1e9:
                return
            yield frame
    except SourceEnded:
        return
    finally:
        source.close()
