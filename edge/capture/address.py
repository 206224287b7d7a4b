"""Source addresses: what a URI names, and how it is shown without its password."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from edge.errors import ConfigError


class Kind(enum.Enum):
    """What stands behind an address."""

    RTSP = "rtsp"
    SRT = "srt"
    HLS = "hls"
    FILE = "file"
    V4L2 = "v4l2"
    CSI = "csi"
    TEST = "test"
    REPLAY = "replay"


_SCHEMES = {
    "rtsp": Kind.RTSP,
    "rtsps": Kind.RTSP,
    "srt": Kind.SRT,
    "http": Kind.HLS,
    "https": Kind.HLS,
    "file": Kind.FILE,
    "v4l2": Kind.V4L2,
    "csi": Kind.CSI,
    "test": Kind.TEST,
    "replay": Kind.REPLAY,
}
_GRAMMAR = "rtsp://… srt://… https://….m3u8 v4l2:///dev/video0 csi://0 file:///… /path.mp4 test://gate replay://…"


@dataclass(frozen=True, slots=True)
class Address:
    """A source address taken apart.

    `target` is what an adapter opens: the whole URI for network sources, a path for file, replay and v4l2, the sensor
    number for csi, the scene's name for test. `options` are the words after `?` where they are ours and not a server's.
    """

    kind: Kind
    target: str
    shown: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def option(self) -> dict[str, str]:
        """The options by name."""
        return dict(self.options)

    def hide(self, text: str) -> str:
        """Return a library's message with this address replaced by the form that has no password in it."""
        secret = _secret(urlsplit(self.target)) if self.kind in {Kind.RTSP, Kind.SRT, Kind.HLS} else None
        hidden = text.replace(self.target, self.shown)
        return hidden.replace(secret, "***") if secret else hidden


def parse_address(source: str) -> Address:
    """Take a source address apart.

    Raises:
        ConfigError: a scheme nobody knows, or an address that names nothing.
    """
    if "://" not in source:
        if not source.strip():
            raise ConfigError(f"source: is empty; give one of {_GRAMMAR}")
        return Address(Kind.FILE, str(Path(source).expanduser()), source)
    scheme, rest = source.split("://", 1)
    kind = _SCHEMES.get(scheme.lower())
    if kind is None:
        raise ConfigError(f"source {scheme}://…: this scheme is not known; give one of {_GRAMMAR}")
    if not rest.strip("/"):
        raise ConfigError(f"source {source}: names nothing after the scheme; give one of {_GRAMMAR}")
    if kind in {Kind.RTSP, Kind.SRT, Kind.HLS}:
        return _network(kind, source)
    path, _, query = rest.partition("?")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    target = unquote(path) if kind in {Kind.FILE, Kind.REPLAY} else path.strip("/") if kind is not Kind.V4L2 else path
    return Address(kind, target, source, options)


def _network(kind: Kind, source: str) -> Address:
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"source: not a readable address ({error}); give one of {_GRAMMAR}") from error
    if not parts.hostname and not (kind is Kind.SRT and port):
        raise ConfigError(f"source {parts.scheme}://…: names no host; write {parts.scheme}://HOST/PATH")
    secret = _secret(parts)
    return Address(kind, source, source.replace(f":{secret}@", ":***@") if secret else source)


def _secret(parts: SplitResult) -> str | None:
    return parts.password or None
