"""Replays on disk: rendered once into a cache, a folder each with video, configuration and truth."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from edge.capture.encode import VideoWriter
from edge.errors import UsageError
from edge.scene.identity import Episode
from edge.scene.ingredients import SceneList
from edge.scene.lists import LISTS
from edge.scene.replays import REPLAYS, SIZE_WH, played
from edge.scene.story import Stage
from edge.scene.truth import LineTruth
from edge.workshop.gate.truth import Witness, write_truth
from edge.workshop.listed import select, whole_folder

_COUNTRIES = {"d": "de", "f": "fr", "i2": "it", "e": "es"}
"""Countries of plate layouts, where the layout bears another name."""
VIDEO, CONFIG, TRUTH = "video.mp4", "gate.toml", "truth.json"
PRESET, CRF = "veryfast", 20


def chosen(list_name: str, only: Collection[str] = ()) -> tuple[Episode, ...]:
    """Return a list's replays, or those of the given names or scenarios.

    Raises:
        UsageError: a name is none of the list's.
    """
    return select(REPLAYS[list_name], only, lambda one: (one.name, one.scenario), f"{list_name} list")


def render_replays(
    cache: Path, list_name: str, replays: Collection[Episode], workers: int = 2, seconds: float | None = None
) -> Iterator[tuple[Episode, Path]]:
    """Yield each replay with its folder below `cache`, as they become ready; who is there is not drawn again.

    Raises:
        UsageError: the folder cannot be written.
    """
    folders = {one: cache / list_name / one.name for one in replays}
    missing = [one for one, folder in folders.items() if not (folder / TRUTH).exists()]
    yield from ((one, folder) for one, folder in folders.items() if one not in missing)
    if not missing:
        return
    # Spawned, for the caller's engines have threads of their own, which a fork would leave half copied.
    with ProcessPoolExecutor(max(1, workers), mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_render, folders[one], list_name, one, seconds): one for one in missing}
        for job in as_completed(jobs):
            try:
                job.result()
            except OSError as error:
                reason = error.strerror or error
                raise UsageError(f"{cache}: cannot be written ({reason}); give another folder with --cache") from error
            yield jobs[job], folders[jobs[job]]


def _render(folder: Path, list_name: str, replay: Episode, seconds: float | None) -> None:
    staged = played(LISTS[list_name], replay, SIZE_WH, seconds)
    story, witness = staged.story, Witness(staged.lines, SIZE_WH)
    with whole_folder(folder) as part:
        # One encoder thread: x264's output depends on how many there are.
        with VideoWriter(part / VIDEO, SIZE_WH, story.fps, preset=PRESET, crf=CRF, threads=1) as video:
            for picture, truth in Stage(story).frames():
                video.write(picture, truth.media_ns)
                witness.add(truth)
        (part / CONFIG).write_text(_config(replay, LISTS[list_name], staged.lines), encoding="utf-8")
        write_truth(part / TRUTH, witness.tell(replay.name, replay.scenario, story.fps, story.seconds))


def _config(replay: Episode, source: SceneList, lines: tuple[LineTruth, ...]) -> str:
    """The configuration of a gate with these lines, as a fitter would write it."""
    names = [layout.name.partition("-")[0] for layout in source.layouts]
    countries = ", ".join(f'"{one}"' for one in dict.fromkeys(_COUNTRIES.get(name, name) for name in names))
    head = f'[device]\nid = "replay"\n\n[site]\nid = "{replay.name}"\ntimezone = "UTC"\nplates = [{countries}]\n'
    roads = "".join(f'\n[[road]]\nid = "{line.road}"\nallows = "{line.allows}"\n' for line in lines)
    camera = f'\n[[camera]]\nid = "gate"\nsource = "{VIDEO}"\n'
    drawn = "".join(
        f'\n[[camera.line]]\nid = "{line.name}"\npoints = [[{line.start[0]}, {line.start[1]}], '
        f'[{line.end[0]}, {line.end[1]}]]\nroad = "{line.road}"\ninward = "{line.inward}"\n'
        for line in lines
    )
    return head + roads + camera + drawn
