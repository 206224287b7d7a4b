"""`[mqtt]` as an address: what is wrong in the configuration is found before anything connects."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.config.model import Mqtt
from edge.errors import ConfigError
from edge.mqtt import connect_broker
from edge.mqtt.address import Address, address_of


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("mqtt://gate.lan", "gate.lan", 1883),
        ("mqtt://gate.lan:1884/", "gate.lan", 1884),
        ("mqtt://10.0.0.2:1", "10.0.0.2", 1),
        ("mqtt://[fe80::1]:1883", "fe80::1", 1883),
        ("mqtts://gate.lan", "gate.lan", 8883),
    ],
)
def test_a_url_gives_host_and_port(url: str, host: str, port: int) -> None:
    address = address_of(Mqtt(url=url))
    assert (address.host, address.port) == (host, port)
    assert (address.tls is not None) == url.startswith("mqtts")


def test_an_address_is_written_as_a_url_and_never_shows_the_password() -> None:
    address = Address("fe80::1", 1883, "gate-7", "secret")
    assert str(address) == "mqtt://[fe80::1]:1883"
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gate.lan",
        "gate.lan:1883",
        "http://gate.lan",
        "ws://gate.lan",
        "mqtt://",
        "mqtt://gate.lan:port",
        "mqtt://gate.lan:70000",
        "mqtt://[fe80::1",
        "mqtt://gate..lan",
        "mqtt://" + "a" * 64,
        "mqtt://gate.lan/topic",
        "mqtt://gate.lan?x=1",
        "mqtt://me:secret@gate.lan",
    ],
)
def test_anything_else_is_refused_in_one_line_without_secrets(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^mqtt\.url: ") as caught:
        address_of(Mqtt(url=url))
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_password_file_counts_by_its_first_line(tmp_path: Path) -> None:
    first, file = "tell nobody", tmp_path / "password"
    file.write_text(f"{first}\nsecond\n", "utf-8")
    assert address_of(Mqtt(url="mqtt://h", password_file=str(file))).password == first


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_password_file_that_is_missing_empty_or_no_text_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^mqtt\.password_file: ") as caught:
        address_of(Mqtt(url="mqtt://h", password_file=str(file)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["ca_file", "cert_file"])
@pytest.mark.parametrize("content", [None, b"", b"no PEM"])
def test_a_certificate_that_is_missing_or_no_pem_is_refused(tmp_path: Path, key: str, content: bytes | None) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"^mqtt\.{key}: cannot use .*file\.pem") as caught:
        connect_broker(Mqtt(url="mqtts://h", **{key: str(file)}), "device")  # type: ignore[arg-type]  # a text key
    assert "\n" not in str(caught.value)


def test_a_key_without_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^mqtt\.key_file: given without mqtt\.cert_file"):
        address_of(Mqtt(url="mqtts://h", key_file=str(tmp_path / "key")))
