"""What the device allows its cameras: set by the service, asked by every pipeline and reader."""

from __future__ import annotations

from edge.types import Effort


class Allowance:
    """How much may be done now.

    One attribute, replaced whole by the main loop and read by any thread: no lock is needed, and whoever reads sees the
    change with its next frame or plate.
    """

    def __init__(self) -> None:
        self.effort = Effort.NORMAL

    @property
    def full_analysis(self) -> bool:
        """Whether every frame that is worth it may be analysed."""
        return self.effort is Effort.NORMAL

    @property
    def second_looks(self) -> bool:
        """Whether a second model may be asked about what the first has read."""
        return self.effort is not Effort.NO_SECOND_MODELS
