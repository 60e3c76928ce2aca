"""Many people as somebody types them who sees no page: sites, teams, groups and names as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import Invalid
from app.core.said import said
from app.directory.queries import find_right
from app.improvements.crowd.actions import CrowdMoved, CrowdReach
from app.improvements.crowd.queries import (
    CrowdFilter,
    CrowdLine,
    CrowdSource,
    chosen_people,
    crowd_ids,
    crowd_lines,
    crowd_page,
)
from app.improvements.crowd.rules import GONE, GROUPS, group_of
from app.improvements.people.actions import key_of
from app.improvements.people.meaning import meant
from app.improvements.people.rules import state_called
from app.improvements.rules import WORDS
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import ParticipationState
from app.models.people import Team


@dataclass(frozen=True, slots=True)
class CrowdTyped:
    """Which people of a rung are meant: in a state, at a site, by name, everybody; but some."""

    state: str = ""
    site: str = ""
    names: Sequence[str] = ()
    but: Sequence[str] = ()
    everybody: bool = False


def source_called(
    session: Session,
    site: str = "",
    department: str = "",
    team: str = "",
    group: str = "",
) -> CrowdSource:
    """Return the source that words mean.

    Raises ``Invalid`` for a team nobody knows, ``NotFound`` or ``Refused`` for a group.
    """
    return CrowdSource(
        site.strip(),
        department.strip(),
        _team(session, team).id if team.strip() else None,
        find_right(session, group).id if group.strip() else None,
    )


def state_typed(text: str) -> ParticipationState:
    """Return the state a word means, also one it was called by before. Raises ``Invalid``."""
    found = state_called(text)
    if found is None:
        known = ", ".join(dict.fromkeys(WORDS.values()))
        raise Invalid(
            said(
                "There is no state %(text)s. Known: %(value)s.", text=text, value=known
            ),
            field="to",
        )
    return found


def filter_typed(wanted: CrowdTyped) -> CrowdFilter:
    """Return the filter that a state and a site mean. Raises ``Invalid`` for an unknown state."""
    state = wanted.state
    if state and state not in (*GROUPS, GONE):
        state = group_of(state_typed(state))
    return CrowdFilter(state=state, site=wanted.site)


def numbers_typed(
    session: Session, iteration_id: int, wanted: CrowdTyped
) -> frozenset[int]:
    """Return the numbers of those who are meant. Raises ``Invalid`` when nobody was said."""
    one(session, Iteration, iteration_id)
    if not (wanted.everybody or wanted.state or wanted.site or wanted.names):
        raise Invalid(
            said("Say who is meant: a state, a site, names, or all."), field="people"
        )
    found = crowd_ids(session, iteration_id, filter_typed(wanted))
    if wanted.names:
        found &= _called(session, iteration_id, wanted.names, "names")
    return found - _called(session, iteration_id, wanted.but, "except")


def crowd_told(
    session: Session, iteration_id: int, wanted: CrowdFilter, limit: int, offset: int
) -> dict[str, Any]:
    """Return the people of a rung as programs see them, with how many stand where."""
    page = crowd_page(session, iteration_id)
    lines = crowd_lines(session, iteration_id, wanted, offset, limit)
    return {
        "people": [line_told(line) for line in lines],
        "counts": {group.key: group.number for group in page.groups},
        "gone": page.gone,
        "total": len(crowd_ids(session, iteration_id, wanted)),
    }


def line_told(line: CrowdLine) -> dict[str, Any]:
    """Return one of the people as programs see them."""
    return {
        "id": line.id,
        "name": line.name,
        "state": group_of(line.state),
        "site": line.site,
        "department": line.department,
        "gone_at": line.gone_at.isoformat() if line.gone_at else None,
        "accepted_by": line.accepted_by,
    }


def reach_told(reach: CrowdReach) -> dict[str, Any]:
    """Return whom an invitation reaches as programs see it."""
    return {
        "meant": reach.meant,
        "already": reach.already,
        "left_out": reach.left_out,
        "asked": [who.name for who in reach.asked],
    }


def move_told(found: CrowdMoved) -> dict[str, Any]:
    """Return what a move did as programs see it."""
    return {
        "to": group_of(found.to),
        "moved": found.moved,
        "already": found.already,
        "stayed": [
            {"why": str(why), "people": names} for why, names in found.kept.items()
        ],
        "event": found.event,
    }


def _called(
    session: Session, iteration_id: int, names: Sequence[str], field: str
) -> frozenset[int]:
    if not names:
        return frozenset()
    everybody = crowd_ids(session, iteration_id, CrowdFilter())
    there = {
        key_of(one): one.id for one in chosen_people(session, iteration_id, everybody)
    }
    found = set()
    for who in meant(session, names, field):
        number = there.get(key_of(who))
        if number is None:
            raise Invalid(
                said("%(name)s does not take part.", name=who.name), field=field
            )
        found.add(number)
    return frozenset(found)


def _team(session: Session, text: str) -> Team:
    wanted = func.lower(Team.name) == text.strip().lower()
    found = session.scalars(select(Team).where(wanted)).first()
    if found is None:
        raise Invalid(said("There is no team “%(text)s”.", text=text), field="team")
    return found
