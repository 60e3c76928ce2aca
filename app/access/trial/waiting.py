"""What waits of rights that are tried without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.access.trial.queries import quiet_trials
from app.core.waiting import (
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    declare,
    declare_moments,
    tells,
)
from app.models.access.trial import TrialState

declare(
    TrialState,
    {
        TrialState.PLANNED: "its wave waits",
        TrialState.OFF: Wait.DECIDE,
        TrialState.RETURNING: "the worker is at it",
        TrialState.BACK: "it is over",
        TrialState.FOR_GOOD: "it is over",
        TrialState.DROPPED: "it is over",
    },
)
declare_moments(
    {
        "right_trial.quiet_until": Wait.DECIDE,
        "right_trial.ended_at": "it is over then",
    }
)


@tells(Wait.DECIDE)
def quiet_rights(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find rights nobody missed for all the days they were tried without."""
    if not who.may("plan"):
        return
    lines = tuple(
        WaitingLine(
            Wait.DECIDE,
            _(
                "%(right)s of %(name)s",
                right=trial.right,
                name=person.name,
            ),
            datetime.combine(
                trial.quiet_until or who.now.date(),
                time(),
                UTC,
            ),
            f"/people/{person.id}/extras",
            f"trial:{trial.id}",
            why=_(
                "tried without for %(days)s days, and nobody missed it", days=trial.days
            ),
        )
        for trial, person in quiet_trials(session, who.now.date())
    )
    yield WaitingFound(lines, len(lines))
