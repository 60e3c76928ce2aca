"""The reverse shadow: what the rights from before a move would give today, beside what the role
gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.document import PlannedPerson
from app.access.drift.promises import words_of
from app.access.rules import effective_access
from app.directory.queries import load_graph
from app.directory.rules import Graph, names
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.directory import Directory
from app.models.people import Person


@dataclass(
    frozen=True,
    slots=True,
)
class ReverseShadow:
    """What became different since a move, had the person kept the old rights: rights they would
    give today and the person does not see, and rights the person sees that they would not give.
    """

    person_id: int
    name: str
    more: tuple[str, ...]
    less: tuple[str, ...]


def shadow_of(
    graph: Graph, person_id: int, part: PlannedPerson, *, transitive: bool
) -> ReverseShadow:
    """Return how the old rights of a person, as they would work today, differ from what is seen.

    What the plan itself accepted to be lost or gained is no difference.
    """
    by_key = {right.key: number for number, right in graph.rights.items()}
    before = {by_key[held.key] for held in part.before if held.key in by_key}
    old = effective_access(
        graph,
        before,
        transitive,
    )
    now = effective_access(
        graph,
        graph.direct.get(
            person_id,
            frozenset(),
        ),
        transitive,
    )
    roles = {number for number, right in graph.rights.items() if right.is_role}
    lost = {loss.right for loss in part.losses}
    gained = {gain.right for gain in part.gains}
    more = {
        names(
            graph,
            right,
        )
        for right in old - now - roles
    } - lost
    less = {
        names(
            graph,
            right,
        )
        for right in now - old - roles
    } - gained
    return ReverseShadow(
        person_id,
        part.name,
        _sorted(more),
        _sorted(less),
    )


def _sorted(found: set[str]) -> tuple[str, ...]:
    return tuple(
        sorted(
            found,
            key=str.casefold,
        )
    )


def shadows_in(
    session: Session, wave_id: int, person_id: int | None = None
) -> list[ReverseShadow]:
    """Return the people of a wave, or one of them, who wait to be seen working and for whom the old
    rights would give something else today than the role.
    """
    wave = session.get_one(
        Wave,
        wave_id,
    )
    role = session.get_one(
        Role,
        wave.role_id,
    )
    home = session.get_one(
        Directory,
        role.directory_id,
    )
    transitive = home.profile.get("memberof") == "transitive"
    mine = (
        select(
            Person.id,
            Person.key,
        )
        .join(
            Switch,
            Switch.person_id == Person.id,
        )
        .where(
            Switch.wave_id == wave_id,
            Switch.state == SwitchState.SOAKING,
        )
        .limit(MOST)
    )
    if person_id is not None:
        mine = mine.where(Person.id == person_id)
    people = session.execute(mine).all()
    if not people:
        return []
    graph = load_graph(
        session,
        role.directory_id,
    )
    words = words_of(wave.plan)
    parts = words.people if words else {}
    found = [
        shadow_of(
            graph, number, PlannedPerson.from_json(parts[key]), transitive=transitive
        )
        for number, key in people
        if number in graph.people and key in parts
    ]
    return [each for each in found if each.more or each.less]


MOST = 15
"""So many people of a wave are looked at: as many as stand on one page of it."""
