"""Source addresses: what a URI names, and how it is shown without its password."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

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


NETWORK = frozenset({Kind.RTSP, Kind.SRT, Kind.HLS})
SECRETS = frozenset({"passphrase", "password", "passwd", "pwd", "token"})
"""Words of a query whose values are not shown."""
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
        hidden = text.replace(self.target, self.shown)
        if self.kind in NETWORK:
            for secret in _secrets(self.target):
                hidden = hidden.replace(secret, "***")
        return hidden


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
    if kind in NETWORK:
        return _network(kind, source)
    path, _, query = rest.partition("?")
    options = tuple(parse_qsl(query, keep_blank_values=True))
    if kind in {Kind.FILE, Kind.REPLAY}:
        path = unquote(path)
    elif kind is not Kind.V4L2:
        path = path.strip("/")
    if kind is Kind.CSI and not path.isdigit():
        raise ConfigError(f"source {source}: a CSI camera is named by its number; write csi://0")
    return Address(kind, path, source, options)


def _network(kind: Kind, source: str) -> Address:
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError as error:  # whose text may quote a password
        raise ConfigError("source: not a readable address; write SCHEME://USER:PASSWORD@HOST:PORT/PATH") from error
    if not parts.hostname and not (kind is Kind.SRT and port):
        raise ConfigError(f"source {parts.scheme}://…: names no host; write {parts.scheme}://HOST/PATH")
    return Address(kind, source, _masked(source, _secrets(source)))


def _secrets(source: str) -> tuple[str, ...]:
    """Return what must not be shown of a network address, as it is written and as it is meant, longest first."""
    parts = urlsplit(source)
    written = [parts.password or ""]
    written += [value for key, _, value in (pair.partition("=") for pair in parts.query.split("&")) if key in SECRETS]
    return tuple(sorted({*written, *map(unquote, written)} - {""}, key=len, reverse=True))


def _masked(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        for before, after in ((":", "@"), ("=", "")):
            text = text.replace(f"{before}{secret}{after}", f"{before}***{after}")
    return text
