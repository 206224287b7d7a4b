"""What the boom does and what its input tells."""

from __future__ import annotations

from dataclasses import dataclass

from edge.types.passes import Access
from edge.types.plates import Plate


@dataclass(frozen=True, slots=True)
class Opening:
    """The boom is told to open for a vehicle for `open_s`; recorded before it is told.

    `access` is the allow that it opens on, `plates` are all of the vehicle. `zone_id`: the zone it stood in; `pass_id`
    and `road_id`: the pass it was, where no zone is drawn. `failed`: why it stayed shut all the same.
    """

    opening_id: str
    camera_id: str
    track_id: int
    class_name: str
    wall_ns: int
    open_s: float
    access: Access
    plates: tuple[Plate, ...] = ()
    zone_id: str | None = None
    pass_id: str | None = None
    road_id: str | None = None
    failed: str = ""

    @property
    def in_words(self) -> str:
        """For whom, where and why."""
        place = f"in zone {self.zone_id}" if self.zone_id else f"on {self.road_id}"
        failed = f"; stayed shut: {self.failed}" if self.failed else ""
        return f"{self.class_name} {place}, open for {self.open_s:g} s: {self.access.reason}{failed}"


@dataclass(frozen=True, slots=True)
class BoomChange:
    """The input went on or off: the boom is open, or the loop occupied, while it is on.

    `opening_id`: what we had opened it for, None when it was not us. When it goes off: `lasted_s` is how long it was
    on, `passes` how many vehicles were seen crossing a line meanwhile.
    """

    senses: str
    on: bool
    wall_ns: int
    opening_id: str | None = None
    lasted_s: float | None = None
    passes: int | None = None

    @property
    def in_words(self) -> str:
        """What changed, and what does not agree with what was seen."""
        now = {("boom", True): "open", ("boom", False): "shut", ("loop", True): "occupied", ("loop", False): "free"}
        said = f"{self.senses} {now.get((self.senses, self.on), 'on' if self.on else 'off')}"
        if self.on:
            return said if self.opening_id else f"{said}, not by us"
        seen = "nobody was seen" if self.passes == 0 else f"{self.passes} seen"
        return f"{said} after {self.lasted_s:.1f} s, {seen}" if self.lasted_s is not None else said
