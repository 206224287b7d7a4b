"""The configuration file while somebody draws: read, judged by the product's own loader, replaced in one step."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec.structs import asdict

from edge.aim.drawing import DECIMALS, Drawing, Drawn, drawing_of
from edge.config import Camera, Config
from edge.config.load import parse_config, read_text
from edge.errors import ConfigError, UsageError


class ChangedMeanwhile(ConfigError):
    """Somebody else wrote the file since it was read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The file at one moment. `revision` is the SHA-256 of its text: the running service knows it by that, too."""

    text: str
    config: Config
    camera: Camera

    @property
    def revision(self) -> str:
        """Name of this text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def drawing(self) -> Drawing:
        """What it draws on the camera's picture."""
        return drawing_of(self.config, self.camera)


class ConfigKeeper:
    """One camera's part of one configuration file.

    Raises:
        ConfigError: the file cannot be read or is wrong.
        UsageError: it has no such camera.
    """

    def __init__(self, path: Path, camera_id: str) -> None:
        self.path = path
        self._camera_id = camera_id
        self.read()

    def read(self) -> Kept:
        """Return the file as it is now. Raises as the constructor."""
        text = read_text(self.path)
        return self._judged(text)

    def save(self, wanted: Drawing, revision: str) -> Kept:
        """Replace the file by one with `wanted`, drawn on what `revision` held; it stays as it is unless all is well.

        Raises:
            ChangedMeanwhile: it no longer holds that.
            ConfigError: the drawing is wrong: a line for each fault, with line numbers of the file it would have been.
        """
        from edge.aim.rewrite import rewrite  # noqa: PLC0415 - an extra that only saving needs

        kept = self.read()
        if kept.revision != revision:
            raise ChangedMeanwhile(
                f"{self.path}: was changed by somebody else meanwhile; reload the page and draw again"
            )
        saved = self._judged(rewrite(kept.text, self._camera_id, kept.drawing, wanted))
        if _shown(saved.drawing) != _shown(wanted) or _without(saved) != _without(kept):
            raise ConfigError(f"{self.path}: it is laid out in a way that is not understood; edit it by hand")
        if saved.text != kept.text:
            replace_text(self.path, saved.text)
        return saved

    def _judged(self, text: str) -> Kept:
        config = parse_config(text, str(self.path))
        for camera in config.cameras:
            if camera.id == self._camera_id:
                return Kept(text, config, camera)
        known = ", ".join(camera.id for camera in config.cameras)
        raise UsageError(f"{self._camera_id}: {self.path} has no such camera; it has {known}")


def replace_text(path: Path, text: str) -> None:
    """Put `text` in the place of a file in one step, with the old one's mode and owner; a link keeps leading there.

    Raises:
        ConfigError: the folder or the file cannot be written; the file is as it was.
    """
    target = path.resolve()
    try:
        old = target.stat()
        handle, fresh = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(handle, old.st_uid, old.st_gid)
                os.fchmod(handle, old.st_mode & 0o7777)
                file.flush()
                os.fsync(handle)
            Path(fresh).replace(target)
        finally:
            Path(fresh).unlink(missing_ok=True)  # still there only when it did not take the file's place
    except OSError as error:
        cure = "run as root or as the owner of the file and its folder"
        raise ConfigError(f"{path}: cannot be saved: {error.strerror}; {cure}") from error


def _shown(drawing: Drawing) -> list[set[object]]:
    """Return a drawing so that two compare that say the same, whatever their order and the last decimals."""
    return [{_plain(one) for one in part} for part in (drawing.lines, drawing.zones, drawing.masks, drawing.roads)]


def _plain(one: Drawn) -> tuple[object, ...]:
    values = (value for name, value in asdict(one).items() if name != "was")
    return tuple(
        value if isinstance(value, str) else tuple(round(side, DECIMALS) for point in value for side in point)
        for value in values
    )


def _without(kept: Kept) -> Config:
    """Return what the drawing says nothing about."""
    bare = replace(kept.camera, lines=(), zones=(), masks=())
    cameras = tuple(bare if camera == kept.camera else camera for camera in kept.config.cameras)
    return replace(kept.config, cameras=cameras, roads=())
