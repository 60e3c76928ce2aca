"""Who has a say in an improvement, shaped for its page, for all of them, and for one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import CaseAsk, Improvement
from app.models.improvements.words import ImprovementState, TaskState
from app.models.sponsors.link import SponsorAnswer
from app.models.sponsors.objection import Objection
from app.models.sponsors.stakeholder import (
    Stakeholder,
    StakeholderAction,
    StakeholderAssessment,
    StakeholderContact,
)
from app.models.sponsors.words import Barrier, Stance
from app.sponsors.rules import Scores, barrier
from app.sponsors.stakeholders.rules import (
    LEVELS,
    Known,
    SponsorClock,
    Support,
    over_time,
    signed,
)

BEFORE = timedelta(days=28)
"""How far back a change of the support is counted."""


@dataclass(frozen=True, slots=True)
class StakeholderLine:
    """A stakeholder in a list: how long not heard, how many steps are open."""

    row: Stakeholder
    improvement: str
    clock: SponsorClock
    open_steps: int

    @property
    def is_short(self) -> bool:
        """Tell whether they stand lower than needed."""
        return self.row.stance.level < self.row.desired.level

    def fits(self, text: str) -> bool:
        """Tell whether what is looked for stands anywhere in it."""
        row = self.row
        kept = (row.name, row.company, row.reason, row.problem, row.benefit)
        more = (row.driver, row.liaison, row.agents, row.leads, self.improvement)
        there = "\n".join((*kept, *more)).lower()
        return all(word in there for word in text.lower().split())


@dataclass(frozen=True, slots=True)
class SupportTold:
    """The support of an improvement now, what it was four weeks ago, and how it went."""

    now: Support
    before: Support | None
    history: tuple[tuple[date, Support], ...] = ()

    @property
    def moved(self) -> int | None:
        """Return by how many points it changed in four weeks; None without a past."""
        if self.before is None:
            return None
        return round(self.now.index) - round(self.before.index)

    @property
    def moved_text(self) -> str:
        """Return by how many points it changed, with the sign."""
        return signed(self.moved or 0)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One corner of the grid with who stands in it."""

    power: int
    interest: int
    lines: tuple[StakeholderLine, ...]


@dataclass(frozen=True, slots=True)
class StakeholderPage:
    """All of one stakeholder: assessments and contacts, the newest first, and what is to do."""

    line: StakeholderLine
    complaint: Complaint | None
    assessments: Sequence[StakeholderAssessment]
    contacts: Sequence[StakeholderContact]
    steps: Sequence[StakeholderAction]
    objections: Sequence[Objection]

    @property
    def one(self) -> Stakeholder:
        """Return the stakeholder."""
        return self.line.row

    @property
    def stuck_at(self) -> Barrier | None:
        """Return the step that is missing, by the latest scores."""
        return next(
            (found for each in self.assessments if (found := stuck(each))), None
        )


def stuck(row: StakeholderAssessment) -> Barrier | None:
    """Return the first step that was missing on that day, or None."""
    scores = Scores(
        row.awareness, row.desire, row.knowledge, row.ability, row.reinforcement
    )
    return barrier(scores)


def stakeholder_lines(
    session: Session, today: date, improvement_id: int | None = None
) -> list[StakeholderLine]:
    """Return those with a say in an improvement, or in all, the most powerful first."""
    chosen = Stakeholder.improvement_id == improvement_id
    return _lines(session, today, *([chosen] if improvement_id is not None else []))


def sponsors_going_on(session: Session, today: date) -> list[StakeholderLine]:
    """Return the sponsors of improvements that are in progress."""
    going = Improvement.state == ImprovementState.IN_PROGRESS
    return _lines(session, today, Stakeholder.is_sponsor.is_(True), going)


def stakeholder_page(
    session: Session, stakeholder_id: int, today: date
) -> StakeholderPage:
    """Return all that is known of one stakeholder. Raises ``NotFound``."""
    row = one(session, Stakeholder, stakeholder_id)
    (line,) = _lines(session, today, Stakeholder.id == stakeholder_id)
    complaint = session.get(Complaint, row.complaint_id) if row.complaint_id else None
    assessed, met, step = StakeholderAssessment, StakeholderContact, StakeholderAction
    return StakeholderPage(
        line,
        complaint,
        session.scalars(
            select(assessed)
            .where(assessed.stakeholder_id == stakeholder_id)
            .order_by(assessed.day.desc(), assessed.id.desc())
        ).all(),
        session.scalars(
            select(met)
            .where(met.stakeholder_id == stakeholder_id)
            .order_by(met.day.desc(), met.id.desc())
        ).all(),
        session.scalars(
            select(step)
            .where(step.stakeholder_id == stakeholder_id)
            .order_by(step.ended_at.is_not(None), step.due, step.id)
        ).all(),
        session.scalars(
            select(Objection)
            .where(Objection.stakeholder_id == stakeholder_id)
            .order_by(Objection.day.desc(), Objection.id.desc())
        ).all(),
    )


def grid_of(lines: Iterable[StakeholderLine]) -> list[list[GridCell]]:
    """Return who stands in which corner: rows of power, each from little to much interest."""
    placed: dict[tuple[int, int], list[StakeholderLine]] = defaultdict(list)
    for line in lines:
        placed[line.row.power, line.row.interest].append(line)
    return [
        [GridCell(power, keen, tuple(placed[power, keen])) for keen in reversed(LEVELS)]
        for power in LEVELS
    ]


def support_of(
    session: Session, improvement_id: int, today: date
) -> SupportTold | None:
    """Return the support of one improvement; None where nobody is noted."""
    return supports(session, today, [improvement_id]).get(improvement_id)


def supports(
    session: Session, today: date, improvement_ids: Iterable[int] | None = None
) -> dict[int, SupportTold]:
    """Return the support of each improvement for which somebody is noted."""
    asked = select(Stakeholder)
    if improvement_ids is not None:
        asked = asked.where(Stakeholder.improvement_id.in_(list(improvement_ids)))
    rows = session.scalars(asked.order_by(Stakeholder.id)).all()
    stood = _stood(session, [row.id for row in rows])
    known: dict[int, list[Known]] = defaultdict(list)
    for row in rows:
        since = row.created_at.date()
        past = Known(row.power, row.desired, since, tuple(stood[row.id]))
        known[row.improvement_id].append(past)
    told = {number: over_time(each, today) for number, each in known.items()}
    return {number: _told(days, today) for number, days in told.items() if days}


def complaints_for(session: Session, improvement_id: int) -> list[tuple[str, str]]:
    """Return the complaints an improvement answers, to be chosen from, and that none is."""
    asked = select(Complaint.id, Complaint.title).where(
        Complaint.improvement_id == improvement_id
    )
    rows = session.execute(asked.order_by(Complaint.title, Complaint.id))
    return [("", "–"), *((str(number), title) for number, title in rows)]


def missing_sponsor(session: Session, one: Improvement) -> str:
    """Return the sponsor an improvement names while no stakeholder stands for that."""
    there = select(func.count()).where(
        Stakeholder.improvement_id == one.id, Stakeholder.is_sponsor
    )
    return "" if session.scalar(there) else one.sponsor


def _told(days: list[tuple[date, Support]], today: date) -> SupportTold:
    past = [there for day, there in days if day <= today - BEFORE]
    return SupportTold(days[-1][1], past[-1] if past else None, tuple(days))


def _stood(
    session: Session, numbers: Sequence[int]
) -> dict[int, list[tuple[date, Stance]]]:
    found: dict[int, list[tuple[date, Stance]]] = defaultdict(list)
    row = StakeholderAssessment
    asked = select(row.stakeholder_id, row.day, row.stance).where(
        row.stakeholder_id.in_(numbers)
    )
    for number, day, stance in session.execute(asked.order_by(row.day, row.id.desc())):
        found[number].append((day, stance))
    return found


def _lines(
    session: Session, today: date, *where: ColumnElement[bool]
) -> list[StakeholderLine]:
    open_steps = (
        select(func.count())
        .where(
            StakeholderAction.stakeholder_id == Stakeholder.id,
            StakeholderAction.state == TaskState.OPEN,
        )
        .scalar_subquery()
    )
    asked = (
        select(
            Stakeholder, Improvement.title, _heard(), _answered(), _said(), open_steps
        )
        .join(Improvement, Improvement.id == Stakeholder.improvement_id)
        .where(*where)
        .order_by(
            Stakeholder.power.desc(),
            Stakeholder.interest.desc(),
            func.lower(Stakeholder.name),
            Stakeholder.id,
        )
    )
    return [
        StakeholderLine(row, title, _clock(row, (answered, said), heard, today), steps)
        for row, title, heard, answered, said, steps in session.execute(asked)
    ]


def _heard() -> ScalarSelect[Any]:
    """The last day on which somebody was heard, by what was noted of contacts."""
    return (
        select(func.max(StakeholderContact.day))
        .where(
            StakeholderContact.stakeholder_id == Stakeholder.id,
            StakeholderContact.heard,
        )
        .scalar_subquery()
    )


def _answered() -> ScalarSelect[Any]:
    """The last moment at which they answered what was asked of them for their improvement."""
    return (
        select(func.max(CaseAsk.answered_at))
        .where(
            CaseAsk.improvement_id == Stakeholder.improvement_id,
            func.lower(CaseAsk.answered_by) == func.lower(Stakeholder.name),
        )
        .scalar_subquery()
    )


def _said() -> ScalarSelect[Any]:
    """The last moment at which they answered, asked or objected on the status page."""
    return (
        select(func.max(SponsorAnswer.created_at))
        .where(
            SponsorAnswer.improvement_id == Stakeholder.improvement_id,
            func.lower(SponsorAnswer.whose) == func.lower(Stakeholder.name),
        )
        .scalar_subquery()
    )


def _clock(
    row: Stakeholder,
    moments: Iterable[datetime | None],
    heard: date | None,
    today: date,
) -> SponsorClock:
    days = [heard, *(moment.date() for moment in moments if moment)]
    since = row.created_at.date()
    last = max((day for day in days if day), default=None)
    return SponsorClock(last, since, today)
