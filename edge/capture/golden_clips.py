"""The clips of the decoder trial: ours, rendered (`edge scene golden`), and what they hold.

No size is a multiple of 16, so every decoder has to cut its blocks to the picture. H.264 and H.265 are coded in another
order than they are shown in, AV1 and VP9 with pictures that are never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True)
class GoldenClip:
    """One clip: `caps` names its codec as `launch.CODECS` does; its pictures are numbered 0 to `pictures` - 1.

    `full_range` is limited range's opposite; such a clip is coded with the matrix of BT.601, the others with BT.709,
    and MJPEG, whose files are BT.601 over the full range by definition, is no exception.
    `by_flag` says that a decoder which shows only these colours wrong still serves cameras that are set otherwise.
    """

    name: str
    codec: str
    caps: str
    size_wh: tuple[int, int]
    pictures: int
    full_range: bool = False
    by_flag: bool = False

    @property
    def path(self) -> Path:
        """The file, inside the package."""
        return FOLDER / f"{self.name}.mp4"


_LARGE = (842, 474)
"""Large enough that software needs a millisecond and more for a picture, which a processor's clock can tell."""

CLIPS = (
    GoldenClip("h264", "h264", "video/x-h264", _LARGE, 40),
    GoldenClip("h264_full", "h264", "video/x-h264", (362, 202), 16, full_range=True, by_flag=True),
    GoldenClip("h265", "h265", "video/x-h265", _LARGE, 40),
    GoldenClip("mjpeg", "mjpeg", "image/jpeg", (410, 234), 12, full_range=True),
    GoldenClip("av1", "av1", "video/x-av1", _LARGE, 20),
    GoldenClip("vp9", "vp9", "video/x-vp9", _LARGE, 20),
)


def clip_named(name: str) -> GoldenClip:
    """Return a clip by its name; KeyError when there is none."""
    return {clip.name: clip for clip in CLIPS}[name]


def clips_of(codec: str) -> tuple[GoldenClip, ...]:
    """Return the clips that a decoder of this codec is tried with, the deciding one first."""
    return tuple(clip for clip in CLIPS if clip.codec == codec)
