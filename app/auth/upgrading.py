"""A new version may bring new permissions: who gets them is a rule, applied once, told and never
silent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.rules import NAMES, in_order
from app.core import audit
from app.core.audit import AuditEvent
from app.core.parts import Parts
from app.models.auth import KnownPermission, Operator

ORIGINS = {
    "improve": "plan",
    "desk": "operators",
    "catalog": "operators",
    "scripts": "operators",
    "policy": "operators",
    "stakeholders": "operators",
    "audit": "operators",
}
"""New permission → the one it was split from.

What is new altogether goes to those who hand out permissions.
"""

BY = "upgrade"


@dataclass(frozen=True, slots=True)
class Granted:
    """An operator who got a permission because he or she held another."""

    operator: str
    permission: str
    because: str

    @property
    def sentence(self) -> str:
        """Say who may do what now, and why."""
        return f"{self.operator} may now “{self.permission}”, as holder of “{self.because}”."


def tell_of_new_permissions(parts: Parts) -> list[str]:
    """Give out what this version brought and return a sentence for each; a second time there is
    nothing to do.
    """
    with parts.database.write() as session:
        granted = grant_new_permissions(session, now=parts.now())
    return [one.sentence for one in granted]


def grant_new_permissions(session: Session, *, now: datetime) -> list[Granted]:
    """Give each permission that is new here to the holders of the one it came from; returns who got
    what.

    One that anybody holds, or ever held, was given out by hand and is left as it is. Each is looked
    at once only.
    """
    known = set(session.scalars(select(KnownPermission.name)))
    new = [name for name in NAMES if name not in known]
    session.add_all(KnownPermission(name=name, since=now) for name in new)
    by_hand = _ever_held(session) if new else set()
    granted: list[Granted] = []
    for operator in session.scalars(select(Operator).order_by(Operator.name)):
        due = [
            name
            for name in new
            if name not in by_hand and ORIGINS.get(name) in operator.permissions
        ]
        if due:
            _grant(session, operator, due, now)
        granted += [Granted(operator.name, name, ORIGINS[name]) for name in due]
    return granted


def _grant(
    session: Session, operator: Operator, names: Iterable[str], now: datetime
) -> None:
    before = list(operator.permissions)
    operator.permissions = in_order([*before, *names])
    label = f"This version brought {operator.name} the permissions {', '.join(names)}"
    was, is_now = {"permissions": before}, {"permissions": operator.permissions}
    subject = f"operator:{operator.id}"
    audit.record(
        session, BY, "operator.change", subject, label, before=was, after=is_now, at=now
    )


def _ever_held(session: Session) -> set[str]:
    held = {
        name
        for operator in session.scalars(select(Operator))
        for name in operator.permissions
    }
    events = select(AuditEvent.before, AuditEvent.after).where(
        AuditEvent.action.in_(("operator.add", "operator.change"))
    )
    for before, after in session.execute(events):
        for side in (before, after):
            held |= (
                set(side.get("permissions", ())) if isinstance(side, dict) else set()
            )
    return held
