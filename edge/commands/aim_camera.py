"""What `edge aim` sees: snapshots and a look, both through the product's own capture, detector and plate finder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from edge.aim.look import Look
from edge.aim.score import Score, score
from edge.app import FIRST_FRAME_S, make_feed, open_analysis
from edge.capture.address import parse_address
from edge.clock import SystemClock
from edge.config import Camera
from edge.config.load import load_config
from edge.errors import SourceEnded
from edge.inference.finder import open_finder
from edge.inference.finder_card import load_finder_card
from edge.order import WatchOrder
from edge.ports import Frame
from edge.runtime import TAKE_S
from edge.types import U8

SPAN_S = 3.2
"""Snapshots spread over so long: a clock has changed thrice by then."""
APART_NS = 800_000_000


class CameraEyes:
    """One camera of a configuration file; `source` None takes its own address."""

    def __init__(self, config: Path, camera: Camera, source: str | None, seconds: float) -> None:
        self._config = config
        self._camera_id = camera.id
        self._address = source or camera.source
        self._seconds = seconds
        self.source = parse_address(self._address).shown

    def snapshots(self, camera: Camera) -> Sequence[U8]:
        """Return pictures over some seconds, without masks: who draws them must see what they hide.

        Raises:
            EdgeError: there is no picture.
        """
        feed = make_feed(replace(camera, source=self._address, masks=()), SystemClock(), give_up_s=FIRST_FRAME_S)
        feed.start()
        kept: list[Frame] = []
        first_ns: int | None = None
        try:
            while first_ns is None or not kept or kept[-1].mono_ns - first_ns < SPAN_S * 1e9 - APART_NS:
                frame = feed.take(TAKE_S)
                if frame is None:
                    continue
                first_ns = frame.mono_ns if first_ns is None else first_ns
                if not kept or frame.mono_ns - kept[-1].mono_ns >= APART_NS:
                    kept.append(frame)
        except SourceEnded:
            if not kept:
                raise
        finally:
            feed.stop()
        return [frame.crop((0, 0, *frame.size_wh)) for frame in kept if frame.size_wh == kept[-1].size_wh]

    def measure(self, by_hand: Mapping[str, float]) -> Score:
        """Look for a while at what the file draws now, and judge.

        Raises:
            EdgeError: whatever keeps camera or model from working, or ends a recording too early.
        """
        models = load_config(self._config).models
        order = WatchOrder(self._address, config=self._config, camera=self._camera_id, plates="none")
        with ExitStack() as stack:
            finder = open_finder(load_finder_card(models.finder), models.engine, models.threads, models.engines_dir)
            stack.callback(finder.close)
            analysis = open_analysis(order, stack)
            look = Look(analysis.lines, finder)
            for frame, step in analysis.steps(self._seconds):
                look.add(frame, step)
            if analysis.cut is not None:
                raise analysis.cut
            return score(self._camera_id, analysis.lines, look.finish(), by_hand)
