"""Rows for development boxes: what the board's own parts are held against on another NVIDIA GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edge.inference.card import load_card
from edge.inference.golden import golden_frames
from edge.inference.ort import OrtEngine
from edge.ports import TensorOrder
from edge.types import F32
from tests.hardware.needs import need, need_driver
from tests.hardware.row import Asked, Figures, NotHere, Row, Wrong, timed_ms

CLIP = Path(__file__).parents[2] / "fixtures/clips/gate_demo.mp4"
MOST_APART_PX, SURE = 1.5, 0.4
SAME_LUMA = 3.0


def torch_fp16(_: Asked) -> tuple[str, Figures]:
    """Run gate-n in FP16 by torch on the GPU, beside FP32 by ONNX Runtime on the processor."""
    need_driver()
    need("torch", "deploy/requirements/train.txt")
    need("ultralytics", "deploy/requirements/train.txt")
    from edge.workshop import network  # noqa: PLC0415 - torch only where the row can be run

    torch = network.import_torch()
    if not torch.cuda.is_available():
        raise NotHere("this torch has no CUDA, or finds no device")
    card = load_card("gate-n")
    model = network.build(len(card.classes))
    network.read_weights(card.path.parent / "gate-n.safetensors", model)
    model = model.fuse(verbose=False).eval().half().cuda()
    engine, order = OrtEngine(card.file, threads=4), card.input.order()
    worst = 0.0
    for golden in golden_frames(16):
        feed = _feed(golden.frame, order)
        wanted = engine.infer({card.input.name: feed})[engine.outputs[0].name]
        with torch.inference_mode():
            given = model(torch.from_numpy(feed).cuda().half())
        given = (given[0] if isinstance(given, tuple | list) else given).float().cpu().numpy()
        worst = max(worst, _apart_px(wanted, given))
    if worst > MOST_APART_PX:
        raise Wrong(f"boxes of FP16 and FP32 lie up to {worst:.2f} px apart, {MOST_APART_PX} are allowed")
    sample = torch.from_numpy(feed).cuda().half()

    def once() -> None:
        with torch.inference_mode():
            model(sample)
        torch.cuda.synchronize()

    gpu_ms, cpu_ms = timed_ms(once), timed_ms(lambda: engine.infer({card.input.name: feed}), 20)
    said = f"torch {torch.__version__} on {torch.cuda.get_device_name()}; sure boxes at most {worst:.2f} px apart"
    return said, {"ms": gpu_ms, "of ONNX Runtime FP32 on 4 threads": gpu_ms / cpu_ms}


def _feed(frame: Any, order: TensorOrder) -> F32:
    return np.asarray(frame.tensor(order).value, np.float32)


def _apart_px(wanted: F32, given: F32) -> float:
    """Return how far apart, in pixels of the input, what both were sure of lies; (1,4+nc,N) each."""
    sure = wanted[0, 4:].max(axis=0) > SURE
    return float(np.abs(wanted[0, :4, sure] - given[0, :4, sure]).max(initial=0.0))


def nvdec_codec(_: Asked) -> tuple[str, Figures]:
    """Decode the bundled clip through PyNvVideoCodec and in software, and compare the brightness."""
    need_driver()
    need("PyNvVideoCodec", "pip install PyNvVideoCodec")
    import av  # noqa: PLC0415 - the reference, only where the row can be run
    import PyNvVideoCodec  # noqa: PLC0415 - as above

    decoder = PyNvVideoCodec.SimpleDecoder(str(CLIP), gpu_id=0, use_device_memory=False)
    with av.open(str(CLIP)) as container:
        worst = 0.0
        for number, wanted in enumerate(container.decode(video=0)):
            luma = np.asarray(np.from_dlpack(decoder[number]), np.uint8)[: wanted.height, : wanted.width]
            worst = max(worst, float(np.abs(luma.astype(np.int16) - wanted.to_ndarray()[: wanted.height]).mean()))
    if worst > SAME_LUMA:
        raise Wrong(f"pictures differ by up to {worst:.1f} levels on average, {SAME_LUMA} are allowed")
    fresh = PyNvVideoCodec.SimpleDecoder(str(CLIP), gpu_id=0, use_device_memory=True)
    frames = len(fresh)
    gpu_ms = timed_ms(lambda: [fresh[index] for index in range(frames)], times=3, warm=1) / frames
    software_ms = timed_ms(_decode_in_software, times=3, warm=1) / frames
    said = (
        f"PyNvVideoCodec {PyNvVideoCodec.__version__}: {frames} pictures, brightness at most {worst:.2f} levels apart"
    )
    return said, {"ms a picture": gpu_ms, "of software": gpu_ms / software_ms}


def _decode_in_software() -> None:
    import av  # noqa: PLC0415 - as above

    with av.open(str(CLIP)) as container:
        container.streams.video[0].thread_type = "NONE"
        for _ in container.decode(video=0):
            pass


ROWS = (
    Row("torch-fp16", "gate-n FP16 in torch on the GPU", torch_fp16, 300.0),
    Row("nvdec-pynvvideocodec", "NVDEC through PyNvVideoCodec", nvdec_codec, 300.0),
)
