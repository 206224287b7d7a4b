"""The kinds about a camera's own view: rendered minutes of it, played in several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from edge.scene.lists import LISTS
from edge.workshop.camera_health import Played, cases, play, score
from edge.workshop.gate.anomalies import KindScore


def camera_kinds(list_name: str, each: int, alike: int, workers: int) -> tuple[dict[str, KindScore], tuple[str, ...]]:
    """Return the scores by kind over `each` cases of every fault and `alike` of all that looks like one.

    And a line for each case in which something else was told than had to be.
    """
    with ProcessPoolExecutor(max(1, workers), mp_context=get_context("spawn")) as pool:
        played = tuple(pool.map(partial(_play, list_name), cases(each, alike)))
    scores = {one.kind: KindScore(one.n, one.others, one.found, one.false) for one in score(played)}
    return scores, tuple(f"{one.name} {one.seed}: {one.found or 'nothing found'}" for one in played if one.is_wrong)


def _play(list_name: str, case: tuple[str, int]) -> Played:
    return play(*case, LISTS[list_name])
