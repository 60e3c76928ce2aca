"""What a story of the demo finds in the installation: who is there to play its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import operators_with
from app.models.people import Person


def operator(session: Session, permission: str) -> str:
    """Return the operator with a permission who may do least besides; nothing without any."""
    found = operators_with(session, permission)
    least = min(found, key=lambda one: len(one.permissions), default=None)
    return least.name if least else ""


def people(session: Session, count: str) -> Sequence[str]:
    """Return so many names: people of the demo company, or made up ones where none was read."""
    many = int(count)
    there = select(Person.name).where(
        Person.gone_at.is_(None), Person.disabled.is_(False), Person.service.is_(False)
    )
    found = list(
        dict.fromkeys(session.scalars(there.order_by(Person.id).limit(many * 3)))
    )
    return [*found, *(f"Colleague {number}" for number in range(1, many + 1))][:many]


def signer(session: Session, team: str) -> str:
    """Return how somebody of IT signs a message for a team."""
    known = (
        select(Person.name)
        .where(Person.gone_at.is_(None), Person.department == "IT")
        .order_by(Person.uid)
    )
    return f"{session.scalars(known.limit(1)).first() or 'Admin'}, {team}"


LOOKS: dict[str, Callable[[Session, str], object]] = {
    "operator": operator,
    "people": people,
    "signer": signer,
}
