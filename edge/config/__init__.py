"""The configuration: one commented TOML file, loaded into frozen typed values."""

from __future__ import annotations

from edge.config.masking import mask_uri
from edge.config.model import (
    Boom,
    Camera,
    Config,
    Device,
    Hours,
    Line,
    Mask,
    Models,
    Mqtt,
    Registry,
    Retention,
    Road,
    Rule,
    Site,
    Store,
    Zone,
)

__all__ = [
    "Boom",
    "Camera",
    "Config",
    "Device",
    "Hours",
    "Line",
    "Mask",
    "Models",
    "Mqtt",
    "Registry",
    "Retention",
    "Road",
    "Rule",
    "Site",
    "Store",
    "Zone",
    "mask_uri",
]
