"""The topics of a device: `gate/v1/<site>/<device>/<channel>`. MQTT 5.0 section 4.7 says what a level may not hold."""

from __future__ import annotations

import re

from edge.errors import WireError

LEVEL = re.compile(r"[A-Za-z0-9._-]+")


def topic(site: str, device: str, channel: str) -> str:
    """Return the topic of a channel: event, anomaly, health, status, ack, cmd, evidence/<id>.

    Raises:
        WireError: a name that holds more than letters, digits, dot, dash and underscore.
    """
    for level in (site, device, *channel.split("/")):
        if not LEVEL.fullmatch(level):
            raise WireError(f"topic: bad name {level!r}; use letters, digits, dot, dash and underscore")
    return f"gate/v1/{site}/{device}/{channel}"
