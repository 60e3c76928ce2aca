"""What a sponsor said waits for whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.core.said import said
from app.core.waiting import (
    ME,
    MOST,
    MY_NUMBER,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare_moments,
    tells,
)
from app.models.improvements.improvement import Improvement
from app.models.sponsors.link import SponsorAnswer, StatusLink
from app.models.sponsors.words import SponsorAnswerKind

declare_moments(
    {
        "sponsor_answer.replied_at": Wait.SPONSOR,
    }
)


@tells(Wait.SPONSOR)
def sponsors_wait(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find what was said on the status page: about the operator's improvements, or with a link
    that he or she gave.
    """
    if not who.may("improve"):
        return
    rows = session.execute(_asked(), asked_for(who)).all()
    lines = tuple(_line(one, title) for one, title, _all in rows)
    yield WaitingFound(lines, rows[0][2] if rows else 0)


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    own = or_(Improvement.owner_operator_id == MY_NUMBER, Improvement.owner == ME)
    nobodys = or_(
        SponsorAnswer.improvement_id.is_(None), Improvement.owner_operator_id.is_(None)
    )
    given = or_(StatusLink.given_by_id == MY_NUMBER, StatusLink.given_by_id.is_(None))
    return (
        select(SponsorAnswer, Improvement.title, func.count().over())
        .outerjoin(Improvement, Improvement.id == SponsorAnswer.improvement_id)
        .outerjoin(StatusLink, StatusLink.id == SponsorAnswer.link_id)
        .where(SponsorAnswer.replied_at.is_(None), or_(own, and_(nobodys, given)))
        .order_by(SponsorAnswer.id)
        .limit(MOST)
    )


def _line(one: SponsorAnswer, title: str | None) -> WaitingLine:
    return WaitingLine(
        Wait.SPONSOR,
        _what(one.kind, one.whose),
        one.created_at,
        f"/status/said/{one.id}",
        f"sponsor:{one.id}:{len(one.words)}",
        why=one.words or title or "",
        by=one.whose,
    )


def _what(kind: SponsorAnswerKind, who: str) -> str:
    return {
        SponsorAnswerKind.YES: said("%(who)s said yes", who=who),
        SponsorAnswerKind.NO: said("%(who)s said no", who=who),
        SponsorAnswerKind.ASKS: said("%(who)s has a question", who=who),
        SponsorAnswerKind.OBJECTS: said("%(who)s objects", who=who),
    }[kind]
