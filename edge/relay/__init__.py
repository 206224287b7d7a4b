"""From the outbox to the broker, in seq order, until somebody has really stored it.

A broker acknowledges from memory, so its PUBACK only moves a row to BROKER_ACKED; a consumer that has stored everything
up to a seq says so on `…/ack`, and asks on `…/cmd` for a replay when it misses something. Duplicates are possible, loss
is not: (device, epoch, seq) tells them apart.
"""

from __future__ import annotations

from edge.relay.relay import Relay, RelaySettings, RelayState
from edge.relay.standing import Report

__all__ = ["Relay", "RelaySettings", "RelayState", "Report"]
