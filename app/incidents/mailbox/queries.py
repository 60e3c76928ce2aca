"""Mails that made no incident: those somebody has to decide about, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.incidents.mail.queries import TAKEN
from app.models.incidents.desk import MailSeen

SET_ASIDE = "set aside"


class LeftView(StrEnum):
    """Which mails the page shows."""

    WAITING = "waiting"
    SET_ASIDE = "set aside"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class LeftMail:
    """One mail that made no incident.

    ``is_kept``: its content is still there, so that one can be made of it.
    """

    id: int
    sender: str
    subject: str
    reason: str
    why: str
    attempts: int
    at: datetime
    try_at: datetime | None
    is_set_aside: bool
    is_kept: bool
    delete_on: date | None
    settled_at: datetime | None
    settled_by: str


def left_mails(
    session: Session, view: LeftView, words: str, offset: int, size: int
) -> list[LeftMail]:
    """Return mails that made no incident, the newest first. One query."""
    chosen = _chosen(select(MailSeen), view, words).order_by(MailSeen.id.desc())
    return [_line(one) for one in session.scalars(chosen.offset(offset).limit(size))]


def count_left(session: Session, view: LeftView, words: str = "") -> int:
    """Return how many there are of them. One query."""
    return session.scalar(_counted(view, words)) or 0


@lru_cache(64)
def _counted(view: LeftView, words: str) -> Select[Any]:
    return _chosen(select(func.count()).select_from(MailSeen), view, words)


def newest_left(session: Session) -> int:
    """Return the number of the newest mail that waits; 0 when there is none."""
    return (
        session.scalar(_chosen(select(func.max(MailSeen.id)), LeftView.WAITING, ""))
        or 0
    )


def _chosen(chosen: Select[Any], view: LeftView, words: str) -> Select[Any]:
    chosen = chosen.where(MailSeen.outcome.not_in(TAKEN))
    if view is not LeftView.ALL:
        chosen = chosen.where(MailSeen.settled_at.is_(None))
    if view is LeftView.SET_ASIDE:
        chosen = chosen.where(MailSeen.outcome == SET_ASIDE)
    for word in words.split()[:8]:
        chosen = chosen.where(
            or_(
                *(
                    _holds(column, word)
                    for column in (MailSeen.sender, MailSeen.subject)
                )
            )
        )
    return chosen


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.icontains(word, autoescape=True)
    return found


def _line(one: MailSeen) -> LeftMail:
    return LeftMail(
        id=one.id,
        sender=one.sender,
        subject=one.subject,
        reason=one.outcome,
        why=one.why,
        attempts=one.attempts,
        at=one.at,
        try_at=one.try_at,
        is_set_aside=one.outcome == SET_ASIDE,
        is_kept=bool(one.kept),
        delete_on=one.delete_on,
        settled_at=one.settled_at,
        settled_by=one.settled_by,
    )
