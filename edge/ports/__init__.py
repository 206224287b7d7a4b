"""The ports: what the pipeline and the relay see of the outside world. The contract is in the docstrings.

One contract test per port in tests/contracts runs every available variant and the fake.
"""

from edge.ports.boom import BoomInput, BoomOutput, Edge
from edge.ports.capture import Frame, FrameSource, Letterboxed, SourceSpec
from edge.ports.delivery import Broker, EventStore, Message, OutboxRow, OutboxStage
from edge.ports.inference import Detector, Engine, TensorSpec
from edge.ports.reading import DeskCost, FramePlateReader, Look, PlateCropReader, PlateFinder, PlateReader, ReadingDesk

__all__ = [
    "BoomInput",
    "BoomOutput",
    "Broker",
    "DeskCost",
    "Detector",
    "Edge",
    "Engine",
    "EventStore",
    "Frame",
    "FramePlateReader",
    "FrameSource",
    "Letterboxed",
    "Look",
    "Message",
    "OutboxRow",
    "OutboxStage",
    "PlateCropReader",
    "PlateFinder",
    "PlateReader",
    "ReadingDesk",
    "SourceSpec",
    "TensorSpec",
]
