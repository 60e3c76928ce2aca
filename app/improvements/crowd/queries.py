"""The people of a rung as they are listed and counted, and whom a site, a team or a group means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import Invalid
from app.core.said import said
from app.directory.queries.holders import holders_of
from app.improvements.crowd.rules import GONE, GROUPS, CrowdGroup, groups
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ParticipationState
from app.models.people import Person, Site, TeamMember

SAID = (ParticipationState.ACCEPTED, ParticipationState.UNDONE)


@dataclass(frozen=True, slots=True)
class CrowdFilter:
    """What narrows the people of a rung: words of their names, where they stand, their site."""

    q: str = ""
    state: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class CrowdLine:
    """One of the people of a rung, as a list shows them."""

    id: int
    name: str
    state: ParticipationState
    site: str
    department: str
    person_id: int | None
    gone_at: datetime | None
    accepted_by: str
    undo_asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrowdPage:
    """A rung with its people counted; ``gone`` of them left before they said how it was."""

    rung: Iteration
    one: Improvement
    groups: tuple[CrowdGroup, ...]
    total: int
    gone: int
    sites: tuple[str, ...] = ()

    @property
    def works(self) -> int:
        """Return how many say that it works."""
        return sum(group.number for group in self.groups if group.key == "works")

    @property
    def heard(self) -> int:
        """Return of how many that can be known: all but those who left before they said it."""
        return self.total - self.gone


def crowd_page(session: Session, iteration_id: int) -> CrowdPage:
    """Load a rung with its people counted.

    Five queries, however many they are. Raises ``NotFound``.
    """
    rung = one(session, Iteration, iteration_id)
    there = _there(iteration_id)
    counted = select(Participation.state, func.count()).where(there)
    rows = session.execute(counted.group_by(Participation.state))
    numbers: dict[ParticipationState, int] = dict(rows.all())
    gone = _joined(select(func.count(Participation.id))).where(there, *_gone())
    sites = _joined(select(Person.site)).where(there, Person.site != "").distinct()
    return CrowdPage(
        rung,
        session.get_one(Improvement, rung.improvement_id),
        groups(numbers),
        sum(numbers.values()),
        session.scalar(gone) or 0,
        tuple(sorted(session.scalars(sites), key=str.casefold)),
    )


def count_crowd(session: Session, iteration_id: int, wanted: CrowdFilter) -> int:
    """Return how many people of a rung a filter lets through."""
    chosen = _joined(select(func.count(Participation.id)))
    return session.scalar(chosen.where(*_fitting(iteration_id, wanted))) or 0


def crowd_lines(
    session: Session,
    iteration_id: int,
    wanted: CrowdFilter,
    offset: int = 0,
    limit: int | None = None,
) -> list[CrowdLine]:
    """Return people of a rung by name, so many of them from a place on."""
    columns = (
        Participation.id,
        Participation.name,
        Participation.state,
        Person.site,
        Person.department,
        Participation.person_id,
        Person.gone_at,
        Participation.accepted_by,
        Participation.undo_asked_at,
    )
    chosen = _joined(select(*columns)).where(*_fitting(iteration_id, wanted))
    ordered = chosen.order_by(func.lower(Participation.name), Participation.id)
    return [_line(row) for row in session.execute(ordered.offset(offset).limit(limit))]


def crowd_ids(
    session: Session, iteration_id: int, wanted: CrowdFilter
) -> frozenset[int]:
    """Return the numbers of the people of a rung that a filter lets through."""
    chosen = _joined(select(Participation.id))
    return frozenset(session.scalars(chosen.where(*_fitting(iteration_id, wanted))))


@dataclass(frozen=True, slots=True)
class CrowdSource:
    """Whom to ask: who is at this site, in this department, of this team and in this group, as far
    as each is named.
    """

    site: str = ""
    department: str = ""
    team_id: int | None = None
    right_id: int | None = None

    @property
    def named(self) -> bool:
        """Tell whether anything is named."""
        return any((self.site, self.department, self.team_id, self.right_id))


@dataclass(frozen=True, slots=True)
class CrowdPerson:
    """Somebody who may be asked; ``site_id`` is the site of Rung that is called as theirs."""

    name: str
    person_id: int
    site_id: int | None


def people_in(session: Session, source: CrowdSource) -> list[CrowdPerson]:
    """Return the people a source means, by name: who is there, may sign in and is a person.

    Raises ``Invalid`` by field for a site or a department nobody is in.
    """
    found = (
        select(Person.id, Person.name, Site.id.label("site_id"))
        .outerjoin(Site, func.lower(Site.name) == func.lower(Person.site))
        .where(Person.gone_at.is_(None), ~Person.disabled, ~Person.service)
    )
    for column, text, name in (
        (Person.site, source.site, "site"),
        (Person.department, source.department, "department"),
    ):
        if text:
            _demand_used(session, column, text, name)
            found = found.where(func.lower(column) == text.lower())
    if source.team_id:
        found = found.where(Person.uid.in_(_logins_of(source.team_id)))
    if source.right_id:
        holders = holders_of(session, [source.right_id])[source.right_id]
        found = found.where(Person.id.in_(holders))
    rows = session.execute(found.order_by(func.lower(Person.name), Person.id))
    return [CrowdPerson(row.name, row.id, row.site_id) for row in rows]


def taking_part(session: Session, iteration_id: int) -> frozenset[int | str]:
    """Return those who take part in a rung: their numbers in the directory, else their names."""
    mine = select(Participation.person_id, Participation.name)
    rows = session.execute(mine.where(_there(iteration_id)))
    return frozenset(row.person_id or row.name.lower() for row in rows)


def chosen_people(
    session: Session, iteration_id: int, numbers: Collection[int]
) -> Sequence[Participation]:
    """Return those of some participants who take part in a rung, in the order of their names."""
    everybody = select(Participation).where(_there(iteration_id))
    ordered = everybody.order_by(func.lower(Participation.name), Participation.id)
    fresh = ordered.execution_options(populate_existing=True)
    return [each for each in session.scalars(fresh) if each.id in numbers]


def _there(iteration_id: int) -> ColumnElement[bool]:
    return (Participation.iteration_id == iteration_id) & Participation.left_at.is_(
        None
    )


def _joined(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return chosen.select_from(Participation).outerjoin(
        Person, Person.id == Participation.person_id
    )


def _gone() -> tuple[ColumnElement[bool], ...]:
    return Person.gone_at.is_not(None), Participation.state.not_in(SAID)


def _fitting(iteration_id: int, wanted: CrowdFilter) -> list[ColumnElement[bool]]:
    found = [_there(iteration_id)]
    for text in wanted.q.split():
        names = (Participation.name, Person.uid, Person.mail, Person.department)
        found.append(or_(*(each.icontains(text, autoescape=True) for each in names)))
    if wanted.state == GONE:
        found += _gone()
    elif wanted.state in GROUPS:
        found.append(Participation.state.in_(GROUPS[wanted.state]))
    if wanted.site:
        found.append(Person.site == wanted.site)
    return found


def _line(row: Any) -> CrowdLine:
    told = {**row._mapping, "site": row.site or "", "department": row.department or ""}
    return CrowdLine(**told)


def _logins_of(team_id: int) -> Select[str]:
    mine = TeamMember.operator_id == Operator.id
    members = select(Operator.person_uid).join(TeamMember, mine)
    return members.where(TeamMember.team_id == team_id, Operator.person_uid != "")


def _demand_used(session: Session, column: Any, text: str, name: str) -> None:
    used = select(Person.id).where(
        func.lower(column) == text.lower(), Person.gone_at.is_(None)
    )
    if session.scalar(used.limit(1)) is None:
        raise Invalid(
            said("Nobody of the directory is in “%(text)s”.", text=text), field=name
        )
