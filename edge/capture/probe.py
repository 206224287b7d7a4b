"""What this machine can capture with, found without opening any source; `edge doctor` prints it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.capture import launch, rows
from edge.errors import ConfigError

_FFMPEG_NAMES = {"h264": "h264", "h265": "hevc", "av1": "av1", "mjpeg": "mjpeg"}
_CODECS = frozenset(_FFMPEG_NAMES)


@dataclass(frozen=True, slots=True)
class BackendReport:
    """One capture library: `decoders` pairs each codec with what decodes it here; `cure` mends the `problem`."""

    name: str
    version: str
    decoders: tuple[tuple[str, str], ...]
    problem: str = ""
    cure: str = ""

    @property
    def works(self) -> bool:
        """Whether it can be used at all."""
        return bool(self.version)


def probe_backends() -> tuple[BackendReport, ...]:
    """Return what is known of GStreamer and of PyAV here."""
    return _probe_gst(), _probe_pyav()


def _probe_gst() -> BackendReport:
    try:
        from edge.capture import gst_runtime  # noqa: PLC0415 - each adapter's library only where it is used
    except (ImportError, ValueError) as error:  # ValueError: bindings without GStreamer's own descriptions
        return BackendReport("gstreamer", "", (), str(error), "apt install python3-gi gir1.2-gst-plugins-base-1.0")
    choice = launch.Choice("auto", gst_runtime.is_installed)
    found: list[tuple[str, str]] = []
    missing: list[str] = []
    for row in rows.CODECS.values():
        if row.codec not in _CODECS:
            continue
        try:
            decoder = choice.pick(row)
            launch.require(row.parser, gst_runtime.is_installed)
            found.append((row.codec, f"{decoder.element} ({decoder.family})"))
        except ConfigError as error:
            missing.append(str(error))
    absent = [name for source in rows.SOURCES.values() for name in _absent(source.chain, gst_runtime.is_installed)]
    missing += [f"GStreamer element {name} is missing" for name in absent if not name.startswith("nv")]
    cure = "make system" if missing else ""
    return BackendReport("gstreamer", gst_runtime.version(), tuple(found), "; ".join(missing), cure)


def _absent(chain: str, present: launch.Present) -> list[str]:
    return [name for name in rows.elements_of(chain) if not present(name)]


def _probe_pyav() -> BackendReport:
    try:
        from edge.capture import pyav  # noqa: PLC0415 - each adapter's library only where it is used
    except ImportError as error:
        return BackendReport("pyav", "", (), str(error), "pip install av")
    able = pyav.decoders(tuple(_FFMPEG_NAMES.values()))
    found = tuple((codec, f"{name} (software)") for codec, name in _FFMPEG_NAMES.items() if name in able)
    lacking = [codec for codec, name in _FFMPEG_NAMES.items() if name not in able]
    problem = f"no decoder for {', '.join(lacking)}" if lacking else ""
    return BackendReport("pyav", pyav.version(), found, problem, "pip install --upgrade av" if lacking else "")
