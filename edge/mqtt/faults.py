"""What went wrong with the broker, in one line with the cure. Pure: causes in, `BrokerDown` out."""

from __future__ import annotations

import socket
import ssl

from edge.errors import BrokerDown
from edge.mqtt.address import Address

# MQTT 5.0, section 2.4; paho reports the 3.1.1 codes under the same names.
_UNSUPPORTED_VERSION = 0x84
_REFUSALS = {
    0x82: ("protocol error", "the broker does not take what we send; try mqtt.version"),
    _UNSUPPORTED_VERSION: ("protocol version refused", 'set mqtt.version = "auto" or the one that it speaks'),
    0x85: ("client id refused", "the broker does not accept the name made of site and device id; allow it there"),
    0x86: ("wrong user name or password", "check mqtt.username and mqtt.password_file"),
    0x87: ("not authorised", "check mqtt.username, mqtt.password_file and the broker's access list"),
    0x88: ("server unavailable", "the broker is there but not serving; look at its log"),
    0x89: ("server busy", "retried with back-off"),
    0x8A: ("banned", "the broker has banned this client; lift it there"),
    0x8B: ("broker is shutting down", "retried with back-off"),
    0x8D: ("broker heard nothing from us for too long", "check the link; raise mqtt.keepalive_s on a slow one"),
    0x8E: ("another client came with our name", "two devices have the same device.id at one site; rename one"),
    0x95: ("message too large for the broker", "raise its maximum packet size; the outbox keeps the event"),
    0x97: ("quota exceeded", "raise the broker's quota; the outbox keeps the event"),
    0x9F: ("connection rate exceeded", "retried with back-off"),
}

_VERIFY_CURES = {
    10: ("its certificate has expired", "renew it, or set this device's clock right"),
    9: ("its certificate is not valid yet", "set this device's clock right"),
    18: ("its certificate is self-signed", "set mqtt.ca_file to it"),
    19: ("an unknown authority signed its certificate", "set mqtt.ca_file to that authority"),
    20: ("an unknown authority signed its certificate", "set mqtt.ca_file to that authority"),
    62: ("its certificate is for another host name", "use the name in the certificate in mqtt.url"),
    64: ("its certificate is for another address", "use the name in the certificate in mqtt.url"),
}


def wants_other_version(code: int) -> bool:
    """Return whether a refusal is about the protocol version and nothing else."""
    return code == _UNSUPPORTED_VERSION


def garbled(address: Address) -> BrokerDown:
    """Return the error for an answer that is not MQTT."""
    return BrokerDown(f"broker {address}: answers with something that is not MQTT; check the port in mqtt.url")


def refused(address: Address, code: int, name: str, doing: str) -> BrokerDown:
    """Return the error for a reason code that the broker answered with while `doing` something."""
    cause, cure = _REFUSALS.get(code, (name.lower(), "look at the broker's log"))
    return BrokerDown(f"broker {address}: {cause} while {doing}; {cure}")


def unreachable(address: Address, fault: OSError) -> BrokerDown:
    """Return the error for a connection that could not be opened."""
    cause, cure = _cause_of(fault, tls=address.tls is not None)
    return BrokerDown(f"broker {address}: {cause}; {cure}")


def silent(address: Address, doing: str, seconds: float) -> BrokerDown:
    """Return the error for a broker that takes the connection and says nothing."""
    return BrokerDown(
        f"broker {address}: no answer within {seconds:g} s while {doing}; the link is dead, or no broker listens there"
    )


def closed(address: Address, doing: str) -> BrokerDown:
    """Return the error for a connection that ended without a word."""
    if doing == "connecting":
        hint = "if the port is for TLS write mqtts://" if address.tls is None else "it may want a client certificate"
        return BrokerDown(f"broker {address}: closed the connection without an answer; {hint}, or look at its log")
    return BrokerDown(f"broker {address}: connection lost while {doing}; reconnecting, the outbox keeps every event")


# The first that fits counts: some of these are kinds of others.
_CAUSES: tuple[tuple[type[OSError], str, str], ...] = (
    (socket.gaierror, "host name not known", "check mqtt.url and this device's DNS"),
    (ConnectionRefusedError, "connection refused", "start the broker, or check the port in mqtt.url"),
    (TimeoutError, "no answer to the connection attempt", "check the address, the route and a firewall between"),
    (ConnectionError, "connection reset while connecting", "check that an MQTT broker listens on that port"),
)
_NO_TLS_THERE = ("TLS failed, the port does not speak TLS", "use the broker's TLS port, or mqtt:// for a plain one")


def _cause_of(fault: OSError, *, tls: bool) -> tuple[str, str]:
    if isinstance(fault, ssl.SSLCertVerificationError):
        why, cure = _VERIFY_CURES.get(fault.verify_code, (fault.verify_message, "look at the broker's certificate"))
        return f"TLS failed, {why}", cure
    if isinstance(fault, ssl.SSLError):
        return _tls_cause(fault)
    if tls and isinstance(fault, ConnectionResetError):
        return _NO_TLS_THERE
    for kind, cause, cure in _CAUSES:
        if isinstance(fault, kind):
            return cause, cure
    return f"not reachable ({fault.strerror or fault})", "check this device's network"


def _tls_cause(fault: ssl.SSLError) -> tuple[str, str]:
    reason = fault.reason or ""
    if reason in {"WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING"}:
        return _NO_TLS_THERE
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return "TLS failed, it wants a client certificate", "set mqtt.cert_file and mqtt.key_file"
    if "UNKNOWN_CA" in reason or "BAD_CERTIFICATE" in reason:
        return "TLS failed, it does not trust our certificate", "use one signed by the authority that it trusts"
    return f"TLS failed ({reason.replace('_', ' ').lower() or fault})", "look at the broker's log"
