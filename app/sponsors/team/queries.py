"""The team page as it is kept, and what of it everybody may read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.sponsors.team import TeamPage


@dataclass(frozen=True, slots=True)
class TeamShown:
    """The page as one reader sees it."""

    purpose: str
    who: str
    reach: str
    looks_after: tuple[str, ...]
    names: tuple[str, ...]


def the_team(session: Session) -> TeamPage | None:
    """Return the page, where somebody wrote it."""
    return session.scalars(select(TeamPage).order_by(TeamPage.id).limit(1)).first()


def shown_to_all(page: TeamPage | None) -> TeamShown | None:
    """Return what everybody may read: nothing until it is opened, and names that agreed only."""
    if page is None or not page.open:
        return None
    return _shown(page, names=page.agreed)


def shown_inside(page: TeamPage | None) -> TeamShown | None:
    """Return the page for who signs in."""
    return _shown(page, names=True) if page else None


def _shown(page: TeamPage, *, names: bool) -> TeamShown:
    return TeamShown(
        page.purpose,
        page.who,
        page.reach,
        _lines(page.looks_after),
        _lines(page.names) if names else (),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
