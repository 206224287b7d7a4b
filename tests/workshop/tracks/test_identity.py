"""Tracks per vehicle, ghosts and swaps, counted by hand."""

from __future__ import annotations

import math

import numpy as np

from edge.workshop.tracks.identity import Compared, Identities, count_identities


def frame(true: list[int], told: list[int], *met: tuple[int, int], iou: float = 0.8) -> Compared:
    """Return a frame in which the pairs `met` of ids overlap by `iou`, and nothing else does."""
    overlap = np.zeros((len(true), len(told)))
    for vehicle, track in met:
        overlap[true.index(vehicle), told.index(track)] = iou
    return Compared(np.array(true, np.int64), np.array(told, np.int64), overlap)


def test_each_vehicle_its_own_track() -> None:
    told = count_identities([frame([1, 2], [7, 8], (1, 7), (2, 8))] * 5)
    assert told == Identities(ids=2, vehicles=2, met_ids=2, met_vehicles=2, swaps=0)
    assert (told.tracks_per_vehicle, told.ghosts) == (1.0, 0)


def test_a_vehicle_in_pieces_a_ghost_and_a_vehicle_never_met() -> None:
    frames = [frame([1, 2], [7, 9], (1, 7)), frame([1, 2], [8, 9], (1, 8))]
    told = count_identities(frames)
    assert (told.tracks_per_vehicle, told.ghosts, told.ids, told.vehicles) == (2.0, 1, 3, 2)


def test_a_loose_overlap_is_no_meeting() -> None:
    told = count_identities([frame([1], [7], (1, 7), iou=0.49)])
    assert (told.met_ids, told.ghosts) == (0, 1)
    assert math.isnan(told.tracks_per_vehicle)


def test_a_track_that_goes_over_and_stays_has_swapped() -> None:
    first, second = frame([1, 2], [7], (1, 7)), frame([1, 2], [7], (2, 7))
    assert count_identities([first, first, second, second, second]).swaps == 1
    assert count_identities([first, second, second, first, first]).swaps == 2


def test_a_glance_at_another_vehicle_is_no_swap() -> None:
    first, second = frame([1, 2], [7], (1, 7)), frame([1, 2], [7], (2, 7))
    assert count_identities([first, second, first, second, first]).swaps == 0


def test_two_tracks_that_change_places_are_two_swaps() -> None:
    before = frame([1, 2], [7, 8], (1, 7), (2, 8))
    after = frame([1, 2], [7, 8], (2, 7), (1, 8))
    assert count_identities([before, before, after, after]).swaps == 2


def test_a_pair_that_still_overlaps_stays_a_pair() -> None:
    """Where two vehicles pass each other both boxes overlap both: the better overlap alone is no swap."""
    apart = frame([1, 2], [7, 8], (1, 7), (2, 8))
    crossed = Compared(apart.true, apart.told, np.array([[0.55, 0.9], [0.9, 0.55]]))
    assert count_identities([apart, crossed, crossed, apart]).swaps == 0


def test_a_swap_between_plates_takes_two_vehicles_with_plates() -> None:
    first, second = frame([1, 2], [7], (1, 7)), frame([1, 2], [7], (2, 7))
    gone_over = [first, first, second, second]
    assert count_identities(gone_over, {1, 2}).plate_swaps == 1
    assert count_identities(gone_over, {2, 3}).plate_swaps == 0


def test_counts_of_sequences_add_up() -> None:
    assert Identities(1, 2, 1, 1, 0, 0) + Identities(4, 3, 2, 1, 5, 2) == Identities(5, 5, 3, 2, 5, 2)
