"""The shape of the configuration. Every field carries what `edge config explain` says of it and the bounds the loader checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Polygon = tuple[tuple[float, float], ...]
"""Corner points normalised to 0..1 of the picture, origin top-left."""


def key(
    doc: str,
    *,
    default: Any = ...,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
    reload: bool = True,
) -> Any:
    """Describe one configuration key. `reload=False`: a change takes effect only after a restart."""
    about: Mapping[str, object] = MappingProxyType(
        {"doc": doc, "unit": unit, "low": low, "high": high, "choices": choices, "secret": secret, "reload": reload}
    )
    if default is ...:
        return field(metadata=about)
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True)
class Device:
    """This box."""

    id: str = key("Name of this device in topics and events: letters, digits, dot, dash and underscore.", reload=False)
    log_level: str = key("How much is logged.", default="info", choices=("debug", "info", "warning", "error"))


@dataclass(frozen=True, slots=True)
class Hours:
    """One span of opening hours."""

    days: tuple[str, ...] = key(
        "Days this span holds for.", choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
    )
    open: str = key("Local time the site opens, HH:MM.")
    close: str = key("Local time the site closes, HH:MM; before `open` means after midnight; 24:00 is allowed.")


@dataclass(frozen=True, slots=True)
class Site:
    """The place that shares visits, roads and opening hours."""

    id: str = key("Name of the site in topics and events.", reload=False)
    timezone: str = key("IANA time zone of the opening hours.", default="UTC")
    hours: tuple[Hours, ...] = key("Opening hours; none given means always open.", default=())
    holidays: tuple[str, ...] = key("Dates, YYYY-MM-DD, on which only `holiday` spans hold.", default=())


@dataclass(frozen=True, slots=True)
class Road:
    """A road of the site, as the operator calls it."""

    id: str = key("Name of the road in events.")
    allows: str = key("Which directions are right on this road.", default="both", choices=("in", "out", "both", "none"))
    classes: tuple[str, ...] = key("Classes allowed on it; none given means all.", default=())


@dataclass(frozen=True, slots=True)
class Line:
    """A tripwire. Looking from the first point to the second, crossing to the right-hand side of the picture's arrow is `in`."""

    id: str = key("Name of the line, unique within its camera.")
    points: Polygon = key("Two points, normalised 0..1.")
    road: str = key("The road this line counts for.")
    inward: str = key(
        "Side of the arrow from the first to the second point that lies inside the site.",
        default="right",
        choices=("left", "right"),
    )


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with a meaning."""

    id: str = key("Name of the zone, unique within its camera.")
    polygon: Polygon = key("Three points or more, normalised 0..1.")
    kind: str = key("What the zone is for.", default="watch", choices=("watch", "ignore", "queue", "keep-clear"))


@dataclass(frozen=True, slots=True)
class Mask:
    """An area blackened before anything is hashed, read or kept: privacy, or a burnt-in clock or camera name."""

    id: str = key("Name of the mask, unique within its camera.")
    polygon: Polygon = key("Three points or more, normalised 0..1.")


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera and what is drawn on its picture."""

    id: str = key("Name of the camera in topics and events.")
    source: str = key(
        "Where the pictures come from: rtsp:// srt:// https://….m3u8 csi://0 v4l2:///dev/video0 file:///… /path.mp4 test://gate replay://…",
        secret=False,
    )
    backend: str = key(
        "Capture library; auto takes GStreamer where it works, else PyAV.",
        default="auto",
        choices=("auto", "gst", "pyav", "jetson"),
    )
    decoder: str = key(
        "Decoder; auto takes the best one that `doctor` trusts.",
        default="auto",
        choices=("auto", "software", "nvv4l2", "nvdec"),
    )
    transport: str = key("RTSP transport.", default="tcp", choices=("tcp", "udp"))
    analysis_fps: float = key(
        "Most frames analysed a second; 0 means every frame.", default=0.0, unit="1/s", low=0, high=120
    )
    stall_s: float = key(
        "Silence after which an open connection counts as stalled.", default=1.5, unit="s", low=0.2, high=60
    )
    lines: tuple[Line, ...] = key("Tripwires.", default=())
    zones: tuple[Zone, ...] = key("Areas with a meaning.", default=())
    masks: tuple[Mask, ...] = key("Blackened areas.", default=())


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that raises an anomaly."""

    kind: str = key("What the rule looks for.", choices=("after-hours", "wrong-road"))
    enabled: bool = key("Whether it is applied.", default=True)
    severity: str = key("How soon an operator should look.", default="warning", choices=("info", "warning", "alarm"))
    roads: tuple[str, ...] = key("Roads it holds for; none given means all.", default=())
    classes: tuple[str, ...] = key("Classes it holds for; none given means all.", default=())


@dataclass(frozen=True, slots=True)
class Models:
    """Which networks are used and how."""

    detector: str = key("Model card of the detector: a name under models/ or a path to a model.toml.", default="gate-n")
    plates: str = key("Plate reader; none turns reading off.", default="pp-ocr", choices=("pp-ocr", "paddle", "none"))
    paddle_dir: str = key("Folder with PaddleOCR models; only for plates = paddle.", default="")
    paddle_python: str = key("Python interpreter of the environment that has paddleocr installed.", default="")
    engine: str = key(
        "Engine; auto takes TensorRT where it works, else ONNX Runtime.",
        default="auto",
        choices=("auto", "tensorrt", "onnxruntime"),
    )
    threads: int = key("Processor threads a network may use.", default=2, low=1, high=64, reload=False)
    confidence: float = key("Lowest confidence of a detection; 0 takes the model card's.", default=0.0, low=0, high=1)
    heartbeat_s: float = key(
        "Longest time without a detection run while nothing moves.", default=5.0, unit="s", low=0.2, high=600
    )


@dataclass(frozen=True, slots=True)
class Store:
    """Where events and evidence lie."""

    path: str = key("SQLite file of events and outbox.", default="/var/lib/edge/events.db", reload=False)
    evidence: bool = key("Whether evidence crops are kept.", default=True)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept. Events not yet acknowledged by the broker are never dropped by age."""

    days: int = key("Age after which events and evidence go.", default=90, unit="days", low=1, high=3650)
    evidence_mb: int = key(
        "Most room evidence may take; the oldest goes first.", default=2000, unit="MB", low=1, high=1_000_000
    )


@dataclass(frozen=True, slots=True)
class Mqtt:
    """The broker. An empty url means events stay on the device."""

    url: str = key("mqtt://host:1883 or mqtts://host:8883; empty turns publishing off.", default="")
    username: str = key("User name at the broker.", default="")
    password: str = key("Password; better in `password_file`.", default="", secret=True)
    password_file: str = key("File whose first line is the password.", default="")
    version: str = key("Protocol; auto tries 5, then 3.1.1.", default="auto", choices=("auto", "5", "3.1.1"))
    ca_file: str = key("Certificate authority for mqtts; empty takes the system's.", default="")
    cert_file: str = key("Client certificate, PEM.", default="")
    key_file: str = key("Key of the client certificate, PEM.", default="")
    keepalive_s: int = key("Longest silence before the broker gives us up.", default=30, unit="s", low=2, high=3600)
    rate: float = key("Most backlog messages a second.", default=200.0, unit="1/s", low=1, high=100_000)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    device: Device
    site: Site
    cameras: tuple[Camera, ...]
    roads: tuple[Road, ...] = ()
    rules: tuple[Rule, ...] = ()
    models: Models = Models()
    store: Store = Store()
    retention: Retention = Retention()
    mqtt: Mqtt = Mqtt()
