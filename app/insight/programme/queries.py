"""Everything the page of the programme shows, read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.climb.queries import ladders_of
from app.access.climb.rules import RoleRung, RungNow
from app.access.queries import holding_by_role, load_roles, of_a_role
from app.access.roles.queries import ready_people, standing_of
from app.directory.queries import load_graph
from app.directory.rules import Graph
from app.improvements.board.rules import Rungs
from app.improvements.spread.rules import BurnWeek
from app.improvements.statistics.forecast import FanWeek, Forecast, fan
from app.improvements.statistics.weeks import throughput
from app.insight.programme.rules import (
    ExceptionAge,
    MoveSeen,
    ProgrammeCount,
    age_of,
    counted,
    finish_days,
    finish_of,
    moved_people,
    next_role,
    weeks_of,
)
from app.insight.programme.scope import scope_line
from app.insight.report.rules import plain_rights
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, SETTLED_SWITCHES
from app.models.directory import Directory

AHEAD = 26
"""So many weeks ahead are drawn."""


@dataclass(frozen=True, slots=True)
class ProgrammeRole:
    """One role in use: where its people stand, its rungs, and for how many nothing would change."""

    id: int
    name: str
    rungs: Rungs
    ladder: tuple[RoleRung, ...]
    ready: int

    @property
    def going(self) -> bool:
        """Tell whether a wave of it is not decided yet."""
        return any(
            rung.stands is RungNow.RUNNING and rung.wave is not None
            for rung in self.ladder
        )


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """How far the whole change is; ``ready`` counts people for whom a move to some role changes
    nothing, each once; ``by`` are the days with 50 % and 85 % chance.
    """

    count: ProgrammeCount
    roles: tuple[ProgrammeRole, ...]
    ready: int
    next_role: ProgrammeRole | None
    forecast: Forecast
    fan: tuple[FanWeek, ...]
    by: tuple[date | None, date | None]
    exceptions: dict[ExceptionAge, int]
    weeks: tuple[BurnWeek, ...]


def programme_page(session: Session, today: date) -> ProgrammePage:
    """Return the whole programme as it stands on a day."""
    roles, graphs = _standing(session)
    lines, ready = _lines(session, roles, graphs)
    moves = moves_of(session)
    direct, inside = _people(session, graphs)
    count = counted(moves, direct, inside)
    ahead = finish_of(moves, count, today)
    chosen = next_role(
        {line.id: line.ready for line in lines},
        [line.id for line in lines if line.going],
    )
    return ProgrammePage(
        count=count,
        roles=lines,
        ready=len(ready),
        next_role=next((line for line in lines if line.id == chosen), None),
        forecast=ahead,
        fan=_fan(moves, count, today),
        by=finish_days(ahead, today),
        exceptions=_exceptions(session, today),
        weeks=weeks_of(moves, scope_line(session, moves, count.scope, today), today),
    )


@dataclass(frozen=True, slots=True)
class ReadyPerson:
    """Somebody for whom a move changes nothing, and the roles (number, name) it could be to."""

    id: int
    uid: str
    name: str
    department: str
    roles: tuple[tuple[int, str], ...]


def ready_lines(session: Session, text: str = "") -> list[ReadyPerson]:
    """Return who can move today with zero change, over all roles, by name; those alone in whose
    name, account, department or role ``text`` stands.
    """
    roles, graphs = _standing(session)
    _roles, ready = _lines(session, roles, graphs)
    lines = []
    for number, fitting in ready.items():
        person = graphs[fitting[0].directory_id].people[number]
        named = tuple((role.id, role.name) for role in fitting)
        line = ReadyPerson(number, person.uid, person.name, person.department, named)
        told = " ".join((line.uid, line.name, line.department, *dict(named).values()))
        if text.strip().casefold() in told.casefold():
            lines.append(line)
    return sorted(lines, key=lambda line: (line.name, line.id))


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """The people of one role who can move together, as many as one wave may have."""

    role_id: int
    role: str
    people: tuple[int, ...]


def groups_of(found: Iterable[ReadyPerson], most: int) -> list[ReadyGroup]:
    """Return who could move together, each person once: in the first role that fits."""
    together: dict[tuple[int, str], list[int]] = {}
    for line in found:
        together.setdefault(line.roles[0], []).append(line.id)
    return [
        ReadyGroup(number, name, tuple(people[:most]))
        for (number, name), people in together.items()
    ]


def _standing(session: Session) -> tuple[list[Role], dict[int, Graph]]:
    roles = load_roles(session, Role.single.is_(False), Role.retired_at.is_(None))
    known = session.scalars(select(Directory.id).order_by(Directory.id))
    return roles, {number: load_graph(session, number) for number in known.all()}


def _fan(
    moves: list[MoveSeen], count: ProgrammeCount, today: date
) -> tuple[FanWeek, ...]:
    began = min((move.switched for move in moves), default=today)
    history = throughput(moved_people(moves).values(), began, today)
    return tuple(fan(history, count.left, AHEAD))


def moves_of(session: Session) -> list[MoveSeen]:
    """Return every move of a person to a role that was switched, the oldest first."""
    columns = Switch.person_id, Wave.role_id, Switch.switched_at, Switch.confirmed_at
    rows = (
        select(*columns, Switch.undone_at, Switch.state)
        .join(Wave, Wave.id == Switch.wave_id)
        .where(Switch.switched_at.is_not(None), of_a_role())
        .order_by(Switch.switched_at, Switch.id)
    )
    return [
        MoveSeen(
            person,
            role,
            switched.date(),
            seen.date() if seen and state in SETTLED_SWITCHES else None,
            undone.date() if undone else None,
            state in HOLDING,
        )
        for person, role, switched, seen, undone, state in session.execute(rows)
        if switched is not None
    ]


def _lines(
    session: Session, roles: list[Role], graphs: dict[int, Graph]
) -> tuple[tuple[ProgrammeRole, ...], dict[int, list[Role]]]:
    """Return the roles, and who could move to which of them today without a change."""
    holding, ladders = holding_by_role(session), ladders_of(session, roles)
    taken = {person for inside in holding.values() for person in inside}
    anybody: dict[int, list[Role]] = {}
    lines = []
    for role in roles:
        graph, inside = graphs[role.directory_id], holding[role.id]
        standing = standing_of(graph, role, inside)
        for person in ready_people(graph, role, inside) - taken:
            anybody.setdefault(person, []).append(role)
        rungs = ladders[role.id]
        lines.append(
            ProgrammeRole(role.id, role.name, standing.rungs, rungs, standing.ready)
        )
    return tuple(lines), anybody


def _people(session: Session, graphs: dict[int, Graph]) -> tuple[set[int], set[int]]:
    """Return who holds rights directly, and who stands in the group of a role."""
    direct: set[int] = set()
    inside: set[int] = set()
    for graph in graphs.values():
        plain = plain_rights(graph)
        for number, person in graph.people.items():
            if person.service or person.disabled:
                continue
            if plain[number]:
                direct.add(number)
            if len(graph.direct[number]) > len(plain[number]):
                inside.add(number)
    return direct, inside


def _exceptions(session: Session, today: date) -> dict[ExceptionAge, int]:
    """Count the open exceptions by age: they begin with the switch that keeps them."""
    columns = Switch.switched_at, Wave.created_at, AccessException.until
    rows = (
        select(*columns)
        .join(Switch, Switch.id == AccessException.switch_id)
        .join(Wave, Wave.id == Switch.wave_id)
        .where(AccessException.ended_at.is_(None))
    )
    found = Counter(
        age_of((switched or planned).date(), until, today)
        for switched, planned, until in session.execute(rows)
    )
    return {age: found.get(age, 0) for age in ExceptionAge}
