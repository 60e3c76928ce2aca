"""The worker's part: who has not answered is reminded, and what is over is closed."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import Change
from app.core.figures import people
from app.core.parts import Parts
from app.improvements.answers.queries import channels_of_links
from app.models.sponsors.pulse import Pulse, PulseInvitation
from app.models.sponsors.words import PulseState
from app.sponsors.pulses.actions import open_pulse, today_here, write_to
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.rules import reminder_due
from app.sponsors.pulses.telling import reminding_letter

BY = "Rung"
FROM_HOUR = 7
"""Nobody is reminded before this hour of the day."""
PULSES: Lane[int] = Lane("pulses", "pulse")


def run_due_pulses(parts: Parts) -> bool:
    """Remind and close what is due; tell whether anything was."""
    with parts.acting(BY) as act:
        today, early = today_here(act), _is_early(act)
        mine = select(Pulse).where(Pulse.state == PulseState.OPEN)
        due = [
            pulse.id
            for pulse in act.session.scalars(mine.order_by(Pulse.id))
            if _is_due(pulse, today, early)
        ]

    def one(pulse_id: int) -> None:
        with parts.acting(BY) as act:
            tend(act, pulse_id)

    return bool(due) and bool(each_row(parts, PULSES, due, one).served)


def tend(act: Acting, pulse_id: int) -> None:
    """Close a pulse whose days are over, or remind whoever has not answered."""
    pulse = open_pulse(act.session, pulse_id)
    if today_here(act) > pulse.closes_on:
        close_pulse(act, pulse_id)
    else:
        remind(act, pulse)


def remind(act: Acting, pulse: Pulse) -> int:
    """Write once more to those who have not answered; returns to how many."""
    missing = select(PulseInvitation.id).where(
        PulseInvitation.pulse_id == pulse.id, PulseInvitation.answered.is_(False)
    )
    count = len(act.session.scalars(missing).all())
    channels = channels_of_links(act.session)
    change = Change(about=Pulse)
    values = {"reminders": pulse.reminders + 1, "reminded_on": today_here(act)}
    change.put(pulse, values)
    change.record(act, pulse, "pulse.remind", f"Reminded {people(count)}")
    if count and channels:
        write_to(act, pulse, reminding_letter(pulse), channels, unanswered=True)
    return count


def _is_early(act: Acting) -> bool:
    return act.now.astimezone(ZoneInfo(act.settings.timezone)).hour < FROM_HOUR


def _is_due(pulse: Pulse, today: date, early: bool) -> bool:
    if today > pulse.closes_on:
        return True
    return not early and reminder_due(
        pulse.opened_on, pulse.closes_on, pulse.reminders, pulse.reminded_on, today
    )
