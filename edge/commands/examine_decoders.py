"""What `edge doctor` finds of GStreamer's decoders: each hardware decoder decodes our clips beside software."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from edge.clock import Clock
from edge.config import Config
from edge.errors import ConfigError, SourceBroken, StoreFailed
from edge.health.findings import Finding, broken, doubtful, from_error, well

if TYPE_CHECKING:
    from edge.capture.rows import CodecRow, DecoderRow
    from edge.capture.trial import Verdict

SUBJECT = "decoder"
_UPDATE = {
    "nvv4l2": "install the board's own nvidia-l4t-gstreamer and nvidia-l4t-multimedia anew",
    "nvdec": "update NVIDIA's driver and gstreamer1.0-plugins-bad",
    "software": "update the package that brings it",
}


def examine_decoders(config: Config | None, clock: Clock, *, every: bool = False) -> Iterator[Finding]:
    """Try every hardware decoder that is installed, with `every` the software ones too, and note what came of it.

    The note lies beside the configured store, where the service looks it up; without a configuration there is none.
    """
    try:
        from edge.capture import gst_runtime
    except (ImportError, ValueError):
        return  # `examine_capture` has said so: there is no decoder but PyAV's
    from edge.capture.rows import CODECS
    from edge.capture.trial import present_rows, try_decoder

    verdicts: list[Verdict] = []
    for row in CODECS.values():
        for decoder in _to_try(row, present_rows(row, gst_runtime.is_installed), every=every):
            try:
                verdict = try_decoder(decoder, row.codec, gst_runtime.klass_of(decoder.element))
            except SourceBroken as error:
                yield from from_error(SUBJECT, error)
                return
            verdicts.append(verdict)
            yield told(verdict, config)
    if verdicts:
        yield from _keep(verdicts, config, clock)


def _to_try(row: CodecRow, present: Sequence[DecoderRow], *, every: bool) -> Iterator[DecoderRow]:
    from edge.capture.golden_clips import clips_of

    if clips_of(row.codec):
        yield from (decoder for decoder in present if every or decoder.family != "software")


def told(verdict: Verdict, config: Config | None) -> Finding:
    """Return a verdict as a finding: a refused decoder fails where the configuration asks for it by name."""
    name = f"{verdict.decoder.element} {verdict.codec}"
    update = _UPDATE.get(verdict.decoder.family, _UPDATE["software"])
    if verdict.refused:
        family = verdict.decoder.family
        asked = config.cameras if config and family != "software" else ()  # of software there is another one
        askers = [camera.id for camera in asked if camera.decoder == family]
        if askers:
            cure = f'set decoder = "auto" for {", ".join(askers)}, or {update}'
            return broken(SUBJECT, f"{name}: {verdict.refused}", cure, ConfigError.exit_code)
        return doubtful(SUBJECT, f"{name}: {verdict.refused}", f"the next decoder serves till then; {update}")
    share = f", {verdict.share:.1f} of software's processor time" if verdict.share is not None else ""
    if verdict.flaws:
        cure = "set cameras to limited range and BT.709, as most are"
        return doubtful(SUBJECT, f"{name}: sound but for streams of full range: it {verdict.flaws[0]}", cure)
    return well(SUBJECT, f"{name}: {verdict.pictures} pictures as software has them{share}")


def _keep(verdicts: Sequence[Verdict], config: Config | None, clock: Clock) -> Iterator[Finding]:
    refused = sum(bool(verdict.refused) for verdict in verdicts)
    said = f"{len(verdicts)} tried, {refused} refused"
    if config is None:
        yield doubtful(
            SUBJECT, f"{said}; noted nowhere", "name the configuration with --config: the service looks there"
        )
        return
    from edge.capture.verdicts import Verdicts

    at = datetime.fromtimestamp(clock.wall_ns() // 1_000_000_000, timezone.utc).isoformat()
    try:
        Verdicts.beside(config.store).keep(verdicts, at)
    except StoreFailed as error:
        yield from from_error(SUBJECT, error)
    else:
        yield well(SUBJECT, f"{said}; noted beside the store for decoder = auto")
