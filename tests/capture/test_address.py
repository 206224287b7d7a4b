"""Source addresses: what they name, and that passwords stay out of sight."""

from __future__ import annotations

import pytest

from edge.capture.address import Kind, parse_address
from edge.errors import ConfigError


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        ("rtsp://10.0.0.2:554/stream1", Kind.RTSP, "rtsp://10.0.0.2:554/stream1"),
        ("RTSPS://cam/1", Kind.RTSP, "RTSPS://cam/1"),
        ("srt://10.0.0.2:9000?mode=caller", Kind.SRT, "srt://10.0.0.2:9000?mode=caller"),
        ("https://host/live.m3u8?token=1", Kind.HLS, "https://host/live.m3u8?token=1"),
        ("/video/gate.mp4", Kind.FILE, "/video/gate.mp4"),
        ("gate.mp4", Kind.FILE, "gate.mp4"),
        ("file:///video/a%20b.mp4", Kind.FILE, "/video/a b.mp4"),
        ("v4l2:///dev/video0", Kind.V4L2, "/dev/video0"),
        ("csi://0", Kind.CSI, "0"),
        ("test://gate", Kind.TEST, "gate"),
        ("replay:///frames?fps=5&live=1", Kind.REPLAY, "/frames"),
    ],
)
def test_each_scheme_names_its_kind_and_target(source: str, kind: Kind, target: str) -> None:
    address = parse_address(source)
    assert (address.kind, address.target) == (kind, target)


def test_options_of_our_own_schemes_are_taken_apart() -> None:
    assert parse_address("replay:///frames?fps=5&live=1").option == {"fps": "5", "live": "1"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "is empty"),
        ("ftp://host/a.mp4", "not known"),
        ("rtsp://", "names nothing"),
        ("rtsp:///stream", "names no host"),
        ("rtsp://host:port/x", "not a readable address"),
        ("csi://", "names nothing"),
        ("csi://left", "number"),
    ],
)
def test_an_address_that_names_nothing_is_refused_with_the_grammar(source: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refusal:
        parse_address(source)
    assert "\n" not in str(refusal.value)


def test_a_password_is_never_shown() -> None:
    address = parse_address("rtsp://admin:s3cr%40t@10.0.0.2/live")
    assert address.shown == "rtsp://admin:***@10.0.0.2/live"
    said = address.hide("cannot open rtsp://admin:s3cr%40t@10.0.0.2/live, login admin:s3cr@t")
    assert "s3cr" not in said
    assert parse_address("srt://host:9000?passphrase=tell&mode=caller").shown.endswith("?passphrase=***&mode=caller")


def test_an_unreadable_address_does_not_show_its_password_either() -> None:
    with pytest.raises(ConfigError) as refusal:
        parse_address("rtsp://admin:s3cret@host:port/x")
    assert "s3cret" not in str(refusal.value)
