"""Rows of numbers that describe bodies; lengths in metres, heights from the ground."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarShape:
    """Outline of a car in metres: runs are measured along the car, heights from the ground.

    `style`: hatch, sedan, suv, van, pickup. `screen_m` and `back_m` are the horizontal runs of windscreen and rear
    window, `bonnet_m` and `boot_m` the lengths ahead of and behind the cabin at belt height.
    """

    style: str
    length_m: float
    width_m: float
    height_m: float
    belt_m: float
    nose_m: float
    bonnet_m: float
    screen_m: float
    boot_m: float
    back_m: float
    deck_m: float
    clear_m: float
    wheel_m: float
    lights: str = "slim"
    pillars: int = 2


@dataclass(frozen=True, slots=True)
class TruckShape:
    """A rigid lorry: cab then load; `load`: box, tarp, flat, tipper or tank."""

    length_m: float
    width_m: float
    height_m: float
    cab_m: float
    cab_height_m: float
    floor_m: float
    wheel_m: float
    load: str
    axles: int = 2


@dataclass(frozen=True, slots=True)
class BusShape:
    """A bus; `nose`: flat, or sloped as a minibus has it."""

    length_m: float
    width_m: float
    height_m: float
    window_low_m: float
    wheel_m: float
    windows: int
    nose: str = "flat"


@dataclass(frozen=True, slots=True)
class TrailerShape:
    """A small trailer behind a car: `length_m` of the box, `draw_m` of the drawbar."""

    length_m: float
    width_m: float
    height_m: float
    draw_m: float
    wheel_m: float
    cover: bool


@dataclass(frozen=True, slots=True)
class PersonShape:
    """A person on foot; `stout` widens."""

    height_m: float
    stout: float
    bag: bool
    skirt: bool = False


@dataclass(frozen=True, slots=True)
class BikeShape:
    """A `kind` motorcycle or bicycle with its rider; `base_m` from axle to axle."""

    kind: str
    wheel_m: float
    base_m: float
    seat_m: float
    box: bool = False
    stout: float = 1.0

    @property
    def motor(self) -> bool:
        """Whether it is a motorcycle."""
        return self.kind == "motorcycle"
