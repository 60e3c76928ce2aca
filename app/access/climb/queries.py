"""On which rung of its ladder a role stands, who comes next, and which other roles are on their
way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.access.climb.rules import (
    SPARE,
    ClimbedWave,
    GateMode,
    RoleRung,
    RungNow,
    gate_mode,
    ladder,
    many,
    sizes_of,
)
from app.access.fit.queries import FitRow, FitWanted, fit_page, newcomers
from app.access.queries import load_role
from app.core.said import said
from app.models.access.role import Role, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.words import DecisionKind, IterationState
from app.models.people import Person

ONWARD = (DecisionKind.SCALE, DecisionKind.ADOPT)
UNDECIDED = (IterationState.RUNNING, IterationState.REVIEWING)
JOINED_LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class RoleLadder:
    """The ladder of a role: its rungs, who comes next, and who could come instead.

    On the first rung whoever joined lately and holds nothing yet comes before everybody else.
    ``ready`` counts those for whom nothing would change. ``joined`` are those offered who joined
    lately, by number.
    """

    role_id: int
    role: str
    retired: bool
    sizes: tuple[int, ...]
    rungs: tuple[RoleRung, ...]
    offered: tuple[FitRow, ...]
    spare: tuple[FitRow, ...]
    ready: int
    left: int
    joined: frozenset[int]
    gate: GateMode

    @property
    def here(self) -> RoleRung:
        """Return the rung the role stands on, or the last one where all are done."""
        going = (rung for rung in self.rungs if rung.stands is RungNow.RUNNING)
        return next(going, self.rungs[-1])

    @property
    def text(self) -> str:
        """Return the sizes as they are typed."""
        return ",".join(map(str, self.sizes))

    @property
    def sentence(self) -> str:
        """Say which rung comes next, for how many people."""
        rung = self.here
        told = {"number": rung.number, "all": len(self.rungs), "many": many(rung.size)}
        if rung.wave is not None:
            return said(
                "Rung %(number)s of %(all)s is climbed by wave %(wave)s and waits for its "
                "decision.",
                wave=rung.wave,
                **told,
            )
        if not self.offered:
            return said("Rung %(number)s of %(all)s: nobody can be moved now.", **told)
        return said("Rung %(number)s of %(all)s comes next: %(many)s.", **told)


def role_ladder(session: Session, role_id: int, now: datetime, most: int) -> RoleLadder:
    """Return the ladder of a role with who comes next, at most ``most`` people.

    Raises ``NotFound``.
    """
    role = load_role(session, role_id)
    fit, sizes = fit_page(session, role_id, FitWanted()), sizes_of(role.sizes)
    rungs = ladder(sizes, climbed(session, role_id))
    joined = _joined(session, role.directory_id, now)
    here = next(rung for rung in rungs if rung.stands is RungNow.RUNNING)
    first = here.number == 1
    new = newcomers(session, role, joined) if first else []
    rows = [*new, *in_order(fit.rows, joined if first else ())]
    size = min(most, len(rows) if here.size is None else here.size)
    return RoleLadder(
        role_id=role.id,
        role=role.name,
        retired=role.retired_at is not None,
        sizes=sizes,
        rungs=rungs,
        offered=tuple(rows[:size]),
        spare=tuple(rows[size : size + SPARE]),
        ready=fit.ready,
        left=len(rows),
        joined=joined & {row.person.id for row in rows[:size]},
        gate=gate_mode(role.gate_stops),
    )


def in_order(rows: Iterable[FitRow], joined: Collection[int] = ()) -> list[FitRow]:
    """Return who can be moved, in the order in which they come: those who ``joined`` lately first,
    then those for whom nothing changes, who gain nothing, and for whom the least changes.
    """
    free = [row for row in rows if row.free]
    return sorted(free, key=lambda row: (row.person.id not in joined, *_cost(row)))


def _cost(row: FitRow) -> tuple[bool, bool, int, str, int]:
    changes = row.missing + len(row.besides)
    return (
        not row.zero_change,
        row.missing > 0,
        changes,
        row.person.name.casefold(),
        row.person.id,
    )


def climbed(session: Session, role_id: int) -> list[ClimbedWave]:
    """Return the waves of a role whose rung was begun, the oldest first."""
    return _climbed(session, [role_id])[role_id]


def ladders_of(
    session: Session, roles: Iterable[Role]
) -> dict[int, tuple[RoleRung, ...]]:
    """Return the rungs of each of these roles. One query."""
    known = list(roles)
    waves = _climbed(session, [role.id for role in known])
    return {role.id: ladder(sizes_of(role.sizes), waves[role.id]) for role in known}


def _climbed(session: Session, roles: Collection[int]) -> dict[int, list[ClimbedWave]]:
    people = select(func.count(Switch.id)).where(Switch.wave_id == Wave.id)
    begun = Iteration.state.in_((*UNDECIDED, IterationState.DECIDED))
    brought = case((Wave.brings_version, RoleVersion.number), else_=0)
    columns = Wave.role_id, Wave.id, Wave.number, people.scalar_subquery(), brought
    rows = (
        select(*columns, Iteration.state, Decision.kind)
        .join(RoleVersion, RoleVersion.id == Wave.version_id)
        .join(Iteration, Iteration.id == Wave.iteration_id)
        .outerjoin(Decision, Decision.iteration_id == Iteration.id)
        .where(Wave.role_id.in_(roles), begun)
        .order_by(Wave.role_id, Wave.number)
    )
    found: dict[int, list[ClimbedWave]] = {role: [] for role in roles}
    for role, wave, number, count, version, state, kind in session.execute(rows):
        decided, onward = state not in UNDECIDED, kind in ONWARD
        climbed = ClimbedWave(wave, number, count or 0, decided, onward, version)
        found[role].append(climbed)
    return found


def _joined(session: Session, directory_id: int, now: datetime) -> frozenset[int]:
    """Return who was seen for the first time lately, and not by the first reading, which sees
    everybody for the first time.
    """
    here = Person.directory_id == directory_id
    first = session.scalar(select(func.min(Person.first_seen)).where(here))
    if first is None:
        return frozenset()
    since = max(first + timedelta(days=1), now - JOINED_LATELY)
    found = select(Person.id).where(here, Person.first_seen > since)
    return frozenset(session.scalars(found))


def role_on_its_way(session: Session, role: Role) -> str:
    """Say which other role of the directory is on its way, a wave of it not yet decided; nothing
    where none is.
    """
    going = (
        select(Role.name, Wave.number)
        .join(Wave, Wave.role_id == Role.id)
        .join(Iteration, Iteration.id == Wave.iteration_id)
        .where(
            Role.directory_id == role.directory_id,
            Role.id != role.id,
            Role.single.is_(False),
            Iteration.state.in_(UNDECIDED),
        )
        .order_by(Wave.id)
    )
    found = session.execute(going.limit(1)).first()
    if found is None:
        return ""
    return said("Wave %(number)s of %(role)s", number=found.number, role=found.name)
