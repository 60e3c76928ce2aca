"""What a wave and its switches keep as JSON, as the values it is: the plan, and what was seen."""

from __future__ import annotations

from app.access.rules.document import PlanDocument
from app.access.rules.seen import PersonSeen
from app.core.errors import Conflict
from app.core.frozen import Damaged
from app.models.access import Switch, Wave


def plan_of(wave: Wave) -> PlanDocument:
    """Return the plan of a wave, whatever its hash. Raises ``Conflict`` when it is damaged."""
    try:
        return PlanDocument.of_text(wave.plan)
    except Damaged as error:
        raise Conflict(
            f"The plan of wave {wave.number} is damaged and cannot be read: {error} Take the "
            "database back from a backup."
        ) from error


def looks_at(switch: Switch) -> list[PersonSeen]:
    """Return every look at a person of a wave, the last one last."""
    return [PersonSeen.from_json(look) for look in switch.verified]
