"""From a message on GStreamer's bus to an error of ours: cause and cure in one line."""

from __future__ import annotations

from typing import Any

from edge.capture.address import Address, Kind
from edge.capture.gst_runtime import GLib, Gst
from edge.errors import ConfigError, EdgeError, SourceBroken, SourceLost, SourceRefused, SourceStalled

_TIMED_OUT = ("timeout", "timed out", "time out")


def explained(address: Address, fault: GLib.Error, detail: str, *, frames: int) -> EdgeError:
    """Return the error that a bus message stands for; `frames` is how many were delivered before it."""
    shown, cause = address.shown, _one_line(address, fault.message)
    if _is(fault, Gst.CoreError, "MISSING_PLUGIN") or _is(fault, Gst.StreamError, "CODEC_NOT_FOUND"):
        return ConfigError(f"{shown}: no GStreamer plugin for this stream ({cause}); install gstreamer1.0-libav")
    if _is(fault, Gst.ResourceError, "NOT_AUTHORIZED") or "(401)" in detail or "Unauthorized" in detail:
        return SourceRefused(f"{shown}: the camera refuses user or password; correct them in the source address")
    if address.kind is Kind.FILE:
        after = f" after {frames} frames" if frames else ""
        return SourceBroken(
            f"{shown}: cannot be decoded{after} ({cause}); it is no video, or damaged: record or copy it again"
        )
    return _absent(address, fault, cause, detail)


def _absent(address: Address, fault: GLib.Error, cause: str, detail: str) -> SourceLost:
    shown = address.shown
    if _is(fault, Gst.ResourceError, "NOT_FOUND"):
        if address.kind is Kind.V4L2:
            return SourceLost(f"{shown}: there is no such camera; check the cable and `ls /dev/video*`")
        return SourceLost(f"{shown}: the camera knows no such stream (404); check the path in the source address")
    if any(_is(fault, Gst.ResourceError, name) for name in ("OPEN_READ", "OPEN_READ_WRITE", "OPEN_WRITE")):
        return SourceLost(f"{shown}: cannot be reached; check that the camera is on and the address is right")
    if any(word in f"{cause} {detail}".lower() for word in _TIMED_OUT):
        return SourceStalled(f"{shown}: no data in time; check the camera and the network to it")
    return SourceLost(f"{shown}: {cause}; check that the camera is on and the address is right")


def _is(fault: GLib.Error, family: Any, name: str) -> bool:
    code = getattr(family, name)
    return bool(fault.matches(family.quark(), code))


def _one_line(address: Address, text: str) -> str:
    return address.hide(" ".join(text.split())).rstrip(".").lower()
