"""Writes down what an examination looks at, so that somebody else can examine it: no serial numbers, keys or addresses.

Only the files named here are copied. Of dpkg's list only packages of NVIDIA's and GStreamer's are kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from edge.clock import ClockQuality
from edge.errors import UsageError
from edge.health.attributes import text
from edge.health.board_findings import GPU_NODES
from edge.health.described import DESCRIBED, GST
from edge.health.dpkg import STATUS, excerpt, read_packages
from edge.health.examinee import Examinee, Gst

FILES = (
    "etc/nv_tegra_release",
    "etc/nvpmodel.conf",
    "proc/device-tree/compatible",
    "proc/device-tree/model",
    "proc/driver/nvidia/version",
    "proc/meminfo",
    "proc/sys/kernel/osrelease",
    "var/lib/nvpmodel/status",
    "sys/class/devfreq/*/*_freq",
    "sys/class/devfreq/*/available_frequencies",
    "sys/class/devfreq/*/device/load",
    "sys/class/devfreq/*/device/power/runtime_status",
    "sys/class/hwmon/hwmon*/name",
    "sys/class/hwmon/hwmon*/oc*_event_cnt",
    "sys/class/hwmon/hwmon*/in*_label",
    "sys/class/hwmon/hwmon*/curr*_input",
    "sys/class/hwmon/hwmon*/fan1_input",
    "sys/class/hwmon/hwmon*/in*_input",
    "sys/class/hwmon/hwmon*/pwm1",
    "sys/class/hwmon/hwmon*/rpm",
    "sys/class/thermal/cooling_device*/type",
    "sys/class/thermal/cooling_device*/*_state",
    "sys/class/thermal/thermal_zone*/type",
    "sys/class/thermal/thermal_zone*/temp",
    "sys/class/thermal/thermal_zone*/trip_point_*",
    "sys/class/thermal/thermal_zone*/cdev*_trip_point",
    "sys/class/thermal/thermal_zone*/cdev*/type",
    "sys/class/watchdog/watchdog*/identity",
    "sys/class/watchdog/watchdog*/nowayout",
    "sys/class/watchdog/watchdog*/state",
    "sys/class/watchdog/watchdog*/timeout",
    "sys/devices/gpu.0/load",
    "sys/devices/platform/gpu.0/load",
    "sys/devices/system/cpu/cpufreq/policy*/*_freq",
)
"""What is copied, as patterns under the root; a link is followed, and what cannot be read is left out."""
PACKAGES = (
    *("cuda-", "gstreamer1.0-", "libcudnn", "libgstreamer", "libnvinfer", "nvidia-", "tensorrt"),
    *("python3-gi", "python3-libnvinfer", "python3-pycuda"),
)
DISTRIBUTIONS = (
    *("edge-gate", "tensorrt", "tensorrt-cu12", "tensorrt-cu13", "tensorrt_cu12_bindings", "tensorrt_cu13_bindings"),
    *("pycuda", "cuda-bindings", "cuda-python", "jetson-utils", "jetson-stats", "PyGObject"),
)
MODULES = ("av", "gi", "jetson_serial", "jetson_utils", "jtop", "tensorrt")


def describe(examinee: Examinee, folder: Path, distributions: Iterable[str], modules: Iterable[str]) -> int:
    """Write the machine into `folder`, which must be new or empty, and return the number of files copied.

    `distributions` and `modules` are asked for beside the ones listed here.

    Raises:
        UsageError: the folder is in use or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder}: is not empty; give a new folder")
        copied = sum(_copy(examinee.root, path, folder) for pattern in FILES for path in examinee.root.glob(pattern))
        packages = excerpt(read_packages(examinee.root), PACKAGES)
        if packages:
            _write(folder / STATUS, packages)
        _write(folder / GST, gst_toml(examinee.gst))
        _write(folder / DESCRIBED, _rest(examinee, distributions, modules))
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; give a folder that this user can write") from error
    return copied


def gst_toml(gst: Gst) -> str:
    """Return GStreamer's elements as a description holds them."""
    lines = [f"version = {_quoted(gst.version)}"]
    if gst.fault:
        lines.append(f"fault = {_quoted(gst.fault)}")
    for name, element in gst.elements.items():
        lines += ["", f"[elements.{name}]", f"plugin = {_quoted(element.plugin)}"]
        lines.append(f"properties = {_listed(element.properties)}")
    return "\n".join(lines) + "\n"


def _rest(examinee: Examinee, distributions: Iterable[str], modules: Iterable[str]) -> str:
    packages = {name: examinee.version_of(name) for name in sorted({*DISTRIBUTIONS, *distributions})}
    importable = [name for name in sorted({*MODULES, *modules}) if examinee.has_module(name)]
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(examinee.clock.wall_ns() / 1e9))
    synced = examinee.clock.quality() is ClockQuality.SYNCED
    return "\n".join(
        (
            f"system = {_quoted(examinee.system)}",
            f"devices = {_listed(node for node in GPU_NODES if examinee.has_device(node))}",
            f"lacks = {_listed(examinee.lacks)}",
            "",
            "[clock]",
            f"at = {at}",
            f"synced = {str(synced).lower()}",
            "",
            "[python]",
            f"version = {_quoted(examinee.python)}",
            f"modules = {_listed(importable)}",
            "",
            *_table("python.packages", packages),
        )
    )


def _table(name: str, values: Mapping[str, str | None]) -> list[str]:
    return [f"[{name}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in values.items() if value), ""]


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


def _quoted(value: str) -> str:
    # JSON writes a string as TOML 1.0 does, but for the DEL character, which none of these holds.
    return json.dumps(value, ensure_ascii=False)


def _copy(root: Path, path: Path, folder: Path) -> int:
    value = text(path) if path.is_file() else None
    if value is None:
        return 0
    _write(folder / path.relative_to(root), value + "\n")
    return 1


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
