"""Light over the scene and how a surface answers it: colours are display values, 0..1 per channel, RGB."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
Rgb = tuple[float, float, float]
Xyz = tuple[float, float, float]


NEEDS_LAMPS = 0.2
"""`Light.beams` from which it is dark."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp: where it hangs, its colour times strength, and the distance at which its light has halved."""

    at: Xyz
    rgb: Rgb
    reach_m: float


@dataclass(frozen=True, slots=True)
class Light:
    """One state of the light.

    `sun` points towards the sun. `beams` is how strongly headlights show (0 by day, 1 at night); `gray` turns the
    picture into that of a camera in infra-red mode, lit from the camera.
    """

    sun: Xyz
    sun_rgb: Rgb
    sky_rgb: Rgb
    ground_rgb: Rgb
    zenith_rgb: Rgb
    horizon_rgb: Rgb
    lamps: tuple[Lamp, ...] = ()
    beams: float = 0.0
    gray: bool = False
    flash_rgb: Rgb = (0.0, 0.0, 0.0)

    @property
    def is_dark(self) -> bool:
        """Whether vehicles need their lamps: dusk, night, infra-red."""
        return self.beams > NEEDS_LAMPS

    def blend(self, other: Light, share: float) -> Light:
        """The light `share` of the way towards `other`."""

        def mix(a: Rgb, b: Rgb) -> Rgb:
            r, g, u = ((1 - share) * x + share * y for x, y in zip(a, b, strict=True))
            return (r, g, u)

        lamps = tuple(Lamp(b.at, mix(a.rgb, b.rgb), b.reach_m) for a, b in zip(self.lamps, other.lamps, strict=True))
        return Light(
            sun=mix(self.sun, other.sun),
            sun_rgb=mix(self.sun_rgb, other.sun_rgb),
            sky_rgb=mix(self.sky_rgb, other.sky_rgb),
            ground_rgb=mix(self.ground_rgb, other.ground_rgb),
            zenith_rgb=mix(self.zenith_rgb, other.zenith_rgb),
            horizon_rgb=mix(self.horizon_rgb, other.horizon_rgb),
            lamps=lamps,
            beams=(1 - share) * self.beams + share * other.beams,
            gray=other.gray if share >= 1 else self.gray,
            flash_rgb=mix(self.flash_rgb, other.flash_rgb),
        )


@dataclass(frozen=True, slots=True)
class Surface:
    """Material columns, one row each: albedo (M,3), gloss, mirror and glow (M,), all 0..1; glow may be more."""

    albedo: F32
    gloss: F32
    mirror: F32
    glow: F32


def shade(light: Light, surface: Surface, material: npt.NDArray[np.intp], normal: F32, view: F32, at: F32) -> F32:
    """Display colour (F,3) of faces: hemisphere and sun diffuse, lamps, a mirrored sky, a sun glint, own glow.

    `normal`, `view` (towards the camera) are unit vectors (F,3); `at` are face centres in world metres.
    """
    sun = np.array(light.sun, np.float32)
    sun /= float(np.linalg.norm(sun)) or 1.0
    albedo = surface.albedo[material]
    up = (normal[:, 2:3] + 1) / 2
    sky, ground = np.array(light.sky_rgb, np.float32), np.array(light.ground_rgb, np.float32)
    sun_rgb = np.array(light.sun_rgb, np.float32)
    lit = ground + (sky - ground) * up + sun_rgb * np.maximum(normal @ sun, 0)[:, None]
    for lamp in light.lamps:
        lit += _lamp(lamp, normal, at)
    facing = np.clip((normal * view).sum(axis=1), 0, 1)
    flash = np.array(light.flash_rgb, np.float32)
    if flash.any():
        lit += flash * facing[:, None]
    mirrored = 2 * facing[:, None] * normal - view
    sheen = (surface.mirror[material] * (0.08 + 0.92 * (1 - facing) ** 4))[:, None]
    glint = (surface.gloss[material] * np.maximum(mirrored @ sun, 0) ** 24)[:, None]
    colour: F32 = albedo * lit + sheen * _sky(light, mirrored) + glint * sun_rgb
    colour += surface.glow[material][:, None] * np.maximum(albedo, 0.25)
    return colour


def _lamp(lamp: Lamp, normal: F32, at: F32) -> F32:
    way = np.array(lamp.at, np.float32) - at
    distance = np.maximum(np.sqrt((way * way).sum(axis=1)), 0.1)
    cosine = np.maximum((normal * way).sum(axis=1) / distance, 0)
    strength = cosine / (1 + (distance / lamp.reach_m) ** 2)
    return (strength[:, None] * np.array(lamp.rgb, np.float32)).astype(np.float32)


def _sky(light: Light, way: F32) -> F32:
    """What a mirror sees in a direction (F,3): ground, an uneven skyline of roofs and trees, horizon, zenith."""
    rise = way[:, 2]
    around = np.arctan2(way[:, 1], way[:, 0])
    skyline = 0.13 + 0.07 * np.sin(3 * around + 1.0) + 0.05 * np.sin(7 * around) + 0.03 * np.sin(17 * around + 2.0)
    ground = np.array(light.ground_rgb, np.float32) * 0.45
    horizon, zenith = np.array(light.horizon_rgb, np.float32), np.array(light.zenith_rgb, np.float32)
    above = np.clip((rise - skyline) / 0.05, 0, 1)[:, None]
    high = np.clip((rise - 0.05) / 0.75, 0, 1)[:, None]
    seen: F32 = (ground + (horizon + (zenith - horizon) * high - ground) * above).astype(np.float32)
    return seen
