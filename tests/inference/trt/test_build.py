"""Building: what is asked for is what is built, progress is told, and whatever goes wrong is an error with its cure."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from edge.errors import EngineFailed, ModelError
from edge.inference.card import load_card
from edge.inference.trt import build
from edge.inference.trt.arithmetic import check_done
from edge.inference.trt.builder import BuildOrder
from edge.inference.trt.child import Pace
from edge.inference.trt.here import build_here, open_built, open_shelf
from edge.inference.trt.progress import Course
from edge.inference.trt.shelf import RECIPE
from tests.inference.trt.conftest import shelve
from tests.inference.trt.networks import write_network
from tests.simulated.install_tensorrt import Installation


def test_a_build_tells_how_far_it_is_and_lies_ready_afterwards(tensorrt: Installation, tmp_path: Path) -> None:
    onnx, folder = write_network(tmp_path / "tiny.onnx", "Abs", precision="int8"), tmp_path / "engines"
    told: list[tuple[str, float]] = []
    built = build_here(onnx, "int8", folder, lambda step, share: told.append((step, share)))
    assert built.fresh
    assert built.label.tensorrt == tensorrt.world.version
    assert (built.label.gpu, built.label.precision, built.label.told) == ("Orin sm_87", "int8", "1 of 3 layers in int8")
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {"Building Engine", "Tactics", "inspecting"} <= {step for step, _ in told}
    again = build_here(onnx, "int8", folder, lambda *_: pytest.fail("nothing is built twice"))
    assert (again.fresh, again.path) == (False, built.path)
    open_built(onnx, "int8", folder).close()
    assert not list(folder.glob("*.part"))


def test_the_timing_cache_is_taken_up_again_and_a_damaged_one_begun_anew(
    one_tensorrt: Installation, tmp_path: Path
) -> None:
    del one_tensorrt
    folder = tmp_path / "engines"
    for turn, name in enumerate(("Abs", "Neg", "Log", "Exp")):
        shelve(write_network(tmp_path / f"{name}.onnx", name), "fp32", folder)
        timing = open_shelf(folder).timing
        if turn == 2:
            timing.write_bytes(b"damaged")
    assert timing.read_bytes() == b"simulated timings of 10.3.0\none more kernel"
    del turn


@pytest.mark.parametrize("wanted", ["fp16", "int8"])
def test_a_file_that_is_not_written_in_the_precision_asked_for_is_refused_before_it_is_built(
    tensorrt: Installation, wanted: str, tmp_path: Path
) -> None:
    del tensorrt
    with pytest.raises(ModelError, match=f"asked for as {wanted}, and its ONNX is written in fp32"):
        shelve(write_network(tmp_path / "tiny.onnx"), wanted, tmp_path)


def test_our_int8_detector_is_seen_as_int8(one_tensorrt: Installation, tmp_path: Path) -> None:
    del one_tensorrt
    assert shelve(load_card("gate-n").at("int8").file, "int8", tmp_path).is_file()  # else it is refused


def test_an_engine_that_computes_in_fp32_all_the_same_is_refused(one_tensorrt: Installation, tmp_path: Path) -> None:
    one_tensorrt.set(build="loose")
    for precision in ("fp16", "int8"):
        onnx = write_network(tmp_path / "tiny.onnx", "Abs", precision=precision)
        with pytest.raises(ModelError, match=f"none of the engine's 3 layers computes in {precision}"):
            shelve(onnx, precision, tmp_path)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('{"Layers": [{"LayerType": "kgen", "Inputs": [{"Format/Datatype": "Int8"}]}]}', "1 of 1 layers in int8"),
        (
            '{"Layers": [{"LayerType": "Conv", "Inputs": [{"Format/Datatype": "Row major Int8 format"}]}, {}]}',
            "1 of 2 layers in int8",
        ),
    ],
)
def test_both_ways_the_inspector_names_a_type_are_understood(told: str, said: str) -> None:
    assert check_done("tiny", "int8", told) == said


@pytest.mark.parametrize(
    "told",
    [
        '{"Layers": [{"LayerType": "Reformat", "Inputs": [{"Format/Datatype": "Int8"}]}]}',
        '{"Layers": ["/model.0/conv/Conv"]}',
        '{"Layers": []}',
        "{}",
        "no JSON",
    ],
)
def test_what_only_passes_int8_on_or_says_nothing_vouches_for_nothing(told: str) -> None:
    with pytest.raises(ModelError, match="int8"):
        check_done("tiny", "int8", told)


def test_free_sizes_are_refused_with_the_cure(one_tensorrt: Installation, tmp_path: Path) -> None:
    del one_tensorrt
    with pytest.raises(ModelError, match=r"input x has free sizes.*onnxruntime"):
        shelve(write_network(tmp_path / "free.onnx", "Abs", ("n", 3)), "fp32", tmp_path)


def test_everything_the_parser_says_is_told_in_one_line(
    one_tensorrt: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del one_tensorrt
    monkeypatch.setattr("tests.inference.trt.conftest._metadata", lambda _: {})
    with pytest.raises(ModelError, match=r"cannot parse it \(/work \(Teleport\): no importer") as caught:
        shelve(write_network(tmp_path / "new.onnx", "Teleport"), "fp32", tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        ("none", "cannot build it .*Could not find any implementation"),
        ("memory", "ran out of memory .*swap"),
        ("crash", "crashed with SIGSEGV"),
        ("killed", "most likely because memory ran out"),
    ],
)
def test_a_build_that_fails_says_why_and_leaves_nothing(
    one_tensorrt: Installation, fate: str, said: str, tmp_path: Path
) -> None:
    one_tensorrt.set(build=fate)
    onnx, folder = write_network(tmp_path / "tiny.onnx"), tmp_path / "engines"
    with pytest.raises(ModelError, match=said) as caught:
        build_here(onnx, "fp32", folder, lambda *_: None)
    assert "\n" not in str(caught.value)
    assert not [path for path in folder.glob("*") if path.suffix != ".cache"]


def test_a_full_disk_is_told_with_the_cure(one_tensorrt: Installation, tmp_path: Path) -> None:
    del one_tensorrt
    onnx = write_network(tmp_path / "tiny.onnx")
    digest = hashlib.sha256(onnx.read_bytes()).hexdigest()
    order = BuildOrder(str(onnx), digest, "fp32", "/dev/full", str(tmp_path / "none" / "timing.cache"))
    with pytest.raises(ModelError, match=r"cannot be written \(No space left on device\): free some room"):
        build.build_apart(order, lambda *_: None)


def test_a_build_that_is_stopped_ends_its_process_at_once(one_tensorrt: Installation, tmp_path: Path) -> None:
    one_tensorrt.set(build="hang")
    stop, told = threading.Event(), list[str]()

    def on_progress(step: str, share: float) -> None:
        del share
        told.append(step)
        stop.set()

    with pytest.raises(EngineFailed, match="its build was stopped"):
        build_here(write_network(tmp_path / "tiny.onnx"), "fp32", tmp_path / "engines", on_progress, stop)
    assert told
    assert subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "trt.child"], check=False).returncode == 1


def test_a_build_that_hangs_is_given_up(
    one_tensorrt: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one_tensorrt.set(build="hang")
    monkeypatch.setattr(build.build_apart, "__defaults__", (None, 0.5))
    with pytest.raises(ModelError, match="took more than 0 s: it hangs"):
        build_here(write_network(tmp_path / "tiny.onnx"), "fp32", tmp_path / "engines", lambda *_: None)


def test_the_building_process_ends_with_whoever_ordered_it(one_tensorrt: Installation, tmp_path: Path) -> None:
    one_tensorrt.set(build="hang")
    onnx = write_network(tmp_path / "tiny.onnx")
    code = (
        "import sys; from pathlib import Path; from edge.inference.trt.build import build_apart, BuildOrder\n"
        "import hashlib; onnx = Path(sys.argv[1])\n"
        "order = BuildOrder(str(onnx), hashlib.sha256(onnx.read_bytes()).hexdigest(), 'fp32', *['/dev/null'] * 2)\n"
        "build_apart(order, lambda step, share: print(step, flush=True))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(onnx)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    found = subprocess.run(["pgrep", "-P", str(parent.pid)], capture_output=True, text=True, check=True).stdout
    child = int(found.split()[0])
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


@pytest.mark.usefixtures("one_tensorrt")
def test_a_damaged_engine_is_noticed_and_built_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    onnx, folder = write_network(tmp_path / "tiny.onnx"), tmp_path / "engines"
    path = shelve(onnx, "fp32", folder)
    whole = path.read_bytes()
    for damaged in (whole[:-7], whole[:-1] + b"?", b""):
        path.write_bytes(damaged)
        with pytest.raises(ModelError, match="edge models build"):
            open_built(onnx, "fp32", folder)
        assert "is damaged" in caplog.text
    assert build_here(onnx, "fp32", folder, lambda *_: None).fresh
    open_built(onnx, "fp32", folder).close()


@pytest.mark.usefixtures("one_tensorrt")
@pytest.mark.parametrize("text", ["", "{", "[]", '{"network": 1}'])
def test_a_damaged_label_counts_as_no_engine(text: str, tmp_path: Path) -> None:
    onnx, folder = write_network(tmp_path / "tiny.onnx"), tmp_path / "engines"
    shelve(onnx, "fp32", folder).with_suffix(".json").write_text(text)
    with pytest.raises(ModelError, match="edge models build"):
        open_built(onnx, "fp32", folder)


def test_the_key_hangs_on_gpu_version_precision_file_and_recipe(
    one_tensorrt: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del one_tensorrt
    shelf = open_shelf(tmp_path)
    keys = {shelf.key("a", "fp32"), shelf.key("b", "fp32"), shelf.key("a", "int8")}
    for name, value in (("gpu", "Thor sm_110"), ("tensorrt", "11.4.0.106")):
        other = open_shelf(tmp_path)
        setattr(other, name, value)
        keys.add(other.key("a", "fp32"))
    monkeypatch.setattr("edge.inference.trt.shelf.RECIPE", RECIPE + 1)
    keys.add(shelf.key("a", "fp32"))
    assert len(keys) == 6


def test_pruning_removes_what_can_never_be_used_here_again_and_nothing_else(
    one_tensorrt: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "engines"
    old = shelve(write_network(tmp_path / "tiny.onnx"), "fp32", folder)
    one_tensorrt.set(version="10.16.1.11")
    new = shelve(write_network(tmp_path / "tiny.onnx"), "fp32", folder)
    other = shelve(write_network(tmp_path / "other.onnx", "Abs"), "fp32", folder)
    (folder / "0123.99999999.part").write_bytes(b"left by a build that was cut off")
    assert open_shelf(folder).prune() == ("tiny fp32 of TensorRT 10.3.0 for Orin sm_87",)
    assert not old.exists()
    assert {path.name for path in folder.iterdir()} == {
        *(path.name for path in (new, other)),
        *(path.with_suffix(".json").name for path in (new, other)),
        open_shelf(folder).timing.name,
    }


@pytest.mark.usefixtures("one_tensorrt")
def test_a_folder_that_cannot_be_written_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "engines").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=re.escape("set models.engines_dir")):
        build_here(write_network(tmp_path / "tiny.onnx"), "fp32", tmp_path / "engines", lambda *_: None)


def test_a_version_that_is_too_old_or_broken_is_refused_with_the_cure(
    one_tensorrt: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del one_tensorrt
    monkeypatch.setattr(sys.modules["tensorrt"], "__version__", "8.6.1")
    with pytest.raises(ModelError, match=r"8\.6\.1 is too old: 10 or newer"):
        open_shelf(tmp_path)
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    with pytest.raises(ModelError, match=r"cannot be loaded.*onnxruntime"):
        open_shelf(tmp_path)


def test_phases_within_phases_make_one_share_that_never_falls() -> None:
    course = Course()
    shares = [
        course.begin("whole", None, 4),
        course.begin("part", "whole", 2),
        course.step("part", 0),
        course.finish("part"),
        course.step("whole", 0),
        course.begin("part", "whole", 2),
        course.step("part", 0),
        course.finish("whole"),
    ]
    assert shares == [0.0, 0.0, 0.125, 0.25, 0.25, 0.25, 0.375, 1.0]


def test_a_phase_that_is_named_like_what_it_is_a_part_of_ends_no_build() -> None:
    course = Course()
    course.begin("same", "same", 2)
    assert course.step("same", 0) == 0.5


def test_thousands_of_small_steps_are_not_all_told() -> None:
    pace = Pace()
    told = [step for step in range(10_000) if pace.is_due(step / 10_000)]
    assert told[0] == 0
    assert len(told) < 1000
    assert pace.is_due(1.0)
