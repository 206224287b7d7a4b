"""The referee is that of the field, and gets what the rules of the MOT challenge leave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.errors import UsageError
from edge.types import Detections
from edge.workshop.tracks import contest, ours, peers
from edge.workshop.tracks.conditions import CONDITIONS
from edge.workshop.tracks.contest import Answer, Run, Sight
from edge.workshop.tracks.mot_text import read_truth
from edge.workshop.tracks.observed import counted, listed
from edge.workshop.tracks.scores import score, total
from edge.workshop.tracks.sequence import MotSequence, read_sequence
from tests.workshop.tracks.drawn import APART, BOX_WH, Drive, write_sequence

FULL = CONDITIONS[0]
ALL = (*peers.PEERS, ours.NAME, *ours.ABLATION)


@pytest.fixture(autouse=True)
def _installed() -> None:
    pytest.importorskip("trackers", reason="roboflow's trackers are not installed: the eval extra")


def contestant(name: str, fps: float) -> contest.Contestant:
    return peers.Peer(name, fps, ours.WAIT_S) if name in peers.PEERS else ours.Ours(name)


def seen(sequence: MotSequence) -> list[Detections]:
    return [counted(boxes, sequence.kinds) for boxes in listed(sequence)]


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> MotSequence:
    """Return well separated boxes that are always found, for four seconds."""
    drives = tuple(replace(one, speed=one.speed / 2) for one in APART)
    return read_sequence(write_sequence(tmp_path_factory.mktemp("drawn") / "apart", drives, frames=100))


@pytest.mark.parametrize("name", ALL)
def test_boxes_well_apart_keep_their_identities(drive: MotSequence, name: str) -> None:
    (run,) = contest.run(drive, seen(drive), FULL, [contestant(name, drive.fps)])
    told = score(drive, run)
    assert told.percent["HOTA"] > 95  # a track is told of only once it is confirmed
    assert told.percent["IDF1"] > 95
    assert (told.switches, told.identities.swaps, told.identities.ghosts) == (0, 0, 0)
    assert told.identities.tracks_per_vehicle == 1
    assert told.frame_us > 0


class Listener:
    """Keeps what it is given and knows nobody."""

    def __init__(self, name: str, *, wants_picture: bool) -> None:
        self.name = name
        self.wants_picture = wants_picture
        self.sights: list[Sight] = []

    def step(self, sight: Sight) -> Answer:
        self.sights.append(sight)
        return Answer(np.empty(0, np.int64), np.empty((0, 4), np.float32), 0)


def test_every_tracker_gets_the_same_of_every_frame(drive: MotSequence) -> None:
    first, second = Listener("a", wants_picture=False), Listener("b", wants_picture=True)
    runs = contest.run(drive, seen(drive), FULL, [first, second])
    assert len(first.sights) == drive.length
    assert all(one is other for one, other in zip(first.sights, second.sights, strict=True))
    sight = first.sights[7]
    assert (sight.found.xyxy == seen(drive)[7].xyxy).all()
    assert len(set(sight.hashes.tolist())) == 3
    assert sight.hash_ns > 0
    assert sight.picture is not None
    assert sight.picture.shape == (160, 240, 3)
    assert list(runs[0].answers) == list(range(1, 101))
    nothing = score(drive, runs[0])
    assert (nothing.percent["MOTA"], nothing.identities.ids, nothing.identities.vehicles) == (0.0, 0, 3)


def test_truth_and_frames_are_thinned_alike(drive: MotSequence) -> None:
    slow = next(one for one in CONDITIONS if one.name == "5fps")
    (run,) = contest.run(drive, seen(drive), slow, [contestant("ours", slow.rate(drive.fps))])
    assert list(run.answers) == list(range(1, 101, 5))
    assert score(drive, run).verdict.clear["CLR_TP"] + score(drive, run).verdict.clear["CLR_FN"] == 3 * 20


def answers(*boxes: tuple[int, int, float, float]) -> Run:
    """Return a run that tells of the boxes `frame id left top`."""
    run = Run("one")
    for number in range(1, 1 + max(frame for frame, *_ in boxes)):
        rows = [(track, left, top) for frame, track, left, top in boxes if frame == number]
        xyxy = np.array([(x, y, x + BOX_WH[0], y + BOX_WH[1]) for _, x, y in rows], np.float32).reshape(-1, 4)
        run.answers[number] = Answer(np.array([row[0] for row in rows], np.int64), xyxy, 1000)
    return run


STILL = (Drive(1, 20, 20, 0), Drive(2, 120, 20, 0), Drive(3, 20, 110, 0))


def still(folder: Path, *flagged: int) -> MotSequence:
    """Return ten frames of three boxes that stand; those `flagged` need not be found."""
    write_sequence(folder, STILL, frames=10)
    path = folder / "gt/gt.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line.replace(",1,-1,1", ",0,-1,1") if int(line.split(",")[1]) in flagged else line for line in lines]
    path.write_text("\n".join(kept), encoding="utf-8")
    return read_sequence(folder)


def everything(*more: tuple[int, int, float, float]) -> Run:
    boxes = [(number, one.track, one.left, one.top) for number in range(1, 11) for one in STILL]
    return answers(*boxes, *more)


def test_what_need_not_be_found_neither_helps_nor_hurts(tmp_path: Path) -> None:
    sequence = still(tmp_path / "one", 2)
    found = score(sequence, everything())
    missed = score(sequence, answers(*((n, one.track, one.left, one.top) for n in range(1, 11) for one in STILL[::2])))
    for told in (found, missed):
        assert (told.percent["MOTA"], told.percent["HOTA"]) == (100.0, 100.0)
        assert (told.identities.ids, told.identities.vehicles) == (2, 2)


def test_outside_the_region_nothing_is_counted(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "one", STILL, frames=10)
    (folder / "region.json").write_text('{"score": [[0, 0], [240, 0], [240, 80], [0, 80]]}', encoding="utf-8")
    told = score(read_sequence(folder), everything((5, 9, 200, 120)))
    assert (told.percent["MOTA"], told.identities.ids, told.identities.vehicles) == (100.0, 2, 2)
    inside = score(read_sequence(folder), everything((5, 9, 200, 40)))
    assert inside.percent["MOTA"] == pytest.approx(95.0)
    assert inside.identities.ghosts == 1


def test_the_figures_are_those_the_library_finds_in_files(tmp_path: Path) -> None:
    """Its own reader of files knows one class that counts, and others that neither help nor hurt."""
    from trackers.eval import evaluate_mot_sequence  # noqa: PLC0415 - skipped where it is not installed

    sequence = still(tmp_path / "one", 2)
    run = everything((4, 9, 180, 120), (5, 9, 180, 120))
    for number in range(6, 11):  # a switch, and a box that wanders off
        ids, xyxy = run.answers[number].ids.copy(), run.answers[number].xyxy.copy()
        ids[0], xyxy[2] = 11, xyxy[2] + 3 * (number - 5)
        run.answers[number] = Answer(ids, xyxy, 0)
    true, told = tmp_path / "true.txt", tmp_path / "told.txt"
    lines = [
        f"{number},{track},{x1},{y1},{x2 - x1},{y2 - y1},1,{1 if counts else 8},1\n"
        for number, boxes in read_truth(sequence.folder / "gt/gt.txt").items()
        for track, counts, (x1, y1, x2, y2) in zip(boxes.ids, boxes.counts, boxes.xyxy.tolist(), strict=True)
    ]
    true.write_text("".join(lines), encoding="utf-8")
    lines = [
        f"{number},{track},{x1},{y1},{x2 - x1},{y2 - y1},1,-1,-1,-1\n"
        for number, answer in run.answers.items()
        for track, (x1, y1, x2, y2) in zip(answer.ids, answer.xyxy.tolist(), strict=True)
    ]
    told.write_text("".join(lines), encoding="utf-8")
    theirs = evaluate_mot_sequence(true, told, ["CLEAR", "HOTA", "Identity"])
    ours_ = score(sequence, run)
    assert theirs.CLEAR is not None
    assert theirs.HOTA is not None
    assert theirs.Identity is not None
    assert ours_.percent["HOTA"] == pytest.approx(100 * theirs.HOTA.HOTA)
    assert ours_.percent["IDF1"] == pytest.approx(100 * theirs.Identity.IDF1)
    assert ours_.percent["MOTA"] == pytest.approx(100 * theirs.CLEAR.MOTA)
    assert (ours_.switches, ours_.fragments) == (theirs.CLEAR.IDSW, theirs.CLEAR.Frag)
    assert 0 < ours_.percent["MOTA"] < 95
    assert ours_.switches == 1


def test_the_total_is_over_all_boxes_not_the_mean_of_sequences(tmp_path: Path) -> None:
    good = score(still(tmp_path / "one"), everything())
    bad = score(still(tmp_path / "two"), answers((1, 1, 20, 20), (10, 1, 20, 20)))
    both = total([good, bad])
    assert both.percent["MOTA"] == pytest.approx(100 * (30 + 2) / 60)
    assert (both.frames, both.spent_ns, both.identities.vehicles) == (20, 20_000, 6)


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(peers, "import_module", none)
    with pytest.raises(UsageError, match=r"edge-gate\[eval\]"):
        peers.check_installed()
