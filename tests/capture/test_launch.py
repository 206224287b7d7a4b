"""The rows of elements: complete, parsed by GStreamer where installed, right as text where they are the board's."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from edge.capture import launch, rows
from edge.capture.address import Kind, parse_address
from edge.errors import ConfigError
from tests.capture.rows import texts

SOFTWARE = frozenset(
    {
        *("rtph264depay", "rtph265depay", "rtpjpegdepay", "rtpav1depay", "rtpmp4vdepay"),
        *("h264parse", "h265parse", "av1parse", "jpegparse", "vp9parse", "mpeg4videoparse", "identity"),
        *("avdec_h264", "avdec_h265", "av1dec", "jpegdec", "vp9dec", "vp8dec", "avdec_mpeg4"),
        *("videoconvert", "appsink", "parsebin", "hlsdemux"),
        *("rtspsrc", "srtsrc", "souphttpsrc", "filesrc", "v4l2src"),
    }
)
JETSON = SOFTWARE | {"nvv4l2decoder", "nvvidconv", "nvarguscamerasrc"}
DESKTOP = SOFTWARE | {"nvh264dec", "nvh265dec", "nvav1dec", "nvjpegdec", "nvvp9dec"}


def choice(have: frozenset[str] | set[str], wanted: str = "auto") -> launch.Choice:
    return launch.Choice(wanted, lambda name: name in have)


@pytest.mark.parametrize(
    ("have", "family", "element"),
    [
        (SOFTWARE, "software", "avdec_h264"),
        (JETSON, "nvv4l2", "nvv4l2decoder"),
        (DESKTOP, "nvdec", "nvh264dec"),
        (SOFTWARE - {"avdec_h264"} | {"openh264dec"}, "software", "openh264dec"),
    ],
)
def test_auto_takes_the_best_decoder_there_is(have: frozenset[str], family: str, element: str) -> None:
    tail = launch.tail_for("video/x-h264", None, choice(have))
    assert (tail.decoder.family, tail.decoder.element) == (family, element)


def test_asking_for_software_leaves_the_hardware_alone() -> None:
    assert launch.tail_for("video/x-h265", None, choice(JETSON, "software")).decoder.element == "avdec_h265"


def test_a_board_decodes_into_its_own_memory_and_brings_nv12_home() -> None:
    tail = launch.tail_for("application/x-rtp", "H265", choice(JETSON))
    assert tail.text == (
        "rtph265depay ! h265parse ! nvv4l2decoder name=decode ! "
        f"nvvidconv name=home ! video/x-raw,format=(string)NV12 ! {rows.SINK}"
    )
    assert ("enable-max-performance", True) in tail.decoder.settings
    assert tail.shown == "nvv4l2decoder (nvv4l2), letterboxed by the processor"
    jpeg = launch.tail_for("image/jpeg", None, choice(JETSON))
    assert ("mjpeg", True) in jpeg.decoder.settings


def test_a_csi_camera_stays_in_the_boards_memory_until_it_is_nv12() -> None:
    tail = launch.local_camera(parse_address("csi://0?width=1920&height=1080&fps=30"), choice(JETSON))
    assert tail.text == (
        "nvarguscamerasrc name=source ! "
        "video/x-raw(memory:NVMM),format=(string)NV12,width=(int)1920,height=(int)1080,framerate=(fraction)30/1 ! "
        f"nvvidconv name=decode ! video/x-raw,format=(string)NV12 ! {rows.SINK}"
    )


def test_the_mode_of_a_csi_sensor_goes_to_its_source() -> None:
    assert launch.camera_settings(parse_address("csi://1?mode=2")) == (("sensor-mode", 2),)
    assert launch.camera_settings(parse_address("csi://1")) == ()
    with pytest.raises(ConfigError, match="options are format, fps, height, width"):
        launch.local_camera(parse_address("v4l2:///dev/video0?mode=2"), choice(SOFTWARE))


def on_device(have: frozenset[str]) -> launch.Choice:
    return launch.Choice("auto", lambda name: name in have, on_device=True)


def test_pictures_stay_on_the_board_where_the_decoder_can_leave_them_there() -> None:
    tail = launch.tail_for("application/x-rtp", "H264", on_device(JETSON))
    assert tail.on_device
    assert tail.text == (
        "rtph264depay ! h264parse ! nvv4l2decoder name=decode ! "
        f"nvvidconv name=home ! video/x-raw(memory:NVMM),format=(string)NV12 ! {rows.DEVICE_SINK}"
    )
    assert tail.shown == "nvv4l2decoder (nvv4l2), picture stays on the device"
    camera = launch.local_camera(parse_address("csi://0"), on_device(JETSON))
    assert camera.text == (
        "nvarguscamerasrc name=source ! video/x-raw(memory:NVMM),format=(string)NV12 ! "
        f"nvvidconv name=decode ! video/x-raw(memory:NVMM),format=(string)NV12 ! {rows.DEVICE_SINK}"
    )


@pytest.mark.parametrize("have", [SOFTWARE, DESKTOP])
def test_pictures_come_home_where_no_decoder_can_leave_them_on_a_board(have: frozenset[str]) -> None:
    tail = launch.tail_for("video/x-h264", None, on_device(have))
    assert not tail.on_device
    assert tail.text.endswith(rows.SINK)


def test_fewer_pictures_wait_than_the_converters_pool_has() -> None:
    assert "max-buffers=2 " in rows.DEVICE_SINK
    assert int(dict(rows.CONVERTER)["output-buffers"]) >= 2 + 2  # those that wait, one in hand, one being written


def test_a_usb_cameras_mode_is_picked_by_its_options() -> None:
    tail = launch.local_camera(parse_address("v4l2:///dev/video0?format=mjpeg&width=1280&height=720"), choice(SOFTWARE))
    assert tail.text.startswith(
        "v4l2src name=source ! image/jpeg,width=(int)1280,height=(int)720 ! jpegparse ! jpegdec"
    )
    assert tail.codec == "mjpeg"


def test_raw_pictures_need_no_decoder_whichever_is_wanted() -> None:
    tail = launch.local_camera(parse_address("v4l2:///dev/video0"), choice(JETSON, "nvv4l2"))
    assert tail.decoder.element == "videoconvert"


@pytest.mark.parametrize("options", ["format=mp3", "size=10", "width=wide"])
def test_an_option_nobody_knows_is_refused(options: str) -> None:
    with pytest.raises(ConfigError):
        launch.local_camera(parse_address(f"v4l2:///dev/video0?{options}"), choice(SOFTWARE))


@pytest.mark.parametrize(
    ("lost", "package"),
    [
        ("avdec_h264", "gstreamer1.0-libav"),
        ("h264parse", "gstreamer1.0-plugins-bad"),
        ("rtph264depay", "gstreamer1.0-plugins-good"),
        ("videoconvert", "gstreamer1.0-plugins-base"),
    ],
)
def test_a_missing_element_names_the_package_that_brings_it(lost: str, package: str) -> None:
    have = SOFTWARE - {lost, "openh264dec"}
    with pytest.raises(ConfigError, match=package) as refusal:
        launch.tail_for("application/x-rtp", "H264", choice(have))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("caps", "encoding"), [("video/x-dirac", None), ("application/x-rtp", "VP8-STRANGE")])
def test_a_codec_without_a_row_is_refused_with_a_cure(caps: str, encoding: str | None) -> None:
    with pytest.raises(ConfigError, match=r"set the camera to H\.264 or H\.265"):
        launch.tail_for(caps, encoding, choice(SOFTWARE))


def test_every_element_of_every_row_has_a_package() -> None:
    chains = [row.chain for row in rows.SOURCES.values()]
    chains += [f"{row.parser} ! {decoder.chain}" for row in rows.CODECS.values() for decoder in row.decoders]
    chains += [depay for depay, _ in rows.RTP.values()]
    names = {name for chain in chains for name in rows.elements_of(chain)} - {"identity", "filesrc"}
    homeless = {name for name in names if rows.package_of(name).startswith("the GStreamer plugin")}
    assert not homeless


@pytest.mark.skipif(find_spec("gi") is None, reason="GStreamer's Python bindings (gi) are not installed")
class TestParsedByGStreamer:
    """Rows that are installed here are read by GStreamer itself."""

    @pytest.mark.parametrize("text", sorted({text for family, text in texts() if family != "source"}))
    def test_every_decoder_row_is_a_pipeline(self, text: str) -> None:
        from edge.capture.gst_runtime import Gst, is_installed  # noqa: PLC0415 - only where GStreamer is

        lacking = [name for name in rows.elements_of(text) if not is_installed(name)]
        if lacking:
            pytest.skip(f"not installed: {', '.join(lacking)}")
        built = Gst.parse_bin_from_description(text, True)  # noqa: FBT003 - the binding takes no keywords
        assert built.get_by_name("decode") is not None
        assert built.get_by_name("sink") is not None

    def test_the_sink_for_the_boards_memory_takes_nothing_else(self) -> None:
        from edge.capture.gst_runtime import Gst  # noqa: PLC0415 - only where GStreamer is

        caps = Gst.parse_launch(rows.DEVICE_SINK).get_property("caps")
        assert caps.get_features(0).contains("memory:NVMM")
        assert not caps.can_intersect(Gst.Caps.from_string("video/x-raw,format=NV12"))

    @pytest.mark.parametrize("kind", [Kind.RTSP, Kind.SRT, Kind.HLS, Kind.FILE, Kind.V4L2])
    def test_every_source_row_is_a_pipeline_and_takes_its_address(self, kind: Kind) -> None:
        from edge.capture.gst_runtime import Gst, is_installed  # noqa: PLC0415 - only where GStreamer is

        row = rows.SOURCES[kind]
        lacking = [name for name in rows.elements_of(row.chain) if not is_installed(name)]
        if lacking:
            pytest.skip(f"not installed: {', '.join(lacking)}")
        whole = Gst.parse_launch(row.chain)
        source = whole if whole.get_name() == "source" else whole.get_by_name("source")
        assert source.find_property(row.address_property) is not None
        assert {name for name, _ in row.settings if source.find_property(name) is None} <= {"auto-reconnect"}

    @pytest.mark.parametrize("encoding", rows.RTP)
    def test_every_payload_row_is_an_element(self, encoding: str) -> None:
        from edge.capture.gst_runtime import Gst, is_installed  # noqa: PLC0415 - only where GStreamer is

        depay, caps = rows.RTP[encoding]
        if not is_installed(rows.elements_of(depay)[0]):
            pytest.skip(f"not installed: {depay}")
        assert Gst.parse_launch(depay) is not None
        assert caps in rows.CODECS
