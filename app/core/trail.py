"""Who may read which event of the audit trail: one table, used wherever the trail is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.core.masking import masked, without_marks

READ, DESK, IMPROVE, OPERATORS = "read", "desk", "improve", "operators"
KNOWING = "stakeholders"
NEEDED: dict[str, str] = {
    # Titles, words and names of those who ask the desk for help.
    "article": DESK,
    "basics": DESK,
    "delivery": DESK,
    "desk-policy": DESK,
    "escalation": DESK,
    "import": DESK,
    "incident": DESK,
    "mail": DESK,
    "message": DESK,
    "problem": DESK,
    # Who is for a change and who against it is nobody else's business.
    "stakeholder": KNOWING,
    "objection": KNOWING,
    "meeting": KNOWING,
    "visit": KNOWING,
    # What everybody who may read sees on its own page too.
    "audit": READ,
    "calendar": READ,
    "case": READ,
    "channel": READ,
    "comment": READ,
    "complaint": READ,
    "cost": READ,
    "demo": READ,
    "directory": READ,
    "drill": READ,
    "drift": READ,
    "evidence": READ,
    "exception": READ,
    "file": READ,
    "finding": READ,
    "freeze": READ,
    "improvement": READ,
    "iteration": READ,
    "log": READ,
    "matrix": READ,
    "measurement": READ,
    "metric": READ,
    "note": READ,
    "operator": READ,
    "participation": READ,
    "person": READ,
    "policy": READ,
    "pulse": READ,
    "review": READ,
    "primer": READ,
    "learning-link": READ,
    "status-link": READ,
    "sponsor-answer": IMPROVE,
    "published-figure": READ,
    "thank-you": READ,
    "team-page": READ,
    "right": READ,
    "role": READ,
    "rollout": READ,
    "script": READ,
    "service": READ,
    "site": READ,
    "sponsor": READ,
    "suggestion": READ,
    "switch": READ,
    "task": READ,
    "team": READ,
    "template": READ,
    "trial": READ,
    "turnover": READ,
    "token": READ,
    "unfreeze": READ,
    "wave": READ,
    "worker": READ,
}
"""The permission that reading an event needs, by the noun its action begins with; a noun not named:
``operators``.
"""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event as its reader may see it; ``hidden`` when only number, time, action and subject are
    shown.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    label: str
    before: Any
    after: Any
    reason: str
    hash: str
    hidden: str = ""

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Return each field that is known afterwards with its values before and after."""
        old, new = (
            side if isinstance(side, Mapping) else {}
            for side in (self.before, self.after)
        )
        return {name: (old.get(name), value) for name, value in new.items()}


def needed(action: str) -> str:
    """Return the permission that reading events of an action needs."""
    return NEEDED.get(action.partition(".")[0], OPERATORS)


def readable(permissions: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for events that somebody with ``permissions`` may read whole."""
    if OPERATORS in permissions:
        unnamed = ~or_(*(_of(noun) for noun in NEEDED))
        return or_(
            unnamed,
            *(
                _of(noun)
                for noun, permission in NEEDED.items()
                if permission in permissions
            ),
        )
    return or_(
        false(),
        *(
            _of(noun)
            for noun, permission in NEEDED.items()
            if permission in permissions
        ),
    )


def told(event: AuditEvent, permissions: Collection[str]) -> ToldEvent:
    """Return an event without secrets, and without its content when ``permissions`` do not
    reach.
    """
    wanted = needed(event.action)
    if wanted not in permissions:
        return ToldEvent(
            event.id,
            event.at,
            "",
            event.action,
            event.subject,
            "",
            None,
            None,
            "",
            event.hash,
            wanted,
        )
    before = masked(event.subject, event.before)
    after = masked(event.subject, event.after)
    return ToldEvent(
        event.id,
        event.at,
        event.actor,
        event.action,
        event.subject,
        without_marks(event.label),
        before,
        after,
        event.reason,
        event.hash,
    )


def about(subject: str) -> Select[AuditEvent]:
    """Return the query for the events about one thing, such as ``service:3``, the latest first."""
    return (
        select(AuditEvent)
        .where(AuditEvent.subject == subject)
        .order_by(AuditEvent.id.desc())
    )


def history(
    session: Session,
    wanted: Select[AuditEvent],
    permissions: Collection[str],
    offset: int = 0,
    limit: int | None = None,
    *,
    asked: Mapping[str, Any] | None = None,
) -> list[ToldEvent]:
    """Return the events that ``wanted`` chooses as somebody with ``permissions`` may read them.

    Every page, list, file and command that prints what was done asks here. ``asked`` are the values
    of a statement that is written once.
    """
    if offset or limit is not None:
        wanted = wanted.offset(offset).limit(limit)
    return [told(event, permissions) for event in session.scalars(wanted, asked)]


def count(session: Session, wanted: Select[AuditEvent]) -> int:
    """Return how many events ``wanted`` chooses."""
    return (
        session.scalar(
            select(func.count()).select_from(wanted.order_by(None).subquery())
        )
        or 0
    )


def _of(noun: str) -> ColumnElement[bool]:
    return or_(
        AuditEvent.action == noun,
        AuditEvent.action.startswith(f"{noun}.", autoescape=True),
    )
