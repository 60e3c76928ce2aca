"""The policy of informing as it is in force, and its versions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.rules.policy import DEFAULT, InformNumbers, numbers_from
from app.models.messages import InformPolicy


def newest_policy(session: Session) -> InformPolicy | None:
    """Return the version in force, or None while nobody has saved one."""
    return session.scalars(
        select(InformPolicy).order_by(InformPolicy.id.desc()).limit(1)
    ).first()


def inform_numbers(session: Session) -> InformNumbers:
    """Return the policy in force: the newest version, or the defaults."""
    newest = newest_policy(session)
    return numbers_from(newest.content) if newest else DEFAULT


def policy_versions(session: Session) -> list[InformPolicy]:
    """Return all versions, the newest first."""
    return list(session.scalars(select(InformPolicy).order_by(InformPolicy.id.desc())))
