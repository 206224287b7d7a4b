"""Where the boom's wires end: a line of a GPIO chip, a line of a simulated chip, or a topic of the broker."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GPIO = re.compile(r"(?:/dev/)?(gpiochip\d+)/([A-Za-z0-9._+-]+)")
_SIMULATED = re.compile(r"simulate://(/.+)/([A-Za-z0-9._+-]+)")
_TOPIC = re.compile(r"mqtt:([^\s+#]+)")


@dataclass(frozen=True, slots=True)
class Contact:
    """One wire. `kind` is gpio, simulate or mqtt; `place` the chip's device, its socket, or the topic.

    `line` is the line's offset on the chip or its name, empty for a topic.
    """

    kind: str
    place: str
    line: str = ""

    def __str__(self) -> str:
        return f"mqtt:{self.place}" if self.kind == "mqtt" else f"{self.place}/{self.line}"


def parse_contact(text: str) -> Contact | None:
    """Return what an address names: `gpiochip0/12`, `simulate:///run/chip.sock/12`, `mqtt:yard/boom`; None for else."""
    if found := _GPIO.fullmatch(text):
        return Contact("gpio", f"/dev/{found[1]}", found[2])
    if found := _SIMULATED.fullmatch(text):
        return Contact("simulate", found[1], found[2])
    if found := _TOPIC.fullmatch(text):
        return Contact("mqtt", found[1])
    return None
