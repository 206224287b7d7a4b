"""The decoder trial: hardware decoders lie, so each decodes our clips beside software before it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from edge.capture import rows
from edge.capture.golden_clips import GoldenClip, clips_of
from edge.capture.launch import Present
from edge.capture.rows import CodecRow, DecoderRow
from edge.capture.trial_compare import check_reference, find_fault
from edge.capture.trial_run import Failed, Patience, Trace, decode_apart
from edge.errors import SourceBroken

MEASURABLE_S = 0.001
"""Below a millisecond a picture in software, what it costs to hand one on is as much as to decode it."""
SOFTWARE_SHARE = 0.8
"""An element that calls itself hardware must spare at least a fifth of software's processor time.

Cutting, copying and handing on cost both the same, some tenths of a millisecond of software's two or more.
"""
UNNAMED_SHARE = 0.6
"""One that does not has to spare more. It may still be hardware: NVIDIA's `nvv4l2decoder` is in the class
`Codec/Decoder/Video`, without the word."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial came to: `refused` is the reason, empty when the decoder is believed.

    `flaws`: colours that a stream's flags ask for and it does not show; cameras set otherwise are served well.
    `share` is its processor time for a picture over software's, None where that cannot be measured.
    """

    decoder: DecoderRow
    codec: str
    refused: str = ""
    flaws: tuple[str, ...] = ()
    pictures: int = 0
    share: float | None = None


def try_decoder(row: DecoderRow, codec: str, klass: str, patience: Patience | None = None) -> Verdict:
    """Let a decoder decode every clip of a codec, each in a process of its own, and compare.

    `klass` is what its element calls itself, with `Hardware` in it or not; a row of family software is not asked to
    spare any processor time.

    Raises:
        SourceBroken: software itself does not show our clip here: there is nothing to compare with.
    """
    flaws: list[str] = []
    pictures, share = 0, None
    for clip in clips_of(codec):
        try:
            trace = decode_apart(clip, row, patience)
        except Failed as error:
            return Verdict(row, codec, str(error))
        reference = software(clip)
        fault = find_fault(trace, reference, clip)
        if fault is not None and not (fault.by_flag and clip.by_flag):
            return Verdict(row, codec, fault.said)
        flaws += [fault.said] if fault else []
        pictures += len(trace.luma)
        if share is None and reference.cpu_s >= MEASURABLE_S:
            share = trace.cpu_s / reference.cpu_s
    refused = software_in_disguise(klass, share) if row.family != "software" else ""
    return Verdict(row, codec, refused, tuple(flaws), pictures, share)


def software_in_disguise(klass: str, share: float | None) -> str:
    """Return why a decoder is taken for software, empty when it is not; see `Verdict` for `share`."""
    named = "Hardware" in klass
    if share is None or share < (SOFTWARE_SHARE if named else UNNAMED_SHARE):
        return ""
    unnamed = "" if named else f", and it does not call itself hardware ({klass or 'no class'})"
    return f"is software: it takes {share:.1f} of software's processor time{unnamed}"


@lru_cache(maxsize=8)
def software(clip: GoldenClip) -> Trace:
    """Return what software makes of a clip: PyAV's decoder, which is part of the product and the same on every board.

    Raises:
        SourceBroken: it does not show the pictures that were drawn.
    """
    try:
        trace = decode_apart(clip, None)
    except Failed as error:
        said = str(error)
    else:
        said = check_reference(trace, clip)
    if said:
        raise SourceBroken(f"{clip.path}: PyAV itself does not show our clip ({said}); install the product again")
    return trace


def present_rows(row: CodecRow, present: Present) -> tuple[DecoderRow, ...]:
    """Return the decoders of a codec whose elements are all installed."""
    return tuple(each for each in row.decoders if all(map(present, rows.elements_of(each.chain))))
