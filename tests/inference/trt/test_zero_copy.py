"""From a decoder's surface to boxes without the processor: NV12 in device memory, the kernels' tensor, the engine."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from edge.inference.card import load_card
from edge.inference.cuda.pictures import open_pictures
from edge.inference.detector import YoloDetector
from edge.inference.golden import trial_frames
from edge.inference.ort import OrtEngine
from edge.inference.trt.here import open_built
from edge.ports import Frame
from edge.ports.device import PictureForm
from edge.vision.frame import PlanarFrame
from edge.vision.planes import Matrix
from tests.inference.trt.conftest import shelve
from tests.simulated import host_kernels
from tests.simulated.decoder import DecodedPicture, planes_of
from tests.simulated.gpu import SimulatedGpu
from tests.simulated.install_tensorrt import Installation


def nv12(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return brightness (H,W) and colour (H/2,W/2,2) of an RGB picture with even sides."""
    high, wide = picture.shape[:2]
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
    blue, red = planes[high:].reshape(2, high // 2, wide // 2)
    return np.ascontiguousarray(planes[:high]), np.ascontiguousarray(np.stack([blue, red], axis=-1))


@pytest.mark.skipif(not host_kernels.COMPILER, reason=host_kernels.NO_COMPILER)
def test_a_picture_on_the_device_is_detected_there_and_as_on_the_processor(
    one_tensorrt: Installation, gpu: SimulatedGpu, tmp_path: Path
) -> None:
    del one_tensorrt
    host_kernels.give(gpu)
    card = load_card("gate-n")
    golden = next(one for one in trial_frames() if len(one.plain)).frame
    luma, chroma = nv12(golden.crop((0, 0, *golden.size_wh)))
    form = PictureForm((luma.shape[1], luma.shape[0]), Matrix.BT601.value)
    decoded = DecodedPicture(gpu, luma, chroma)
    pictures = open_pictures(tmp_path)
    picture = pictures.take(decoded.planes, form)
    decoded.close()  # the decoder has its surface back at once
    shelve(card.file, "fp32", tmp_path)
    tested = YoloDetector(card, open_built(card.file, "fp32", tmp_path))
    reference = YoloDetector(card, OrtEngine(card.file))
    uploads = gpu.calls.count("cuMemcpyHtoDAsync")
    found = tested.detect(cast("Frame", picture))
    assert gpu.calls.count("cuMemcpyHtoDAsync") == uploads
    known = reference.detect(PlanarFrame("gate", 0, 0, 0, 0, planes_of(luma, chroma, form)))
    assert len(known) > 0
    np.testing.assert_allclose(found.xyxy, known.xyxy, atol=1.0)
    np.testing.assert_allclose(found.confidence, known.confidence, atol=0.02)
    tested.close()
    del picture
    pictures.close()
