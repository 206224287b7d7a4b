"""Bodies have the size their row says, look outward and carry their plates."""

from __future__ import annotations

import numpy as np
import pytest

from edge.scene import buses, cars, riders, trucks
from edge.scene.lists import LISTS
from edge.scene.mesh import Mesh
from edge.scene.shapes import BusShape, CarShape, TruckShape

PLATE = (0.52, 0.11)


def rows() -> list[tuple[str, str, int]]:
    return [
        (name, table, index)
        for name, source in LISTS.items()
        for table in ("cars", "trucks", "buses")
        for index in range(len(getattr(source, table)))
    ]


def body(row: tuple[str, str, int]) -> tuple[CarShape | TruckShape | BusShape, Mesh]:
    """Return a row of a list and its mesh."""
    shape = getattr(LISTS[row[0]], row[1])[row[2]]
    made: Mesh = {"cars": cars.car, "trucks": trucks.truck, "buses": buses.bus}[row[1]](shape, PLATE)
    return shape, made


every_row = pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(str(part) for part in row))


@every_row
def test_a_vehicle_is_as_long_wide_and_high_as_its_row_says(row: tuple[str, str, int]) -> None:
    shape, mesh = body(row)
    assert mesh.length_m == pytest.approx(shape.length_m, abs=0.2)
    assert shape.width_m - 0.05 <= mesh.width_m <= shape.width_m + 0.6, "mirrors stick out, nothing else"
    if not (isinstance(shape, TruckShape) and shape.load in {"flat", "tipper"}):
        assert mesh.height_m == pytest.approx(shape.height_m, abs=0.15)
    assert np.min(mesh.vertices[:, 2]) >= -0.08, "wheel arches reach a little below the road, nothing more"


@every_row
def test_faces_look_outward(row: tuple[str, str, int]) -> None:
    _, mesh = body(row)
    outward = ((mesh.centre - mesh.part_centre[mesh.part]) * mesh.normal).sum(axis=1)
    skin = mesh.layer == 0
    # Wheel treads are rings about their own axle and do not count from their part's middle.
    shell = skin & (mesh.part_rank[mesh.part] > 0)
    assert (outward[shell] > -0.02).mean() > 0.97
    assert np.linalg.norm(mesh.normal, axis=1) == pytest.approx(1, abs=1e-3)


@every_row
def test_plates_sit_upright_in_front_and_behind(row: tuple[str, str, int]) -> None:
    _, mesh = body(row)
    pictures = {p.name: p for p in mesh.pictures}
    for name, end in (("front", 1), ("rear", -1)):
        corners = pictures[name].corners
        assert end * corners[:, 0].mean() > 0.4 * mesh.length_m
        assert corners[0, 2] > corners[3, 2]
        width = np.linalg.norm(corners[1] - corners[0])
        assert width == pytest.approx(PLATE[0], abs=1e-4)
        # Seen from outside the text runs to the right.
        along, up = corners[1] - corners[0], corners[0] - corners[3]
        assert np.cross(along, up)[0] * end > 0


def test_a_walker_moves_its_legs_and_keeps_its_height() -> None:
    shape = LISTS["proof"].people[0]
    first, later = (riders.person(shape, step) for step in (0, riders.STEPS // 4))
    assert first.height_m == pytest.approx(later.height_m, abs=0.02)
    assert np.abs(first.vertices - later.vertices).max() > 0.15
