"""GStreamer's cases as rows of data: which elements read an address, unpack, parse and decode a codec.

A pipeline is one source row and one decoder row. Everything here is text: nothing of GStreamer is imported, so the rows
of a board can be checked on any machine.

A property that not every version has never stands in a launch text, where it would make the whole text unreadable, but
among the settings: on JetPack 7.2 (L4T R39.2) the nvv4l2decoder of some boards has no `enable-max-performance` any more
(github.com/OE4T/meta-tegra-community, pull request 187).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

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
DEVICE_SINK = (
    "appsink name=sink sync=false max-buffers=2 drop=false enable-last-sample=false qos=false "
    "caps=video/x-raw(memory:NVMM),format=(string)NV12"
)
"""As `SINK`, for pictures that stay in the board's memory. Two at most: each one that waits holds a buffer of the
converter's pool, a third is being taken over, and with none left the decoder stands still."""
CONVERTER: tuple[Setting, ...] = (("bl-output", False), ("output-buffers", 6))
"""For nvvidconv where pictures stay in the board's memory: rows of pixels instead of tiles (block-linear is its
default there, and CUDA would see an array), and a pool for two that wait, one in hand and some to work on; 4 starve."""


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
    """One decoder: `family` as the configuration names it, the element, and the way from its memory to plain planes.

    `settings` are the decoder element's own.
    """

    family: str
    element: str
    home: str
    settings: tuple[Setting, ...] = ()
    stay: str = ""
    """The way to NV12 rows in the board's own memory (NVMM); empty where there is none."""

    @property
    def chain(self) -> str:
        """The elements from coded video to planes in the processor's memory."""
        return f"{self.element} name=decode ! {self.home}"

    @property
    def device_chain(self) -> str:
        """The elements from coded video to a picture that stays in the board's memory; empty where there are none."""
        return f"{self.element} name=decode ! {self.stay}" if self.stay else ""


@dataclass(frozen=True, slots=True)
class CodecRow:
    """One codec: its name, its parser and its decoders, best first."""

    codec: str
    parser: str
    decoders: tuple[DecoderRow, ...]


_JETSON_HOME = "nvvidconv name=home ! video/x-raw,format=(string)NV12"
_JETSON_STAY = "nvvidconv name=home ! video/x-raw(memory:NVMM),format=(string)NV12"
_NVDEC_HOME = "video/x-raw ! videoconvert"
"""Desktop decoders hand over CUDA memory or plain memory, as they are asked: asked for plain memory they download by
themselves, in GStreamer 1.20 to 1.24 alike, and `cudadownload` is not needed."""
_HOME = "videoconvert"
_QUICK: Setting = ("enable-max-performance", True)
"""The decoder's clock stays up instead of following its load, which is smallest when the night's first vehicle comes.

`disable-dpb` is left alone: it saves the delay of a few pictures by handing them out in the order of decoding, so a
camera that sends B-frames would run backwards now and then.
"""


def _decoders(nvdec: str, *software: str, jetson: tuple[Setting, ...] = ()) -> tuple[DecoderRow, ...]:
    return (
        DecoderRow("nvv4l2", "nvv4l2decoder", _JETSON_HOME, (_QUICK, *jetson), _JETSON_STAY),
        DecoderRow("nvdec", nvdec, _NVDEC_HOME),
        *(DecoderRow("software", element, _HOME) for element in software),
    )


CODECS: dict[str, CodecRow] = {
    "video/x-h264": CodecRow("h264", "h264parse", _decoders("nvh264dec", "avdec_h264", "openh264dec")),
    "video/x-h265": CodecRow("h265", "h265parse", _decoders("nvh265dec", "avdec_h265", "libde265dec")),
    "video/x-av1": CodecRow("av1", "av1parse", _decoders("nvav1dec", "dav1ddec", "av1dec")),
    "image/jpeg": CodecRow(
        "mjpeg", "jpegparse", _decoders("nvjpegdec", "jpegdec", "avdec_mjpeg", jetson=(("mjpeg", True),))
    ),
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

_ARGUS = DecoderRow(
    "argus",
    "nvvidconv",
    "video/x-raw,format=(string)NV12",
    stay="video/x-raw(memory:NVMM),format=(string)NV12",
)
"""A CSI camera's pictures come out of the image processor: nothing to decode, only rows to be made of tiles."""
_CAMERA_OPTIONS = {Kind.CSI: {"width", "height", "fps", "mode"}, Kind.V4L2: {"format", "width", "height", "fps"}}
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
    option, known = address.option, _CAMERA_OPTIONS[address.kind]
    if set(option) - known or not all(option.get(key, "1").isdigit() for key in ("width", "height", "fps", "mode")):
        raise ConfigError(f"{address.shown}: options are {', '.join(sorted(known))}, all whole numbers but format")
    mode = "".join(f",{key}=(int){option[key]}" for key in ("width", "height") if key in option)
    mode += f",framerate=(fraction){option['fps']}/1" if "fps" in option else ""
    chain = SOURCES[address.kind].chain
    if address.kind is Kind.CSI:
        return _tail(f"{chain} ! video/x-raw(memory:NVMM),format=(string)NV12{mode}", "raw", _ARGUS, choice)
    caps = _V4L2_CAPS.get(option.get("format", "raw"))
    if caps is None:
        raise ConfigError(
            f"{address.shown}: format={option['format']} is not known; write one of {', '.join(_V4L2_CAPS)}"
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
