"""A sequence on disk in the layout of the MOT challenge: pictures or a video, and who is where in them."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import ConfigError
from edge.types import CLASSES, VEHICLES
from edge.vision.frame import PlanarFrame
from edge.workshop.labelled import PICTURES
from edge.workshop.pictures import read_rgb
from edge.workshop.region import REGION_FILE, Region, read_region
from edge.workshop.texts import read_rows, read_text
from edge.workshop.tracks.mot_text import NO_CLASS, TRUTH_FILE, Truth, read_truth
from edge.workshop.video import frames_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from edge.ports import Frame

SEQUENCE_FILE, VEHICLES_FILE = "seqinfo.ini", "vehicles.csv"
_VEHICLE_CELLS = 3
_VEHICLES = frozenset(CLASSES.index(name) for name in VEHICLES)


@dataclass(frozen=True, slots=True, eq=False)
class MotSequence:
    """What `seqinfo.ini` says, and the truth of each frame from 1 inside the region.

    `media` is a video or a folder of pictures; `kinds` are the classes that count (indices into CLASSES): all vehicles
    as soon as one does, for which kind of vehicle it is matters less than that it is followed. `unnamed` says that the
    truth names no classes, so that it holds vehicles alone. `plated` are the ids of vehicles with plates, where
    `vehicles.csv` tells of them.
    """

    name: str
    folder: Path
    media: Path
    fps: float
    length: int
    size_wh: tuple[int, int]
    truth: Mapping[int, Truth]
    region: Region
    kinds: frozenset[int]
    unnamed: bool
    plated: frozenset[int]

    def frames(self) -> Iterator[Frame]:
        """Yield the frames in order; `mono_ns` is media time.

        Raises:
            ConfigError: a picture is missing, there are fewer frames than told, or they have another size.
            SourceBroken: the video cannot be decoded.
        """
        count = 0
        for frame in self._pictures() if self.media.is_dir() else frames_of(self.media):
            if frame.size_wh != self.size_wh:
                raise ConfigError(
                    f"{self.media}: frame {frame.seq + 1} has {frame.size_wh[0]}x{frame.size_wh[1]} pixels, "
                    f"{SEQUENCE_FILE} says {self.size_wh[0]}x{self.size_wh[1]}; correct imWidth and imHeight"
                )
            count += 1
            yield frame
            if count == self.length:
                return
        raise ConfigError(
            f"{self.media}: ends after {count} frames, {SEQUENCE_FILE} tells of {self.length}; correct seqLength"
        )

    def _pictures(self) -> Iterator[Frame]:
        for seq, path in enumerate(self.picture_files()):
            at_ns = round(seq * 1e9 / self.fps)
            yield PlanarFrame.from_rgb(
                read_rgb(path), camera_id="eval", seq=seq, wall_ns=at_ns, mono_ns=at_ns, pts_ns=at_ns
            )

    def picture_files(self) -> tuple[Path, ...]:
        """Return the pictures of frame 1 to the last; they are named by their numbers.

        Raises:
            ConfigError: one is missing.
        """
        paths = (path for path in self.media.iterdir() if path.suffix.lower() in PICTURES and path.stem.isdecimal())
        numbered = {int(path.stem): path for path in paths}
        missing = next((number for number in range(1, self.length + 1) if number not in numbered), None)
        if missing is not None:
            raise ConfigError(
                f"{self.media}: has no picture of frame {missing} of {self.length}; "
                f"pictures are named by their number, {missing:06d}.jpg"
            )
        return tuple(numbered[number] for number in range(1, self.length + 1))


def find_sequences(folders: Iterable[Path]) -> tuple[MotSequence, ...]:
    """Read the sequences in `folders`: each is one, or holds several side by side.

    Raises:
        ConfigError: there is none, or one of them is wrong.
    """
    found: list[MotSequence] = []
    for folder in folders:
        inside = [folder] if (folder / SEQUENCE_FILE).is_file() else _below(folder)
        found += [read_sequence(one) for one in inside]
    return tuple(found)


def _below(folder: Path) -> list[Path]:
    inside = sorted(path.parent for path in folder.glob(f"*/{SEQUENCE_FILE}"))
    if not inside:
        raise ConfigError(f"{folder}: has no {SEQUENCE_FILE}, nor has a folder in it; give a sequence folder")
    return inside


def read_sequence(folder: Path) -> MotSequence:
    """Read what a sequence folder says of itself; no picture is looked at.

    Raises:
        ConfigError: a file is missing, a key is, or what they say is wrong.
    """
    path = folder / SEQUENCE_FILE
    said = _section(path)
    fps, length = _positive(said, "frameRate", path), int(_positive(said, "seqLength", path))
    size_wh = int(_positive(said, "imWidth", path)), int(_positive(said, "imHeight", path))
    media = (folder / _text(said, "imDir", path)).resolve()
    if not media.exists():
        raise ConfigError(f"{path}: imDir is {said['imDir']}, and {media} is not there; name the pictures or the video")
    region = read_region(folder / REGION_FILE) if (folder / REGION_FILE).is_file() else Region()
    whole = read_truth(folder / TRUTH_FILE)
    if whole and max(whole) > length:
        raise ConfigError(
            f"{folder / TRUTH_FILE}: has boxes in frame {max(whole)}, {path} tells of {length} frames; correct one"
        )
    truth = {frame: boxes[region.counts(boxes.xyxy)] for frame, boxes in whole.items()}
    named = {int(kind) for boxes in whole.values() for kind in boxes.class_id[boxes.counts]}
    return MotSequence(
        name=_text(said, "name", path),
        folder=folder,
        media=media,
        fps=fps,
        length=length,
        size_wh=size_wh,
        truth=truth,
        region=region,
        kinds=_kinds(named),
        unnamed=NO_CLASS in named,
        plated=_plated(folder / VEHICLES_FILE),
    )


def _plated(path: Path) -> frozenset[int]:
    """Return the ids of those with plates in a list `id,class,plates`; none where there is no list."""
    cure = "write id,class,plates"
    if not path.is_file():
        return frozenset()
    ids = set()
    for line, cells in read_rows(path, cure):
        if len(cells) != _VEHICLE_CELLS or not cells[0].isdecimal():
            raise ConfigError(f"{path}:{line}: is no vehicle; {cure}")
        if cells[-1].strip():
            ids.add(int(cells[0]))
    return frozenset(ids)


def _kinds(named: set[int]) -> frozenset[int]:
    """Return the classes that count where those `named` are true; boxes without one are vehicles."""
    vehicles = not named or named & (_VEHICLES | {NO_CLASS})
    return frozenset(named - {NO_CLASS}) | (_VEHICLES if vehicles else frozenset())


def _section(path: Path) -> Mapping[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(path, "give a sequence folder"), str(path))
        return parser["Sequence"]
    except (configparser.Error, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{path}: {reason}; write [Sequence] and key=value lines below it") from error


def _text(said: Mapping[str, str], name: str, path: Path) -> str:
    if not said.get(name, "").strip():
        raise ConfigError(f"{path}: says no {name}; add the line {name}=…")
    return said[name].strip()


def _positive(said: Mapping[str, str], name: str, path: Path) -> float:
    word = _text(said, name, path)
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ConfigError(f"{path}: {name} is {word}; write a number above 0")
    return value
