"""A broker of our own on a loopback port, for demo and tests: Mosquitto where it is installed, else amqtt (3.1.1)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.errors import BrokerDown
from edge.logs import get_log

_log = get_log("broker")
_START_S = 10.0
_END_S = 1.0
_MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
log_dest stderr
"""


@dataclass(frozen=True, slots=True)
class LocalBroker:
    """A broker that runs now: its address, its name for people, and the protocol version to come with."""

    url: str
    name: str
    version: str


@contextlib.contextmanager
def run_local_broker(prefer: str = "") -> Iterator[LocalBroker]:
    """Run a broker while the context lasts; `prefer` is `mosquitto` or `amqtt`, empty takes what is there.

    Raises:
        BrokerDown: none is installed, or the one that is does not start.
    """
    program = mosquitto_program()
    if prefer == "mosquitto" or (program and prefer != "amqtt"):
        if program is None:
            raise BrokerDown("broker mosquitto: not installed here; apt install mosquitto, or use amqtt")
        with _mosquitto(program) as broker:
            yield broker
    else:
        with _amqtt() as broker:
            yield broker


def mosquitto_program() -> str | None:
    """Return the path of Mosquitto; Debian puts it where only root's PATH looks."""
    return shutil.which("mosquitto", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin")))


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _mosquitto(program: str) -> Iterator[LocalBroker]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="edge-broker-") as folder:
        conf, log = Path(folder, "mosquitto.conf"), Path(folder, "log")
        # Started by root it would drop to a user that cannot read this private folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        conf.write_text(_MOSQUITTO.format(port=port) + user)
        with log.open("wb") as sink, running_mosquitto(program, conf, port, sink.fileno(), log):
            yield LocalBroker(f"mqtt://127.0.0.1:{port}", "Mosquitto", "auto")


@contextlib.contextmanager
def running_mosquitto(program: str, conf: Path, port: int, stderr: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one Mosquitto with a configuration of the caller's until the context ends.

    Raises:
        BrokerDown: it ended or does not listen; the last line of its log says why.
    """
    with subprocess.Popen([program, "-c", str(conf)], stdout=stderr, stderr=stderr) as process:  # noqa: S603 - found by us
        try:
            if not _listens(port, process):
                lines = log.read_text("utf-8", "replace").strip().splitlines() or ["it says nothing"]
                raise BrokerDown(f"broker mosquitto: does not start ({lines[-1]}); correct {conf}")
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def _amqtt() -> Iterator[LocalBroker]:
    try:
        from amqtt.broker import Broker  # noqa: PLC0415 - an extra that only the demo brings
        from amqtt.contexts import BrokerConfig, ListenerConfig  # noqa: PLC0415 - as above
    except ImportError as fault:
        raise BrokerDown("broker: neither Mosquitto nor amqtt is installed; apt install mosquitto") from fault
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    port = free_port()
    config = BrokerConfig(
        listeners={"default": ListenerConfig(bind=f"127.0.0.1:{port}")},
        plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    )
    ready, halt = threading.Event(), threading.Event()

    async def serve() -> None:
        # amqtt leaves the tasks of a client that vanished to fail alone; asyncio would print each as a traceback.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: _log.debug("amqtt: %s", fault["message"]))
        broker = Broker(config)
        await broker.start()
        ready.set()
        await asyncio.to_thread(halt.wait)
        with contextlib.suppress(asyncio.TimeoutError):
            # It waits for peers that connected and never said a word; ending the loop ends them as well.
            await asyncio.wait_for(broker.shutdown(), _END_S)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="amqtt", daemon=True)
    thread.start()
    try:
        if not ready.wait(_START_S):
            raise BrokerDown("broker amqtt: does not start; install Mosquitto instead")
        yield LocalBroker(f"mqtt://127.0.0.1:{port}", "amqtt (MQTT 3.1.1)", "3.1.1")
    finally:
        halt.set()
        thread.join(_START_S)
