"""How good one tracker was over one sequence, or over several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.workshop.tracks import peers
from edge.workshop.tracks.identity import Compared, Identities, count_identities
from edge.workshop.tracks.matching import best_pairs
from edge.workshop.tracks.mot_text import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.workshop.tracks.contest import Answer, Run
    from edge.workshop.tracks.sequence import MotSequence


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """The evaluator's verdict and our own counts, over `frames` that took `spent_ns` to associate."""

    tracker: str
    frames: int
    spent_ns: int
    verdict: peers.Verdict
    identities: Identities

    @property
    def percent(self) -> dict[str, float]:
        """HOTA with its two halves, IDF1 and MOTA, in percent."""
        hota, verdict = self.verdict.hota, self.verdict
        shares = {"HOTA": hota["HOTA"], "DetA": hota["DetA"], "AssA": hota["AssA"]}
        shares |= {"IDF1": verdict.identity["IDF1"], "MOTA": verdict.clear["MOTA"]}
        return {name: 100 * share for name, share in shares.items()}

    @property
    def switches(self) -> int:
        """How often a vehicle got another identity."""
        return int(self.verdict.clear["IDSW"])

    @property
    def fragments(self) -> int:
        """How often a vehicle was lost and found again."""
        return int(self.verdict.clear["Frag"])

    @property
    def frame_us(self) -> float:
        """Microseconds a frame for association."""
        return self.spent_ns / max(self.frames, 1) / 1000


def score(sequence: MotSequence, run: Run) -> Score:
    """Compare the answers of one tracker with the truth of the frames it saw.

    Raises:
        UsageError: the evaluator is not installed.
    """
    compared = [
        _compare(sequence, sequence.truth.get(number, Truth.empty()), answer) for number, answer in run.answers.items()
    ]
    verdict = peers.judge([one.true for one in compared], [one.told for one in compared], [one.iou for one in compared])
    spent_ns = sum(answer.spent_ns for answer in run.answers.values())
    return Score(run.name, len(compared), spent_ns, verdict, count_identities(compared, sequence.plated))


def total(scores: Sequence[Score]) -> Score:
    """Return the score of one tracker over all it was shown."""
    return Score(
        scores[0].tracker,
        sum(one.frames for one in scores),
        sum(one.spent_ns for one in scores),
        peers.together([one.verdict for one in scores]),
        sum((one.identities for one in scores), Identities()),
    )


def _compare(sequence: MotSequence, truth: Truth, answer: Answer) -> Compared:
    """Leave out what the region does, and what need not be found together with the boxes that found it.

    As the MOT challenge does: a told box goes with a true one that does not count when the best pairing at MET_IOU of
    all boxes, whether they count or not, says so.
    """
    told = sequence.region.counts(answer.xyxy)
    iou = peers.overlaps(truth.xyxy, answer.xyxy[told])
    rows, columns = best_pairs(np.where(iou >= peers.MET_IOU, iou, 0.0))
    kept = np.ones(iou.shape[1], np.bool_)
    kept[columns[~truth.counts[rows]]] = False
    return Compared(truth.ids[truth.counts], answer.ids[told][kept], iou[truth.counts][:, kept])
