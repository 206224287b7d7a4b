"""How wrong an answer of the finder is: its scores, its corners, and for plates that people boxed where these may be.

People box a plate with its frame, with a strip of bumper, or cut its rim off: such a box says where the plate is, not
where it ends. Only drawn and rendered plates teach that.
"""

from __future__ import annotations

from typing import Any

import torch

from edge.inference.finder_card import STRIDE_PX
from edge.workshop.finder.batches import Batch
from edge.workshop.finder.targets import CORNERS, NEAR, NONE

FOCUS = 2.0
"""How much less an answer counts that is right already (Lin et al. 2017, "Focal loss for dense object detection")."""
NONE_WEIGHT = 0.5
"""How much cells without a plate count, together, beside those with one."""
SMALLEST_SIDE_PX = 5.0
"""Corners are measured against the plate's shorter side, and no finer than this."""
ROUND = 0.1
"""Errors below this share of the shorter side count squared."""
OVERLAP_WEIGHT = 0.4
"""How much a lacking overlap of the outlines counts beside the errors of the sides."""
BOX_BAND = (0.08, 0.04)
"""So far inside and outside a box the outline of a plate NEAR it may end, as shares of the shorter side."""


def losses(answer: Any, batch: Batch) -> tuple[Any, Any]:
    """Return the score's and the corners' loss, each a scalar tensor.

    Args:
        answer: (B,9,rows,columns) float32 from `QuadNet`, on any device.
        batch: what was asked.
    """
    score = answer[:, 0]
    asked = torch.from_numpy(batch.score).to(answer.device)
    cells = torch.from_numpy(batch.cells).to(answer.device)
    weight = torch.from_numpy(batch.weight).to(answer.device)
    known = weight.sum().clamp(min=1)
    plate = score[cells[:, 0], cells[:, 1], cells[:, 2]]
    missed = torch.sigmoid(-plate) ** FOCUS * torch.nn.functional.softplus(-plate)
    none = score[asked == NONE]
    false = torch.sigmoid(none) ** FOCUS * torch.nn.functional.softplus(none)
    scores = ((missed * weight).sum() + NONE_WEIGHT * false.sum()) / known
    return scores, _corners(answer, batch, cells, weight) / known


def _corners(answer: Any, batch: Batch, cells: Any, weight: Any) -> Any:
    middles = (cells[:, [2, 1]].float() + 0.5) * STRIDE_PX
    said = answer[cells[:, 0], 1:, cells[:, 1], cells[:, 2]].reshape(-1, 4, 2) + middles[:, None]
    true = torch.from_numpy(batch.quads).to(answer.device)
    known = torch.from_numpy(batch.known).to(answer.device)
    upper, left = (true[:, 1] - true[:, 0]).norm(dim=1), (true[:, 3] - true[:, 0]).norm(dim=1)
    side = torch.minimum(upper, left).clamp(min=SMALLEST_SIDE_PX)[:, None]
    apart = OVERLAP_WEIGHT * _apart(said, true)
    beyond = torch.cat([true.amin(1) - said.amin(1), said.amax(1) - true.amax(1)], dim=1) / side
    within, outside = BOX_BAND
    off_band = (beyond - outside).clamp(min=0) + (-beyond - within).clamp(min=0)
    by_corner = _rounded((said - true).flatten(1) / side).mean(1) + apart
    by_box = torch.where(known == NEAR, _rounded(off_band).mean(1), _rounded(beyond).mean(1) + apart)
    return (torch.where(known == CORNERS, by_corner, by_box) * weight).sum()


def _apart(said: Any, true: Any) -> Any:
    """Return 1 less the generalized IoU of the outlines (N,) of corners (N,4,2): Rezatofighi et al. 2019."""
    low, high = torch.stack([said.amin(1), true.amin(1)]), torch.stack([said.amax(1), true.amax(1)])
    areas = (high - low).prod(2).sum(0)
    both = (high.amin(0) - low.amax(0)).clamp(min=0).prod(1)
    around = (high.amax(0) - low.amin(0)).prod(1).clamp(min=1e-3)
    union = (areas - both).clamp(min=1e-3)
    return 1 - both / union + (around - union) / around


def _rounded(error: Any) -> Any:
    return torch.nn.functional.smooth_l1_loss(error, torch.zeros_like(error), beta=ROUND, reduction="none")
