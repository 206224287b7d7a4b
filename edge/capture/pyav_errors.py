"""From an error of FFmpeg's to one of ours: cause and cure in one line."""

from __future__ import annotations

import av
import av.error

from edge.capture.address import Address, Kind
from edge.errors import ConfigError, EdgeError, SourceBroken, SourceLost, SourceRefused, SourceStalled

SILENT = "no data in time; check the camera and the network to it"
_NETWORK_CAUSES: tuple[tuple[tuple[type[av.FFmpegError], ...], type[EdgeError], str], ...] = (
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        SourceRefused,
        "the camera refuses user or password; correct them in the source address",
    ),
    (
        (av.error.HTTPNotFoundError,),
        SourceLost,
        "the camera knows no such stream (404); check the path in the source address",
    ),
    (
        (av.error.ExitError, av.error.TimeoutError),
        SourceStalled,
        SILENT,
    ),
)


def explained(address: Address, error: av.FFmpegError, what: str) -> EdgeError:
    """Return the error that an FFmpeg error stands for; `what` says what was being done."""
    shown, cause = address.shown, (error.strerror or type(error).__name__).lower()
    if isinstance(error, av.error.ProtocolNotFoundError):
        scheme = address.kind.value
        return ConfigError(f"{shown}: this PyAV cannot speak {scheme}; install GStreamer and set backend = gst")
    if isinstance(error, av.error.DecoderNotFoundError):
        return ConfigError(f"{shown}: PyAV has no decoder for this codec; set the camera to H.264 or H.265")
    if address.kind is Kind.FILE:
        return SourceBroken(f"{shown}: {what} ({cause}); it is no video, or damaged: record or copy it again")
    for kinds, made, text in _NETWORK_CAUSES:
        if isinstance(error, kinds):
            return made(f"{shown}: {text}")
    return SourceLost(f"{shown}: {what} ({cause}); check that the camera is on and the address is right")
