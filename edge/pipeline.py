"""The story of one frame, top to bottom. Sees ports and pure logic, never an adapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edge.clock import ClockQuality
from edge.config import Camera
from edge.gate.evidence import EvidenceBook
from edge.gate.lines import Tripwires
from edge.gate.opening import Approach, approaches
from edge.gate.passes import PassBook
from edge.gate.rules.book import Crop
from edge.gate.stays import ZoneWatch
from edge.gate.zones import IgnoredZones
from edge.plates.book import PlateBook
from edge.plates.grammar import Prior, nothing
from edge.ports import DeskCost, Detector, Frame, Look, ReadingDesk
from edge.sitebook import Moment, Proven, SiteBook
from edge.tracking import Tracker
from edge.tracking.pace import Pace
from edge.types import (
    U8,
    VEHICLES,
    Crossing,
    Event,
    Evidence,
    Pass,
    Plate,
    PlateRead,
    Reading,
    Stage,
    TrackUpdate,
)
from edge.vision.camera_watch import CameraView
from edge.vision.colour_book import ColourBook
from edge.vision.dhash import dhash_boxes
from edge.vision.motion import LUMA_WH, Motion, MotionGate


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame came to.

    `on_foot`: crossings that are no passes; `plates`: of the tracks that ended with it; `reads`: looks at plates that
    were answered meanwhile, with their tracks.
    """

    tracks: TrackUpdate
    frames: int = 0
    analysed: bool = False
    on_foot: tuple[Crossing, ...] = ()
    passes: tuple[Pass, ...] = ()
    plates: tuple[Plate, ...] = ()
    events: tuple[Event, ...] = ()
    reads: tuple[tuple[int, tuple[PlateRead, ...]], ...] = ()


class Pipeline:
    """One camera's pipeline. Called by one thread, frames in order of time."""

    def __init__(
        self,
        camera: Camera,
        detector: Detector,
        desk: ReadingDesk,
        site: SiteBook,
        make_id: Callable[[int], str],
        pace: Pace,
        expect: Callable[[], Prior] = nothing,
        *,
        keeps_pictures: bool = True,
    ) -> None:
        self.lines = camera.lines
        self.detector = detector.label
        self._detector = detector
        self._desk = desk
        self._site = site
        self._camera_id = camera.id
        self._view = CameraView()
        self._motion = MotionGate()
        self._ignored = IgnoredZones(camera.zones)
        self._tracker = Tracker()
        self._plates = PlateBook(expect)
        self._tripwires = Tripwires(camera.lines)
        self._passes = PassBook(camera.id, make_id, decide=site.decision, cleared=self._tripwires.cleared)
        self._colours = ColourBook()
        self._zones = ZoneWatch(camera.id, camera.zones)
        self._evidence = EvidenceBook(make_id) if keeps_pictures else None
        self._pace = pace
        self._last: Frame | None = None
        self._reads: list[tuple[int, tuple[PlateRead, ...]]] = []

    @property
    def reading_cost(self) -> DeskCost:
        """What reading plates cost so far."""
        return self._desk.cost

    @property
    def view_trouble(self) -> str:
        """What is wrong with what the camera sees, empty when nothing is."""
        return self._view.trouble

    def step(self, frame: Frame, quality: ClockQuality) -> Step:
        """Analyse one frame and record what it means.

        Raises:
            EngineFailed: a network gave no answer; the frame counts for nothing.
            StoreFailed: what happened could not be recorded yet.
        """
        self._last = frame
        luma = frame.luma(*LUMA_WH)
        noticed = self._view.step(frame, luma)
        motion = self._motion.step(luma, frame.mono_ns)
        # A camera that was turned shows another scene, though it may have turned too slowly for a cut.
        motion = replace(motion, cut=motion.cut or self._view.turned)
        analysed = self._worth_detecting(frame, motion)
        tracks = self._track(frame, motion) if analysed else self._tracker.skip(frame.mono_ns)
        self._look_at_plates(frame, tracks)
        self._identify()
        crossed = self._tripwires.step(tracks, frame.wall_ns, frame.size_wh)
        crossings = [replace(crossing, mode=self._view.mode) for crossing in crossed]
        self._colours.step(frame, luma, tracks, self._view.mode)
        passes = self._coloured(self._passes.step(tracks, crossings, frame.wall_ns, self.read))
        zones = self._zones.step(tracks, frame.size_wh)
        waiting = approaches(zones, self.read)
        self._read_at_once(waiting)
        moment = Moment(self._camera_id, frame.wall_ns, frame.mono_ns, zones, self._crop, noticed, waiting)
        events = self._settle(passes, tracks, quality, moment)
        return self._step(Step(tracks, 1, analysed, _on_foot(crossings, tracks), passes, self._agreed(tracks), events))

    def finish(self, quality: ClockQuality, silent_ns: int = 0) -> Step:
        """End every track, make every pass final: the source ended or was silent for `silent_ns`. Raises as `step`."""
        if self._last is None:
            return Step(TrackUpdate(0))
        tracks = self._tracker.finish(self._last.mono_ns + silent_ns)
        self._read_due(tracks)
        self._desk.settle()
        self._collect()
        passes = self._coloured(self._passes.finish(self.read))
        self._motion.reset()
        self._pace.reset()
        self._last = None
        events = self._settle(passes, tracks, quality)
        return self._step(Step(tracks, passes=passes, plates=self._agreed(tracks), events=events))

    def _step(self, step: Step) -> Step:
        """Return the step with what was read meanwhile."""
        reads, self._reads = tuple(self._reads), []
        return replace(step, reads=reads)

    def read(self, track_id: int) -> Reading:
        """Return what is known of a track's plates so far."""
        return self._plates.agreed(track_id)

    def _worth_detecting(self, frame: Frame, motion: Motion) -> bool:
        return self._pace.due(frame.mono_ns, busy=motion.moved or self._tracker.unsettled, cut=motion.cut)

    def _track(self, frame: Frame, motion: Motion) -> TrackUpdate:
        found = self._ignored.keep(self._detector.detect(frame), frame.size_wh)
        self._pace.looked(frame.mono_ns)
        hashes = dhash_boxes(frame, found.xyxy)
        # After a cut nothing in the picture is what was there before, however alike it looks.
        gone = self._tracker.reset(frame.mono_ns).ended if motion.cut else ()
        tracks = self._tracker.step(found, hashes, frame.mono_ns, frame.size_wh)
        return replace(tracks, ended=(*gone, *tracks.ended))

    def _look_at_plates(self, frame: Frame, tracks: TrackUpdate) -> None:
        for look in self._plates.worth_a_look(tracks, frame.size_wh):
            self._plates.keep(look, frame.crop(look.box))
        self._read_due(tracks)

    def _identify(self) -> None:
        """Let plates tell the tracker who is who: one plate is one vehicle, another one in its place is another."""
        for track_id in self._plates.news():
            fresh_id = self._tracker.part(track_id) if self._plates.exchanged(track_id) else None
            if fresh_id is not None:
                self._plates.part(track_id, fresh_id)
                self._tracker.know(fresh_id, self._plates.sure(fresh_id))
            self._tracker.know(track_id, self._plates.sure(track_id))

    def _read_due(self, tracks: TrackUpdate) -> None:
        self._submit(self._plates.due(tracks))
        self._collect()

    def _read_at_once(self, waiting: Sequence[Approach]) -> None:
        """Read the plates of who waits at the boom: it cannot wait for the vehicle to have left."""
        self._submit(self._plates.hurry(one.track_id for one in waiting if one.in_a_hurry))

    def _submit(self, due: Sequence[tuple[Look, U8]]) -> None:
        for look, picture in due:
            if not self._desk.submit(look, picture):
                self._plates.add(look, None)

    def _collect(self) -> None:
        for look, reads in self._desk.collect():
            self._plates.add(look, reads)
            self._reads.append((look.track_id, reads))

    def _agreed(self, tracks: TrackUpdate) -> tuple[Plate, ...]:
        return self._site.veiled([plate for track in tracks.ended for plate in self.read(track.track_id).plates])

    def _coloured(self, passes: Sequence[Pass]) -> tuple[Pass, ...]:
        return tuple(self._colours.told(pass_) for pass_ in passes)

    def _settle(
        self, passes: Sequence[Pass], tracks: TrackUpdate, quality: ClockQuality, moment: Moment | None = None
    ) -> tuple[Event, ...]:
        return self._site.settle([self._prove(pass_, tracks) for pass_ in passes], quality, moment)

    @property
    def _crop(self) -> Crop | None:
        """What gives pictures of the last frame to keep; None where none are kept."""
        return self._last.crop if self._last and self._evidence else None

    def _prove(self, pass_: Pass, tracks: TrackUpdate) -> Proven:
        if self._evidence is None:
            return Proven(pass_)
        pictures = self._pictures(self._evidence, pass_, tracks)
        proven = Proven(replace(pass_, evidence=self._evidence.refs(pass_.pass_id)), pictures)
        if pass_.stage is not Stage.PROVISIONAL:
            self._evidence.forget(pass_.pass_id)
        return proven

    def _pictures(self, book: EvidenceBook, pass_: Pass, tracks: TrackUpdate) -> tuple[Evidence, ...]:
        boxes = [track.box for track in tracks.active if track.track_id == pass_.track_id]
        shots = [("vehicle", self._last.crop(box)) for box in boxes if self._last]
        plate = self._plates.best_picture(pass_.track_id) if pass_.stage is Stage.FINAL else None
        shots.extend([("plate", plate)] if plate is not None else [])
        kept = [book.add(pass_.pass_id, kind, picture, pass_.wall_ns) for kind, picture in shots]
        return tuple(evidence for evidence in kept if evidence is not None)


def _on_foot(crossings: Sequence[Crossing], tracks: TrackUpdate) -> tuple[Crossing, ...]:
    vehicles = {track.track_id for track in tracks.active if track.class_name in VEHICLES}
    return tuple(crossing for crossing in crossings if crossing.track_id not in vehicles)
