"""What has been told already: each anomaly once per subject and cooldown, and not again while it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge.types import Anomaly, AnomalyEnd

_MOST_OVER = 4096


@dataclass(slots=True)
class _Telling:
    """When an anomaly was told, and whether it stands: it will be said when it is over."""

    anomaly_id: str
    wall_ns: int
    standing: bool


class Told:
    """Remembers by kind and subject. Memory is bounded by what stands, and the last ones that do not."""

    def __init__(self, before: Iterable[Anomaly] = ()) -> None:
        """Take what an earlier run told about visits that are still open."""
        self._tellings: dict[tuple[str, str], _Telling] = {}
        for anomaly in before:
            if anomaly.visit_id is not None:
                self.note(anomaly, anomaly.visit_id, standing=True)

    def may(self, kind: str, subject: str, wall_ns: int, cooldown_s: float) -> bool:
        """Return whether this may be told (again); without a cooldown a subject is told once and for all."""
        last = self._tellings.get((kind, subject))
        if last is None:
            return True
        # A clock that was set back must not silence anything for as long as it was set back.
        return not last.standing and bool(cooldown_s) and abs(wall_ns - last.wall_ns) >= cooldown_s * 1e9

    def note(self, anomaly: Anomaly, subject: str, *, standing: bool) -> None:
        """Remember that this was told."""
        self._tellings[anomaly.kind, subject] = _Telling(anomaly.anomaly_id, anomaly.wall_ns, standing)
        over = [key for key, telling in self._tellings.items() if not telling.standing]
        for key in over[: max(0, len(over) - _MOST_OVER)]:
            del self._tellings[key]

    def standing(self, kind: str) -> tuple[str, ...]:
        """Return the subjects of this kind that stand."""
        return tuple(subject for (of, subject), telling in self._tellings.items() if of == kind and telling.standing)

    def end(self, kind: str, subject: str, why: str, wall_ns: int) -> AnomalyEnd | None:
        """Return that what stands is over, or None where nothing does."""
        telling = self._tellings.get((kind, subject))
        if telling is None or not telling.standing:
            return None
        telling.standing = False
        return AnomalyEnd(kind, subject, why, wall_ns, telling.anomaly_id)
