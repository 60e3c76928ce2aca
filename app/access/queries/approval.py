"""Who wants to approve a wave, and what speaks against it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.access.rules.approval import Approval, unnamed
from app.auth.queries import operator_named, operators_with
from app.core.errors import Refused
from app.core.settings import Settings
from app.models.access import Wave


def approval_by(
    session: Session, wave: Wave, by: str, settings: Settings, now: datetime
) -> Approval:
    """Return what the rule needs to know of ``by`` and a wave loaded with its people.

    Raises ``Refused``.
    """
    operator = operator_named(session, by)
    if operator is None or operator.disabled_at or "approve" not in operator.permissions:
        raise Refused(f"{by} is not an operator who may approve.")
    return Approval(
        approver=operator.name,
        approver_uid=operator.person_uid,
        author=wave.author,
        people=[switch.person.uid for switch in wave.switches],
        approvers=[operator.name for operator in operators_with(session, "approve")],
        planned_at=wave.created_at,
        now=now,
        cooling=timedelta(hours=settings.cooling_hours),
        approver_since=operator.approver_since,
        first=wave.first_approved_by,
        first_at=wave.first_approved_at,
    )


def unnamed_account(session: Session, by: str, verb: str) -> str:
    """Return why ``by`` may not decide about people's access, or nothing.

    On the machine itself others act too.
    """
    operator = operator_named(session, by)
    return unnamed(operator.name, operator.person_uid, verb) if operator else ""
