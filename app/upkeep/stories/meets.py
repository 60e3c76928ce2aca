"""Meetings of the demo: held, or still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.core.acting import Acting
from app.models.sponsors.meeting import Meeting
from app.models.sponsors.words import MeetingKind
from app.sponsors.meetings.actions import (
    add_message,
    guests_of,
    hold_meeting,
    plan_meeting,
)
from app.sponsors.meetings.rules import Agenda

SAID = "Nobody has to say twice who they are"


def met(
    act: Acting,
    improvement_id: int,
    kind: MeetingKind,
    words: Mapping[str, Any],
    guests: Sequence[str],
    there: int = 0,
    in_days: int = 0,
) -> Meeting:
    """Plan a meeting of today, or in so many days; of one of today the first of the list came."""
    begins = act.now + timedelta(days=in_days)
    known = {"kind": kind, "minutes": 60, "agenda": Agenda(kind).text}
    values = {**known, **words, "begins_at": begins}
    meeting = plan_meeting(act, improvement_id, values, guests)
    if not in_days:
        message = add_message(act, improvement_id, SAID)
        came = [guest.id for guest in guests_of(act.session, meeting.id)[:there]]
        hold_meeting(act, meeting.id, came, [message.id])
    return meeting
