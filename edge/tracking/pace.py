"""How often the detector looks."""

from __future__ import annotations

from edge.ports import Allowance

REDUCED_FPS = 5.0
"""Most frames analysed a second while the device does less: with five, tracks of the proof list score 79.4 HOTA and
88.9 IDF1 where with all they score 80.7 and 87.7 (edge/docs/tracking.md); with one 73.6 and 78.6."""


class Pace:
    """When a frame is due for the detector.

    Args:
        analysis_fps: most frames analysed a second, 0 means every one.
        heartbeat_s: longest time without analysis.
        allowance: whether less than that is to be done.
    """

    def __init__(self, analysis_fps: float, heartbeat_s: float, allowance: Allowance | None = None) -> None:
        self._interval_ns = round(1e9 / analysis_fps) if analysis_fps else 0
        self._reduced_ns = max(self._interval_ns, round(1e9 / REDUCED_FPS))
        self._heartbeat_ns = round(heartbeat_s * 1e9)
        self._allowance = allowance or Allowance()
        self._looked_ns: int | None = None

    def due(self, at_ns: int, *, busy: bool, cut: bool) -> bool:
        """Tell whether the frame at `at_ns` is worth a look: the first, after a cut, while `busy`, and now and then."""
        if self._looked_ns is None or cut:
            return True
        waited_ns = at_ns - self._looked_ns
        least_ns = self._interval_ns if self._allowance.full_analysis else self._reduced_ns
        return waited_ns >= least_ns and (busy or waited_ns >= self._heartbeat_ns)

    def looked(self, at_ns: int) -> None:
        """Note that the frame at `at_ns` was analysed."""
        self._looked_ns = at_ns

    def reset(self) -> None:
        """Let the next frame be the first."""
        self._looked_ns = None
