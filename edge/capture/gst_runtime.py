"""GStreamer itself: loaded in one place, its versions stated, and its C++ plugins given one unwinder.

Some distributions link GStreamer to libunwind, which also offers the functions that C++ exceptions are unwound with.
Once numpy has loaded libstdc++, a plugin written in C++ (SRT) would throw through libgcc and resume through libunwind,
which ends the process. Loading libgcc for everybody first lets every library find the same one.
"""

from __future__ import annotations

import contextlib
import ctypes

with contextlib.suppress(OSError):  # a system without libgcc has no second unwinder either
    ctypes.CDLL("libgcc_s.so.1", mode=ctypes.RTLD_GLOBAL)

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import GLib, Gst, GstApp, GstVideo  # noqa: E402 - versions must be stated before

Gst.init(None)

__all__ = ["GLib", "Gst", "GstApp", "GstVideo", "is_installed", "klass_of", "plugin_of", "version"]


def is_installed(element: str) -> bool:
    """Say whether GStreamer here has an element of this name."""
    return Gst.ElementFactory.find(element) is not None


def version() -> str:
    """Return the version of GStreamer that runs here."""
    return ".".join(str(part) for part in Gst.version()[:3])


def plugin_of(element: str) -> str:
    """Return name and version of the plugin that brings an element; empty where there is none."""
    factory = Gst.ElementFactory.find(element)
    plugin = factory.get_plugin() if factory is not None else None
    return f"{plugin.get_name()} {plugin.get_version()}" if plugin is not None else ""


def klass_of(element: str) -> str:
    """Return what class an element puts itself in, `Codec/Decoder/Video/Hardware`; empty where there is none."""
    factory = Gst.ElementFactory.find(element)
    return str(factory.get_metadata("klass") or "") if factory is not None else ""
