"""What a one-shot analysis was asked for, understood: the order, the camera it means, the bundled clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.config import Camera, Config, Device, Line, Road, Site
from edge.config.load import load_config
from edge.errors import UsageError

FIXTURES = Path(__file__).parent.parent / "fixtures" / "clips"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
WATCHED = "watched"
"""Name of device, site and camera where no configuration gives one."""


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """What `edge watch` was asked for; None takes what the configuration says."""

    source: str
    lines: tuple[str, ...] = ()
    config: Path | None = None
    camera: str | None = None
    model: str | None = None
    plates: str | None = None
    backend: str | None = None
    start: str | None = None
    db: Path | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A bundled clip with the configuration that fits it and the wall time of its first frame."""

    video: Path
    config: Path
    start: str = "2026-06-17T17:58:44+02:00"


def bundled_clip() -> Clip:
    """Return the rendered clip of the demo.

    Raises:
        UsageError: there is none: the package was installed without its checkout.
    """
    video = FIXTURES / "gate_demo.mp4"
    if not video.exists():
        raise UsageError(f"{video}: the bundled clip is missing; it comes with the repository, not with the wheel")
    return Clip(video, video.with_suffix(".toml"))


@dataclass(frozen=True, slots=True)
class Watched:
    """An order understood. `start_ns` is the wall time of the first frame where it was stated."""

    config: Config
    camera: Camera
    start_ns: int | None


def what_to_watch(order: WatchOrder) -> Watched:
    """Return the camera and the configuration that an order comes to.

    Raises:
        UsageError: a line, a time or a camera id that cannot be understood.
        ConfigError: the configuration file is wrong.
    """
    if order.config is None:
        config = Config(Device(WATCHED), Site(WATCHED), ())
        camera = Camera(WATCHED, order.source)
    else:
        config = load_config(order.config)
        camera = replace(_chosen(config, order.camera), source=order.source)
    if order.lines:
        lines = tuple(_line(text, number) for number, text in enumerate(order.lines, start=1))
        camera = replace(camera, lines=lines)
        config = replace(config, roads=(*config.roads, *(Road(line.road) for line in lines)))
    models = replace(
        config.models, detector=order.model or config.models.detector, plates=order.plates or config.models.plates
    )
    camera = replace(camera, backend=order.backend or camera.backend)
    start_ns = instant_ns("--start", order.start, ZoneInfo(config.site.timezone)) if order.start else None
    return Watched(replace(config, cameras=(camera,), models=models), camera, start_ns)


def _chosen(config: Config, camera_id: str | None) -> Camera:
    for camera in config.cameras:
        if camera_id in {None, camera.id}:
            return camera
    known = ", ".join(camera.id for camera in config.cameras) or "none"
    raise UsageError(f"--camera {camera_id}: the configuration has no such camera; it has {known}")


def _line(text: str, number: int) -> Line:
    try:
        x1, y1, x2, y2 = (float(word) for word in text.split(","))
    except ValueError:
        raise UsageError(f"--line {text}: is not four numbers; write x1,y1,x2,y2 in 0..1 or in pixels") from None
    if min(x1, y1, x2, y2) < 0 or (x1, y1) == (x2, y2):
        raise UsageError(f"--line {text}: needs two different points inside the picture")
    return Line(f"line-{number}", ((x1, y1), (x2, y2)), f"line-{number}")


def in_unit(lines: tuple[Line, ...], size_wh: tuple[int, int]) -> tuple[Line, ...]:
    """Return the lines in 0..1: a line given in pixels can only be understood once the picture's size is known."""
    width, height = size_wh
    return tuple(
        replace(line, points=tuple((x / width, y / height) for x, y in line.points))
        if max(max(point) for point in line.points) > 1
        else line
        for line in lines
    )


def instant_ns(option: str, text: str, zone: tzinfo) -> int:
    """Return the wall time that an option's text says; one without an offset is in `zone`.

    Raises:
        UsageError: it is no time.
    """
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise UsageError(f"{option} {text}: is not a time; write it as 2026-03-04T17:59:00+02:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    # Whole numbers: a float of so many seconds is off by some hundred nanoseconds, and misses what happened just then.
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000
