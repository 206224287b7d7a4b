"""The shape of the configuration: each field says what `edge config explain` prints and what the loader checks."""

from __future__ import annotations

from dataclasses import dataclass

from edge.config.conditions import FIELDS, Condition
from edge.config.keys import Section, key
from edge.config.kinds import KINDS
from edge.grammars import GRAMMARS
from edge.types import CLASSES

Polygon = tuple[tuple[float, float], ...]
"""Corner points normalised to 0..1 of the picture, origin top-left."""


@dataclass(frozen=True, slots=True, repr=False)
class Device(Section):
    """This box."""

    id: str = key("Name of this device in topics and events.", form="name", reload=False, example="gate-north-1")
    log_level: str = key("How much is logged.", default="info", choices=("debug", "info", "warning", "error"))


@dataclass(frozen=True, slots=True, repr=False)
class Hours(Section):
    """One span of opening hours."""

    days: tuple[str, ...] = key(
        "Days this span holds for.",
        choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"),
        form="some",
        example='["mon", "tue", "wed", "thu", "fri"]',
    )
    open: str = key("Local time the site opens, HH:MM.", form="opens", example="06:00")
    close: str = key(
        "Local time the site closes, HH:MM; before `open` means after midnight; 24:00 is allowed.",
        form="closes",
        example="18:00",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Site(Section):
    """The place that shares visits, roads and opening hours."""

    id: str = key("Name of the site in topics and events.", form="name", reload=False, example="quarry-7")
    timezone: str = key(
        "IANA time zone of the opening hours.", default="UTC", form="timezone", example="Africa/Johannesburg"
    )
    hours: tuple[Hours, ...] = key(
        "Opening hours, one [[site.hours]] a span; none given means always open.", default=()
    )
    holidays: tuple[str, ...] = key(
        "Dates, YYYY-MM-DD, on which only `holiday` spans hold.", default=(), each="date", example='["2026-12-25"]'
    )
    plates: tuple[str, ...] = key(
        "Countries whose plates are common here: look-alikes are read by their layouts; none given means free text.",
        default=(),
        choices=tuple(GRAMMARS),
        example='["za"]',
    )
    reconcile_at: str = key(
        "Local time, HH:MM, of the nightly look at who never left and who never entered.",
        default="03:00",
        form="opens",
        example="03:00",
    )
    wait_days: int = key(
        "Age at which half a visit is set aside at the reconciliation: nobody waits for its other side any longer.",
        default=30,
        unit="days",
        low=1,
        high=3650,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Road(Section):
    """A road of the site, as the operator calls it."""

    id: str = key("Name of the road in events.", form="name", example="main")
    allows: str = key("Which directions are right on this road.", default="both", choices=("in", "out", "both", "none"))
    classes: tuple[str, ...] = key(
        "Classes allowed on it; none given means all.", default=(), choices=CLASSES, example='["truck"]'
    )


@dataclass(frozen=True, slots=True, repr=False)
class Line(Section):
    """A tripwire: an arrow from its first to its second point, and the side of it that lies inside the site."""

    id: str = key("Name of the line, unique within its camera.", form="name", example="gate-line")
    points: tuple[tuple[float, float], ...] = key(
        "Two points, normalised 0..1 of the picture's width and height, origin top-left.",
        form="line",
        example="[[0.10, 0.62], [0.90, 0.62]]",
    )
    road: str = key("The road this line counts for: the id of a [[road]].", form="name", example="main")
    inward: str = key(
        "Side of the arrow from the first to the second point that lies inside the site, as seen in the picture.",
        default="right",
        choices=("left", "right"),
    )
    one_way: str = key(
        "The only direction that is right over this line; no means both are.", default="no", choices=("no", "in", "out")
    )


@dataclass(frozen=True, slots=True, repr=False)
class Zone(Section):
    """An area with a meaning."""

    id: str = key("Name of the zone, unique within its camera.", form="name", example="waiting")
    polygon: tuple[tuple[float, float], ...] = key(
        "Three points or more, normalised 0..1.", form="polygon", example="[[0.1, 0.5], [0.4, 0.5], [0.4, 0.9]]"
    )
    kind: str = key(
        "What the zone is for; boom is where a vehicle stands that the boom shall open for.",
        default="watch",
        choices=("watch", "ignore", "queue", "keep-clear", "loiter", "boom"),
    )


@dataclass(frozen=True, slots=True, repr=False)
class Mask(Section):
    """An area blackened before anything is hashed, read or kept: privacy, or a burnt-in clock or camera name."""

    id: str = key("Name of the mask, unique within its camera.", form="name", example="clock")
    polygon: tuple[tuple[float, float], ...] = key(
        "Three points or more, normalised 0..1.",
        form="polygon",
        example="[[0.0, 0.0], [0.3, 0.0], [0.3, 0.06], [0.0, 0.06]]",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Camera(Section):
    """One camera and what is drawn on its picture."""

    id: str = key("Name of the camera in topics and events.", form="name", example="gate")
    source: str = key(
        "Where the pictures come from: an rtsp, rtsps, srt, https (.m3u8), csi, v4l2, file, test or replay address, "
        "or the path of a file.",
        form="source",
        example="rtsp://viewer:password@192.0.2.10/stream1",
    )
    backend: str = key(
        "Capture library; auto takes GStreamer where it works, else PyAV; jetson is the board's jetson-utils.",
        default="auto",
        choices=("auto", "gst", "pyav", "jetson"),
    )
    decoder: str = key(
        "Decoder; auto takes the best one that `edge doctor` trusts.",
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
    lines: tuple[Line, ...] = key("Tripwires, one [[camera.line]] each.", default=(), toml="line")
    zones: tuple[Zone, ...] = key("Areas with a meaning, one [[camera.zone]] each.", default=(), toml="zone")
    masks: tuple[Mask, ...] = key("Blackened areas, one [[camera.mask]] each.", default=(), toml="mask")


@dataclass(frozen=True, slots=True, repr=False)
class Rule(Section):
    """One rule that raises an anomaly. Which keys a kind takes, and its own numbers: edge/config/kinds.py."""

    kind: str = key("What the rule looks for.", choices=tuple(KINDS), example="after-hours")
    enabled: bool = key("Whether it is applied.", default=True)
    severity: str = key(
        "How soon an operator should look; auto takes the kind's own.",
        default="auto",
        choices=("auto", "info", "warning", "alarm"),
    )
    roads: tuple[str, ...] = key(
        "Roads it holds for; none given means all.", default=(), each="name", example='["main"]'
    )
    classes: tuple[str, ...] = key(
        "Classes it holds for; none given means all.", default=(), choices=CLASSES, example='["car", "truck"]'
    )
    cameras: tuple[str, ...] = key(
        "Cameras it holds for; none given means all.", default=(), each="name", example='["gate"]'
    )
    zones: tuple[str, ...] = key(
        "Zones it holds for; none given means all of the kind that it watches.",
        default=(),
        each="name",
        example='["waiting"]',
    )
    for_s: float = key(
        "How long it must last before it is told; 0 takes the kind's own.",
        default=0.0,
        unit="s",
        low=0,
        high=31_536_000,
    )
    within_s: float = key(
        "Tailgating: time between two vehicles within which the gate is taken to have opened once; 0 takes 4.",
        default=0.0,
        unit="s",
        low=0,
        high=600,
    )
    more_than: int = key(
        "Queue: vehicles that may stand before it is told; 0 takes the kind's own.", default=0, low=0, high=1000
    )
    bits: int = key(
        "Plate mismatch: Hamming distance from which two pictures show two bodies; 0 leaves the pictures out.",
        default=0,
        unit="bits",
        low=0,
        high=64,
    )
    cooldown_s: float = key(
        "Shortest time before the same subject is told again; 0 takes the kind's own.",
        default=0.0,
        unit="s",
        low=0,
        high=31_536_000,
    )
    name: str = key("Custom: the kind that its anomalies bear.", default="", example="long-truck")
    about: str = key("Custom: what is asked.", default="pass", choices=tuple(FIELDS))
    when: tuple[Condition, ...] = key(
        "Custom: what must be true, all of it.",
        default=(),
        form="conditions",
        example='[{field = "direction", is = "out"}, {field = "dwell_s", above = 1800}]',
    )
    explain: str = key(
        "Custom: the sentence that is told, with fields in braces.",
        default="",
        example="{class} left after {dwell}.",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Registry(Section):
    """The vehicles that are known here, and what is kept of the others."""

    file: str = key(
        "CSV of the known vehicles, relative to this file; empty means there is no registry.",
        default="",
        example="plates.csv",
    )
    fuzzy: float = key(
        "How far a reading may be from a registered plate and still be taken for it: 0 never, 0.2 one 0 for an O.",
        default=0.4,
        low=0,
        high=0.8,
    )
    unknown_plates: str = key(
        "How plates that are not registered are recorded: as they were read, or as a keyed hash alone.",
        default="clear",
        choices=("clear", "hash"),
    )
    key_file: str = key(
        "File with the key of the hash, made when it is missing; empty means site.key beside the store.",
        default="",
        example="/var/lib/edge/site.key",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Boom(Section):
    """The boom: the line that opens it for vehicles on the allow list, and what tells how it stands."""

    output: str = key(
        "Line that opens the boom while it is on: chip and line, or a simulated one; empty opens nothing.",
        default="",
        form="output",
        example="gpiochip0/12",
    )
    active_low: bool = key("Whether the output is on when its wire is low.", default=False)
    open_s: float = key("How long the output is on for an opening.", default=1.0, unit="s", low=0.1, high=30)
    direction: str = key(
        "Which passes it opens for; in a zone of kind boom everybody counts.",
        default="in",
        choices=("in", "out", "both"),
    )
    roads: tuple[str, ...] = key(
        "Roads whose passes it opens for; none given means all.", default=(), each="name", example='["main"]'
    )
    confidence: float = key("Least confidence of the plate that it opens for.", default=0.8, low=0, high=1)
    stale_s: float = key(
        "Longest time between what was seen and the opening; after that the boom stays shut.",
        default=5.0,
        unit="s",
        low=0.5,
        high=30,
    )
    input: str = key(
        "What tells how the boom stands: a line, or mqtt: and a topic of the broker; empty means nothing does.",
        default="",
        form="input",
        example="gpiochip0/13",
    )
    senses: str = key(
        "What the input is on for: while the boom is open, or while the loop in the road is occupied.",
        default="boom",
        choices=("boom", "loop"),
    )
    input_active_low: bool = key("Whether the input is on when its wire is low.", default=False)
    debounce_s: float = key(
        "Shortest time the input must last; less is a bounce.", default=0.05, unit="s", low=0, high=2
    )


@dataclass(frozen=True, slots=True, repr=False)
class Models(Section):
    """Which networks are used and how."""

    detector: str = key(
        "Model card of the detector: a name under models/ or the path of a model.toml.", default="gate-n", form="some"
    )
    plates: str = key(
        "Plate reader: our own, PP-OCR or PaddleOCR; none turns reading off.",
        default="plate-ocr",
        choices=("plate-ocr", "pp-ocr", "paddle", "none"),
    )
    finder: str = key("Model card of the plate finder; only for plates = plate-ocr.", default="plate-n", form="some")
    recogniser: str = key(
        "Model card of the plate recogniser; only for plates = plate-ocr.", default="plate-ocr", form="some"
    )
    second_opinion: str = key(
        "Who is asked where our own reader is in doubt; only for plates = plate-ocr.",
        default="pp-ocr",
        choices=("pp-ocr", "none"),
    )
    paddle_dir: str = key(
        "Folder with PaddleOCR models; only for plates = paddle.", default="", example="/opt/paddle/models"
    )
    paddle_python: str = key(
        "Python interpreter of the environment that has paddleocr installed; only for plates = paddle.",
        default="",
        example="/opt/paddle/bin/python",
    )
    engine: str = key(
        "Engine; auto takes TensorRT where it works, else ONNX Runtime.",
        default="auto",
        choices=("auto", "tensorrt", "onnxruntime"),
    )
    engines_dir: str = key(
        "Folder of built TensorRT engines; empty means `engines` beside the store.",
        default="",
        reload=False,
        example="/var/lib/edge/engines",
    )
    precision: str = key(
        "Build of the detector; auto takes what its card names for the engine, else the full one.",
        default="auto",
        choices=("auto", "fp32", "fp16", "int8"),
    )
    threads: int = key("Processor threads a network may use.", default=2, low=1, high=64, reload=False)
    confidence: float = key("Lowest confidence of a detection; 0 takes the model card's.", default=0.0, low=0, high=1)
    heartbeat_s: float = key(
        "Longest time without a detection run while nothing moves.", default=5.0, unit="s", low=0.2, high=600
    )


@dataclass(frozen=True, slots=True, repr=False)
class Store(Section):
    """Where events and evidence lie."""

    path: str = key("SQLite file of events and outbox.", default="/var/lib/edge/events.db", form="some", reload=False)
    evidence: bool = key("Whether evidence crops are kept.", default=True)


@dataclass(frozen=True, slots=True, repr=False)
class Retention(Section):
    """How long things are kept. Events not yet acknowledged by the broker are never dropped by age."""

    days: int = key("Age after which events and evidence go.", default=90, unit="days", low=1, high=3650)
    evidence_mb: int = key(
        "Most room evidence may take; the oldest goes first.", default=2000, unit="MB", low=1, high=1_000_000
    )


@dataclass(frozen=True, slots=True, repr=False)
class Mqtt(Section):
    """The broker. An empty url means events stay on the device."""

    url: str = key(
        "mqtt://host:1883 or mqtts://host:8883; empty turns publishing off.",
        default="",
        form="broker",
        example="mqtt://127.0.0.1:1883",
    )
    username: str = key("User name at the broker.", default="", example="gate-north-1")
    password: str = key("Password; better in `password_file`.", default="", secret=True)
    password_file: str = key("File whose first line is the password.", default="", example="/etc/edge/mqtt.password")
    version: str = key("Protocol; auto tries 5, then 3.1.1.", default="auto", choices=("auto", "5", "3.1.1"))
    ca_file: str = key(
        "Certificate authority for mqtts, PEM; empty takes the system's.", default="", example="/etc/edge/ca.pem"
    )
    cert_file: str = key("Client certificate, PEM.", default="", example="/etc/edge/client.pem")
    key_file: str = key("Key of the client certificate, PEM.", default="", example="/etc/edge/client.key")
    keepalive_s: int = key("Longest silence before the broker gives us up.", default=30, unit="s", low=2, high=3600)
    rate: float = key("Most backlog messages a second.", default=200.0, unit="1/s", low=1, high=100_000)


@dataclass(frozen=True, slots=True, repr=False)
class Config(Section):
    """The whole file."""

    device: Device = key("This box.")
    site: Site = key("The place that shares visits, roads and opening hours.")
    cameras: tuple[Camera, ...] = key("Cameras, one [[camera]] each.", toml="camera", form="some")
    roads: tuple[Road, ...] = key("Roads, one [[road]] each.", default=(), toml="road")
    rules: tuple[Rule, ...] = key("Rules that raise anomalies, one [[rule]] each.", default=(), toml="rule")
    registry: Registry = key("The vehicles that are known here.", default=Registry())
    boom: Boom = key("The boom: the line that opens it, and what tells how it stands.", default=Boom())
    models: Models = key("Which networks are used and how.", default=Models())
    store: Store = key("Where events and evidence lie.", default=Store())
    retention: Retention = key("How long things are kept.", default=Retention())
    mqtt: Mqtt = key("The broker.", default=Mqtt())
