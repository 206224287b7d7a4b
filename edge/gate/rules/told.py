"""What has been told already: each anomaly once per subject and cooldown, and not again while it stands."""

from __future__ import annotations

from collections.abc import Iterable

from edge.types import Anomaly, AnomalyEnd

_MOST_TOLD = 32_768  # several rules of every open visit there can be


class Told:
    """Remembers by kind and subject: the last ones that stand, and the last ones that do not."""

    def __init__(self, before: Iterable[Anomaly] = ()) -> None:
        """Take what an earlier run told about visits that are still open."""
        self._standing: dict[str, dict[str, str]] = {}  # kind -> subject -> id of the anomaly
        self._told_ns: dict[tuple[str, str], int] = {}
        for anomaly in before:
            if anomaly.visit_id is not None:
                self.note(anomaly, anomaly.visit_id, standing=True)

    def may(self, kind: str, subject: str, wall_ns: int, cooldown_s: float) -> bool:
        """Return whether this may be told (again); without a cooldown a subject is told once and for all."""
        if subject in self._standing.get(kind, {}):
            return False
        last_ns = self._told_ns.get((kind, subject))
        # A clock that was set back must not silence anything for as long as it was set back.
        return last_ns is None or (bool(cooldown_s) and abs(wall_ns - last_ns) >= cooldown_s * 1e9)

    def note(self, anomaly: Anomaly, subject: str, *, standing: bool) -> None:
        """Remember that this was told."""
        if standing:
            stand = self._standing.setdefault(anomaly.kind, {})
            stand[subject] = anomaly.anomaly_id
            if len(stand) > _MOST_TOLD:  # a mismatch stands for good unless its visit is split
                del stand[next(iter(stand))]
        self._told_ns.pop((anomaly.kind, subject), None)
        self._told_ns[anomaly.kind, subject] = anomaly.wall_ns
        while len(self._told_ns) > _MOST_TOLD:
            del self._told_ns[next(iter(self._told_ns))]

    def forget(self, subject: str, kinds: Iterable[str]) -> None:
        """Let a subject be told of anew."""
        for kind in kinds:
            self._standing.get(kind, {}).pop(subject, None)
            self._told_ns.pop((kind, subject), None)

    def copy(self) -> Told:
        """Return one that knows the same and goes its own way."""
        other = Told()
        other._standing = {kind: dict(subjects) for kind, subjects in self._standing.items()}
        other._told_ns = dict(self._told_ns)
        return other

    def standing(self, kind: str) -> tuple[str, ...]:
        """Return the subjects of this kind that stand."""
        return tuple(self._standing.get(kind, ()))

    def end(self, kind: str, subject: str, why: str, wall_ns: int) -> AnomalyEnd | None:
        """Return that what stands is over, or None where nothing does."""
        anomaly_id = self._standing.get(kind, {}).pop(subject, None)
        return None if anomaly_id is None else AnomalyEnd(kind, subject, why, wall_ns, anomaly_id)
