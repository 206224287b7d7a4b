"""A live RTSP camera made from a clip, analysed by the whole product while the camera drops, dies, stalls and freezes.

    python -m tests.soak.rtsp --minutes 10 --drops 20 --stalls 5

Prints every fault with the time from the camera's return to the first analysed frame, and at the end the drops of the
feed and the slope of the process's memory. Ends with 1 when a return took longer than --limit seconds or never came.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edge.app import open_analysis
from edge.order import WatchOrder, bundled_clip
from edge.types import CameraStatus
from tests.capture.rtsp_camera import RtspCamera

PAGE_BYTES = 4096
WARM_UP = 0.2
"""Share of the run after which memory counts: models, buffers and caches have their size by then."""
DROPS = ("drop", "power cut")
STALLS = ("stall", "freeze")


@dataclass(slots=True)
class Fault:
    """One thing that went wrong, when the camera was well again and when a frame was analysed; seconds of the run."""

    kind: str
    begun_s: float
    back_s: float = 0.0
    analysed_s: float = 0.0

    @property
    def return_s(self) -> float | None:
        """Seconds from the camera's return to the first analysed frame; None when none came."""
        return self.analysed_s - self.back_s if self.analysed_s else None


@dataclass(frozen=True, slots=True)
class Report:
    """What the run came to. `slope_mb_h`: of the straight line through the resident memory after the warm-up."""

    seconds: float
    backend: str
    detector: str
    frames: int
    networks: int
    dropped: int
    faults: int
    states: dict[str, int]
    slowest_return_s: float | None
    median_return_s: float | None
    not_returned: int
    rss_mb: tuple[float, float]
    slope_mb_h: float
    restarts: int = 0


@dataclass(slots=True)
class Diary:
    """What happened when, shared by the thread that breaks the camera and the one that analyses."""

    began: float = field(default_factory=time.monotonic)
    faults: list[Fault] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)
    minutes: int = 0

    def now_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def note_state(self, status: CameraStatus) -> None:
        """Count a state of the feed."""
        self.states[status.state] = self.states.get(status.state, 0) + 1

    def note_frame(self) -> None:
        """Credit an analysed frame to the last fault, if the camera is back from it."""
        now_s = self.now_s()
        if self.faults and self.faults[-1].back_s and not self.faults[-1].analysed_s:
            fault = self.faults[-1]
            fault.analysed_s = now_s
            say(f"{now_s:7.1f} s  {fault.kind:9}  analysed {fault.return_s:5.2f} s after the camera's return")
        if not self.memory or now_s - self.memory[-1][0] >= 1:
            self.memory.append((now_s, rss_mb()))
            if now_s // 60 > self.minutes:
                self.minutes = int(now_s // 60)
                say(f"{now_s:7.1f} s  memory {self.memory[-1][1]:.0f} MB")


def rss_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE_BYTES / 1e6


def say(line: str) -> None:
    """Print for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def kinds_of(drops: int, stalls: int) -> list[str]:
    """Return the faults in a fixed order, stalls spread among the drops."""
    every = max(round((drops + stalls) / max(stalls, 1)), 1)
    kinds: list[str] = []
    made = [0, 0]
    for number in range(drops + stalls):
        is_stall = made[1] < stalls and (number % every == every - 1 or made[0] == drops)
        names, side = (STALLS, 1) if is_stall else (DROPS, 0)
        kinds.append(names[made[side] % 2])
        made[side] += 1
    return kinds


def break_camera(camera: RtspCamera, kinds: Sequence[str], seconds: float, diary: Diary, stop: threading.Event) -> None:
    """Let the faults happen, evenly over the run."""
    slot_s = seconds / (len(kinds) + 1)
    for number, kind in enumerate(kinds):
        if stop.wait(max((number + 0.5) * slot_s - diary.now_s(), 0)):
            return
        fault = Fault(kind, diary.now_s())
        diary.faults.append(fault)
        away_s = min(3.0 + number % 4, slot_s / 2)  # three to six seconds away, as far as the run is long enough
        for _ in happen(camera, kind):
            stop.wait(away_s)
        fault.back_s = diary.now_s()


def happen(camera: RtspCamera, kind: str) -> Iterator[None]:
    """Do a fault; what comes after the yield mends it."""
    if kind == "drop":
        camera.tell("down")
        yield
        camera.tell("up")
    elif kind == "power cut":
        camera.kill()
        yield
        camera.start()
    elif kind == "stall":
        camera.tell("stall")
        yield
        camera.tell("resume")
    else:
        camera.freeze()
        yield
        camera.thaw()


def soak(args: argparse.Namespace) -> Report:
    """Run it."""
    diary, stop, seconds = Diary(), threading.Event(), args.minutes * 60
    kinds = kinds_of(args.drops, args.stalls)
    clip = bundled_clip()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        camera = stack.enter_context(RtspCamera(args.clip or clip.video))
        order = WatchOrder(
            source=camera.uri,
            lines=tuple(args.line),
            config=None if args.clip else clip.config,
            backend=args.backend,
            plates=args.plates,
            db=folder / "soak.db",
        )
        analysis = open_analysis(order, stack, on_state=diary.note_state)
        diary.began = time.monotonic()
        breaker = threading.Thread(target=break_camera, args=(camera, kinds, seconds, diary, stop))
        breaker.start()
        stack.callback(breaker.join)
        stack.callback(stop.set)
        frames = networks = 0
        for _, step in analysis.steps():
            frames += 1
            networks += step.analysed
            diary.note_frame()
            if diary.now_s() >= seconds:
                break
        analysis.finish()
        return made_report(diary, analysis.spec.backend, analysis.detector, frames, networks, analysis.dropped)


def made_report(diary: Diary, backend: str, detector: str, frames: int, networks: int, dropped: int) -> Report:
    """Draw the figures together."""
    returns = [fault.return_s for fault in diary.faults if fault.return_s is not None]
    settled = np.array([sample for sample in diary.memory if sample[0] >= WARM_UP * diary.now_s()] or [(0.0, rss_mb())])
    slope = np.polyfit(settled[:, 0], settled[:, 1], 1)[0] * 3600 if len(settled) > 1 else 0.0
    return Report(
        seconds=round(diary.now_s(), 1),
        backend=backend,
        detector=detector,
        frames=frames,
        networks=networks,
        dropped=dropped,
        faults=len(diary.faults),
        states=diary.states,
        slowest_return_s=round(max(returns), 2) if returns else None,
        median_return_s=round(float(np.median(returns)), 2) if returns else None,
        not_returned=len(diary.faults) - len(returns),
        rss_mb=(round(float(settled[0, 1]), 1), round(float(settled[-1, 1]), 1)),
        slope_mb_h=round(float(slope), 1),
    )


def main(words: Sequence[str] | None = None) -> int:
    """Run the soak and print its report as one JSON line on stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--drops", type=int, default=20, help="connections broken: half by the server, half by its death"
    )
    parser.add_argument("--stalls", type=int, default=5, help="silences: half of the encoder, half of the whole camera")
    parser.add_argument("--clip", type=Path, help="H.264, H.265 or MJPEG file to film (default: the bundled clip)")
    parser.add_argument("--line", action="append", default=[], help="tripwire, as for edge watch")
    parser.add_argument("--backend", choices=("auto", "gst", "pyav"), default="auto")
    parser.add_argument("--plates", choices=("pp-ocr", "none"), default="none")
    parser.add_argument("--limit", type=float, default=3.0, help="longest return in seconds")
    args = parser.parse_args(words)
    report = soak(args)
    print(json.dumps(asdict(report)))
    late = report.slowest_return_s is None or report.slowest_return_s > args.limit
    return 1 if late or report.not_returned else 0


if __name__ == "__main__":
    sys.exit(main())
