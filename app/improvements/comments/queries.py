"""Comments as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.names import called
from app.improvements.comments.rules import Said, may_change, pieces
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration
from app.models.improvements.talk import ImprovementComment

MOST_COMMENTS = 200


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment with the names in it, and what of the improvement it is about."""

    comment: ImprovementComment
    said: tuple[Said, ...]
    finding: str | None
    rung: int | None

    def changeable(self, by: str, now: datetime) -> bool:
        """Tell whether ``by`` may change its words now."""
        if self.comment.deleted_at is not None:
            return False
        return may_change(by, self.comment.created_by, self.comment.created_at, now)


def active_names(session: Session) -> dict[str, int]:
    """Return who can be named, with his number."""
    asked = select(Operator.name, Operator.id).where(Operator.disabled_at.is_(None))
    return dict(session.execute(asked).all())


def comment_lines(session: Session, *where: ColumnElement[bool]) -> list[CommentLine]:
    """Return the comments that fit, the latest ones, oldest first."""
    rows = session.execute(
        select(ImprovementComment, Finding.title, Iteration.number)
        .outerjoin(Finding, Finding.id == ImprovementComment.finding_id)
        .outerjoin(Iteration, Iteration.id == ImprovementComment.iteration_id)
        .where(*where)
        .order_by(ImprovementComment.id.desc())
        .limit(MOST_COMMENTS)
    ).all()
    names = list(session.scalars(select(Operator.name))) if rows else []
    return [
        CommentLine(row, pieces(row.text, names), finding, rung)
        for row, finding, rung in reversed(rows)
    ]


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments are wanted: with these words, said by whom."""

    words: str = ""
    by: str = ""

    @property
    def where(self) -> list[ColumnElement[bool]]:
        """Return what it asks of a comment; what was taken back fits nothing."""
        asked: list[ColumnElement[bool]] = [ImprovementComment.deleted_at.is_(None)]
        if self.words:
            asked.append(called(ImprovementComment, self.words))
        if self.by:
            asked.append(func.lower(ImprovementComment.created_by) == self.by.lower())
        return asked


@dataclass(frozen=True, slots=True)
class CommentFound:
    """A comment in the list of all, with what it is about."""

    comment: ImprovementComment
    improvement: str
    finding: str | None
    rung: int | None


def count_comments(session: Session, wanted: CommentFilter) -> int:
    """Return how many comments fit."""
    counted = select(func.count(ImprovementComment.id)).where(*wanted.where)
    return session.scalar(counted) or 0


def comments_found(
    session: Session, wanted: CommentFilter, offset: int, limit: int
) -> list[CommentFound]:
    """Return a part of the comments that fit, the latest first."""
    about = (Improvement.title, Finding.title, Iteration.number)
    rows = session.execute(
        select(ImprovementComment, *about)
        .join(Improvement, Improvement.id == ImprovementComment.improvement_id)
        .outerjoin(Finding, Finding.id == ImprovementComment.finding_id)
        .outerjoin(Iteration, Iteration.id == ImprovementComment.iteration_id)
        .where(*wanted.where)
        .order_by(ImprovementComment.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [CommentFound(*row) for row in rows]


def comments_of(
    session: Session, improvement_id: int, rung_id: int | None = None
) -> list[CommentLine]:
    """Return the comments on an improvement or one of its rungs, the latest, oldest first."""
    mine = [ImprovementComment.improvement_id == improvement_id]
    if rung_id is not None:
        mine.append(ImprovementComment.iteration_id == rung_id)
    return comment_lines(session, *mine)
