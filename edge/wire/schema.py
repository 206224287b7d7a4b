"""The published contract as JSON Schema, for integrators who generate or check their own readers."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.types import EventKind
from edge.wire.events import shape_of, type_of
from edge.wire.scalars import Dhash, Instant
from edge.wire.shapes import EnvelopeV1


def event_schema() -> bytes:
    """Return a JSON Schema (draft 2020-12) of every event, indented; fields it does not name may be added later."""
    shapes = {kind: shape_of(kind) for kind in EventKind}
    refs, defs = msgspec.json.schema_components(
        [EnvelopeV1, *shapes.values()], schema_hook=_scalar, ref_template="#/$defs/{name}"
    )
    envelope, *bodies = refs
    kinds = [
        {"properties": {"type": {"const": type_of(kind)}, "data": body}}
        for kind, body in zip(shapes, bodies, strict=True)
    ]
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event of a gate camera, CloudEvents 1.0 in structured mode",
        **envelope,
        "oneOf": kinds,
        "$defs": defs,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def _scalar(scalar: type) -> dict[str, Any]:
    if scalar is Instant:
        return {"type": "string", "format": "date-time", "pattern": r"Z$"}
    if scalar is Dhash:
        return {"type": "string", "pattern": "^[0-9a-f]{16}$"}
    if scalar is msgspec.Raw:
        return {}
    raise NotImplementedError(scalar)
