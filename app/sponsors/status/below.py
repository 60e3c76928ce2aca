"""What stands below the figures of the status: learned, decided, next, and what became of what was
said; no name of a person anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.figures import day
from app.core.said import said, spoken
from app.improvements.case.summary import shortened
from app.models.improvements.complaint import Complaint
from app.models.improvements.improvement import CaseAsk, Improvement, Note
from app.models.improvements.iteration import (
    Decision,
    Finding,
    Iteration,
    Participation,
)
from app.models.improvements.words import (
    ComplaintState,
    FindingSource,
    FindingState,
    ImprovementNoteKind,
    ImprovementState,
)
from app.sponsors.status.rules import without_names

LATELY = timedelta(days=42)
"""Six weeks: what is older is no news to somebody who looks once a week."""
MOST = 5
SHORT = 200
OF_PEOPLE = (FindingSource.PARTICIPANT, FindingSource.PULSE)
"""Findings whose titles may name who said so; only what was done about them is told."""


@dataclass(frozen=True, slots=True)
class SaidDone:
    """What people said, and what was done about it."""

    said: str
    done: str


@dataclass(frozen=True, slots=True)
class BelowFigures:
    """The four lists below the figures."""

    learned: tuple[str, ...]
    decided: tuple[str, ...]
    following: tuple[str, ...]
    done: tuple[SaidDone, ...]


def below_of(
    session: Session,
    now: datetime,
    improvements: Sequence[Improvement],
    *,
    all_of: bool,
) -> BelowFigures:
    """Return the lists for these improvements; of everything also what became of complaints. Seven
    queries.
    """
    titles = {one.id: one.title for one in improvements}
    since = now - LATELY
    done = [*_findings(session, titles, since)]
    done += _complaints(session, None if all_of else titles.keys())
    decided = [*_decisions(session, titles, since), *_answered(session, titles, since)]
    decided.sort(key=lambda one: one[0], reverse=True)
    names = names_in(session, titles)

    def plain(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(without_names(spoken(text), names) for text in texts)

    return BelowFigures(
        plain(_learned(session, titles, since)[:MOST]),
        plain(text for _at, text in decided[:MOST]),
        plain(_following(improvements)[:MOST]),
        tuple(SaidDone(*plain((one.said, one.done))) for one in done[:MOST]),
    )


def names_in(session: Session, ids: Collection[int]) -> set[str]:
    """Return the names of those who take part in these improvements."""
    rows = session.scalars(
        select(Participation.name)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .where(Iteration.improvement_id.in_(ids))
        .distinct()
    )
    return {name for name in rows if name.strip()}


def _learned(session: Session, titles: dict[int, str], since: datetime) -> list[str]:
    rows = session.execute(
        select(Note.improvement_id, Note.text)
        .where(
            Note.improvement_id.in_(titles),
            Note.kind.in_((ImprovementNoteKind.LEARN, ImprovementNoteKind.UNLEARN)),
            Note.struck_at.is_(None),
            Note.created_at > since,
        )
        .order_by(Note.id.desc())
        .limit(MOST)
    )
    return [_of(titles[number], text) for number, text in rows]


def _decisions(
    session: Session, titles: dict[int, str], since: datetime
) -> list[tuple[datetime, str]]:
    rows = session.execute(
        select(Iteration.improvement_id, Iteration.number, Decision)
        .join(Decision, Decision.iteration_id == Iteration.id)
        .where(Iteration.improvement_id.in_(titles), Decision.created_at > since)
        .order_by(Decision.id.desc())
        .limit(MOST)
    )
    return [
        (
            one.created_at,
            said(
                "%(title)s, rung %(number)s, %(day)s: %(kind)s. %(reason)s",
                title=titles[improvement_id],
                number=number,
                day=day(one.created_at.date()),
                kind=one.kind,
                reason=shortened(one.reason, SHORT),
            ),
        )
        for improvement_id, number, one in rows
    ]


def _answered(
    session: Session, titles: dict[int, str], since: datetime
) -> list[tuple[datetime, str]]:
    asked = select(CaseAsk).where(
        CaseAsk.improvement_id.in_(titles), CaseAsk.answered_at > since
    )
    newest = asked.order_by(CaseAsk.answered_at.desc(), CaseAsk.id).limit(MOST)
    return [
        (
            one.answered_at,
            said(
                "%(title)s: asked “%(asked)s”, answered: %(answer)s",
                title=titles[one.improvement_id],
                asked=shortened(one.text, SHORT),
                answer=shortened(one.answer, SHORT),
            ),
        )
        for one in session.scalars(newest)
        if one.answered_at
    ]


def _following(improvements: Sequence[Improvement]) -> list[str]:
    going = [
        one
        for one in improvements
        if one.state is ImprovementState.IN_PROGRESS and one.next_what
    ]
    going.sort(key=lambda one: one.next_due or date.max)
    return [
        said(
            "%(title)s: %(what)s, until %(day)s",
            title=one.title,
            what=shortened(one.next_what, SHORT).rstrip("."),
            day=day(one.next_due),
        )
        for one in going
        if one.next_due
    ]


def _findings(
    session: Session, titles: dict[int, str], since: datetime
) -> list[SaidDone]:
    rows = session.execute(
        select(Finding.improvement_id, Finding.title, Finding.source, Finding.fix)
        .where(
            Finding.improvement_id.in_(titles),
            Finding.state == FindingState.VERIFIED,
            Finding.fix != "",
            Finding.settled_at > since,
        )
        .order_by(Finding.settled_at.desc(), Finding.id)
        .limit(MOST)
    )
    return [
        SaidDone(
            said("Somebody who tried it: it did not work.")
            if source in OF_PEOPLE
            else _of(titles[number], title),
            shortened(fix, SHORT),
        )
        for number, title, source, fix in rows
    ]


def _complaints(session: Session, about: Collection[int] | None) -> list[SaidDone]:
    wanted = select(Complaint).where(
        Complaint.state == ComplaintState.ANSWERED, Complaint.answer != ""
    )
    if about is not None:
        wanted = wanted.where(Complaint.improvement_id.in_(about))
    newest = wanted.order_by(Complaint.id.desc()).limit(MOST)
    return [
        SaidDone(shortened(one.title, SHORT), shortened(one.answer, SHORT))
        for one in session.scalars(newest)
    ]


def _of(title: str, text: str) -> str:
    return said("%(title)s: %(text)s", title=title, text=shortened(text, SHORT))
