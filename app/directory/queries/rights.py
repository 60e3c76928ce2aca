"""Rights as the list shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.names import called
from app.directory.rules import LENS_WORDS
from app.models.directory import Directory, Entitlement, Lens, MemberKind, Membership
from app.models.people import Person

KINDS = ("", "roles", "nested", "nobody", "others", "leftovers", "gone")
OWNERS = ("", "some", "none")
LENSES = ("", *(lens.value for lens in Lens))
LENS_NAMES = dict(LENS_WORDS)
SORTS = ("name", "people")
Owner = aliased(Person)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RightsFilter:
    """Which rights are wanted; every value is one of the tuples above, nothing means all that are
    there.
    """

    q: str = ""
    lens: str = ""
    owner: str = ""
    kind: str = ""
    directory: int = 0

    @property
    def active(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(self.q or self.lens or self.owner or self.kind or self.directory)


@dataclass(frozen=True, slots=True)
class Inside:
    """What a group lists, counted by what it stands for."""

    person: int = 0
    group: int = 0
    other: int = 0
    placeholder: int = 0
    dangling: int = 0


@dataclass(frozen=True, slots=True)
class RightLine:
    """One right in the list."""

    id: int
    dn: str
    cn: str
    description: str
    is_role: bool
    lens: str
    owner_id: int | None
    owner_name: str | None
    gone_at: datetime | None
    directory: str
    inside: Inside


def rights_page(
    session: Session, wanted: RightsFilter, sort: str, offset: int, limit: int
) -> list[RightLine]:
    """Return the rights a filter lets through, sorted by a key of ``SORTS``, a minus in front for
    descending.
    """
    columns = (
        Entitlement.id,
        Entitlement.dn,
        Entitlement.cn,
        Entitlement.description,
        Entitlement.is_role,
        Entitlement.lens,
        Entitlement.owner_id,
        Owner.name.label("owner_name"),
        Entitlement.gone_at,
        Directory.name.label("directory"),
    )
    query = (
        _chosen(wanted)
        .with_only_columns(*columns, maintain_column_froms=True)
        .outerjoin(Entitlement.owner.of_type(Owner))
    )
    rows = session.execute(_sorted(query, sort).offset(offset).limit(limit)).all()
    inside = counts_inside(session, [row.id for row in rows])
    return [
        RightLine(**row._mapping, inside=inside.get(row.id, Inside())) for row in rows
    ]


def count_rights(session: Session, wanted: RightsFilter) -> int:
    """Return how many rights a filter lets through."""
    return (
        session.scalar(select(func.count()).select_from(_chosen(wanted).subquery()))
        or 0
    )


def counts_inside(session: Session, right_ids: Sequence[int]) -> dict[int, Inside]:
    """Return whom and what each of these groups lists, each once; groups that list nothing are left
    out.
    """
    whom = func.coalesce(Membership.person_id, Membership.child_id, -Membership.id)
    by_kind = select(
        Membership.entitlement_id, Membership.kind, func.count(whom.distinct())
    )
    chosen = by_kind.where(Membership.entitlement_id.in_(right_ids))
    found: dict[int, dict[str, int]] = {}
    for right_id, kind, count in session.execute(
        chosen.group_by(Membership.entitlement_id, Membership.kind)
    ):
        found.setdefault(right_id, {})[kind.value] = count
    return {right_id: Inside(**numbers) for right_id, numbers in found.items()}


def _chosen(wanted: RightsFilter) -> Select[Any]:
    query = select(Entitlement.id).join(
        Directory, Directory.id == Entitlement.directory_id
    )
    query = query.where(
        Entitlement.gone_at.is_not(None)
        if wanted.kind == "gone"
        else Entitlement.gone_at.is_(None)
    )
    for word in wanted.q.split():
        texts = (Entitlement.cn, Entitlement.description, Entitlement.dn)
        query = query.where(
            or_(
                called(Entitlement, word),
                *(text.icontains(word, autoescape=True) for text in texts),
            )
        )
    if wanted.lens:
        query = query.where(Entitlement.lens == Lens(wanted.lens))
    if wanted.owner:
        has_owner = Entitlement.owner_id.is_not(None) | (Entitlement.owner_dn != "")
        query = query.where(
            has_owner if wanted.owner == "some" else ~has_owner & _NO_ROLE
        )
    if wanted.directory:
        query = query.where(Entitlement.directory_id == wanted.directory)
    narrow = _NARROWED.get(wanted.kind)
    return query.where(narrow()) if narrow else query


def _lists(*kinds: MemberKind) -> ColumnElement[bool]:
    return exists().where(
        Membership.entitlement_id == Entitlement.id, Membership.kind.in_(kinds)
    )


_NO_ROLE = Entitlement.is_role.is_(
    False
)  # an empty role group is no idle right, and a role has an owner of its own
_NARROWED: dict[str, Callable[[], ColumnElement[bool]]] = {
    "roles": lambda: Entitlement.is_role.is_(True),
    "nested": lambda: _lists(MemberKind.GROUP),
    "nobody": lambda: (
        ~_lists(MemberKind.PERSON, MemberKind.GROUP, MemberKind.OTHER) & _NO_ROLE
    ),
    "others": lambda: _lists(MemberKind.OTHER),
    "leftovers": lambda: _lists(MemberKind.DANGLING),
}


def _sorted(query: Select[*Row], sort: str) -> Select[*Row]:
    down = sort.startswith("-")
    by_name = (func.lower(Entitlement.cn), Entitlement.id)
    if sort.removeprefix("-") == "people":
        holding = select(func.count(Membership.person_id.distinct())).where(
            Membership.entitlement_id == Entitlement.id,
            Membership.kind == MemberKind.PERSON,
        )
        number = holding.scalar_subquery()
        return query.order_by(number.desc() if down else number.asc(), *by_name)
    return query.order_by(*(part.desc() if down else part.asc() for part in by_name))
