"""Say something about an improvement, change or take back what one said, take note."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.improvements.comments.queries import active_names
from app.improvements.comments.rules import LONGEST_COMMENT, may_change, named
from app.improvements.events import (
    NotedChange,
    add_told,
    demand_of_it,
    locked,
    put_told,
)
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Finding, Iteration
from app.models.improvements.talk import ImprovementComment, ImprovementMention


def add_comment(
    act: Acting,
    improvement_id: int,
    text: str,
    *,
    finding_id: int | None = None,
    iteration_id: int | None = None,
) -> ImprovementComment:
    """Say something about an improvement, a finding or a rung of it; who is named with @ has it
    on Today. Raises ``Invalid`` naming the field.
    """
    improvement = locked(act.session, improvement_id)
    demand_of_it(act.session, improvement_id, Finding, finding_id, "text")
    demand_of_it(act.session, improvement_id, Iteration, iteration_id, "text")
    row = ImprovementComment(
        improvement_id=improvement_id,
        finding_id=finding_id,
        iteration_id=iteration_id,
        text=_checked(text),
        created_at=act.now,
        created_by=act.by,
    )
    made = add_told(act, improvement, row, "comment.add", f"{act.by} commented")
    _mention(act, made)
    return made


def change_comment(act: Acting, comment_id: int, text: str) -> ImprovementComment:
    """Change one's own words within a quarter of an hour; the history keeps those of before.

    Raises ``Refused``.
    """
    row, improvement = _own(act, comment_id)
    if not may_change(act.by, row.created_by, row.created_at, act.now):
        raise Refused(
            said("Words can be changed for 15 minutes; say something new instead.")
        )
    wanted = _checked(text)
    if wanted != row.text:
        values = {"text": wanted, "edited_at": act.now}
        told = f"{act.by} changed a comment"
        put_told(act, improvement, row, values, "comment.change", lambda: told)
        _mention(act, row)
    return row


def delete_comment(act: Acting, comment_id: int) -> ImprovementComment:
    """Take back one's own comment: that there was one stays to be seen. Raises ``Refused``."""
    row, improvement = _own(act, comment_id)
    gone, told = {"text": "", "deleted_at": act.now}, f"{act.by} took a comment back"
    put_told(act, improvement, row, gone, "comment.delete", lambda: told)
    _forget(act.session, row)
    return row


def take_note(act: Acting, comment_id: int) -> ImprovementComment:
    """Note that who acts has read where he or she is named. Raises ``NotFound``."""
    row = one(act.session, ImprovementComment, comment_id)
    mention = act.session.scalar(
        select(ImprovementMention)
        .join(Operator, Operator.id == ImprovementMention.operator_id)
        .where(ImprovementMention.comment_id == row.id, Operator.name == act.by)
    )
    if mention is None:
        raise NotFound(said("You are not named there."))
    if mention.seen_at is None:
        change = NotedChange()
        change.put(mention, {"seen_at": act.now})
        improvement = act.session.get_one(Improvement, row.improvement_id)
        change.record(act, improvement, "comment.seen", f"{act.by} took note")
    return row


def _own(act: Acting, comment_id: int) -> tuple[ImprovementComment, Improvement]:
    found = one(act.session, ImprovementComment, comment_id)
    improvement = locked(act.session, found.improvement_id)
    row = act.session.get_one(ImprovementComment, comment_id, populate_existing=True)
    if row.created_by != act.by:
        raise Refused(said("Only who said it may change it or take it back."))
    if row.deleted_at is not None:
        raise Refused(said("It was taken back already."))
    return row, improvement


def _mention(act: Acting, row: ImprovementComment) -> None:
    """Keep who is named: new names wait for their bearers, names that went do not any more."""
    names = active_names(act.session)
    wanted = {names[name] for name in named(row.text, names) if name != act.by}
    kept = select(ImprovementMention.operator_id).where(
        ImprovementMention.comment_id == row.id
    )
    there = set(act.session.scalars(kept))
    for operator_id in sorted(wanted - there):
        act.session.add(
            ImprovementMention(comment_id=row.id, operator_id=operator_id, seen_at=None)
        )
    _forget(act.session, row, there - wanted)


def _forget(
    session: Session, row: ImprovementComment, which: set[int] | None = None
) -> None:
    mine = ImprovementMention.comment_id == row.id
    asked = delete(ImprovementMention).where(mine)
    if which is not None:
        asked = asked.where(ImprovementMention.operator_id.in_(which))
    session.execute(asked)


def _checked(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= LONGEST_COMMENT:
        why = said(
            "Write something, in at most %(longest)s characters.",
            longest=LONGEST_COMMENT,
        )
        raise Invalid(why, field="text")
    return text
