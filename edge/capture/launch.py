"""Which elements a camera gets: a source row and a decoder row, chosen and written out as launch text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from edge.capture.address import Address, Kind
from edge.capture.rows import (
    ARGUS,
    CAMERA_OPTIONS,
    CODECS,
    DEVICE_SINK,
    RTP,
    SINK,
    SOURCES,
    V4L2_CAPS,
    CodecRow,
    DecoderRow,
    Setting,
    elements_of,
    package_of,
)
from edge.errors import ConfigError
from edge.logs import get_log

Present = Callable[[str], bool]
"""Whether an element of this name is installed."""
Distrusted = Callable[[str, str], str]
"""Why an element was refused for a codec by the decoder trial; empty when it was not, or was not tried."""
_LOG = get_log("capture")


@dataclass(frozen=True, slots=True)
class Tail:
    """The elements from a coded stream to the appsink, as launch text, and what they are called.

    `on_device` says that the pictures stay in the board's memory.
    """

    text: str
    codec: str
    decoder: DecoderRow
    on_device: bool = False

    @property
    def shown(self) -> str:
        """The decoder, and who makes the views of its pictures, as `doctor` and the log print them."""
        decoder = f"{self.decoder.element} ({self.decoder.family})"
        if self.on_device:
            return f"{decoder}, picture stays on the device"
        return decoder if self.decoder.family == "software" else f"{decoder}, letterboxed by the processor"


def trust_all(_element: str, _codec: str) -> str:
    """Refuse no decoder."""
    return ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which decoders a camera may use: `wanted` as configured, `present` says what is installed.

    `distrusted` says which failed their trial here. `only` leaves no choice: the trial itself takes exactly that one.
    `on_device`: pictures shall stay in the board's memory where the decoder has a way for that.
    """

    wanted: str
    present: Present = field(compare=False)
    distrusted: Distrusted = field(default=trust_all, compare=False)
    only: DecoderRow | None = None
    on_device: bool = False

    def pick(self, row: CodecRow) -> DecoderRow:
        """Return the best decoder that is wanted, installed and not refused.

        Raises:
            ConfigError: there is none, or the one asked for by name was refused.
        """
        if self.only is not None:
            return self.only
        wanted = "auto" if row.codec == "raw" else self.wanted  # raw pictures need no decoder, whichever is wanted
        fitting = [decoder for decoder in row.decoders if wanted in {"auto", decoder.family}]
        for decoder in fitting:
            if not all(self.present(name) for name in elements_of(decoder.chain)):
                continue
            refusal = self.distrusted(decoder.element, row.codec)
            if not refusal:
                return decoder
            told = f"{decoder.element} was refused for {row.codec} by edge doctor: {refusal}"
            if wanted != "auto":
                raise ConfigError(f"decoder {wanted}: {told}; set decoder = auto, or mend it and run edge doctor again")
            _LOG.warning("%s; it is passed over", told)
        if not fitting:
            raise ConfigError(f"decoder {self.wanted}: cannot decode {row.codec}; set decoder = auto")
        advised = next((decoder for decoder in fitting if decoder.family == "software"), fitting[0])
        absent = next((name for name in elements_of(advised.chain) if not self.present(name)), "")
        if not absent:
            raise ConfigError(f"no decoder for {row.codec}: all were refused by edge doctor; set backend = pyav")
        raise ConfigError(f"no decoder for {row.codec}: {absent} is missing; install {package_of(absent)}")


def tail_for(caps_name: str, encoding: str | None, choice: Choice) -> Tail:
    """Return the elements for a stream: `caps_name` of its pad and, where that is RTP, its encoding name.

    Raises:
        ConfigError: no row for the codec, or nothing installed that decodes it.
    """
    unpack = ""
    if encoding is not None:
        if encoding.upper() not in RTP:
            raise ConfigError(f"the stream is coded as {encoding}, which is not read; set the camera to H.264 or H.265")
        depay, caps_name = RTP[encoding.upper()]
        unpack = f"{depay} ! "
    row = CODECS.get(caps_name)
    if row is None:
        raise ConfigError(f"the stream is coded as {caps_name}, which is not read; set the camera to H.264 or H.265")
    return _tail(f"{unpack}{row.parser}", row.codec, choice.pick(row), choice)


def _tail(before: str, codec: str, decoder: DecoderRow, choice: Choice) -> Tail:
    stays = choice.on_device and bool(decoder.stay)
    end = f"{decoder.device_chain} ! {DEVICE_SINK}" if stays else f"{decoder.chain} ! {SINK}"
    text = f"{before} ! {end}"
    require(text, choice.present)
    return Tail(text, codec, decoder, stays)


def local_camera(address: Address, choice: Choice) -> Tail:
    """Return the whole pipeline of a V4L2 or CSI camera; `?format=mjpeg&width=1280&height=720&fps=30` picks its mode.

    Raises:
        ConfigError: an option that is not known, or an element that is not installed.
    """
    option, known = address.option, CAMERA_OPTIONS[address.kind]
    if set(option) - known or not all(option.get(key, "1").isdigit() for key in ("width", "height", "fps", "mode")):
        raise ConfigError(f"{address.shown}: options are {', '.join(sorted(known))}, all whole numbers but format")
    mode = "".join(f",{key}=(int){option[key]}" for key in ("width", "height") if key in option)
    mode += f",framerate=(fraction){option['fps']}/1" if "fps" in option else ""
    chain = SOURCES[address.kind].chain
    if address.kind is Kind.CSI:
        return _tail(f"{chain} ! video/x-raw(memory:NVMM),format=(string)NV12{mode}", "raw", ARGUS, choice)
    caps = V4L2_CAPS.get(option.get("format", "raw"))
    if caps is None:
        raise ConfigError(
            f"{address.shown}: format={option['format']} is not known; write one of {', '.join(V4L2_CAPS)}"
        )
    tail = tail_for(caps, None, choice)
    return replace(tail, text=f"{chain} ! {caps}{mode} ! {tail.text}")


def camera_settings(address: Address) -> tuple[Setting, ...]:
    """Return what a local camera's source is told beside its address: `?mode=2` is the CSI sensor's mode."""
    mode = address.option.get("mode") if address.kind is Kind.CSI else None
    return () if mode is None else (("sensor-mode", int(mode)),)


def require(text: str, present: Present) -> None:
    """Check that every element of a launch text is installed.

    Raises:
        ConfigError: one is not; the message names the package that brings it.
    """
    for name in elements_of(text):
        if not present(name):
            raise ConfigError(f"GStreamer element {name} is missing; install {package_of(name)}, or set backend = pyav")
