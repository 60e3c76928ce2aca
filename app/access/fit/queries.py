"""How one role fits people: rows of people, columns of rights (design section 2); whom it fits
wholly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.fit.rules import Fit, fits
from app.access.queries import holding_of, load_role, terrain_of
from app.access.rules import (
    NO_ROLE_GROUP,
    RoleShape,
    Terrain,
    nested_rights,
    off_limits,
    stand_in,
)
from app.core.finding import meant
from app.directory.queries import load_graph
from app.directory.rules import Graph, PersonRow, names
from app.models.access.role import Role
from app.models.access.words import Realisation, SwitchState
from app.models.directory import Entitlement, Membership
from app.people.queries import people_called

IN_THE_GROUP = "in the group"
"""Said of people who stand in the role's group although Rung did not move them there."""

MOST_OTHERS = 50
"""So many who hold nothing of a role are shown to who looks for a name."""


@dataclass(frozen=True, slots=True)
class FitWanted:
    """Which people to show: of a department, of a site, only those for whom nothing changes, named
    like ``text``.
    """

    department: str = ""
    site: str = ""
    zero: bool = False
    text: str = ""
    called: frozenset[int] = frozenset()

    def fits(self, row: FitRow) -> bool:
        """Tell whether a row is among those wanted."""
        person = row.person
        return (row.zero_change or not self.zero) and self.named(person)

    def named(self, person: PersonRow) -> bool:
        """Tell whether a person is called as the text says."""
        words = self.text.strip().lower()
        return person.id in self.called or words in person.title.lower()


@dataclass(frozen=True, slots=True)
class FitColumn:
    """One right of the role as a column."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FitRow:
    """One person against the role: a mark for each column, what is held besides, and why nobody can
    be moved.

    ``inside`` is the state of the person's switch, ``IN_THE_GROUP`` without one, or nothing. Marks
    and names are made when they are looked at: of thousands, one page is.
    """

    person: PersonRow
    graph: Graph = field(repr=False)
    columns: tuple[FitColumn, ...]
    fit: Fit
    besides: frozenset[int]
    inside: str
    why_not: str

    @property
    def marks(self) -> tuple[str, ...]:
        """Return for each column whether the right is covered or missing."""
        covered = self.fit.covered
        return tuple(
            "covered" if column.id in covered else "missing" for column in self.columns
        )

    @property
    def extras(self) -> tuple[str, ...]:
        """Return what is held besides, by name."""
        found = (names(self.graph, right) for right in self.besides)
        return tuple(sorted(found, key=str.lower))

    @property
    def missing(self) -> int:
        """Return how many rights would be gained."""
        return len(self.fit.missing)

    @property
    def zero_change(self) -> bool:
        """Tell whether nothing would be gained and nothing is held besides."""
        return not self.fit.missing and not self.besides

    @property
    def movable(self) -> bool:
        """Tell whether the person can be chosen for a wave; who was moved already, for what the
        role got since.
        """
        return not self.why_not and (
            self.inside in ("", IN_THE_GROUP) or self.missing > 0
        )

    @property
    def free(self) -> bool:
        """Tell whether the person can be chosen and is not in the role in any way."""
        return self.movable and not self.inside


@dataclass(frozen=True, slots=True)
class FitPage:
    """The role, its columns, and all rows that were asked for, best fit first; ``total`` counts
    them unfiltered.
    """

    role_id: int
    role: str
    version: int
    retired: bool
    columns: tuple[FitColumn, ...]
    rows: tuple[FitRow, ...]
    total: int
    ready: int
    complete: int
    inside: int
    departments: tuple[str, ...]
    sites: tuple[str, ...]


def fit_page(session: Session, role_id: int, wanted: FitWanted) -> FitPage:
    """Compare everybody who holds a part of a role with it, zero change first.

    Raises ``NotFound``.
    """
    role = load_role(session, role_id)
    if wanted.text.strip():
        called = people_called(session, wanted.text, role.directory_id)
        wanted = replace(wanted, called=called)
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    columns = columns_of(graph, role)
    rows = _rows(graph, role, columns, terrain, holding_of(session, role_id))
    shown = [row for row in rows if wanted.fits(row)]
    if wanted.text.strip():
        shown += _others(graph, role, columns, terrain, wanted)
    shown = _where(shown, wanted)
    return FitPage(
        role_id=role.id,
        role=role.name,
        version=role.versions[-1].number,
        retired=role.retired_at is not None,
        columns=columns,
        rows=tuple(shown),
        total=len(rows),
        ready=sum(row.zero_change and row.free for row in rows),
        complete=sum(not row.missing and row.free for row in rows),
        inside=sum(bool(row.inside) for row in rows),
        departments=_known(row.person.department for row in rows),
        sites=_known(row.person.site for row in rows),
    )


def _where(rows: list[FitRow], wanted: FitWanted) -> list[FitRow]:
    for asked, name in ((wanted.department, "department"), (wanted.site, "site")):
        of = attrgetter(f"person.{name}")
        there = meant(asked, map(of, rows)) if asked else ()
        rows = [row for row in rows if of(row) in there] if asked else rows
    return rows


def columns_of(graph: Graph, role: Role) -> tuple[FitColumn, ...]:
    """Return the rights of a loaded role that are still there, by name."""
    rights = (
        item.entitlement_id
        for item in role.versions[-1].rights
        if item.entitlement_id in graph.rights
    )
    return tuple(
        sorted(
            (FitColumn(right, names(graph, right)) for right in rights),
            key=lambda it: it.name.lower(),
        )
    )


def _rows(
    graph: Graph,
    role: Role,
    columns: tuple[FitColumn, ...],
    terrain: Terrain,
    holding: Mapping[int, SwitchState],
) -> list[FitRow]:
    fits = {fit.person_id: fit for fit in fits_of(graph, role)}
    return [
        _row(graph, fit, columns, terrain, holding.get(person))
        for person, fit in fits.items()
    ]


def _others(
    graph: Graph,
    role: Role,
    columns: tuple[FitColumn, ...],
    terrain: Terrain,
    wanted: FitWanted,
) -> Iterator[FitRow]:
    """Yield those looked for by name who hold nothing of the role, the first of many: a joiner has
    to be found too.
    """
    known = {fit.person_id for fit in fits_of(graph, role)}
    named = (
        person
        for person in sorted(graph.people.values(), key=lambda person: person.name)
        if person.id not in known and wanted.named(person)
    )
    for person in islice(named, MOST_OTHERS):
        fit = _fit_of_nothing(graph, role, person.id)
        row = _row(graph, fit, columns, terrain, None)
        if wanted.fits(row):
            yield row


def _fit_of_nothing(graph: Graph, role: Role, person_id: int) -> Fit:
    """Return the fit of somebody who holds nothing of a role."""
    held = graph.direct[person_id]
    extra = frozenset(right for right in held if not graph.rights[right].is_role)
    return Fit(person_id, frozenset(), _rights_there(graph, role), extra)


def newcomers(session: Session, role: Role, joined: Collection[int]) -> list[FitRow]:
    """Return, of those who joined lately, who holds no right at all and may come into a loaded
    role: they work where its people do, or nobody knows where. By name.
    """
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    columns, fitting = columns_of(graph, role), fits_of(graph, role)
    whole = (fit.person_id for fit in fitting if not fit.missing or fit.in_role)
    home = {graph.people[number].department for number in whole}
    people = [
        person
        for number in joined
        if (person := graph.people.get(number)) and not graph.direct[number]
    ]
    rows = [
        _row(graph, _fit_of_nothing(graph, role, one.id), columns, terrain, None)
        for one in sorted(people, key=lambda one: (one.name.casefold(), one.id))
        if not one.department or one.department in home
    ]
    return [row for row in rows if row.free]


def _row(
    graph: Graph,
    fit: Fit,
    columns: tuple[FitColumn, ...],
    terrain: Terrain,
    state: SwitchState | None,
) -> FitRow:
    person = graph.people[fit.person_id]
    explained = terrain.other_roles.get(fit.person_id, frozenset())
    return FitRow(
        person=person,
        graph=graph,
        columns=columns,
        fit=fit,
        besides=fit.extra - explained,
        inside=state.value if state else IN_THE_GROUP if fit.in_role else "",
        why_not=off_limits(person, terrain),
    )


def _known(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}, key=str.lower))


def fits_of(graph: Graph, role: Role) -> list[Fit]:
    """Compare everybody with the rights of a loaded role that are still there, best fit first."""
    rights = _rights_there(graph, role)
    group = (
        graph.once("by key", _by_key).get(role.group_key) if role.group_key else None
    )
    role_group = NO_ROLE_GROUP if group is None else group
    transitive = role.directory.profile.get("memberof") == "transitive"
    return graph.once(
        ("fits", rights, role_group, transitive),
        lambda graph: fits(graph, rights, role_group, transitive),
    )


def _by_key(graph: Graph) -> dict[str, int]:
    return {right.key: right.id for right in graph.rights.values()}


def rights_held(session: Session, person_id: int) -> list[int]:
    """Return the rights a person holds directly, role groups aside, as last read."""
    held = (
        select(Entitlement.id)
        .join(Membership, Membership.entitlement_id == Entitlement.id)
        .where(
            Membership.person_id == person_id,
            Entitlement.is_role.is_(False),
            Entitlement.gone_at.is_(None),
        )
    )
    return list(session.scalars(held.distinct().order_by(Entitlement.id)))


def everybody_fitting(session: Session, role: Role) -> list[int]:
    """Return who holds every right of a loaded role, best fit first: neither off limits nor wholly
    in it already.
    """
    graph, terrain = load_graph(session, role.directory_id), terrain_of(session, role)
    shape = RoleShape(
        role.name,
        _rights_there(graph, role),
        role.realisation is Realisation.NESTED,
        stand_in(role.name, role.group_dn, "member", needs_member=True),
    )
    through_role = nested_rights(graph, shape, terrain.transitive_memberof)
    return [
        fit.person_id
        for fit in fits_of(graph, role)
        if not fit.missing
        and not off_limits(graph.people[fit.person_id], terrain)
        and not (fit.in_role and not through_role & graph.direct[fit.person_id])
    ]


def _rights_there(graph: Graph, role: Role) -> frozenset[int]:
    rights = (item.entitlement_id for item in role.versions[-1].rights)
    return frozenset(right for right in rights if right in graph.rights)
