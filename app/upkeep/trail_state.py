"""The present state against what the audit trail last said of it: a difference was made outside of
Rung.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEvent
from app.models.access.wave import Wave
from app.models.auth import Operator


@dataclass(slots=True)
class OperatorInTrail:
    """What the trail last said of an operator."""

    permissions: frozenset[str] | None = None
    disabled: bool = False


def untold(session: Session) -> list[str]:
    """Return one sentence for each permission, disabled operator and approval that no event tells
    of.
    """
    return [*_untold_operators(session), *_untold_approvals(session)]


def _untold_operators(session: Session) -> Iterator[str]:
    said = _operators_in_the_trail(session)
    present = {
        f"operator:{operator.id}": operator
        for operator in session.scalars(select(Operator))
    }
    for subject in sorted(set(said) - set(present)):
        yield f"{subject} is in the audit trail, and not there any more"
    for subject, operator in sorted(present.items()):
        yield from _untold_of(operator, said.get(subject, OperatorInTrail()))


def _untold_of(operator: Operator, said: OperatorInTrail) -> Iterator[str]:
    if said.permissions is None:
        yield f"no event tells that {operator.name} was added"
        return
    if added := sorted(set(operator.permissions) - said.permissions):
        yield f"no event gave {operator.name} {', '.join(added)}"
    if lost := sorted(said.permissions - set(operator.permissions)):
        yield f"no event took {', '.join(lost)} from {operator.name}"
    if said.disabled != bool(operator.disabled_at):
        state = "enabled" if said.disabled else "disabled"
        yield f"no event tells that {operator.name} was {state}"


def _operators_in_the_trail(session: Session) -> dict[str, OperatorInTrail]:
    found: dict[str, OperatorInTrail] = {}
    about = AuditEvent.subject.startswith("operator:")
    events = select(AuditEvent.subject, AuditEvent.action, AuditEvent.after).where(
        about
    )
    for subject, action, after in session.execute(events.order_by(AuditEvent.id)):
        standing = found.setdefault(subject, OperatorInTrail())
        if isinstance(after, dict) and "permissions" in after:
            standing.permissions = frozenset(after["permissions"])
        if action in ("operator.disable", "operator.enable"):
            standing.disabled = action == "operator.disable"
    return found


def _untold_approvals(session: Session) -> Iterator[str]:
    events = select(AuditEvent.subject, AuditEvent.after).where(
        AuditEvent.action == "wave.approve"
    )
    said = {
        subject: (after or {}).get("hash")
        for subject, after in session.execute(events.order_by(AuditEvent.id))
    }
    approved = (
        select(Wave.id, Wave.approved_hash)
        .where(Wave.approved_hash != "")
        .order_by(Wave.id)
    )
    for number, approved_hash in session.execute(approved):
        if said.get(f"wave:{number}") != approved_hash:
            yield f"no event approved the plan that wave:{number} holds"
