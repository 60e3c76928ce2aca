"""Comments as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.improvements.comments.rules import Said, may_change, pieces
from app.models.auth import Operator
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
        return may_change(
            by,
            self.comment.created_by,
            self.comment.created_at,
            now,
        )


def active_names(session: Session) -> dict[str, int]:
    """Return who can be named, with his number."""
    asked = select(Operator.name, Operator.id).where(Operator.disabled_at.is_(None))
    return dict(session.execute(asked).all())


def comment_lines(session: Session, *where: ColumnElement[bool]) -> list[CommentLine]:
    """Return the comments that fit, the latest ones, oldest first."""
    rows = session.execute(
        select(
            ImprovementComment,
            Finding.title,
            Iteration.number,
        )
        .outerjoin(Finding, Finding.id == ImprovementComment.finding_id)
        .outerjoin(Iteration, Iteration.id == ImprovementComment.iteration_id)
        .where(*where)
        .order_by(ImprovementComment.id.desc())
        .limit(MOST_COMMENTS)
    ).all()
    names = list(session.scalars(select(Operator.name))) if rows else []
    return [
        CommentLine(
            row,
            pieces(row.text, names),
            finding,
            rung,
        )
        for row, finding, rung in reversed(rows)
    ]


def comments_of(session: Session, improvement_id: int) -> list[CommentLine]:
    """Return the comments on an improvement, the latest ones, oldest first."""
    mine = ImprovementComment.improvement_id == improvement_id
    return comment_lines(session, mine)
