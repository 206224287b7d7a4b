"""The states of light that stories and random scenes use."""

from __future__ import annotations

import math

from edge.scene.light import Lamp, Light, Rgb


def day(azimuth_deg: float, height_deg: float, cloud: float, lamps: tuple[Lamp, ...] = ()) -> Light:
    """Daylight; `azimuth_deg` 0 is ahead of the camera (+y), clockwise; `cloud` 0 clear .. 1 overcast."""
    a, e = math.radians(azimuth_deg), math.radians(height_deg)
    sun = (math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e))
    clear = 1 - cloud
    low = max(0.0, 1 - height_deg / 35)
    direct, diffuse = 1.35 * clear, 0.55 + 0.45 * cloud
    # A camera sets its exposure by what it sees, though not all the way: bright days stay brighter than dull ones.
    gain = (1.25 / (diffuse + direct * sun[2])) ** 0.75
    return Light(
        sun=sun,
        sun_rgb=_scaled((1.0, 0.95 - 0.10 * low, 0.86 - 0.28 * low), direct * gain),
        sky_rgb=_scaled((0.88, 0.94, 1.0), diffuse * gain),
        ground_rgb=_scaled((1.0, 0.95, 0.88), (0.26 + 0.16 * cloud) * gain),
        zenith_rgb=_mixed((0.30, 0.48, 0.78), (0.66, 0.69, 0.72), cloud),
        horizon_rgb=_mixed((0.78, 0.85, 0.92), (0.80, 0.82, 0.84), cloud),
        lamps=_dimmed(lamps, 0.0),
    )


def dusk(azimuth_deg: float, depth: float, lamps: tuple[Lamp, ...] = ()) -> Light:
    """After sunset; `depth` 0 just set .. 1 nearly night."""
    a = math.radians(azimuth_deg)
    return Light(
        sun=(math.sin(a), math.cos(a), 0.16),
        sun_rgb=_scaled((1.0, 0.62, 0.36), 0.25 * (1 - depth)),
        sky_rgb=_scaled(_mixed((0.80, 0.80, 1.0), (0.62, 0.70, 1.0), depth), 0.62 - 0.42 * depth),
        ground_rgb=_scaled((1.0, 0.9, 0.9), 0.28 - 0.19 * depth),
        zenith_rgb=_mixed((0.34, 0.40, 0.60), (0.07, 0.09, 0.18), depth),
        horizon_rgb=_mixed((0.88, 0.66, 0.52), (0.26, 0.22, 0.28), depth),
        lamps=_dimmed(lamps, 0.35 + 0.65 * depth),
        beams=0.35 + 0.5 * depth,
    )


def night(level: float, lamps: tuple[Lamp, ...] = ()) -> Light:
    """Night; `level` 0 very dark .. 1 a bright town sky."""
    sky = 0.045 + 0.10 * level
    return Light(
        sun=(0.3, 0.3, 0.8),
        sun_rgb=(0.0, 0.0, 0.0),
        sky_rgb=_scaled((0.90, 0.92, 1.0), sky),
        ground_rgb=_scaled((1.0, 0.92, 0.85), 0.5 * sky),
        zenith_rgb=_scaled((0.5, 0.6, 1.0), 0.05 + 0.06 * level),
        horizon_rgb=_scaled((1.0, 0.85, 0.75), 0.09 + 0.10 * level),
        lamps=_dimmed(lamps, 1.0),
        beams=1.0,
    )


def infrared(level: float, lamps: tuple[Lamp, ...] = ()) -> Light:
    """Night seen by a gray camera with its own infra-red lamp."""
    power = 0.45 + 0.5 * level
    return Light(
        sun=(0.3, 0.3, 0.8),
        sun_rgb=(0.0, 0.0, 0.0),
        sky_rgb=(0.10, 0.10, 0.10),
        ground_rgb=(0.06, 0.06, 0.06),
        zenith_rgb=(0.05, 0.05, 0.05),
        horizon_rgb=(0.10, 0.10, 0.10),
        lamps=_dimmed(lamps, 0.4),
        beams=0.8,
        gray=True,
        flash_rgb=(power, power, power),
    )


def _scaled(rgb: Rgb, gain: float) -> Rgb:
    return (rgb[0] * gain, rgb[1] * gain, rgb[2] * gain)


def _mixed(a: Rgb, b: Rgb, share: float) -> Rgb:
    r, g, u = ((1 - share) * x + share * y for x, y in zip(a, b, strict=True))
    return (r, g, u)


def _dimmed(lamps: tuple[Lamp, ...], level: float) -> tuple[Lamp, ...]:
    return tuple(Lamp(lamp.at, _scaled(lamp.rgb, level), lamp.reach_m) for lamp in lamps)
