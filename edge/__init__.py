"""Edge video analytics for gate cameras: video in, gate events out over MQTT."""

__version__ = "0.1.0"
