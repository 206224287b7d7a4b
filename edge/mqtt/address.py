"""Where the broker is and how we prove who we are: `[mqtt]` as an address, checked before anything connects."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from edge.config.model import Mqtt
from edge.errors import ConfigError

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Address:
    """A broker and our credentials for it. `tls` is None for a plain connection."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __str__(self) -> str:
        scheme = "mqtt" if self.tls is None else "mqtts"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def address_of(cfg: Mqtt) -> Address:
    """Return the address that `[mqtt]` describes.

    Raises:
        ConfigError: the url cannot be understood, or a file it needs cannot be read.
    """
    try:
        parts = urlsplit(cfg.url)
        port = parts.port
    except ValueError as fault:
        raise ConfigError(f"mqtt.url: {cfg.url!r} is no address ({fault}); write mqtt://host:1883") from fault
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError(f"mqtt.url: {cfg.url!r} is no broker address; write mqtt://host:1883 or mqtts://host:8883")
    if parts.username or parts.password:
        raise ConfigError("mqtt.url: holds a user name; put it into mqtt.username and mqtt.password_file")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(f"mqtt.url: {cfg.url!r} goes on after the port; a broker address ends there")
    try:
        parts.hostname.encode("idna")
    except UnicodeError as fault:
        raise ConfigError(f"mqtt.url: {parts.hostname!r} is no host name ({fault}); correct it") from fault
    tls = _tls_context(cfg) if parts.scheme == "mqtts" else None
    return Address(parts.hostname, port or _PORTS[parts.scheme], cfg.username, _password(cfg), tls)


def _password(cfg: Mqtt) -> str:
    if not cfg.password_file:
        return cfg.password
    try:
        lines = Path(cfg.password_file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(
            f"mqtt.password_file: cannot read {cfg.password_file} ({_why(fault)}); make it readable for the service"
        ) from fault
    if not lines or not lines[0]:
        raise ConfigError(f"mqtt.password_file: the first line of {cfg.password_file} is empty; put the password there")
    return lines[0]


def _tls_context(cfg: Mqtt) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=cfg.ca_file or None)
    except OSError as fault:  # ssl.SSLError is one
        raise ConfigError(
            f"mqtt.ca_file: cannot use {cfg.ca_file} ({_why(fault)}); name a readable PEM file of the authority"
        ) from fault
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cfg.key_file and not cfg.cert_file:
        raise ConfigError("mqtt.key_file: given without mqtt.cert_file; name the certificate it belongs to")
    if cfg.cert_file:
        try:
            # An empty password keeps OpenSSL from asking a terminal for one.
            context.load_cert_chain(cfg.cert_file, cfg.key_file or None, password="")
        except OSError as fault:
            raise ConfigError(
                f"mqtt.cert_file: cannot use {cfg.cert_file} with key {cfg.key_file or cfg.cert_file} "
                f"({_why(fault)}); both must be readable PEM files without a pass phrase that belong together"
            ) from fault
    return context


def _why(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLError):
        return (fault.reason or "not PEM").replace("_", " ").lower()
    if isinstance(fault, OSError):
        return fault.strerror or type(fault).__name__
    return "not UTF-8 text"
