"""The two committed lists that everything rendered is drawn from.

`TRAINING` is for training and tuning, `PROOF` for every proof: the demo clip, golden tests, benchmarks. No seed, camera
pose, ground, vehicle shape, paint, plate font, plate layout or plate text may be in both; a test holds that.
"""

from __future__ import annotations

from edge.scene.ingredients import SceneList
from edge.scene.list_proof import PROOF
from edge.scene.list_training import TRAINING

__all__ = ["LISTS", "PROOF", "TRAINING", "SceneList"]

LISTS = {"training": TRAINING, "proof": PROOF}
