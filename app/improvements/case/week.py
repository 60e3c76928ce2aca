"""What there is to say of improvements this week, to those who own or pay for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.figures import day
from app.core.said import said
from app.improvements.board.queries import about_many, attention_of
from app.improvements.register.rules import DRIFT
from app.models.improvements.improvement import CaseAsk, Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.task import ImprovementTask
from app.models.improvements.words import IterationState

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekTold:
    """What there is to say of one improvement, and what its owner asks for."""

    improvement_id: int
    title: str
    lines: tuple[str, ...]
    asked: str


def weeks_of(
    session: Session, improvements: Sequence[Improvement], now: datetime
) -> list[WeekTold]:
    """Return what there is to say of these improvements; those without anything are left out.

    Ten queries or eleven, however many there are.
    """
    ids, today = [one.id for one in improvements], now.date()
    about = about_many(session, improvements)
    due, decided = (
        _verdicts_due(session, ids, today),
        _decided(
            session,
            ids,
            now,
        ),
    )
    drifted, asked = _drifted(session, ids, now), _asked(session, ids)
    found = [
        WeekTold(
            one.id,
            one.title,
            (
                *drifted[one.id],
                *attention_of(
                    one,
                    about[one.id],
                    today,
                ),
                *due[one.id],
                *decided[one.id],
            ),
            asked.get(one.id, ""),
        )
        for one in improvements
    ]
    return [one for one in found if one.lines or one.asked]


def owned_by(session: Session, operator_id: int, name: str) -> list[Improvement]:
    """Return the improvements of an operator: those he or she owns, or pays for as sponsor."""
    mine = (
        (Improvement.owner_operator_id == operator_id)
        | (Improvement.owner == name)
        | (Improvement.sponsor == name)
    )
    return list(
        session.scalars(select(Improvement).where(mine).order_by(Improvement.id))
    )


def sponsored_by(session: Session, mail: str) -> list[Improvement]:
    """Return the improvements whose weekly mail goes to an address."""
    goes = (Improvement.sponsor_mail == mail, Improvement.sponsor_stopped_at.is_(None))
    chosen = select(Improvement).where(*goes).order_by(Improvement.id)
    return list(session.scalars(chosen))


def sponsor_mails(session: Session) -> dict[str, str]:
    """Return the addresses of sponsors that get the weekly mail, each with the language that was
    said for it last.
    """
    goes = (Improvement.sponsor_mail != "", Improvement.sponsor_stopped_at.is_(None))
    said_of = select(Improvement.sponsor_mail, Improvement.sponsor_language)
    rows = session.execute(said_of.where(*goes).order_by(Improvement.id)).all()
    found: dict[str, str] = {}
    for mail, language in rows:
        found[mail] = language or found.get(mail, "")
    return found


def stopped_at(session: Session, mail: str) -> bool:
    """Tell whether somebody at an address stopped the weekly mail."""
    stopped = (
        Improvement.sponsor_mail == mail,
        Improvement.sponsor_stopped_at.is_not(None),
    )
    return session.scalar(select(Improvement.id).where(*stopped).limit(1)) is not None


def _verdicts_due(
    session: Session, ids: Sequence[int], today: date
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    going = (IterationState.RUNNING, IterationState.REVIEWING)
    chosen = select(Iteration).where(
        Iteration.open_of.in_(ids), Iteration.state.in_(going)
    )
    for one in session.scalars(chosen):
        ripe = one.verdict_not_before is not None and one.verdict_not_before <= today
        if one.state is IterationState.REVIEWING or ripe:
            text = said("The verdict on rung %(number)s is due.", number=one.number)
            found[one.improvement_id].append(text)
    return found


def _drifted(
    session: Session, ids: Sequence[int], now: datetime
) -> dict[int, list[str]]:
    """Find what drifted this week and was opened again, which the worker does at once."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(ImprovementTask.improvement_id, ImprovementTask.what)
        .where(
            ImprovementTask.improvement_id.in_(ids),
            ImprovementTask.created_at > now - WEEK,
            ImprovementTask.what.startswith(DRIFT, autoescape=True),
        )
        .order_by(ImprovementTask.id)
    )
    for improvement_id, what in rows:
        text = said("Drift: %(drifted)s", drifted=what.removeprefix(DRIFT))
        found[improvement_id].append(text)
    return found


def _decided(
    session: Session, ids: Sequence[int], now: datetime
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(
            Iteration.improvement_id,
            Iteration.number,
            Decision,
        )
        .join(Decision, Decision.iteration_id == Iteration.id)
        .where(Iteration.improvement_id.in_(ids), Decision.created_at > now - WEEK)
        .order_by(Decision.id)
    )
    for improvement_id, number, one in rows:
        text = said(
            "Rung %(number)s was decided on %(day)s: %(kind)s.",
            number=number,
            day=day(one.created_at.date()),
            kind=one.kind,
        )
        found[improvement_id].append(text)
    return found


def _asked(session: Session, ids: Sequence[int]) -> dict[int, str]:
    asked = session.scalars(select(CaseAsk).where(CaseAsk.open_of.in_(ids)))
    return {
        one.improvement_id: said(
            "Asked until %(due)s, %(kind)s: %(text)s",
            due=day(one.due),
            kind=one.kind,
            text=one.text,
        )
        for one in asked
    }
