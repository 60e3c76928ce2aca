"""What a role can be made of: the rights to choose from, and whom a draft would cover (design
section 5).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.fit.rules import count_draft
from app.core.errors import NotFound
from app.core.finding import meant
from app.core.said import said
from app.directory.queries import load_graph
from app.directory.rules import Graph, PersonRow, follows_nesting, names
from app.models.directory import Directory, Entitlement

MOST = 60
"""How many rights are offered at once beside the chosen ones; the search narrows them."""


@dataclass(frozen=True, slots=True)
class DraftAsked:
    """What was asked for: rights chosen so far with their reasons, a text to find, a department to
    look at.

    With ``only_chosen`` other rights are offered only once they are searched for.
    """

    directory_id: int
    chosen: Mapping[int, str]
    find: str = ""
    department: str = ""
    only_chosen: bool = False

    @property
    def most(self) -> int:
        """Return how many rights are offered beside the chosen ones."""
        return (
            0
            if self.only_chosen and not self.find.strip() and not self.department
            else MOST
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """One right to tick. ``colleagues`` counts its holders in the department asked for."""

    id: int
    name: str
    description: str
    lens: str
    nests: bool
    holders: int
    colleagues: int
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class OneMore:
    """Somebody who would keep one right as an exception."""

    person: PersonRow
    right: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The rights to choose from, and whom the chosen ones would cover fully or with one
    exception.
    """

    directory_id: int
    directories: tuple[tuple[int, str], ...]
    department: str
    departments: tuple[str, ...]
    department_size: int
    offers: tuple[Offer, ...]
    more: int
    fully: tuple[PersonRow, ...]
    one_more: tuple[OneMore, ...]

    @property
    def chosen(self) -> tuple[Offer, ...]:
        """Return the rights ticked so far."""
        return tuple(offer for offer in self.offers if offer.chosen)

    @property
    def not_nesting(self) -> tuple[Offer, ...]:
        """Return the ticked rights whose applications are not known to follow nested groups."""
        return tuple(offer for offer in self.chosen if not offer.nests)


def draft_page(session: Session, asked: DraftAsked) -> DraftPage:
    """Return what can be chosen, and whom the draft would cover so far. Raises ``NotFound``."""
    homes = tuple(
        session.execute(
            select(Directory.id, Directory.name).order_by(func.lower(Directory.name))
        ).all()
    )
    directory_id = asked.directory_id or (homes[0][0] if homes else 0)
    directory = session.get(Directory, directory_id)
    if directory is None:
        raise NotFound(
            said(
                "Connect a directory and read it first; a role is made of the "
                "rights in it."
            )
        )
    graph = load_graph(session, directory_id)
    departments = _departments(graph)
    there = meant(asked.department, departments) if asked.department else ()
    colleagues = {row.id for row in _active(graph) if row.department in there}
    chosen, others = _split(graph, asked, colleagues)
    told = _descriptions(session, [*chosen, *others[: asked.most]])
    transitive = directory.profile.get("memberof") == "transitive"
    fully, one_more = _covered(graph, frozenset(chosen))
    return DraftPage(
        directory_id=directory_id,
        directories=tuple((number, name) for number, name in homes),
        department=asked.department,
        departments=departments,
        department_size=len(colleagues),
        offers=tuple(
            _offer(graph, right, told.get(right, ""), asked, colleagues, transitive)
            for right in [*chosen, *others[: asked.most]]
        ),
        more=max(0, len(others) - asked.most),
        fully=fully,
        one_more=one_more,
    )


def _active(graph: Graph) -> list[PersonRow]:
    return [
        row for row in graph.people.values() if not row.disabled and not row.service
    ]


def _departments(graph: Graph) -> tuple[str, ...]:
    return tuple(
        sorted(
            {row.department for row in _active(graph) if row.department}, key=str.lower
        )
    )


def _split(
    graph: Graph, asked: DraftAsked, colleagues: Collection[int]
) -> tuple[list[int], list[int]]:
    """Return the chosen rights and the others that fit the search, those of the department
    first.
    """
    wanted = asked.find.strip().lower()
    chosen = [right for right in graph.rights if right in asked.chosen]
    others = [
        right
        for right, row in graph.rights.items()
        if right not in asked.chosen
        and not row.is_role
        and wanted in f"{row.cn}\n{row.dn}".lower()
    ]

    def order(right: int) -> tuple[int, str, int]:
        return (
            -len(graph.members[right].intersection(colleagues)),
            names(graph, right).lower(),
            right,
        )

    return sorted(chosen, key=order), sorted(others, key=order)


def _descriptions(session: Session, rights: Collection[int]) -> dict[int, str]:
    told = select(Entitlement.id, Entitlement.description).where(
        Entitlement.id.in_(list(rights))
    )
    return dict(session.execute(told).all())


def _offer(
    graph: Graph,
    right_id: int,
    description: str,
    asked: DraftAsked,
    colleagues: Collection[int],
    transitive: bool,
) -> Offer:
    right, members = graph.rights[right_id], graph.members[right_id]
    return Offer(
        id=right_id,
        name=names(graph, right_id),
        description=description,
        lens=right.lens,
        nests=follows_nesting(right.lens, transitive),
        holders=len(members),
        colleagues=len(members.intersection(colleagues)),
        chosen=right_id in asked.chosen,
        reason=asked.chosen.get(right_id, ""),
    )


def _covered(
    graph: Graph, rights: frozenset[int]
) -> tuple[tuple[PersonRow, ...], tuple[OneMore, ...]]:
    roles = frozenset(right for right, row in graph.rights.items() if row.is_role)
    counted = count_draft(
        {row.id: graph.direct[row.id] for row in _active(graph)}, rights, roles
    )
    fully = sorted(
        (graph.people[person] for person in counted.fully), key=lambda row: row.name
    )
    one_more = [
        OneMore(
            graph.people[person],
            names(graph, next(iter(graph.direct[person] - rights - roles))),
        )
        for person in counted.with_one_exception
    ]
    return tuple(fully), tuple(sorted(one_more, key=lambda item: item.person.name))
