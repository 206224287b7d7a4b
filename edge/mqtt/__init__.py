"""The MQTT side: how events leave the device. paho-mqtt is imported only when a broker is really wanted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from edge.config.model import Mqtt
from edge.ports import Broker

if TYPE_CHECKING:
    from edge.mqtt.embedded import LocalBroker

__all__ = ["connect_broker", "local_broker"]


def connect_broker(cfg: Mqtt, client_id: str) -> Broker:
    """Return the broker that `[mqtt]` names, ready for its first `connect`; nothing touches the network here.

    Raises:
        ConfigError: the url, a certificate file or the password file is wrong.
    """
    from edge.mqtt.address import address_of  # noqa: PLC0415 - see the module's docstring
    from edge.mqtt.paho import PahoBroker  # noqa: PLC0415 - as above

    return PahoBroker(address_of(cfg), client_id, version=cfg.version, keepalive_s=cfg.keepalive_s)


def local_broker() -> AbstractContextManager[LocalBroker]:
    """Run a broker on a free loopback port while the context lasts: Mosquitto where it is installed, else amqtt.

    Raises:
        BrokerDown: neither is installed, or the one that is does not start.
    """
    from edge.mqtt.embedded import run_local_broker  # noqa: PLC0415 - see the module's docstring

    return run_local_broker()
