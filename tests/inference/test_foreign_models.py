"""Networks made by others, and our own seed, run unchanged by pointing a card at them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.errors import ModelError
from edge.inference.card import load_card
from edge.inference.detector import YoloDetector
from edge.inference.engines import open_engine
from edge.types import CLASSES, VEHICLES
from edge.vision.boxes import iou_matrix
from edge.vision.frame import PlanarFrame

CARDS = sorted(path.name for path in (Path(__file__).parent / "cards").iterdir())
SHARED = Path(os.environ.get("EDGE_SHARED", Path(__file__).parents[2].parent / "shared"))
STREET = SHARED / "data/detection/many_cameras"
SCENE = "atl_version2_0001"


@pytest.mark.parametrize("name", CARDS)
def test_it_finds_the_vehicles_of_a_street_picture(name: str) -> None:
    card = load_card(Path(__file__).parent / "cards" / name)
    card = replace(card, file=SHARED / card.file.relative_to(Path(__file__).parents[2].parent / "shared"))
    for path in (card.file, STREET):
        if not path.exists():
            pytest.skip(f"{path} is not here: set EDGE_SHARED to the folder with the third-party models and pictures")
    card.check_file()
    picture = cv2.imread(str(STREET / f"images/{SCENE}.jpg"))
    assert picture is not None
    rgb = np.asarray(picture[:, :, ::-1], np.uint8)
    frame = PlanarFrame.from_rgb(rgb, camera_id="street", seq=0, wall_ns=0, mono_ns=0, pts_ns=0)
    try:
        engine = open_engine(card.file)
    except ModelError as error:
        if "NOT_IMPLEMENTED" not in str(error):
            raise
        pytest.skip(f"this onnxruntime is too old for it: {error}")
    found = YoloDetector(card, engine).detect(frame)
    truth = np.loadtxt(STREET / f"labels/{SCENE}.txt", dtype=np.float32, ndmin=2)[:, 1:]
    high, wide = rgb.shape[:2]
    corners = np.concatenate([truth[:, :2] - truth[:, 2:] / 2, truth[:, :2] + truth[:, 2:] / 2], axis=1)
    overlap = iou_matrix(found.xyxy, corners * np.array([wide, high] * 2, np.float32)).max(axis=1)
    right = int((overlap > 0.5).sum())
    assert right >= 3, f"{card.name} found {len(found)}, of which {right} are labelled"
    assert right >= len(found) / 2, f"{card.name} invents: {len(found) - right} of {len(found)} are not labelled"
    assert {CLASSES[number] for number in found.class_id} & VEHICLES
