"""What has to be decided for each chosen person before a wave can be planned (design 5.1), and
the four numbers of a plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.access.climb.queries import role_on_its_way
from app.access.document import PlanDocument
from app.access.fit.queries import fits_of
from app.access.fit.rules import Fit
from app.access.plan.asking import AT_ONCE
from app.access.queries import load_role, terrain_of
from app.access.rules import Terrain, off_limits
from app.core.asked import OPEN, AskedState
from app.core.changes import one
from app.directory.queries import load_graph
from app.directory.rules import Graph, PersonRow, closure_up, names
from app.models.access.asked import AskedPlan
from app.models.access.role import Role


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """One right that needs a decision; ``along`` are rights that are lost or gained together with
    it.
    """

    right_id: int
    right: str
    along: tuple[int, ...]
    along_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One chosen person with what needs a decision: rights outside the role, and rights that would
    be gained.
    """

    person: PersonRow
    extras: tuple[PlanQuestion, ...]
    missing: tuple[PlanQuestion, ...]
    why_not: str

    @property
    def is_easy(self) -> bool:
        """Tell whether nothing has to be decided for this person."""
        return not self.extras and not self.missing and not self.why_not


@dataclass(frozen=True, slots=True)
class Shared:
    """A right that several chosen people hold outside the role."""

    right_id: int
    right: str
    people: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The role and the chosen people, those with decisions first as they come, those without
    counted; ``beside`` is the wave of another role that is not decided yet.
    """

    role_id: int
    role: str
    version: int
    realisation: str
    people: tuple[Chosen, ...]
    beside: str = ""

    @property
    def easy(self) -> tuple[Chosen, ...]:
        """Return the people for whom nothing has to be decided."""
        return tuple(chosen for chosen in self.people if chosen.is_easy)

    @property
    def to_decide(self) -> tuple[Chosen, ...]:
        """Return the people for whom something has to be decided."""
        return tuple(
            chosen
            for chosen in self.people
            if not chosen.is_easy and not chosen.why_not
        )

    @property
    def is_large(self) -> bool:
        """Tell whether the worker makes the plan, since it takes long."""
        return len(self.people) > AT_ONCE

    @property
    def is_clean(self) -> bool:
        """Tell whether people can be moved and nothing has to be decided for any of them."""
        return bool(self.easy) and not self.to_decide

    @property
    def refused(self) -> tuple[Chosen, ...]:
        """Return the people who cannot be moved whatever is decided."""
        return tuple(chosen for chosen in self.people if chosen.why_not)

    @property
    def shared(self) -> tuple[Shared, ...]:
        """Return the rights that at least two of the chosen hold outside the role, the most common
        first.
        """
        told = {
            extra.right_id: extra.right
            for chosen in self.to_decide
            for extra in chosen.extras
        }
        counts = Counter(
            extra.right_id for chosen in self.to_decide for extra in chosen.extras
        )
        return tuple(
            Shared(right, told[right], count)
            for right, count in counts.most_common()
            if count > 1
        )


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A plan that the worker makes, or made, or refused."""

    id: int
    role_id: int
    role: str
    wave_id: int | None
    state: AskedState
    asked_by: str
    asked_at: datetime
    people: tuple[int, ...]
    done: int
    reason: str
    details: tuple[str, ...]
    typed: tuple[tuple[str, str], ...]

    @property
    def is_open(self) -> bool:
        """Tell whether the worker has something to do."""
        return self.state in OPEN


def asked_plan(session: Session, asked_id: int) -> AskedLine:
    """Return a plan that was asked of the worker. Raises ``NotFound``."""
    row = one(session, AskedPlan, asked_id)
    return AskedLine(
        id=row.id,
        role_id=row.role_id,
        role=one(session, Role, row.role_id).name,
        wave_id=row.wave_id,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        people=tuple(row.people),
        done=row.done,
        reason=row.reason,
        details=tuple(row.details),
        typed=tuple((name, value) for name, value in row.typed),
    )


def plan_page(session: Session, role_id: int, people: Iterable[int]) -> PlanPage:
    """Return what has to be decided for these people, by name; who is gone is left out.

    Raises ``NotFound``.
    """
    role = load_role(session, role_id)
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    rights = (
        frozenset(item.entitlement_id for item in role.versions[-1].rights)
        & graph.rights.keys()
    )
    fits = {fit.person_id: fit for fit in fits_of(graph, role)}
    known = sorted(
        (graph.people[person] for person in set(people) & graph.people.keys()),
        key=lambda row: row.name,
    )
    nothing = frozenset[int]()
    return PlanPage(
        role_id=role.id,
        role=role.name,
        version=role.versions[-1].number,
        realisation=role.realisation.value,
        people=tuple(
            _chosen(
                graph,
                rights,
                fits.get(row.id, Fit(row.id, nothing, rights, graph.direct[row.id])),
                terrain,
            )
            for row in known
        ),
        beside=role_on_its_way(session, role),
    )


def _chosen(graph: Graph, rights: frozenset[int], fit: Fit, terrain: Terrain) -> Chosen:
    person, held = graph.people[fit.person_id], graph.direct[fit.person_id]
    outside = (right for right in fit.extra if not graph.rights[right].is_role)
    extras = frozenset(outside) - terrain.other_roles.get(fit.person_id, frozenset())
    return Chosen(
        person=person,
        extras=_questions(graph, extras, held | rights),
        missing=_questions(graph, fit.missing, held),
        why_not=off_limits(person, terrain),
    )


def _questions(
    graph: Graph, rights: frozenset[int], apart: frozenset[int]
) -> tuple[PlanQuestion, ...]:
    """Return the rights to decide on, by name, each with the rights above it that are not held
    ``apart`` from it.
    """
    found = []
    for right in sorted(rights, key=lambda right: names(graph, right).lower()):
        along = sorted(closure_up(graph, [right]) - apart - {right})
        found.append(
            PlanQuestion(
                right,
                names(graph, right),
                tuple(along),
                tuple(names(graph, it) for it in along),
            )
        )
    return tuple(found)


def totals_of(plan: PlanDocument) -> Totals:
    """Return the four numbers of a plan, each with what it is a part of."""
    people = plan.people
    losses, before = (
        sum(len(one.losses) for one in people),
        sum(len(one.before) for one in people),
    )
    gains, sees = (
        sum(len(one.gains) for one in people),
        sum(len(one.sees) for one in people),
    )
    kept, extra = (
        sum(len(one.exceptions) for one in people),
        sum(len(one.extra) for one in people),
    )
    return Totals(
        people=WaveNumber(len(people), len(people) + len(plan.left_out)),
        losses=WaveNumber(losses, before),
        gains=WaveNumber(gains, sees),
        exceptions=WaveNumber(kept, extra),
    )


@dataclass(frozen=True, slots=True)
class WaveNumber:
    """A number with its denominator."""

    value: int
    of: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The four numbers of a plan."""

    people: WaveNumber
    losses: WaveNumber
    gains: WaveNumber
    exceptions: WaveNumber
