"""The ports: what the pipeline and the relay see of the outside world. The contract is in the docstrings.

One contract test per port in tests/contracts runs every available variant and the fake.
"""

from edge.ports.allowance import Allowance
from edge.ports.boom import BoomInput, BoomOutput, Edge
from edge.ports.capture import Frame, FrameSource, Letterboxed, SourceSpec, Tensorised, TensorOrder
from edge.ports.delivery import Broker, EventStore, Message, OutboxRow, OutboxStage
from edge.ports.device import DevicePicture, DevicePlanes, DeviceTensor, Masks, PictureForm, PictureMemory
from edge.ports.inference import Detector, Engine, Feeds, Pending, TensorSpec
from edge.ports.reading import DeskCost, FramePlateReader, Look, PlateCropReader, PlateFinder, PlateReader, ReadingDesk

__all__ = [
    "Allowance",
    "BoomInput",
    "BoomOutput",
    "Broker",
    "DeskCost",
    "Detector",
    "DevicePicture",
    "DevicePlanes",
    "DeviceTensor",
    "Edge",
    "Engine",
    "EventStore",
    "Feeds",
    "Frame",
    "FramePlateReader",
    "FrameSource",
    "Letterboxed",
    "Look",
    "Masks",
    "Message",
    "OutboxRow",
    "OutboxStage",
    "Pending",
    "PictureForm",
    "PictureMemory",
    "PlateCropReader",
    "PlateFinder",
    "PlateReader",
    "ReadingDesk",
    "SourceSpec",
    "TensorOrder",
    "TensorSpec",
    "Tensorised",
]
