"""Rows of what a board is wired to: cameras, the relay of a boom, the hardware watchdog."""

from __future__ import annotations

import time

from edge.boom.lines import contact_of, describe, open_output
from edge.capture.sources import open_source
from edge.clock import SystemClock
from edge.config import Camera
from edge.health.findings import Level
from edge.health.plan import figures
from edge.health.soc import read_soc
from edge.health.watchdog import examine_watchdog, read_watchdogs
from tests.hardware.row import Asked, Figures, NotHere, Row, Wrong, timed_ms

PICTURES = 100
FIRST_S = 10.0
ON_S = 0.5


def camera(asked: Asked) -> tuple[str, Figures]:
    """Take pictures of the camera that was named."""
    if not asked.camera:
        raise NotHere("no camera was named: make hardware CAMERA=csi://0, or CAMERA=v4l2:///dev/video0")
    source = open_source(Camera(id="camera", source=asked.camera), SystemClock())
    try:
        began = time.perf_counter()
        spec = source.open()
        source.read(FIRST_S)
        first_ms = (time.perf_counter() - began) * 1e3
        began = time.perf_counter()
        frames = [source.read(FIRST_S) for _ in range(PICTURES)]
        spent_s = time.perf_counter() - began
    finally:
        source.close()
    if frames[-1].luma(64, 36).std() < 1:
        raise Wrong(f"{PICTURES} pictures came, and the last one is of one tone: is the lens covered?")
    said = f"{spec.size_wh[0]}x{spec.size_wh[1]} {spec.codec} through {spec.backend}, {spec.decoder}"
    return said, {"first picture ms": first_ms, "pictures/s": PICTURES / spent_s}


def boom(asked: Asked) -> tuple[str, Figures]:
    """Hold the relay's line, switch it on for a moment and off again."""
    if not asked.boom:
        raise NotHere("no relay was named: make hardware BOOM=gpiochip0/12 switches it on for half a second")
    contact = contact_of(asked.boom)
    line = open_output(contact)
    try:
        line.set(on=True)
        while_on = describe(contact)
        time.sleep(ON_S)
        line.set(on=False)
    finally:
        line.close()
    return f"{contact}: {while_on}; on for {ON_S} s, off again", {}


def watchdog(_: Asked) -> tuple[str, Figures]:
    """Look whether the hardware watchdog is armed by the system manager."""
    if not read_watchdogs():
        raise NotHere("the kernel knows no watchdog here: /sys/class/watchdog is empty")
    found = examine_watchdog()
    if found.level is not Level.OK:
        raise Wrong(f"{found.said}: {found.cure}")
    return found.said, {}


def soc(_: Asked) -> tuple[str, Figures]:
    """Read the chip's own sensors, twice."""
    reading = read_soc()
    if reading.closest is None:
        raise NotHere("no zone here tells a temperature together with where something is slowed")
    return f"{figures(reading)}; throttled by {', '.join(reading.throttled_by) or 'nothing'}", {
        "ms": timed_ms(read_soc, 10)
    }


ROWS = (
    Row("camera", "camera on the board", camera),
    Row("boom", "boom on GPIO", boom),
    Row("watchdog", "hardware watchdog", watchdog),
    Row("soc", "temperatures, clocks and throttling", soc),
)
