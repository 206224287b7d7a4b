"""Replays on disk: rendered once into a cache, a folder each with video, configuration and truth."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from edge.capture.encode import VideoWriter
from edge.errors import UsageError
from edge.scene.replays import LISTS, REPLAYS, SIZE_WH, Replay, played
from edge.scene.story import Stage
from edge.scene.truth import LineTruth
from edge.workshop.gate.truth import Witness, write_truth

VIDEO, CONFIG, TRUTH = "video.mp4", "gate.toml", "truth.json"
PRESET, CRF = "veryfast", 20


def chosen(list_name: str, only: Collection[str] = ()) -> tuple[Replay, ...]:
    """Return a list's replays, or those of the given names or scenarios.

    Raises:
        UsageError: a name is none of the list's.
    """
    replays = REPLAYS[list_name]
    strange = set(only) - {one.name for one in replays} - {one.scenario for one in replays}
    if strange:
        names = ", ".join(one.name for one in replays)
        raise UsageError(f"--only {' '.join(sorted(strange))}: not in the {list_name} list; it has {names}")
    return tuple(one for one in replays if not only or {one.name, one.scenario} & set(only))


def render_replays(
    cache: Path, list_name: str, replays: Collection[Replay], workers: int = 2, seconds: float | None = None
) -> Iterator[tuple[Replay, Path]]:
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


def _render(folder: Path, list_name: str, replay: Replay, seconds: float | None) -> None:
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    staged = played(LISTS[list_name], replay, SIZE_WH, seconds)
    story, witness = staged.story, Witness(staged.lines, SIZE_WH)
    # One encoder thread: x264's output depends on how many there are.
    with VideoWriter(part / VIDEO, SIZE_WH, story.fps, preset=PRESET, crf=CRF, threads=1) as video:
        for picture, truth in Stage(story).frames():
            video.write(picture, truth.media_ns)
            witness.add(truth)
    (part / CONFIG).write_text(_config(replay, staged.lines), encoding="utf-8")
    write_truth(part / TRUTH, witness.tell(replay.name, replay.scenario, story.fps, story.seconds))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _config(replay: Replay, lines: tuple[LineTruth, ...]) -> str:
    """The configuration of a gate with these lines, as a fitter would write it."""
    head = f'[device]\nid = "replay"\n\n[site]\nid = "{replay.name}"\ntimezone = "UTC"\n'
    roads = "".join(f'\n[[road]]\nid = "{line.road}"\nallows = "{line.allows}"\n' for line in lines)
    camera = f'\n[[camera]]\nid = "gate"\nsource = "{VIDEO}"\n'
    drawn = "".join(
        f'\n[[camera.line]]\nid = "{line.name}"\npoints = [[{line.start[0]}, {line.start[1]}], '
        f'[{line.end[0]}, {line.end[1]}]]\nroad = "{line.road}"\ninward = "{line.inward}"\n'
        for line in lines
    )
    return head + roads + camera + drawn
