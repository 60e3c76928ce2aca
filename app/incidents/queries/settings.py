"""The versions of the desk's numbers, and what they touch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.incidents.rules.policy import DEFAULT, content_of
from app.models.incidents.desk import DeskPolicy
from app.models.incidents.incident import Incident


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """One version of the numbers with what it changed."""

    id: int
    at: datetime
    by: str
    reason: str
    rows: tuple[dict[str, str], ...]


def number_versions(session: Session, limit: int = 20) -> list[SettingsVersion]:
    """Return the latest versions, newest first, each against the one before. One query."""
    found = list(
        session.scalars(select(DeskPolicy).order_by(DeskPolicy.id.desc()).limit(limit + 1))
    )
    befores = [*(each.content for each in found[1:]), content_of(DEFAULT)]
    return [
        SettingsVersion(
            one.id, one.created_at, one.created_by, one.reason, _differences(before, one.content)
        )
        for one, before in list(zip(found, befores, strict=False))[:limit]
    ]


def open_by_priority(session: Session, now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many incidents are open and how many of them over their target, by priority.

    One query.
    """
    late = func.count().filter(Incident.target_at < now)
    chosen = (
        select(Incident.priority, func.count(), late)
        .where(Incident.is_open)
        .group_by(Incident.priority)
    )
    return {priority: (total, over) for priority, total, over in session.execute(chosen)}


def _differences(before: dict[str, object], after: dict[str, object]) -> tuple[dict[str, str], ...]:
    names = [name for name in after if before.get(name) != after[name]]
    return tuple(
        {
            "name": name.replace("_", " ").capitalize(),
            "before": _said(before.get(name)),
            "after": _said(after[name]),
        }
        for name in names
    )


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"P{key} {amount:g}" for key, amount in value.items())
    if isinstance(value, list):
        return ", ".join(f"{each:g}" for each in value)
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
