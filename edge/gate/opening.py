"""For whom the boom opens: vehicles on the allow list, once for each visit. Whatever is in doubt leaves it shut.

Plates are mostly agreed before the vehicle crosses a line, which often lies behind the boom: so who stands in a zone of
kind boom is judged there, and passes count only for cameras without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from edge.config import Boom
from edge.gate.stays import ZoneLook
from edge.types import VEHICLES, Access, Decision, Opening, Pass, Plate, Reading, Stage

REARM_NS = 10_000_000_000
"""A vehicle out of sight for so long comes anew: it is opened for again."""
PAUSE_S = 1.0
"""A vehicle in the zone for so long has shown its plates as well as it is going to."""
_MOST = 1024
Answer: TypeAlias = Callable[[Sequence[Plate]], Access | None]
"""What the registry says of a vehicle with these plates; None where there is no registry."""


@dataclass(frozen=True, slots=True)
class Approach:
    """A vehicle in a zone of kind boom, and what its plates are agreed to be so far."""

    camera_id: str
    zone_id: str
    track_id: int
    class_name: str
    plates: tuple[Plate, ...]
    inside_s: float = 0.0

    @property
    def in_a_hurry(self) -> bool:
        """Whether its plates should be read now: it is there, and nothing is agreed."""
        return not self.plates and self.inside_s >= PAUSE_S


@dataclass(frozen=True, slots=True)
class Wanted:
    """An opening that is to be recorded and done. `seen_ns`: when what it rests on was seen, monotonic."""

    opening: Opening
    seen_ns: int


def approaches(looks: Iterable[ZoneLook], read: Callable[[int], Reading]) -> tuple[Approach, ...]:
    """Return the vehicles that stand in zones of kind boom."""
    return tuple(
        Approach(
            look.camera_id, look.zone_id, stay.track_id, stay.class_name, read(stay.track_id).plates, stay.inside_s
        )
        for look in looks
        if look.kind == "boom"
        for stay in look.stays
        if stay.class_name in VEHICLES
    )


def allowed(plates: Sequence[Plate], confidence: float, answer: Answer) -> Access | None:
    """Return the allow that the boom may open on, None for anything else.

    All plates of the vehicle together are allowed, and so are those alone that are as sure as `confidence`.
    """
    whole, sure = answer(plates), answer([plate for plate in plates if plate.confidence >= confidence])
    if whole is None or sure is None:
        return None
    return sure if whole.decision is sure.decision is Decision.ALLOW else None


class Openings:
    """Decides for one boom. `zoned`: the cameras that have a zone of kind boom."""

    def __init__(self, boom: Boom, zoned: Iterable[str], make_id: Callable[[int], str]) -> None:
        self.boom = boom
        self._zoned = frozenset(zoned)
        self._make_id = make_id
        self._served: dict[str, int] = {}
        self._through: dict[tuple[str, int], None] = {}

    def on_approach(self, here: Sequence[Approach], wall_ns: int, seen_ns: int, answer: Answer) -> Wanted | None:
        """Judge the vehicles in one camera's zones after a frame: all of them are allowed, or it stays shut.

        Who has gone over a line already is through, and drives away.
        """
        waiting = [one for one in here if (one.camera_id, one.track_id) not in self._through]
        judged = [(one, allowed(one.plates, self.boom.confidence, answer)) for one in waiting]
        fresh = [(one, access) for one, access in judged if access is not None and not self._is_served(access, seen_ns)]
        if not fresh or any(access is None for _, access in judged):
            return None
        one, access = fresh[0]
        return self._want(
            Opening(
                self._make_id(wall_ns), one.camera_id, one.track_id, one.class_name, wall_ns, self.boom.open_s, access,
                one.plates, zone_id=one.zone_id,
            ),
            seen_ns,
        )  # fmt: skip

    def on_pass(self, pass_: Pass, wall_ns: int, seen_ns: int, answer: Answer) -> Wanted | None:
        """Judge a pass as it is told at `wall_ns`."""
        access = allowed(pass_.plates, self.boom.confidence, answer)
        served = access is not None and self._is_served(access, seen_ns)
        if pass_.stage is Stage.ANNULLED:  # it turned back on the line, and waits again
            self._through.pop((pass_.camera_id, pass_.track_id), None)
            return None
        self._through[pass_.camera_id, pass_.track_id] = None
        while len(self._through) > _MOST:
            del self._through[next(iter(self._through))]
        if access is None or served or not self._is_meant(pass_):
            return None
        return self._want(
            Opening(
                self._make_id(wall_ns), pass_.camera_id, pass_.track_id, pass_.class_name, wall_ns, self.boom.open_s,
                access, pass_.plates, pass_id=pass_.pass_id, road_id=pass_.road_id,
            ),
            seen_ns - max(wall_ns - pass_.wall_ns, 0),
        )  # fmt: skip

    def forget(self, wanted: Iterable[Wanted]) -> None:
        """Take back that vehicles were opened for: it was not recorded, and so it was not done."""
        for one in wanted:
            self._served.pop(_entry(one.opening.access), None)

    def _is_meant(self, pass_: Pass) -> bool:
        """Say whether the boom opens for such passes at all."""
        way = self.boom.direction in {"both", pass_.direction.value}
        road = not self.boom.roads or pass_.road_id in self.boom.roads
        return way and road and pass_.camera_id not in self._zoned

    def _is_served(self, access: Access, seen_ns: int) -> bool:
        """Say whether a vehicle was opened for and has been in sight since; it has been seen now."""
        before = self._served.get(_entry(access))
        if before is None or seen_ns - before >= REARM_NS:
            return False
        self._served[_entry(access)] = seen_ns
        return True

    def _want(self, opening: Opening, seen_ns: int) -> Wanted:
        self._served = {entry: at_ns for entry, at_ns in self._served.items() if seen_ns - at_ns < REARM_NS}
        self._served[_entry(opening.access)] = seen_ns
        return Wanted(opening, seen_ns)


def _entry(access: Access) -> str:
    return access.entry or ""
