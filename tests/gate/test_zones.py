"""Which detections count."""

from __future__ import annotations

import numpy as np

from edge.config import Zone
from edge.gate.zones import IgnoredZones
from edge.types import Detections

LEFT_HALF = Zone("car-park", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)), "ignore")


def boxes(*rows: tuple[float, float, float, float]) -> Detections:
    count = len(rows)
    return Detections(np.array(rows, np.float32), np.full(count, 0.9, np.float32), np.zeros(count, np.int16))


def test_what_stands_in_an_ignored_zone_is_left_out() -> None:
    found = boxes((10, 10, 50, 50), (150, 10, 190, 50))
    assert IgnoredZones([LEFT_HALF]).keep(found, (200, 100)).xyxy.tolist() == [[150, 10, 190, 50]]


def test_the_anchor_decides_and_not_the_box() -> None:
    leaning_over = boxes((60, 10, 160, 50))
    assert len(IgnoredZones([LEFT_HALF]).keep(leaning_over, (200, 100))) == 1


def test_a_zone_of_another_kind_leaves_everything() -> None:
    watch = Zone("yard", LEFT_HALF.polygon, "watch")
    assert len(IgnoredZones([watch]).keep(boxes((10, 10, 50, 50)), (200, 100))) == 1


def test_a_hollow_polygon_is_followed() -> None:
    corner = Zone("corner", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.8, 1.0), (0.8, 0.2), (0.0, 0.2)), "ignore")
    found = boxes((40, 40, 60, 60), (170, 40, 190, 60), (40, 5, 60, 15))
    assert IgnoredZones([corner]).keep(found, (200, 100)).xyxy[:, 0].tolist() == [40.0]
