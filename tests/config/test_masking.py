"""Passwords and tokens never show."""

from __future__ import annotations

import pytest

from edge.config.load import parse_config
from edge.config.masking import mask_uri
from edge.config.show import to_toml


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://user:pw@host:554/s", "rtsp://user:***@host:554/s"),
        ("rtsp://user:p@ss@host/s", "rtsp://user:***@host/s"),
        ("rtsp://token@host/s", "rtsp://***@host/s"),
        ("rtsp://host/user=a&password=b", "rtsp://host/user=a&password=***"),
        ("srt://host:9000?mode=caller&passphrase=abc", "srt://host:9000?mode=caller&passphrase=***"),
        ("https://h/live.m3u8?access_token=abc#x", "https://h/live.m3u8?access_token=***#x"),
        ("two rtsp://a:b@h/1 and rtsp://c:d@h/2", "two rtsp://a:***@h/1 and rtsp://c:***@h/2"),
        ("test://gate", "test://gate"),
        ("/srv/me@home/clip.mp4", "/srv/me@home/clip.mp4"),
    ],
)
def test_an_address_keeps_its_shape_and_loses_its_secrets(address: str, shown: str) -> None:
    assert mask_uri(address) == shown


SECRETS = """\
[device]
id = "box-1"
[site]
id = "quarry"
[[camera]]
id = "gate"
source = "rtsp://viewer:hunter2@h/s"
[mqtt]
url = "mqtt://h"
username = "u"
password = "swordfish"
"""


def test_neither_repr_nor_show_gives_a_secret_away() -> None:
    config = parse_config(SECRETS, "edge.toml")
    for shown in (repr(config), str(config), f"{config.mqtt}", to_toml(config)):
        assert "hunter2" not in shown
        assert "swordfish" not in shown
        assert "viewer" in shown or "mqtt://h" in shown


def test_the_program_itself_still_has_the_secret() -> None:
    config = parse_config(SECRETS, "edge.toml")
    assert (config.mqtt.password, config.cameras[0].source) == ("swordfish", "rtsp://viewer:hunter2@h/s")


def test_what_is_shown_loads_again_to_the_same_values_but_for_the_secrets() -> None:
    plain = SECRETS.replace("viewer:hunter2@", "").replace('password = "swordfish"\n', "")
    config = parse_config(plain, "edge.toml")
    assert parse_config(to_toml(config), "shown.toml") == config
