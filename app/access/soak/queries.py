"""On which days moved people were seen, and until when somebody has to have decided."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.access.works import SeenDay
from app.models.incidents.incident import Incident


@dataclass(
    frozen=True,
    slots=True,
)
class SoakLine:
    """How far a moved person is: ``seen`` of ``needed`` days, and what the plan says is done when
    nobody decided by ``deadline``.
    """

    person_id: int
    seen: int
    needed: int
    deadline: date
    then: str
    over: bool

    @property
    def is_enough(self) -> bool:
        """Tell whether the person was seen on all the days that the plan wants."""
        return self.seen >= self.needed


def soak_of(session: Session, wave_id: int, now: datetime) -> dict[int, SoakLine]:
    """Return, by person, how far those of a wave are who wait to be seen working; nothing for a
    plan that says nothing of it.
    """
    text = session.scalar(select(Wave.plan).where(Wave.id == wave_id)) or "{}"
    soak = json.loads(text).get("soak")
    if not soak:
        return {}
    rows = session.execute(
        select(
            Switch.id,
            Switch.person_id,
            Switch.switched_at,
        ).where(Switch.wave_id == wave_id, Switch.state == SwitchState.SOAKING)
    ).all()
    days = _seen_days(
        session,
        [number for number, _, _ in rows],
    )
    since = {person: at for _, person, at in rows if at}
    reported = _reported(
        session,
        since,
    )
    wait = timedelta(days=soak["deadline_days"])
    return {
        person: SoakLine(
            person,
            len(days[number] | reported[person]),
            soak["days"],
            (at + wait).date(),
            soak["then"],
            now > at + wait,
        )
        for number, person, at in rows
        if at
    }


def _seen_days(session: Session, switches: list[int]) -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = select(
        SeenDay.switch_id,
        SeenDay.day,
    ).where(SeenDay.switch_id.in_(switches))
    for number, day in session.execute(rows):
        found[number].add(day)
    return found


def _reported(session: Session, since: dict[int, datetime]) -> dict[int, set[date]]:
    """Return the days on which people reported an incident after their move: they were there."""
    found: dict[int, set[date]] = defaultdict(set)
    rows = select(
        Incident.person_id,
        Incident.reported_at,
    ).where(Incident.person_id.in_(since))
    for person, at in session.execute(rows):
        if person and at >= since[person]:
            found[person].add(at.date())
    return found
