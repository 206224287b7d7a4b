"""The Mosquitto configuration that we deliver: nobody without a password, no device under another's name, TLS."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.model import Mqtt
from edge.errors import BrokerDown, ConfigError
from edge.mqtt import connect_broker
from edge.mqtt.subscriber import Subscriber
from edge.ports import Broker, Message
from edge.wire import topic
from tests.system.mosquitto import Mosquitto, needs_mosquitto

pytestmark = [pytest.mark.system, needs_mosquitto]

DEPLOY = Path(__file__).parents[2] / "deploy" / "mosquitto"
SITE = "depot"
PASSWORDS = {"gate-7": "seven", "gate-8": "eight", "control-room": "room", "integrator": "listens"}


def delivered_lines(folder: Path, *, tls: bool) -> list[str]:
    """Return edge.conf with our folder in place of the system's, changed for TLS as its comments say."""
    lines = []
    for line in (DEPLOY / "edge.conf").read_text("utf-8").splitlines():
        if tls:
            if line == "listener 1883":
                continue
            if re.match(r"#(listener|cafile|certfile|keyfile) ", line):
                line = line.removeprefix("#")  # noqa: PLW2901 - what the comment asks the reader to do
        lines.append(
            re.sub(r"^listener \d+$", "listener {port} 127.0.0.1", line.replace("/etc/mosquitto/", f"{folder}/"))
        )
    return [*lines, f"persistence_location {folder}/"]


def prepare(folder: Path, *, tls: bool = False) -> Mosquitto:
    (folder / "edge.acl").write_bytes((DEPLOY / "edge.acl").read_bytes())
    passwords = folder / "edge.passwd"
    passwords.touch()
    for name, password in PASSWORDS.items():
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), name, password], check=True, capture_output=True)
    return Mosquitto(folder, delivered_lines(folder, tls=tls))


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = prepare(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def as_user(url: str, name: str, **more: str) -> Mqtt:
    return Mqtt(url=url, username=name, password=PASSWORDS.get(name, "guess"), **more)  # type: ignore[arg-type]  # texts only


def connect(cfg: Mqtt, device: str = "gate-7") -> Broker:
    status = topic(SITE, device, "status")
    broker = connect_broker(cfg, f"{SITE}-{cfg.username}")
    broker.connect(Message(status, b"online", retain=True), Message(status, b"gone", retain=True), ())
    return broker


def test_a_device_publishes_under_its_own_name_and_the_control_room_hears_it(plain: Mosquitto) -> None:
    with Subscriber(as_user(plain.url, "control-room"), SITE, "gate-7", answers=False) as room:
        broker = connect(as_user(plain.url, "gate-7"))
        broker.publish(Message(topic(SITE, "gate-7", "event"), b"1"))
        assert broker.acked(5.0)
        with room._changed:
            assert room._changed.wait_for(lambda: any(m.payload == b"1" for m in room.messages), 5)
        broker.close()


def test_a_device_under_another_name_is_refused_in_one_line(plain: Mosquitto) -> None:
    broker = connect(as_user(plain.url, "gate-7", version="5"))
    broker.publish(Message(topic(SITE, "gate-8", "event"), b"a lie"))
    with pytest.raises(BrokerDown, match="not authorised while publishing; check mqtt") as caught:
        broker.acked(5.0)
    assert "\n" not in str(caught.value)
    broker.close()


def test_a_device_cannot_speak_for_the_control_room(plain: Mosquitto) -> None:
    broker = connect(as_user(plain.url, "gate-7", version="5"))
    broker.publish(Message(topic(SITE, "gate-7", "cmd"), b"{}"))
    with pytest.raises(BrokerDown, match="not authorised"):
        broker.acked(5.0)
    broker.close()


def test_a_device_does_not_hear_another_ones_events(plain: Mosquitto) -> None:
    nosy = connect_broker(as_user(plain.url, "gate-8"), "nosy")
    status = topic(SITE, "gate-8", "status")
    nosy.connect(Message(status, b"1"), Message(status, b"0"), (topic(SITE, "gate-7", "event"),))
    with Subscriber(as_user(plain.url, "control-room"), SITE, "gate-7", answers=False) as room:
        broker = connect(as_user(plain.url, "gate-7"))
        broker.publish(Message(topic(SITE, "gate-7", "event"), b"1"))
        assert broker.acked(5.0)
        with room._changed:
            assert room._changed.wait_for(lambda: any(m.payload == b"1" for m in room.messages), 5)
        nosy.acked(0.2)
        assert nosy.received() == ()
        broker.close()
    nosy.close()


@pytest.mark.parametrize("version", ["5", "3.1.1", "auto"])
@pytest.mark.parametrize("name", ["gate-9", "gate-7", ""])
def test_a_wrong_or_missing_password_is_one_line_with_the_cure(plain: Mosquitto, name: str, version: str) -> None:
    cfg = Mqtt(url=plain.url, username=name, password="wrong", version=version)  # noqa: S106 - meant to be wrong
    with pytest.raises(BrokerDown) as caught:
        connect(cfg)
    wanted = r"broker mqtt://127\.0\.0\.1:\d+: not authorised while connecting; check mqtt\.username, mqtt\.pass.*"
    assert re.fullmatch(wanted, str(caught.value))
    assert "wrong" not in str(caught.value)


def test_the_password_may_stand_in_a_file(plain: Mosquitto, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("seven\nanything below is not read\n", "utf-8")
    broker = connect(Mqtt(url=plain.url, username="gate-7", password_file=str(secret)))
    assert broker.connected
    broker.close()


class Authority:
    """A certificate authority of a test's own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.crt, self.key = folder / f"{name}.crt", folder / f"{name}.key"
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"),
            *("-keyout", str(self.key), "-out", str(self.crt)),
        )

    def sign(self, name: str, alternative: str, days: str = "2") -> tuple[Path, Path]:
        """Return certificate and key for a name, good for `alternative`."""
        crt, key, request, extra = (self.folder / f"{name}.{end}" for end in ("crt", "key", "csr", "ext"))
        extra.write_text(f"subjectAltName={alternative}\n", "utf-8")
        self._openssl(
            *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request))
        )
        self._openssl(
            *("x509", "-req", "-in", str(request), "-CA", str(self.crt), "-CAkey", str(self.key), "-CAcreateserial"),
            *("-days", days, "-extfile", str(extra), "-out", str(crt)),
        )
        return crt, key

    @staticmethod
    def _openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "ca")


@pytest.fixture(scope="module")
def stranger(authority: Authority) -> Authority:
    return Authority(authority.folder, "stranger")


def start_tls(folder: Path, authority: Authority, *, alternative: str, days: str = "2", extra: str = "") -> Mosquitto:
    broker = prepare(folder, tls=True)
    certs = folder / "certs"
    certs.mkdir()
    crt, key = authority.sign(f"server-{folder.name}", alternative, days)
    (certs / "ca.crt").write_bytes(authority.crt.read_bytes())
    (certs / "server.crt").write_bytes(crt.read_bytes())
    (certs / "server.key").write_bytes(key.read_bytes())
    if extra:
        broker.add(extra)
    broker.start()
    return broker


def tls_url(broker: Mosquitto, host: str = "localhost") -> str:
    return f"mqtts://{host}:{broker.port}"


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_over_tls_with_the_right_authority_it_works(tmp_path: Path, authority: Authority, version: str) -> None:
    server = start_tls(tmp_path, authority, alternative="DNS:localhost,IP:127.0.0.1")
    try:
        cfg = as_user(tls_url(server), "gate-7", ca_file=str(authority.crt), version=version)
        broker = connect(cfg)
        token = broker.publish(Message(topic(SITE, "gate-7", "event"), b"x" * 100_000))
        assert broker.acked(5.0) == (token,)
        assert broker.label.startswith("mqtts://localhost:")
        broker.close()
    finally:
        server.stop()


def test_tls_failures_name_cause_and_cure(tmp_path: Path, authority: Authority, stranger: Authority) -> None:
    server = start_tls(tmp_path, authority, alternative="DNS:broker.example")
    name = f"broker mqtts://localhost:{server.port}: "
    try:
        cases = {
            "": "TLS failed, an unknown authority signed its certificate; set mqtt.ca_file to that authority",
            str(
                stranger.crt
            ): "TLS failed, an unknown authority signed its certificate; set mqtt.ca_file to that authority",
            str(authority.crt): "TLS failed, its certificate is for another host name; use the name in the certificate"
            " in mqtt.url",
        }
        for ca_file, message in cases.items():
            with pytest.raises(BrokerDown) as caught:
                connect(as_user(tls_url(server), "gate-7", ca_file=ca_file))
            assert str(caught.value) == name + message
    finally:
        server.stop()


def test_plain_words_to_a_tls_port_and_the_other_way_round(
    tmp_path: Path, authority: Authority, plain: Mosquitto
) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    server = start_tls(folder, authority, alternative="DNS:localhost")
    try:
        with pytest.raises(BrokerDown, match=r"closed the connection without an answer; .* mqtts://"):
            connect(as_user(server.url, "gate-7"))
        with pytest.raises(BrokerDown, match="the port does not speak TLS; use the broker's TLS port, or mqtt://"):
            connect(as_user(tls_url(plain), "gate-7", ca_file=str(authority.crt)))
    finally:
        server.stop()


def test_a_broker_that_wants_a_certificate_says_so_and_takes_the_right_one(
    tmp_path: Path, authority: Authority, stranger: Authority
) -> None:
    server = start_tls(tmp_path, authority, alternative="DNS:localhost", extra="require_certificate true")
    try:
        without = as_user(tls_url(server), "gate-7", ca_file=str(authority.crt))
        with pytest.raises(BrokerDown, match="client certificate"):
            connect(without)
        crt, key = stranger.sign("impostor", "DNS:gate-7")
        with pytest.raises(BrokerDown, match=r"does not trust our certificate|may want a client certificate"):
            connect(_with(without, crt, key))
        crt, key = authority.sign("gate-7", "DNS:gate-7")
        broker = connect(_with(without, crt, key))
        assert broker.connected
        broker.close()
        with pytest.raises(ConfigError, match=r"mqtt\.cert_file: cannot use .*belong together"):
            connect_broker(_with(without, crt, stranger.key), "x")
    finally:
        server.stop()


def _with(cfg: Mqtt, crt: Path, key: Path) -> Mqtt:
    return Mqtt(
        url=cfg.url,
        username=cfg.username,
        password=cfg.password,
        ca_file=cfg.ca_file,
        cert_file=str(crt),
        key_file=str(key),
    )
