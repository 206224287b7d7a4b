"""What is found of a board: whether JetPack is whole, how it is powered and cooled, and who may use its GPU."""

from __future__ import annotations

from collections.abc import Iterator

from edge.health.board import Board
from edge.health.examinee import Examinee
from edge.health.findings import Finding, broken, doubtful, well
from edge.health.jetpack import OLDEST
from edge.health.soc import SocReading

PARTS = (
    ("nvidia-l4t-multimedia", "hardware decoders and cameras do not work"),
    ("nvidia-l4t-gstreamer", "video is decoded in software"),
    ("libnvinfer10", "there is no TensorRT, and networks run on the processor"),
    ("python3-libnvinfer", "Python has no TensorRT, and networks run on the processor"),
)
"""Packages of JetPack that the product uses, and what is lost without each."""
GPU_NODES = ("/dev/nvidia0", "/dev/nvhost-gpu", "/dev/nvhost-ctrl-gpu")
"""Of the desktop driver and Thor; of Orin's driver, under its old and its new name."""
OVER_CURRENT = {"oc1": "supply voltage too low", "oc2": "average current too high", "oc3": "peak current too high"}
"""What Orin and Thor count; origin: the Jetson Linux Developer Guide, Platform Power and Performance."""


def examine_board(board: Board) -> Iterator[Finding]:
    """Say which machine it is and whether its JetPack is one the product runs on; nothing where NVIDIA has no part."""
    if not board.has_gpu:
        return
    if not board.is_jetson:
        yield well("board", f"NVIDIA driver {board.driver}{_brought(board)}")
        return
    name = board.model or "a Jetson"
    if board.module:
        name += f" ({board.module})"
    if board.l4t is None:
        cure = "install Jetson Linux with SDK Manager or from NVIDIA's image, or mount the file into the container"
        yield doubtful("board", f"{name}: /etc/nv_tegra_release is absent, the JetPack is not known", cure)
    elif int(board.l4t.partition(".")[0]) < OLDEST:
        said = f"{name}: JetPack {board.jetpack} (Jetson Linux {board.l4t}) is too old"
        yield broken("board", said, "flash JetPack 6 or 7: what came before has TensorRT 8 and Python 3.8")
    else:
        yield well("board", f"{name}: JetPack {board.jetpack} (Jetson Linux {board.l4t}){_brought(board)}")


def _brought(board: Board) -> str:
    parts = {"CUDA": board.cuda, "TensorRT": board.tensorrt, "cuDNN": board.cudnn, "driver": board.driver}
    if not board.is_jetson:
        del parts["driver"]
    return "".join(f", {name} {version}" for name, version in parts.items() if version)


def examine_parts(board: Board) -> Iterator[Finding]:
    """Name each package of JetPack that is missing; nothing where dpkg does not manage the board."""
    if not (board.is_jetson and board.packages):
        return
    for package, loss in PARTS:
        if package not in board.packages:
            yield doubtful("jetpack", f"{package} is missing: {loss}", f"apt install {package}")


def examine_power(board: Board) -> Finding | None:
    """Say which power mode is set, and what sets the highest; None where there are no modes."""
    power = board.power
    if power is None:
        return None
    clocks = ", clocks held by jetson_clocks" if power.locked else ""
    if power.is_highest or power.highest is None:
        return well("power", f"mode {power.name}{clocks}")
    number, name = power.highest
    said = f"mode {power.name}, below {name}{clocks}: the networks run slower than they could"
    return doubtful("power", said, f"nvpmodel -m {number}, where supply and cooling of the box are made for {name}")


def examine_throttling(soc: SocReading) -> Finding | None:
    """Say whether the machine slows itself down, for heat now or for its supply since the start; None if untold."""
    if not soc.coolers and not soc.over_current:
        return None
    if soc.throttled_by:
        cure = "cool the box: shade, a clean heat sink, the fan; or set a lower power mode with nvpmodel"
        return doubtful("throttle", f"the board slows itself down now: {', '.join(soc.throttled_by)}", cure)
    events = [f"{OVER_CURRENT.get(name, name)} {times} times ({name})" for name, times in soc.over_current if times]
    if events:
        cure = "give the board a supply of its full rating on a short cable, or a lower power mode with nvpmodel"
        return doubtful("throttle", f"slowed down by its supply since the start: {', '.join(events)}", cure)
    return well("throttle", "the board has not slowed itself down since the start")


def examine_access(examinee: Examinee, board: Board) -> Iterator[Finding]:
    """Say whether this user reaches the GPU; nothing where there is none."""
    if not board.has_gpu:
        return
    if not any(examinee.has_device(node) for node in GPU_NODES):
        what = f"driver {board.driver}" if board.driver else "the board"
        cure = "start the container with the NVIDIA runtime; outside of one load the driver and look at dmesg"
        yield doubtful("gpu", f"{what} is here, but none of {', '.join(GPU_NODES)}", cure)
    elif board.is_jetson and examinee.lacks:
        said = f"this user is not in {' and '.join(examinee.lacks)}: GPU, decoders and cameras may refuse it"
        yield doubtful("gpu", said, f"usermod -aG {','.join(examinee.lacks)} USER, then log in again")
