"""What is known of people who were to be moved to roles: what they did, not what was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.improvements.spread.queries import BurnUp
from app.improvements.spread.rules import burn_up
from app.improvements.statistics.forecast import fan, forecast
from app.improvements.statistics.weeks import throughput
from app.models.access.kept import AccessException
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, SETTLED_SWITCHES, SwitchState
from app.models.access.works import SeenDay, WorksAnswer, WorksAsk
from app.models.people import Person
from app.sponsors.adoption.rules import Adopter

AHEAD = 26
ASIDE = (SwitchState.STALE, SwitchState.BLOCKED)
"""Who fell out of a plan before anything was done was not asked by it."""


def of_roles(session: Session, role_id: int | None = None) -> dict[int, list[Adopter]]:
    """Return by role what is known of each person a wave was made for; the latest move counts."""
    chosen = (
        select(
            Wave.role_id,
            Switch,
            Person,
        )
        .join(Wave, Wave.id == Switch.wave_id)
        .join(Person, Person.id == Switch.person_id)
        .where(Switch.state.not_in(ASIDE))
        .order_by(Switch.id)
    )
    if role_id is not None:
        chosen = chosen.where(Wave.role_id == role_id)
    latest: dict[int, dict[int, tuple[Switch, Person]]] = defaultdict(dict)
    for number, switch, person in session.execute(chosen):
        latest[number][person.id] = (switch, person)
    known = KnownOfMoves.of(session)
    return {
        number: [
            known.adopter(
                switch,
                person,
            )
            for switch, person in people.values()
        ]
        for number, people in latest.items()
    }


@dataclass(
    frozen=True,
    slots=True,
)
class KnownOfMoves:
    """What else is known of moves, by the number of the switch."""

    seen: Mapping[int, date]
    mailed: Mapping[int, datetime]
    said: Mapping[int, bool]
    kept: Mapping[int, int]

    @classmethod
    def of(cls, session: Session) -> KnownOfMoves:
        """Read it once for all."""
        seen = select(
            SeenDay.switch_id,
            func.max(SeenDay.day),
        )
        sent = select(
            WorksAsk.switch_id,
            WorksAsk.sent_at,
        )
        said = select(
            WorksAsk.switch_id,
            WorksAnswer.works,
        ).join(WorksAnswer, WorksAnswer.ask_id == WorksAsk.id)
        kept = select(AccessException.switch_id).where(
            AccessException.ended_at.is_(None)
        )
        answers: dict[int, bool] = {}
        for number, works in session.execute(said):
            answers[number] = works and answers.get(
                number,
                True,
            )
        return cls(
            dict(session.execute(seen.group_by(SeenDay.switch_id)).all()),
            {number: at for number, at in session.execute(sent) if at},
            answers,
            Counter(session.scalars(kept)),
        )

    def adopter(self, switch: Switch, person: Person) -> Adopter:
        """Return what is known of somebody who was to be moved."""
        began, seen = switch.switched_at, self.seen.get(switch.id)
        confirmed = switch.confirmed_at if switch.state in SETTLED_SWITCHES else None
        sent = self.mailed.get(switch.id)
        return Adopter(
            ready=switch.state is not SwitchState.PLANNED,
            had=began is not None,
            has=began is not None and switch.state in HOLDING,
            back=began is not None and switch.undone_at is not None,
            works=self.said.get(
                switch.id,
                True if confirmed else None,
            ),
            last_used=seen,
            waited=(confirmed - began).days if confirmed and began else None,
            mailed=sent.date() if sent else None,
            acted=seen,
            site=person.site,
            department=person.department,
            kept_apart=self.kept.get(
                switch.id,
                0,
            ),
        )


def burn_of_role(session: Session, role_id: int, scope: int, today: date) -> BurnUp:
    """Return how many people of a role were confirmed, week after week, and when all will be."""
    moved = (
        select(func.min(Switch.confirmed_at))
        .join(Wave, Wave.id == Switch.wave_id)
        .where(Wave.role_id == role_id, Switch.state.in_(SETTLED_SWITCHES))
        .group_by(Switch.person_id)
    )
    days = sorted(at.date() for at in session.scalars(moved) if at)
    left = max(
        0,
        scope - len(days),
    )
    history = (
        throughput(
            days,
            days[0],
            today,
        )
        if days
        else []
    )
    weeks = (
        burn_up(
            days,
            {days[0]: scope},
            today,
        )
        if days
        else []
    )
    return BurnUp(
        weeks=tuple(weeks),
        forecast=forecast(
            history,
            left,
            today,
        ),
        fan=tuple(
            fan(
                history,
                left,
                AHEAD,
            )
        )
        if history
        else (),
        done=len(days),
        scope=scope,
    )
