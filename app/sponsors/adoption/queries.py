"""What is known of the people of improvements and roles: what they did, not what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.queries import holding_by_role, load_role
from app.access.roles.queries import standing_of
from app.directory.queries import load_graph
from app.improvements.queries import get_improvement
from app.improvements.spread.queries import BurnUp, burn_up_of
from app.models.access.role import Role
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ParticipationState
from app.models.people import Person
from app.sponsors.adoption.moves import burn_of_role, of_roles
from app.sponsors.adoption.rules import (
    Adopter,
    AdoptionCount,
    adoption_count,
    adoption_parts,
)

HAS = (
    ParticipationState.SWITCHED,
    ParticipationState.OBSERVING,
    ParticipationState.ACCEPTED,
)


@dataclass(
    frozen=True,
    slots=True,
)
class AdoptionLine:
    """The adoption of one improvement or one role, as a line of the list."""

    kind: str
    id: int
    count: AdoptionCount


@dataclass(
    frozen=True,
    slots=True,
)
class AdoptionPage:
    """The adoption of one thing, in all, by site and by department, and how it goes on."""

    line: AdoptionLine
    sites: tuple[AdoptionCount, ...]
    departments: tuple[AdoptionCount, ...]
    burn: BurnUp


def adoption_lines(session: Session, today: date) -> list[AdoptionLine]:
    """Return the adoption of every improvement and role that anybody was asked for."""
    told = _of_improvements(session)
    titles = select(
        Improvement.id,
        Improvement.title,
        Improvement.eligible,
    ).where(Improvement.id.not_in(_standing_for_roles()))
    lines = [
        _line(
            "improvement",
            number,
            told[number],
            today,
            title,
            eligible or 0,
        )
        for number, title, eligible in session.execute(titles)
        if number in told
    ]
    moved = of_roles(session)
    names = select(
        Role.id,
        Role.name,
    ).where(Role.single.is_(False))
    lines += [
        _line(
            "role",
            number,
            moved[number],
            today,
            name,
            0,
        )
        for number, name in session.execute(names)
        if number in moved
    ]
    return sorted(
        lines,
        key=lambda line: (-line.count.asked, line.count.name),
    )


def improvement_adoption(
    session: Session, improvement_id: int, today: date, rest: str = ""
) -> AdoptionPage:
    """Return the adoption of one improvement. Raises ``NotFound``."""
    one = get_improvement(
        session,
        improvement_id,
    )
    people = _of_improvements(
        session,
        improvement_id,
    ).get(
        improvement_id,
        [],
    )
    line = _line(
        "improvement",
        one.id,
        people,
        today,
        one.title,
        one.eligible or 0,
    )
    return _page(
        line,
        people,
        today,
        rest,
        burn_up_of(
            session,
            one.id,
            today,
        ),
    )


def role_adoption(
    session: Session, role_id: int, today: date, rest: str = ""
) -> AdoptionPage:
    """Return the adoption of one role. Raises ``NotFound``."""
    role = load_role(
        session,
        role_id,
    )
    people = of_roles(
        session,
        role_id,
    ).get(
        role_id,
        [],
    )
    graph = load_graph(
        session,
        role.directory_id,
    )
    standing = standing_of(
        graph,
        role,
        holding_by_role(session)[role_id],
    )
    line = _line(
        "role",
        role.id,
        people,
        today,
        role.name,
        standing.rungs.fitting,
    )
    burn = burn_of_role(
        session,
        role_id,
        max(
            standing.rungs.fitting,
            len(people),
        ),
        today,
    )
    return _page(
        line,
        people,
        today,
        rest,
        burn,
    )


def _standing_for_roles() -> Select[int | None]:
    """Ask for the improvements of roles: their people are those of the role."""
    return select(Role.improvement_id).where(Role.improvement_id.is_not(None))


def _line(
    kind: str,
    number: int,
    people: Sequence[Adopter],
    today: date,
    name: str,
    eligible: int,
) -> AdoptionLine:
    count = adoption_count(
        people,
        today,
        name=name,
        eligible=eligible,
    )
    return AdoptionLine(
        kind,
        number,
        count,
    )


def _page(
    line: AdoptionLine, people: Sequence[Adopter], today: date, rest: str, burn: BurnUp
) -> AdoptionPage:
    sites = adoption_parts(
        people,
        today,
        lambda one: one.site,
        rest,
    )
    departments = adoption_parts(
        people,
        today,
        lambda one: one.department,
        rest,
    )
    return AdoptionPage(
        line,
        sites,
        departments,
        burn,
    )


def _of_improvements(
    session: Session, improvement_id: int | None = None
) -> dict[int, list[Adopter]]:
    """Return by improvement what is known of each of its people, from all their rungs."""
    chosen = (
        select(
            Iteration.improvement_id,
            Participation,
            Person,
        )
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .outerjoin(Person, Person.id == Participation.person_id)
        .where(Participation.left_at.is_(None))
        .order_by(Participation.id)
    )
    if improvement_id is not None:
        chosen = chosen.where(Iteration.improvement_id == improvement_id)
    rungs: dict[int, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for number, one, person in session.execute(chosen):
        rungs[number][one.person_id or one.name].append((one, person))
    return {
        number: [
            _adopter(
                [one for one, _ in some],
                some[-1][1],
            )
            for some in people.values()
        ]
        for number, people in rungs.items()
    }


def _adopter(rungs: Sequence[Participation], person: Person | None) -> Adopter:
    """Return what all rungs of somebody tell together: the last word counts."""
    last = rungs[-1]
    had = [one for one in rungs if one.switched_at]
    said = [one.says_works for one in rungs if one.says_works is not None]
    works = said[-1] if said else last.state is ParticipationState.ACCEPTED or None
    used = [one.last_used_on for one in rungs if one.last_used_on]
    waited = [
        (one.accepted_at - one.switched_at).days
        for one in had
        if one.accepted_at and one.switched_at
    ]
    mailed = [one.link_sent_at.date() for one in rungs if one.link_sent_at]
    acted = [
        moment.date()
        for one in rungs
        for moment in (one.switched_at, one.answered_at, one.accepted_at)
        if moment
    ]
    return Adopter(
        ready=any(one.prepared_at or one.switched_at for one in rungs),
        had=bool(had),
        has=any(one.state in HAS for one in rungs)
        and last.state is not ParticipationState.UNDONE,
        back=last.state is ParticipationState.UNDONE and bool(had),
        works=works,
        last_used=max(
            used,
            default=None,
        ),
        waited=waited[-1] if waited else None,
        mailed=min(
            mailed,
            default=None,
        ),
        acted=max(
            [*acted, *used],
            default=None,
        ),
        site=person.site if person else "",
        department=person.department if person else "",
    )
