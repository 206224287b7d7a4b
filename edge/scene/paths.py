"""Where an actor drives and how fast: smooth paths, and profiles of going, stopping, waiting, reversing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edge.scene.painter import Stand

F64 = npt.NDArray[np.float64]
Xy = tuple[float, float]
_STEP_S = 0.02
_SPACING_M = 0.1


@dataclass(frozen=True, slots=True)
class Path:
    """A smooth curve through `points` (metres); places on it are metres from its start."""

    points: tuple[Xy, ...]

    @property
    def length_m(self) -> float:
        return float(_dense(self)[0][-1])

    def at(self, s_m: float) -> Xy:
        """The point at `s_m`, straight on beyond either end."""
        along, line = _dense(self)
        if s_m <= 0:
            way = line[1] - line[0]
            start = line[0] + way / np.linalg.norm(way) * s_m
            return (float(start[0]), float(start[1]))
        if s_m >= along[-1]:
            way = line[-1] - line[-2]
            end = line[-1] + way / np.linalg.norm(way) * (s_m - along[-1])
            return (float(end[0]), float(end[1]))
        return (float(np.interp(s_m, along, line[:, 0])), float(np.interp(s_m, along, line[:, 1])))

    def stand(self, s_m: float, wheelbase_m: float) -> Stand:
        """A vehicle whose middle is at `s_m`, carried by axles half a wheelbase ahead and behind."""
        (x0, y0), (x1, y1) = self.at(s_m - wheelbase_m / 2), self.at(s_m + wheelbase_m / 2)
        return Stand((x0 + x1) / 2, (y0 + y1) / 2, math.degrees(math.atan2(y1 - y0, x1 - x0)))

    def reaches_y(self, y: float) -> float:
        """The first place whose y passes the given value; raises ValueError when none does."""
        along, line = _dense(self)
        above = line[:, 1] > y
        turns = np.flatnonzero(above[1:] != above[:-1])
        if not len(turns):
            raise ValueError(f"the path never reaches y = {y}")
        return float(along[turns[0]])


@lru_cache(maxsize=256)
def _dense(path: Path) -> tuple[F64, F64]:
    """Centripetal Catmull-Rom samples every _SPACING_M: distance along (S,) and points (S,2)."""
    points = np.array(path.points, np.float64)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    samples = []
    for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True):
        knots = np.cumsum([0.0, *(np.linalg.norm(v - u) ** 0.5 for u, v in ((a, b), (b, c), (c, d)))])
        count = max(2, int(np.linalg.norm(c - b) / _SPACING_M))
        t = np.linspace(knots[1], knots[2], count, endpoint=False)[:, None]
        t0, t1, t2, t3 = knots
        ab = (t1 - t) / (t1 - t0) * a + (t - t0) / (t1 - t0) * b
        bc = (t2 - t) / (t2 - t1) * b + (t - t1) / (t2 - t1) * c
        cd = (t3 - t) / (t3 - t2) * c + (t - t2) / (t3 - t2) * d
        abc = (t2 - t) / (t2 - t0) * ab + (t - t0) / (t2 - t0) * bc
        bcd = (t3 - t) / (t3 - t1) * bc + (t - t1) / (t3 - t1) * cd
        samples.append((t2 - t) / (t2 - t1) * abc + (t - t1) / (t2 - t1) * bcd)
    line = np.concatenate([*samples, points[-1:]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    return along, line


@dataclass(frozen=True, slots=True)
class Go:
    """Drive to `to_m` at up to `speed_m_s`; stop there when `stop`. Driving to a smaller place is reversing."""

    to_m: float
    speed_m_s: float
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Stand still."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drive:
    """A profile: begin at `start_s` at place `from_m` with `speed_m_s`, then do the legs one after the other."""

    start_s: float
    from_m: float
    speed_m_s: float
    legs: tuple[Go | Wait, ...]
    pull_m_s2: float = 1.3
    brake_m_s2: float = 2.0

    def place(self, t_s: float) -> tuple[float, float] | None:
        """Place (m) and speed (m/s, negative in reverse) at a time; None before the start and after the last leg."""
        times, places, speeds = _driven(self)
        if t_s < times[0] or t_s > times[-1]:
            return None
        return (float(np.interp(t_s, times, places)), float(np.interp(t_s, times, speeds)))

    def reaches_s(self, place_m: float) -> float:
        """When the drive is first beyond a place; its end when it never is."""
        times, places, _ = _driven(self)
        beyond = np.flatnonzero(places > place_m + 1e-6)
        return float(times[beyond[0]] if len(beyond) else times[-1] + _STEP_S)

    @property
    def end_s(self) -> float:
        return float(_driven(self)[0][-1])


@lru_cache(maxsize=256)
def _driven(drive: Drive) -> tuple[F64, F64, F64]:
    place, speed = drive.from_m, drive.speed_m_s
    places, speeds = [place], [speed]
    for number, leg in enumerate(drive.legs):
        if isinstance(leg, Wait):
            steps = round(leg.seconds / _STEP_S)
            places += [place] * steps
            speeds += [0.0] * steps
            speed = 0.0
            continue
        way = 1.0 if leg.to_m >= place else -1.0
        following = drive.legs[number + 1 :]
        slower = following[0].speed_m_s if following and isinstance(following[0], Go) else leg.speed_m_s
        end = 0.0 if leg.stop else min(slower, leg.speed_m_s)
        speed = abs(speed)
        while way * (leg.to_m - place) > 1e-3:
            left = way * (leg.to_m - place)
            allowed = math.sqrt(end * end + 2 * drive.brake_m_s2 * left)
            speed = min(speed + drive.pull_m_s2 * _STEP_S, leg.speed_m_s, max(allowed, 0.05))
            if speed > leg.speed_m_s:
                speed = max(leg.speed_m_s, speed - drive.brake_m_s2 * _STEP_S)
            place += way * min(speed * _STEP_S, left)
            places.append(place)
            speeds.append(way * speed)
        if leg.stop:
            speed = 0.0
            speeds[-1] = 0.0
    times = drive.start_s + np.arange(len(places)) * _STEP_S
    return times.astype(np.float64), np.array(places, np.float64), np.array(speeds, np.float64)
