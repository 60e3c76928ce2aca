"""The plan that a wave keeps, as the value it is."""

from __future__ import annotations

from app.access.rules.document import PlanDocument
from app.core.errors import Conflict
from app.core.frozen import Damaged
from app.models.access import Wave


def plan_of(wave: Wave) -> PlanDocument:
    """Return the plan of a wave, whatever its hash. Raises ``Conflict`` when it is damaged."""
    try:
        return PlanDocument.of_text(wave.plan)
    except Damaged as error:
        raise Conflict(
            f"The plan of wave {wave.number} is damaged and cannot be read: {error} Take the "
            "database back from a backup."
        ) from error
