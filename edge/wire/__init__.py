"""Event <-> bytes: CloudEvents 1.0 JSON in structured mode, the topics it travels on, and the messages about delivery.

Nothing outside this package knows JSON.
"""

from __future__ import annotations

from edge.wire.control import (
    Ack,
    Command,
    FetchEvidence,
    Replay,
    Status,
    decode_ack,
    decode_command,
    decode_sense,
    decode_status,
    encode_ack,
    encode_command,
    encode_status,
)
from edge.wire.events import (
    add_chain,
    decode_body,
    decode_event,
    encode_body,
    encode_event,
    encode_listed,
    source_of,
    split_chain,
    topic_of,
)
from edge.wire.scalars import Instant, format_dhash, format_time, parse_dhash, parse_time
from edge.wire.schema import event_schema
from edge.wire.topics import topic

__all__ = [
    "Ack",
    "Command",
    "FetchEvidence",
    "Instant",
    "Replay",
    "Status",
    "add_chain",
    "decode_ack",
    "decode_body",
    "decode_command",
    "decode_event",
    "decode_sense",
    "decode_status",
    "encode_ack",
    "encode_body",
    "encode_command",
    "encode_event",
    "encode_listed",
    "encode_status",
    "event_schema",
    "format_dhash",
    "format_time",
    "parse_dhash",
    "parse_time",
    "source_of",
    "split_chain",
    "topic",
    "topic_of",
]
