"""How many of a camera's passes had a plate, by light, and why the others had none.

Written once for both engines, as edge/store/named.py.
"""

from __future__ import annotations

from collections import Counter

from edge.store.named import Ask
from edge.types import ReadRate

# The newest event of each pass: where the highest seq is asked for, the engine takes the other columns from its row.
_PASSES = """
WITH told AS (
  SELECT camera_id, payload, max(seq) FROM event WHERE kind = 'pass.final' AND wall_ns >= ?
  GROUP BY json_extract(payload, '$.subject'))
SELECT camera_id, coalesce(json_extract(payload, '$.data.mode'), '') AS mode,
  coalesce(json_array_length(payload, '$.data.plates'), 0) > 0 AS has_plate,
  coalesce(json_extract(payload, '$.data.no_plate'), 'unknown') AS reason, count(*) AS passes
FROM told WHERE json_extract(payload, '$.data.stage') = 'final' GROUP BY 1, 2, 3, 4
"""


def read_rates(ask: Ask, since_ns: int) -> tuple[ReadRate, ...]:
    """Return the rates of the passes since that wall time, by camera and light; annulled passes were none."""
    read: Counter[tuple[str, str]] = Counter()
    reasons: dict[tuple[str, str], Counter[str]] = {}
    for camera_id, mode, has_plate, reason, passes in ask(_PASSES, (since_ns,)):
        missed = reasons.setdefault((camera_id, mode), Counter())
        if has_plate:
            read[camera_id, mode] += passes
        else:
            missed[reason] += passes
    return tuple(
        ReadRate(camera_id, mode, read[camera_id, mode] + missed.total(), read[camera_id, mode], _in_order(missed))
        for (camera_id, mode), missed in sorted(reasons.items())
    )


def _in_order(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0])))
