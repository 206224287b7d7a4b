"""The boom at work: what the site decides becomes a pulse on its output, what its input tells becomes an event."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from edge.boom.boom import Boom
from edge.boom.lines import contact_of, open_input
from edge.boom.watch import InputWatch
from edge.clock import Clock
from edge.config import Boom as BoomTerms
from edge.config.contacts import parse_contact
from edge.errors import BoomFailed, StoreFailed
from edge.gate.opening import Openings, Wanted
from edge.gate.sensed import Sensed
from edge.logs import get_log
from edge.sitebook import SiteBook
from edge.types import Draft, EventKind
from edge.wire import decode_sense

_log = get_log("boom")


class BoomPost:
    """Starts when it is made, stops once. `openings` None: nothing is opened, the input alone is followed."""

    def __init__(self, terms: BoomTerms, openings: Openings | None, site: SiteBook, clock: Clock) -> None:
        """Take the lines.

        Raises:
            ConfigError: libgpiod is absent.
        """
        self._terms = terms
        self._site = site
        self._clock = clock
        self._boom = Boom(terms.output, clock, active_low=terms.active_low) if terms.output else None
        site.arm(openings, Sensed(terms.senses) if terms.input else None, self._open)
        self._watch: InputWatch | None = None
        if terms.input and not topic_of_input(terms):
            hold = partial(
                open_input,
                contact_of(terms.input),
                active_low=terms.input_active_low,
                debounce_s=terms.debounce_s,
            )
            self._watch = InputWatch(hold, clock, lambda wall_ns, on: self.sense(wall_ns, on=on))

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the lines, one sentence each."""
        return tuple(part.trouble for part in (self._boom, self._watch) if part is not None and part.trouble)

    def beat(self) -> None:
        """Tell that the service lives: without that the boom shuts."""
        if self._boom is not None:
            self._boom.beat()

    def hear(self, payload: bytes) -> None:
        """Take what came in on the input's topic. Raises WireError: it is no state."""
        self.sense(self._clock.wall_ns(), on=decode_sense(payload))

    def sense(self, wall_ns: int, *, on: bool) -> None:
        """Take what the input tells; what a failing store refuses is recorded later."""
        try:
            self._site.sense(wall_ns, self._clock.quality(), on=on)
        except StoreFailed as error:
            _log.error("%s", error)

    def stop(self) -> None:
        """Shut the boom and let the lines go."""
        self._site.arm(None, None)
        if self._boom is not None:
            self._boom.close()
        if self._watch is not None:
            self._watch.close()

    def _open(self, wanted: Wanted) -> None:
        """Open for who has just been recorded; what keeps it shut is recorded, too."""
        try:
            self._check_age(wanted)
            if self._boom is not None:
                self._boom.open(self._terms.open_s)
        except BoomFailed as error:
            _log.error("not opened: %s", error)
            self._tell(wanted, str(error))

    def _check_age(self, wanted: Wanted) -> None:
        """Refuse what was seen too long ago, and what a recording shows: its time is another, by one clock or both."""
        mono_s = (self._clock.mono_ns() - wanted.seen_ns) / 1e9
        wall_s = (self._clock.wall_ns() - wanted.opening.wall_ns) / 1e9
        if max(abs(mono_s), abs(wall_s)) > self._terms.stale_s:
            raise BoomFailed(f"it was seen {mono_s:.1f} s ago, which is stale; boom.stale_s is {self._terms.stale_s:g}")

    def _tell(self, wanted: Wanted, why: str) -> None:
        plates = self._site.veiled(wanted.opening.plates)
        failed = replace(wanted.opening, plates=plates, failed=why)
        try:
            self._site.record(Draft(EventKind.BOOM_FAILED, self._clock.wall_ns(), self._clock.quality(), failed))
        except StoreFailed as error:
            _log.error("%s", error)


def topic_of_input(terms: BoomTerms) -> str:
    """Return the topic that tells how the boom stands, empty where a line does or nothing."""
    contact = parse_contact(terms.input)
    return contact.place if contact is not None and contact.kind == "mqtt" else ""
