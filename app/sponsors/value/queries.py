"""What was counted, what of it is published, and the thanks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.pace import moves_asked
from app.incidents.figures.queries import NOT_COUNTED, in_time
from app.models.improvements.improvement import Improvement, Note
from app.models.improvements.words import ImprovementNoteKind, ImprovementState
from app.models.incidents.incident import Incident
from app.models.sponsors.stakeholder import StakeholderContact
from app.models.sponsors.value import PublishedFigure, ThankYou
from app.models.sponsors.words import ContactKind
from app.sponsors.value.rules import (
    PURPOSES,
    SPAN,
    ValueFacts,
    ValueFigure,
    figures_from,
    report_of,
)

IN_PERSON = tuple(kind for kind in ContactKind if kind is not ContactKind.WRITTEN)


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure with what it is for, and whether everybody may read it."""

    figure: ValueFigure
    purpose: str
    published: bool


@dataclass(frozen=True, slots=True)
class ValuePage:
    """The report in plain words, the figures, what success was told of, and the thanks."""

    report: tuple[str, ...]
    figures: tuple[FigureShown, ...]
    successes: tuple[str, ...]
    thanks: tuple[ThankYou, ...]


def value_page(session: Session, now: datetime) -> ValuePage:
    """Return what the work was worth in the last four weeks."""
    facts = facts_of(session, now)
    return ValuePage(
        report_of(facts),
        tuple(_shown(session, facts)),
        _successes(session),
        tuple(thanks_of(session)),
    )


def published_page(session: Session, now: datetime) -> ValuePage:
    """Return what of it everybody may read: published figures of enough cases, and thanks that are
    open, without a name.
    """
    page = value_page(session, now)
    return ValuePage(
        (),
        tuple(one for one in page.figures if one.published and one.figure.is_enough),
        (),
        tuple(one for one in page.thanks if one.open),
    )


def facts_of(session: Session, now: datetime) -> ValueFacts:
    """Count what there is. Nine queries."""
    since = now - SPAN
    kept = in_time(session, since, now)
    moved, _moving, people = (session.scalar(one) or 0 for one in moves_asked())
    counted = Incident.state.not_in(NOT_COUNTED)
    thanked = ThankYou.said_on > since.date(), ThankYou.struck_at.is_(None)

    def number(*wanted: object) -> int:
        return session.scalar(select(func.count()).where(*wanted)) or 0  # type: ignore[arg-type]

    return ValueFacts(
        number(Incident.reported_at > since, counted),
        number(Incident.restored_at > since, counted),
        kept.kept,
        kept.due,
        moved,
        people,
        number(Improvement.state == ImprovementState.EMBEDDED),
        number(*thanked),
        number(
            StakeholderContact.day > since.date(),
            StakeholderContact.kind.in_(IN_PERSON),
        ),
        number(*thanked, ThankYou.manner),
    )


def thanks_of(session: Session, most: int = 20) -> list[ThankYou]:
    """Return the thanks that were said, the latest first."""
    wanted = select(ThankYou).where(ThankYou.struck_at.is_(None))
    order = ThankYou.said_on.desc(), ThankYou.id.desc()
    return list(session.scalars(wanted.order_by(*order).limit(most)))


def _shown(session: Session, facts: ValueFacts) -> Iterator[FigureShown]:
    rows = session.execute(select(PublishedFigure.key, PublishedFigure.purpose))
    known = dict(rows.all())
    for one in figures_from(facts):
        purpose = known.get(one.key) or PURPOSES[one.key]
        yield FigureShown(one, purpose, one.key in known)


def _successes(session: Session) -> tuple[str, ...]:
    wanted = select(Note.text).where(
        Note.kind == ImprovementNoteKind.SUCCESS, Note.struck_at.is_(None)
    )
    return tuple(session.scalars(wanted.order_by(Note.id.desc()).limit(5)))
