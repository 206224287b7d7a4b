"""GStreamer's cases as rows of data: which elements read an address, unpack, parse and decode a codec.

A pipeline is one source row and one decoder row. Everything here is text: nothing of GStreamer is imported, so the rows
of a board can be checked on any machine.

A property that not every version has never stands in a launch text, where it would make the whole text unreadable, but
among the settings: on JetPack 7.2 (L4T R39.2) the nvv4l2decoder of some boards has no `enable-max-performance` any more
(github.com/OE4T/meta-tegra-community, pull request 187).
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.capture.address import Kind

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

ARGUS = DecoderRow(
    "argus",
    "nvvidconv",
    "video/x-raw,format=(string)NV12",
    stay="video/x-raw(memory:NVMM),format=(string)NV12",
)
"""A CSI camera's pictures come out of the image processor: nothing to decode, only rows to be made of tiles."""
CAMERA_OPTIONS = {Kind.CSI: {"width", "height", "fps", "mode"}, Kind.V4L2: {"format", "width", "height", "fps"}}
V4L2_CAPS = {"raw": "video/x-raw", "mjpeg": "image/jpeg", "h264": "video/x-h264", "h265": "video/x-h265"}
_PACKAGES = (
    (("avdec_",), "gstreamer1.0-libav"),
    (("rtspsrc", "rtp", "souphttpsrc", "v4l2src", "jpegdec", "vp8dec", "vp9dec"), "gstreamer1.0-plugins-good"),
    (("openh264dec", "libde265dec", "srtsrc", "hlsdemux", "av1", "dav1ddec"), "gstreamer1.0-plugins-bad"),
    (("h264parse", "h265parse", "jpegparse", "vp9parse", "mpeg4videoparse"), "gstreamer1.0-plugins-bad"),
    (("nvv4l2decoder", "nvvidconv", "nvarguscamerasrc"), "nvidia-l4t-gstreamer (comes with the board)"),
    (("nv",), "gstreamer1.0-plugins-bad together with NVIDIA's driver"),
    (("appsink", "parsebin", "videoconvert"), "gstreamer1.0-plugins-base"),
)


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
