"""What `edge doctor` finds of a machine, this one or a described one: all of it is asked of the examinee."""

from __future__ import annotations

from collections.abc import Iterator

import edge
from edge.clock import Clock
from edge.health.board import Board
from edge.health.examinee import Element, Examinee, Gst, this_machine
from edge.health.findings import Finding, broken, doubtful, well

GST_PACKAGES = "gir1.2-gst-plugins-base-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav"


def examine_machine(examinee: Examinee, board: Board) -> Iterator[Finding]:
    """Examine everything that does not depend on a configuration."""
    from edge.health import board_findings, machine, tensorrt_findings
    from edge.health.packages import PRODUCT, examine_packages
    from edge.health.soc import read_soc
    from edge.health.watchdog import examine_watchdog, read_watchdogs

    product = edge.__version__ if examinee.is_here else examinee.version_of(PRODUCT)
    yield machine.examine_python(product or "of unknown version", examinee.python, examinee.system)
    yield from examine_packages(examinee)
    yield from board_findings.examine_board(board)
    yield from board_findings.examine_parts(board)
    yield from board_findings.examine_access(examinee, board)
    reading = read_soc(examinee.root)
    files = (
        machine.examine_memory(reading),
        machine.examine_heat(reading),
        board_findings.examine_power(board),
        board_findings.examine_throttling(reading),
        examine_watchdog(examinee.root) if board.is_jetson or read_watchdogs(examinee.root) else None,
    )
    yield from filter(None, files)
    yield machine.examine_clock(examinee.clock)
    yield from examine_capture(examinee, board)
    yield from tensorrt_findings.examine_jetson_utils(examinee)


def examine_capture(examinee: Examinee, board: Board) -> Iterator[Finding]:
    """Say which capture libraries work and what each decodes with."""
    from edge.capture.rows import CODECS

    if examinee.has_module("av"):
        yield well("capture", "PyAV: files and RTSP, decoded in software")
    else:
        yield broken("capture", "PyAV is absent", "pip install av")
    gst = examinee.gst
    if gst.fault:
        cure = f"apt install python3-gi {GST_PACKAGES}; PyAV serves till then"
        yield doubtful("capture", f"GStreamer cannot be used: {gst.fault}", cure)
        return
    decoders = {row.codec: [one for one in row.decoders if one.element in gst.elements] for row in CODECS.values()}
    best = [f"{codec} {found[0].element}" for codec, found in decoders.items() if found and codec != "raw"]
    yield well("capture", f"GStreamer {gst.version}: {', '.join(best)}")
    lacking = [codec for codec in ("h264", "h265", "mjpeg") if not decoders.get(codec)]
    if lacking:
        yield doubtful("capture", f"GStreamer has no decoder for {', '.join(lacking)}", f"apt install {GST_PACKAGES}")
    hardware = any(decoder.family != "software" for found in decoders.values() for decoder in found)
    if not hardware and board.has_gpu:
        said = "NVIDIA hardware is here, but no decoder of it: video is decoded in software"
        yield doubtful("capture", said, _decoder_cure(board))


def _decoder_cure(board: Board) -> str:
    if not board.is_jetson:
        return "install the driver's video libraries and gstreamer1.0-plugins-bad"
    if board.packages and "nvidia-l4t-gstreamer" not in board.packages:
        return "apt install nvidia-l4t-gstreamer"
    # GStreamer remembers a plugin that failed once, and does not try it again.
    return "rm ~/.cache/gstreamer-1.0/registry.*; gst-inspect-1.0 nvv4l2decoder then says what it lacks"


def here(clock: Clock) -> Examinee:
    """Return this machine, GStreamer included."""
    return this_machine(clock, _gst())


def _gst() -> Gst:
    try:
        from edge.capture.gst_inspect import inspect
        from edge.capture.gst_runtime import version
    except (ImportError, ValueError) as error:
        return Gst(fault=str(error))
    found = inspect(_elements())
    return Gst(version(), elements={name: Element(plugin, properties) for name, (plugin, properties) in found.items()})


def _elements() -> list[str]:
    """Return the names of all elements that a pipeline may be made of."""
    from edge.capture.rows import CODECS, RTP, SINK, SOURCES, elements_of

    rows = [SINK, *(source.chain for source in SOURCES.values()), *(depay for depay, _ in RTP.values())]
    for codec in CODECS.values():
        rows += [codec.parser, *(decoder.chain for decoder in codec.decoders)]
    return sorted({name for row in rows for name in elements_of(row)})
