"""GStreamer's cases as rows of data: which elements read an address, unpack, parse and decode a codec.

A pipeline is one source row and one decoder row. Everything here is text: nothing of GStreamer is imported, so the rows
of a board can be checked on any machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from edge.capture.address import Address, Kind
from edge.errors import ConfigError
from edge.logs import get_log

Present = Callable[[str], bool]
"""Whether an element of this name is installed."""
Distrusted = Callable[[str, str], str]
"""Why an element was refused for a codec by the decoder trial; empty when it was not, or was not tried."""
_LOG = get_log("capture")
Setting = tuple[str, "bool | int | str"]
"""A property and its value, set only where the installed version of the element has it."""

SINK = (
    "appsink name=sink sync=false max-buffers=4 drop=false enable-last-sample=false qos=false "
    "caps=video/x-raw,format=(string){I420,NV12,GRAY8}"
)
"""Four pictures at most wait here, and none is dropped here: the feed alone drops, and counts."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Elements that turn an address, which goes to a property of the element `source`, into coded or raw video."""

    chain: str
    address_property: str
    live: bool
    settings: tuple[Setting, ...] = ()
    paced: bool = False
    """Delivers in bursts and must be shown by its stamps."""
    pads: str = "streams"
    """The element whose pads appear once the streams are known."""


@dataclass(frozen=True, slots=True)
class DecoderRow:
    """One decoder: `family` as the configuration names it, the element, and the way from its memory to plain planes."""

    family: str
    element: str
    home: str
    options: str = ""

    @property
    def chain(self) -> str:
        """The elements from coded video to planes in the processor's memory."""
        return f"{self.element} name=decode {self.options}".rstrip() + f" ! {self.home}"


@dataclass(frozen=True, slots=True)
class CodecRow:
    """One codec: its name, its parser and its decoders, best first."""

    codec: str
    parser: str
    decoders: tuple[DecoderRow, ...]


_JETSON_HOME = "nvvidconv ! video/x-raw,format=(string)NV12"
_HOME = "videoconvert"


def _decoders(nvdec: str, *software: str, jetson: str = "") -> tuple[DecoderRow, ...]:
    return (
        DecoderRow("nvv4l2", "nvv4l2decoder", _JETSON_HOME, f"enable-max-performance=1 {jetson}".strip()),
        DecoderRow("nvdec", nvdec, _HOME),
        *(DecoderRow("software", element, _HOME) for element in software),
    )


CODECS: dict[str, CodecRow] = {
    "video/x-h264": CodecRow("h264", "h264parse", _decoders("nvh264dec", "avdec_h264", "openh264dec")),
    "video/x-h265": CodecRow("h265", "h265parse", _decoders("nvh265dec", "avdec_h265", "libde265dec")),
    "video/x-av1": CodecRow("av1", "av1parse", _decoders("nvav1dec", "dav1ddec", "av1dec")),
    "image/jpeg": CodecRow("mjpeg", "jpegparse", _decoders("nvjpegdec", "jpegdec", "avdec_mjpeg", jetson="mjpeg=1")),
    "video/x-vp9": CodecRow("vp9", "vp9parse", _decoders("nvvp9dec", "vp9dec")),
    "video/x-vp8": CodecRow("vp8", "identity", (DecoderRow("software", "vp8dec", _HOME),)),
    "video/mpeg": CodecRow("mpeg4", "mpeg4videoparse", (DecoderRow("software", "avdec_mpeg4", _HOME),)),
    "video/x-raw": CodecRow("raw", "identity", (DecoderRow("software", "videoconvert", "identity"),)),
}
"""By the name of the coded stream's caps."""

RTP: dict[str, tuple[str, str]] = {
    "H264": ("rtph264depay", "video/x-h264"),
    "H265": ("rtph265depay", "video/x-h265"),
    "JPEG": ("rtpjpegdepay", "image/jpeg"),
    "AV1": ("rtpav1depay", "video/x-av1"),
    "MP4V-ES": ("rtpmp4vdepay", "video/mpeg"),
}
"""How each RTP payload is unpacked, and what comes out."""

SOURCES: dict[Kind, SourceRow] = {
    Kind.RTSP: SourceRow(
        "rtspsrc name=source",
        "location",
        live=True,
        settings=(("drop-on-latency", True), ("udp-reconnect", False), ("teardown-timeout", 100_000_000)),
        pads="source",
    ),
    Kind.SRT: SourceRow("srtsrc name=source ! parsebin name=streams", "uri", live=True),
    Kind.HLS: SourceRow(
        "souphttpsrc name=source ! hlsdemux ! parsebin name=streams", "location", live=True, paced=True
    ),
    Kind.FILE: SourceRow("filesrc name=source ! parsebin name=streams", "location", live=False),
    Kind.V4L2: SourceRow("v4l2src name=source", "device", live=True, pads=""),
    Kind.CSI: SourceRow("nvarguscamerasrc name=source", "sensor-id", live=True, pads=""),
}

_V4L2_CAPS = {"raw": "video/x-raw", "mjpeg": "image/jpeg", "h264": "video/x-h264", "h265": "video/x-h265"}
_PACKAGES = (
    (("avdec_",), "gstreamer1.0-libav"),
    (("rtspsrc", "rtp", "souphttpsrc", "v4l2src", "jpegdec", "vp8dec", "vp9dec"), "gstreamer1.0-plugins-good"),
    (("openh264dec", "libde265dec", "srtsrc", "hlsdemux", "av1", "dav1ddec"), "gstreamer1.0-plugins-bad"),
    (("h264parse", "h265parse", "jpegparse", "vp9parse", "mpeg4videoparse"), "gstreamer1.0-plugins-bad"),
    (("nvv4l2decoder", "nvvidconv", "nvarguscamerasrc"), "nvidia-l4t-gstreamer (comes with the board)"),
    (("nv",), "gstreamer1.0-plugins-bad together with NVIDIA's driver"),
    (("appsink", "parsebin", "videoconvert"), "gstreamer1.0-plugins-base"),
)


@dataclass(frozen=True, slots=True)
class Tail:
    """The elements from a coded stream to the appsink, as launch text, and what they are called."""

    text: str
    codec: str
    decoder: DecoderRow


def trust_all(_element: str, _codec: str) -> str:
    """Refuse no decoder."""
    return ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which decoders a camera may use: `wanted` as configured, `present` says what is installed.

    `distrusted` says which failed their trial here. `only` leaves no choice: the trial itself takes exactly that one.
    """

    wanted: str
    present: Present = field(compare=False)
    distrusted: Distrusted = field(default=trust_all, compare=False)
    only: DecoderRow | None = None

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
    decoder = choice.pick(row)
    text = f"{unpack}{row.parser} ! {decoder.chain} ! {SINK}"
    require(text, choice.present)
    return Tail(text, row.codec, decoder)


def local_camera(address: Address, choice: Choice) -> Tail:
    """Return the whole pipeline of a V4L2 or CSI camera; `?format=mjpeg&width=1280&height=720&fps=30` picks its mode.

    Raises:
        ConfigError: an option that is not known, or an element that is not installed.
    """
    option = address.option
    unknown = set(option) - {"format", "width", "height", "fps"}
    if unknown or not all(option.get(key, "1").isdigit() for key in ("width", "height", "fps")):
        raise ConfigError(f"{address.shown}: options are format, width, height and fps, the last three whole numbers")
    mode = "".join(f",{key}=(int){option[key]}" for key in ("width", "height") if key in option)
    mode += f",framerate=(fraction){option['fps']}/1" if "fps" in option else ""
    chain = SOURCES[address.kind].chain
    if address.kind is Kind.CSI:
        decoder = DecoderRow("argus", "nvvidconv", "video/x-raw,format=(string)NV12")
        text = f"{chain} ! video/x-raw(memory:NVMM){mode} ! {decoder.chain} ! {SINK}"
        require(text, choice.present)
        return Tail(text, "raw", decoder)
    caps = _V4L2_CAPS.get(option.get("format", "raw"))
    if caps is None:
        raise ConfigError(
            f"{address.shown}: format={option['format']} is not known; write one of {', '.join(_V4L2_CAPS)}"
        )
    tail = tail_for(caps, None, choice)
    return Tail(f"{chain} ! {caps}{mode} ! {tail.text}", tail.codec, tail.decoder)


def require(text: str, present: Present) -> None:
    """Check that every element of a launch text is installed.

    Raises:
        ConfigError: one is not; the message names the package that brings it.
    """
    for name in elements_of(text):
        if not present(name):
            raise ConfigError(f"GStreamer element {name} is missing; install {package_of(name)}, or set backend = pyav")


def elements_of(text: str) -> tuple[str, ...]:
    """Return the names of the elements in a launch text, without its caps."""
    first_words = (part.split()[0] for part in text.split(" ! "))
    return tuple(word for word in first_words if "/" not in word)


def package_of(element: str) -> str:
    """Return the distribution's package that brings an element."""
    for starts, package in _PACKAGES:
        if element.startswith(starts):
            return package
    return "the GStreamer plugin that brings it"
