"""The door to torch and ultralytics: build the network, load and save its weights, write it as ONNX.

Weights travel as safetensors (FP16, averaged) and ONNX alone: neither format can carry code.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.errors import ModelError, UsageError
from edge.types import F32

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEP = "step"
"""Note beside weights: how many steps they have been trained for."""
STRIDE_PX = 32
OPSET = 17
HEAD = "yolo-v8"
"""What cards call the head that is trained and written: the one-to-many head of YOLO26, its doubles suppressed."""
OTHER_HEAD = ".one2one_"
"""Weights of the head that needs no suppression: it reads features taught by the other one, and found less."""


def import_torch(threads: int | None = None) -> Any:
    """Import torch and ultralytics, every network access of theirs switched off, and return torch.

    Args:
        threads: how many torch may use from now on; ultralytics' own trainer takes one less than there are cores.

    Raises:
        UsageError: the train extra is not installed.
    """
    torch = import_plain_torch(threads)
    os.environ.setdefault("YOLO_OFFLINE", "1")
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    os.environ.setdefault("YOLO_CONFIG_DIR", str(Path.home() / ".cache" / "edge-workshop"))
    Path(os.environ["YOLO_CONFIG_DIR"]).mkdir(parents=True, exist_ok=True)
    try:
        import ultralytics  # noqa: F401, PLC0415 - the device and every other command must start without it
    except ImportError as error:
        raise UsageError(
            f"this needs torch and ultralytics ({error.name} is missing): "
            "install them as deploy/requirements/train.txt says"
        ) from error
    logging.getLogger("ultralytics").setLevel(logging.WARNING)
    return torch


def import_plain_torch(threads: int | None = None) -> Any:
    """Import torch alone, for networks that are all our own, and return it.

    Args:
        threads: how many torch may use from now on.

    Raises:
        UsageError: the train extra is not installed.
    """
    try:
        import torch  # noqa: PLC0415 - the device and every other command must start without it
    except ImportError as error:
        raise UsageError("this needs torch: install it as deploy/requirements/train.txt says") from error
    if threads is not None:
        torch.set_num_threads(threads)
    return torch


def build(class_count: int, seed: int = 0) -> Any:
    """YOLO26n with its one-to-many head alone and random weights, as torch module in float32.

    Args:
        class_count: number of classes of the head.
        seed: fixes the random start.
    """
    torch = import_torch()
    from ultralytics.nn.tasks import DetectionModel, yaml_model_load  # noqa: PLC0415 - behind the door
    from ultralytics.utils import DEFAULT_CFG  # noqa: PLC0415 - behind the door

    torch.manual_seed(seed)
    network = DetectionModel(yaml_model_load("yolo26n.yaml") | {"end2end": False}, nc=class_count, verbose=False)
    network.args = DEFAULT_CFG
    return network


def read_weights(path: Path, network: Any) -> dict[str, str]:
    """Load a safetensors file into the network, strictly, and return the notes stored beside the weights.

    Raises:
        ModelError: the file is missing, damaged, or holds another network.
    """
    weights, notes = _read(path)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        first = str(error).splitlines()[0]
        raise ModelError(f"{path}: holds another network ({first}); train it again from its own recipe") from error
    return notes


def write_average(files: Sequence[Path], out: Path) -> None:
    """Write the mean of several weights of one network, such as the ends of its stages, with a note of their names.

    It stands where the furthest of them stands, with no stage open.

    Weights that one training went through lie in one basin, and their mean is often better than each (Wortsman et al.
    2022, "Model soups").

    Raises:
        ModelError: a file is missing, damaged, or holds another network than the first.
        UsageError: `out` cannot be written.
    """
    mean, notes = _read(files[0])
    steps = [notes.get(STEP, "")]
    for number, path in enumerate(files[1:], start=2):
        weights, notes = _read(path)
        steps.append(notes.get(STEP, ""))
        if {name: tensor.shape for name, tensor in weights.items()} != {name: t.shape for name, t in mean.items()}:
            raise ModelError(f"{path}: holds another network than {files[0]}; average stages of one training")
        for name, tensor in weights.items():
            if tensor.is_floating_point():
                mean[name] += (tensor - mean[name]) / number
    furthest = max((step for step in steps if step.isdecimal()), key=int, default="")
    told = {STEP: furthest, "stage_begin": furthest, "stage_end": furthest} if furthest else {}
    write_weights(out, mean, told | {"average": ",".join(path.name for path in files)})


def _read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the weights, floating ones in float32, and the notes stored beside them."""
    import_plain_torch()
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - part of the train extra

    try:
        with safe_open(str(path), framework="pt") as file:
            notes = dict(file.metadata() or {})
            weights = {
                name: tensor.float() if tensor.is_floating_point() else tensor
                for name in file.keys()  # noqa: SIM118 - the file object is no mapping
                if OTHER_HEAD not in name
                for tensor in [file.get_tensor(name)]
            }
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: cannot be read as safetensors ({error}); give a file that training wrote") from error
    return weights, notes


def pick_device(name: str) -> str:
    """Return the device to train on, as torch calls it: `auto` is the first GPU, or else the processor.

    Raises:
        UsageError: torch is not installed, knows no such device, or finds none of that kind here.
    """
    if name == "cpu":
        return name
    torch = import_plain_torch()
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:  # an assertion is how torch says that it was built without CUDA
        cause = str(error).strip().partition("\n")[0]
        raise UsageError(f"--device {name}: cannot be used ({cause}); give cpu, cuda or cuda:1, or auto") from error
    return name


def write_weights(path: Path, weights: Mapping[str, Any], notes: Mapping[str, str]) -> None:
    """Write named tensors as FP16 safetensors, whole or not at all.

    Raises:
        UsageError: the file cannot be written.
    """
    import_plain_torch()
    from safetensors import SafetensorError  # noqa: PLC0415 - part of the train extra
    from safetensors.torch import save_file  # noqa: PLC0415 - as above

    halves = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in weights.items()
    }
    partial = path.with_suffix(".part")
    try:
        save_file(halves, str(partial), metadata=dict(notes))
        partial.replace(path)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written ({error}); free some room, or give another path") from error


def make_optimizer(network: Any, rate: float, decay: float = 0.01) -> Any:
    """AdamW, without decay on norms and biases.

    MuSGD, which ultralytics prefers for YOLO26, orthogonalises in bfloat16: without units for it a step takes six times
    as long.
    """
    torch = import_plain_torch()
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    filters = [parameter for parameter in learning if parameter.ndim > 1]
    others = [parameter for parameter in learning if parameter.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": filters, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.99),
    )


def forward(torch: Any, model: Any, images: Any, *, bf16: bool) -> Any:
    """Return what a model answers to images (B,C,H,W), on their device, perhaps reckoned in bfloat16; in float32.

    The loss needs the range of float32, the forward pass does not.
    """
    with torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
        answer = model(images.contiguous(memory_format=torch.channels_last))
    return as_float32(torch, answer)


def as_float32(torch: Any, answer: Any) -> Any:
    """Return the network's answer with every tensor of it in float32: the loss needs the range."""
    if torch.is_tensor(answer):
        return answer.float()
    if isinstance(answer, dict):
        return {name: as_float32(torch, part) for name, part in answer.items()}
    return type(answer)(as_float32(torch, part) for part in answer)


def write_onnx(network: Any, path: Path, input_wh: tuple[int, int]) -> None:
    """Write the network as ONNX: `images` 1x3xHxW float32 RGB 0..1 to `output0` 1x(4+classes)xN, boxes as cx cy w h.

    Raises:
        UsageError: the input size is no multiple of the stride.
    """
    width, height = input_wh
    if width % STRIDE_PX or height % STRIDE_PX:
        raise UsageError(f"input {width}x{height}: both sides must be multiples of {STRIDE_PX}; take the next one")
    torch = import_torch()
    head = network.model[-1]
    head.export, head.format, head.dynamic = True, "onnx", False
    network = network.float().eval().fuse(verbose=False)
    sample = torch.zeros(1, 3, height, width)
    with torch.no_grad():
        network(sample)
    trace_onnx(network, sample, path, "images", ["output0"])


def trace_onnx(network: Any, sample: Any, path: Path, image: str, outputs: Sequence[str]) -> None:
    """Write a torch module as ONNX with fixed sizes, those of `sample`; the same weights give the same file."""
    torch = import_plain_torch()
    torch.onnx.export(
        network,
        (sample,),
        str(path),
        opset_version=OPSET,
        input_names=[image],
        output_names=list(outputs),
        do_constant_folding=True,
        dynamo=False,
    )
    clean_onnx(path)


def write_gray_onnx(
    network: Any, path: Path, size_wh: tuple[int, int], image: str, outputs: Sequence[str], bound: float
) -> None:
    """Write a module that takes one gray picture [1,1,H,W] as ONNX and hold the two against each other.

    Raises:
        ModelError: an answer of the file to a picture of noise is further than `bound` from torch's.
    """
    torch = import_plain_torch()
    noise = np.random.default_rng(1).random((1, 1, size_wh[1], size_wh[0]), np.float32)
    trace_onnx(network, torch.from_numpy(noise), path, image, outputs)
    with torch.no_grad():
        answer = network(torch.from_numpy(noise))
    wanted = [part.numpy() for part in ((answer,) if torch.is_tensor(answer) else answer)]
    apart = largest_difference(path, noise, wanted)
    if apart > bound:
        raise ModelError(f"{path}: differs from torch by {apart:.2g}; use another torch and export again")


def largest_difference(path: Path, image: F32, wanted: Sequence[F32]) -> float:
    """Return how far the file's answer to one image is from the wanted one, the largest over all outputs."""
    import onnxruntime  # noqa: PLC0415 - only where a file has been written

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: image})
    return max(float(np.abs(a - b).max()) for a, b in zip(found, wanted, strict=True))


def clean_onnx(path: Path) -> None:
    """Take the exporter's remarks out of an ONNX file, so that the same weights give the same file, and check it."""
    import onnx  # noqa: PLC0415 - part of the train extra

    graph = onnx.load(str(path))
    for name in ("doc_string", "producer_version"):
        graph.ClearField(name)
    for node in graph.graph.node:
        node.ClearField("doc_string")
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))
