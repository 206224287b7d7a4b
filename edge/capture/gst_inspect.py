"""What GStreamer has installed, as `gst-inspect-1.0` prints it, for the elements that are asked about."""

from __future__ import annotations

from collections.abc import Iterable

from edge.capture.gst_runtime import Gst


def inspect(names: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return element -> (plugin, names of its properties) of those that are installed and can be made."""
    found = {}
    for name in names:
        element = Gst.ElementFactory.make(name)
        if element is not None:
            plugin = element.get_factory().get_plugin_name() or ""
            found[name] = (plugin, tuple(sorted(one.name for one in element.list_properties())))
    return found
