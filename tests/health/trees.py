"""A small machine of files: what a Jetson Orin Nano tells of heat, clocks and power, as read from one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_THERMAL = "sys/class/thermal"
_ZONE = f"{_THERMAL}/thermal_zone0"
ORIN: Mapping[str, str] = {
    f"{_ZONE}/type": "cpu-thermal",
    f"{_ZONE}/temp": "51250",
    f"{_ZONE}/trip_point_0_type": "passive",
    f"{_ZONE}/trip_point_0_temp": "99000",
    f"{_ZONE}/trip_point_1_type": "critical",
    f"{_ZONE}/trip_point_1_temp": "104500",
    f"{_ZONE}/trip_point_2_type": "passive",
    f"{_ZONE}/trip_point_2_temp": "70000",
    f"{_ZONE}/cdev0/type": "cpufreq-cpu0",
    f"{_ZONE}/cdev0_trip_point": "0",
    f"{_ZONE}/cdev1/type": "cpu-throttle-alert",
    f"{_ZONE}/cdev1_trip_point": "0",
    f"{_ZONE}/cdev2/type": "hot-surface-alert",
    f"{_ZONE}/cdev2_trip_point": "2",
    f"{_THERMAL}/thermal_zone1/type": "tj-thermal",
    f"{_THERMAL}/thermal_zone1/temp": "52000",
    f"{_THERMAL}/cooling_device0/type": "pwm-fan",
    f"{_THERMAL}/cooling_device0/cur_state": "2",
    f"{_THERMAL}/cooling_device0/max_state": "10",
    f"{_THERMAL}/cooling_device1/type": "cpufreq-cpu0",
    f"{_THERMAL}/cooling_device1/cur_state": "0",
    f"{_THERMAL}/cooling_device1/max_state": "19",
    f"{_THERMAL}/cooling_device2/type": "hot-surface-alert",
    f"{_THERMAL}/cooling_device2/cur_state": "1",
    f"{_THERMAL}/cooling_device2/max_state": "1",
    "sys/class/hwmon/hwmon0/name": "pwmfan",
    "sys/class/hwmon/hwmon0/pwm1": "51",
    "sys/class/hwmon/hwmon1/name": "ina3221",
    "sys/class/hwmon/hwmon1/in1_label": "VDD_IN",
    "sys/class/hwmon/hwmon1/in1_input": "5000",
    "sys/class/hwmon/hwmon1/curr1_input": "1500",
    "sys/class/hwmon/hwmon1/in2_label": "VDD_CPU_GPU_CV",
    "sys/class/hwmon/hwmon1/in2_input": "5000",
    "sys/class/hwmon/hwmon1/curr2_input": "400",
    "sys/class/hwmon/hwmon1/in7_label": "sum of shunt voltages",
    "sys/class/hwmon/hwmon1/in7_input": "9",
    "sys/class/hwmon/hwmon2/name": "soctherm_oc",
    "sys/class/hwmon/hwmon2/oc1_event_cnt": "0",
    "sys/class/hwmon/hwmon2/oc3_event_cnt": "27390",
    "sys/class/hwmon/hwmon3/name": "pwm_tach",
    "sys/class/hwmon/hwmon3/rpm": "1636",
    "sys/class/devfreq/17000000.gpu/cur_freq": "306000000",
    "sys/class/devfreq/17000000.gpu/max_freq": "624750000",
    "sys/class/devfreq/17000000.gpu/available_frequencies": "306000000 624750000 1020000000",
    "sys/class/devfreq/17000000.gpu/device/load": "345",
    "sys/class/devfreq/15480000.nvdec/cur_freq": "396800000",
    "sys/class/devfreq/15480000.nvdec/device/power/runtime_status": "active",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq": "729600",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq": "1510400",
    "sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq": "1728000",
    "proc/meminfo": "MemTotal:        7800000 kB\nMemFree: 1 kB\nMemAvailable:    3900000 kB",
}


def plant(root: Path, files: Mapping[str, str]) -> Path:
    """Write files, each with one line or more, below a folder and return it."""
    for name, said in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said + "\n")
    return root
