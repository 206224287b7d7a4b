"""Scenes in words, played through the real rules: what happened line by line in, what was told in sentences out.

on 2019-02-07                             the day of the lines below, in the site's time zone
08:00:05 in main car CF207358             a final pass; `-` for no plate, `A1+B2` for two; then line= camera= conf=
                                          hash= track= fold=
12:30:00 tick                             the second in which time rules are asked
10:00:00 person stands in yard for 75 s   also `2 cars roam`, `car passes`: still, moving about, or straight through
10:00:00 clock unsynced for 90 s          a tick a second
restart                                   the site is put together again from what a store remembers
"""

from __future__ import annotations

import itertools
import math
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from edge.clock import ClockQuality
from edge.config import Config
from edge.config.load import parse_config
from edge.gate.guard import Guard
from edge.gate.registry import Registry
from edge.gate.registry_csv import parse_registry
from edge.gate.site import GateSite
from edge.gate.stays import ZoneWatch
from edge.types import (
    CLASSES,
    U8,
    Anomaly,
    AnomalyEnd,
    Box,
    Direction,
    Draft,
    Pass,
    Plate,
    Stage,
    TrackSnapshot,
    TrackState,
    TrackUpdate,
    Visit,
    VisitState,
)

SECOND = 1_000_000_000
RULES_TEXT = (Path(__file__).parents[2] / "edge" / "docs" / "rules.md").read_text("utf-8")
SITE = re.findall(r"```toml\n(.*?)```", RULES_TEXT, re.DOTALL)[0]
"""The site that the documented examples are played on."""
REGISTRY = parse_registry(re.findall(r"```csv\n(.*?)```", RULES_TEXT, re.DOTALL)[0], "plates.csv")
"""The vehicles that are known there."""
SIZE_WH = (1000, 1000)
_STEP_S = 0.5
_ZONE = re.compile(rf"(\d*) ?({'|'.join(CLASSES)})s? (stands?|roams?|pass(?:es)?) in (\S+) for (\d+) s")
_CLOCK = re.compile(r"clock (\w+) for (\d+) s")


class Play:
    """A site that a scene is played on."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.drafts: list[Draft] = []
        self.told: list[str] = []
        self.ended: list[AnomalyEnd] = []
        self._ids = itertools.count(1)
        self._tracks = itertools.count(1)
        self._day = "2019-02-07"
        self._watches = {camera.id: ZoneWatch(camera.id, camera.zones) for camera in config.cameras}
        self._visits: dict[str, Visit] = {}
        self._open_site()

    def _open_site(self) -> None:
        c = self.config
        still = [visit for visit in self._visits.values() if visit.state is VisitState.OPEN]
        names = {visit.visit_id for visit in still}
        told = [one.body for one in self.drafts if isinstance(one.body, Anomaly) and one.body.visit_id in names]
        last = max((visit.number for visit in self._visits.values()), default=0)
        self.site = GateSite(c.site, c.roads, c.rules, self._make_id, tuple(still), last, cameras=c.cameras, told=told)
        if c.registry.file:
            known = Registry(REGISTRY, ZoneInfo(c.site.timezone), c.registry.fuzzy)
            self.site.place(Guard(known, bytes(32) if c.registry.unknown_plates == "hash" else None))

    def play(self, line: str) -> None:
        """Do what one line says."""
        if line == "restart":
            self._open_site()
        elif line.startswith("on "):
            self._day = line[3:].strip()
        else:
            when, _, rest = line.partition(" ")
            self._play(when, rest.strip())

    def _play(self, when: str, rest: str) -> None:
        zone, clock = _ZONE.fullmatch(rest), _CLOCK.fullmatch(rest)
        if rest == "tick":
            self.hear(self.site.tick(self.wall(when), ClockQuality.SYNCED))
        elif zone:
            count, class_name, way, name, seconds = zone.groups()
            self.in_zone(self.wall(when), int(count or 1), class_name, way, name, int(seconds))
        elif clock:
            quality = ClockQuality(clock[1])
            for second in range(int(clock[2]) + 1):
                self.hear(self.site.tick(self.wall(when) + second * SECOND, quality))
        else:
            self.cross(when, rest.split())

    def wall(self, when: str, fold: int = 0) -> int:
        """Return UTC nanoseconds of a local time of the day."""
        local = datetime.fromisoformat(f"{self._day}T{when}").replace(
            tzinfo=ZoneInfo(self.config.site.timezone), fold=fold
        )
        return round(local.timestamp() * 1000) * 1_000_000

    def cross(self, when: str, words: list[str]) -> None:
        """Take a final pass."""
        more = dict(word.split("=", 1) for word in words if "=" in word)
        way, road, class_name, plate = (word for word in words if "=" not in word)
        camera = more.get("camera", self.config.cameras[0].id)
        lines = [line for one in self.config.cameras if one.id == camera for line in one.lines]
        line = more.get("line") or next(line.id for line in lines if line.road == road)
        number = next(self._tracks)
        quality = ClockQuality(more.get("clock", "synced"))
        sure = float(more.get("conf", "0.95"))
        plates = tuple(Plate(text, sure, 5, 5) for text in plate.split("+") if text != "-")
        told = Pass(
            f"pass-{number}", Stage.FINAL, 2, camera, int(more.get("track", number)), line, road, Direction(way), 0.9,
            self.wall(when, int(more.get("fold", 0))), class_name, plates,
            int(more.get("hash", "0"), 16),
        )  # fmt: skip
        self.hear(self.site.take(told, quality))

    def in_zone(self, wall_ns: int, count: int, class_name: str, way: str, name: str, seconds: int) -> None:
        """Let vehicles be in a zone of 200 px in the middle of its polygon, and see them outside it afterwards."""
        camera, zone = next((c, z) for c in self.config.cameras for z in c.zones if z.id == name)
        centre = np.mean(zone.polygon, axis=0) * SIZE_WH
        tracks = [next(self._tracks) for _ in range(count)]
        for step in range(math.ceil((seconds + 4) / _STEP_S)):
            at_s = step * _STEP_S
            away = (600.0 if at_s > seconds else 0.0) + _way(way, at_s, seconds)
            boxes = [_box(float(centre[0]) + away, float(centre[1]) + 2 * place) for place in range(count)]
            seen = [_snapshot(track, class_name, box) for track, box in zip(tracks, boxes, strict=True)]
            at_ns = wall_ns + round(at_s * SECOND)
            looks = self._watches[camera.id].step(TrackUpdate(at_ns, tuple(seen)), SIZE_WH)
            self.hear(self.site.watch(looks, at_ns, ClockQuality.SYNCED, _crop))

    def hear(self, drafts: tuple[Draft, ...]) -> None:
        """Take what the site says."""
        self.drafts += drafts
        for draft in drafts:
            if isinstance(draft.body, Visit):
                self._visits[draft.body.visit_id] = draft.body
            if isinstance(draft.body, Anomaly):
                self.told.append(f"{draft.body.kind}: {draft.body.explanation}")
        ends = self.site.ends()
        self.ended += ends
        self.told += [f"{end.kind} ends: {end.why}" for end in ends]

    def _make_id(self, _: int) -> str:
        return f"id-{next(self._ids)}"


def play(config: str, scene: str) -> list[str]:
    """Return what is told in a scene, under a configuration in TOML."""
    stage = Play(parse_config(config, "scene.toml"))
    for line in scene.strip().splitlines():
        stage.play(line.partition("#")[0].strip())
    return stage.told


def _way(way: str, at_s: float, seconds: int) -> float:
    if way.startswith("roam"):
        return 90.0 * math.sin(at_s / 2)
    return 180.0 * (at_s / seconds - 0.5) if way.startswith("pass") else 0.0


def _box(x: float, bottom: float) -> Box:
    return (x - 20, bottom - 40, x + 20, bottom)


def _snapshot(track_id: int, class_name: str, box: Box) -> TrackSnapshot:
    kind = CLASSES.index(class_name)
    return TrackSnapshot(track_id, TrackState.CONFIRMED, box, kind, 0.9, 7, 9, 0, 0, vehicle_id=track_id)


def _crop(box: Box) -> U8:
    return np.zeros((int(box[3] - box[1]), int(box[2] - box[0]), 3), np.uint8)
