"""What sponsors and those asked said of an improvement goes along when it goes into another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.core.acting import Acting
from app.improvements.queries import get_improvement
from app.models.sponsors.link import SponsorAnswer, StatusLink
from app.models.sponsors.meeting import KeyMessage, Meeting
from app.models.sponsors.objection import Objection
from app.models.sponsors.primer import LearningLink
from app.models.sponsors.pulse import Pulse
from app.models.sponsors.rollout import Rollout
from app.models.sponsors.stakeholder import Stakeholder
from app.sponsors.events import DiscreetChange

GOING_ALONG: tuple[Any, ...] = (
    Stakeholder,
    Objection,
    Meeting,
    KeyMessage,
    LearningLink,
    Pulse,
    Rollout,
    StatusLink,
    SponsorAnswer,
)
"""What belongs to an improvement in this room."""


def go_along(act: Acting, *, one_id: int, into_id: int) -> int:
    """Move all that this room keeps of one improvement to another; return how many rows."""
    rows = [row for kind in GOING_ALONG for row in _rows(act, kind, one_id)]
    if not rows:
        return 0
    change = DiscreetChange()
    for row in rows:
        change.put(row, {"improvement_id": into_id})
    into = get_improvement(act.session, into_id)
    change.record(act, into, "stakeholder.merge", "What was said of another came along")
    return len(rows)


def _rows(act: Acting, kind: Any, improvement_id: int) -> list[Any]:
    mine = kind.improvement_id == improvement_id
    return list(act.session.scalars(select(kind).where(mine).order_by(kind.id)))
