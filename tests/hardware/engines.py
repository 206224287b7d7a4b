"""Rows of TensorRT: an engine built of each network, tried, and timed beside ONNX Runtime."""

from __future__ import annotations

import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from edge.inference.acceptance import bound_of, try_engine
from edge.inference.any_card import load_any_card
from edge.inference.card import ModelCard
from edge.inference.engine_builds import build_network, network_at
from edge.inference.engines import open_engine
from edge.inference.finder_card import FinderCard
from edge.inference.nvidia import lacking
from edge.inference.plate_acceptance import try_finder, try_recogniser
from edge.ports import Engine
from tests.hardware.row import Asked, Figures, NotHere, Row, timed_ms

NETWORKS = (
    ("gate-n", "fp32"),
    ("gate-n", "fp16"),
    ("gate-n", "int8"),
    ("plate-n", "fp32"),
    ("plate-ocr", "fp32"),
)
BUILD_S = 1800.0


def engine(name: str, precision: str, asked: Asked) -> tuple[str, Figures]:
    """Build an engine, hold it against its network as `edge models check` does, and time it."""
    absent = lacking()
    if absent:
        raise NotHere(absent)
    card = load_any_card(name)
    network = network_at(card, precision)
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.engines or temporary
        built = build_network(network, Path(folder), lambda *_: None)
        file = network.card.file
        with closing(open_engine(file, "tensorrt", 1, precision, folder)) as ours:
            if isinstance(card, ModelCard):
                told = try_engine(card, ours, bound_of(precision), built=card.at(precision)).told()
            else:
                tried = try_finder if isinstance(card, FinderCard) else try_recogniser
                told = tried(card, ours, bound_of(precision))  # type: ignore[arg-type]  # each takes its own card
            ms = _timed(ours)
            label = ours.label
        with closing(open_engine(card.file, "onnxruntime", 1)) as reference:
            share = ms / _timed(reference)
    figures = {"build s": built.label.seconds, "ms": ms, "of ONNX Runtime FP32 on 1 thread": share}
    return f"{label}: {built.label.told}; {told}", figures


def _timed(one: Engine) -> float:
    feeds = {spec.name: np.random.default_rng(5).random(spec.shape, np.float32) for spec in one.inputs}
    return timed_ms(lambda: one.infer(feeds), times=30)


ROWS = tuple(
    Row(f"tensorrt-{name}-{precision}", f"TensorRT, {name} {precision}", partial(engine, name, precision), BUILD_S)
    for name, precision in NETWORKS
)
