"""Notices: what one operator did alone and the others must hear of; each shown until seen."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.orm import Session

from app.auth.queries import SignedIn
from app.core.acting import Acting
from app.models.auth import Notice, NoticeSeen, Operator

HEARERS = ("approve", "apply", "directory", "operators")
"""Who holds one of these hears of what another one did with such a permission."""

KEPT = 200


def named(by: str) -> str:
    """Return who did something, as the others read it."""
    return "Somebody at the server" if by.startswith("console (") else by


def tell_operators(act: Acting, text: str, path: str) -> None:
    """Tell all other operators who hold a permission that reaches the directory; ``path`` is the
    page about it.
    """
    act.session.add(Notice(at=act.now, by=act.by, text=text, path=path))
    act.session.flush()
    oldest = (
        select(Notice.id)
        .order_by(Notice.id.desc())
        .offset(KEPT)
        .limit(1)
        .scalar_subquery()
    )
    act.session.execute(delete(Notice).where(Notice.id <= oldest))


def unseen_notices(session: Session, operator: SignedIn) -> list[Notice]:
    """Return what an operator has not seen, the newest first; nothing that is older than his or her
    account.
    """
    if not set(HEARERS) & set(operator.permissions):
        return []
    asked = {"reader": operator.operator_id, "name": operator.name.lower()}
    return list(session.scalars(_unseen_asked(), asked))


@cache
def _unseen_asked() -> Select[Notice]:
    reader: Any = bindparam("reader")
    created_at = (
        select(Operator.created_at).where(Operator.id == reader).scalar_subquery()
    )
    seen = select(NoticeSeen.notice_id).where(NoticeSeen.operator_id == reader)
    new = select(Notice).where(Notice.id.not_in(seen), Notice.at >= created_at)
    by_others = new.where(func.lower(Notice.by) != bindparam("name"))
    return by_others.order_by(Notice.id.desc())


def note_notices_seen(session: Session, operator: SignedIn, last: int) -> int:
    """Remember that an operator has seen the notices up to the number ``last``; returns how many
    these were.
    """
    shown = [
        notice.id for notice in unseen_notices(session, operator) if notice.id <= last
    ]
    session.add_all(
        NoticeSeen(notice_id=number, operator_id=operator.operator_id)
        for number in shown
    )
    return len(shown)
