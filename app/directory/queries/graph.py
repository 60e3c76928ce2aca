"""The access graph of a directory as last read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.models import Entitlement, MemberKind, Membership
from app.directory.rules import Graph, PersonRow, RightRow, build
from app.people.models import Person


def load_graph(session: Session, directory_id: int) -> Graph:
    """Load who holds what in one directory, as of the last complete reading; who was missing there is left out."""
    rights = list(_rights(session, directory_id))
    return build(
        _people(session, directory_id),
        rights,
        _person_edges(session, directory_id),
        _group_edges(session, directory_id),
    )


def _people(session: Session, directory_id: int) -> Iterator[PersonRow]:
    columns = (
        Person.id, Person.key, Person.dn, Person.uid, Person.name, Person.department, Person.title, Person.site,
        Person.disabled, Person.service, Person.primary_group,
    )  # fmt: skip
    present = select(*columns).where(Person.directory_id == directory_id, Person.gone_at.is_(None))
    for row in session.execute(present):
        yield PersonRow(*row)


def _rights(session: Session, directory_id: int) -> Iterator[RightRow]:
    idle = _values_that_stand_for_nobody(session, directory_id)
    columns = (
        Entitlement.id, Entitlement.key, Entitlement.dn, Entitlement.cn, Entitlement.attribute, Entitlement.lens,
        Entitlement.needs_member, Entitlement.is_role, Entitlement.owner_id, Entitlement.scope,
    )  # fmt: skip
    present = select(*columns).where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
    for row in session.execute(present):
        counts = (idle.get((row.id, kind), 0) for kind in (MemberKind.PLACEHOLDER, MemberKind.DANGLING))
        yield RightRow(*row, *counts)


def _values_that_stand_for_nobody(session: Session, directory_id: int) -> dict[tuple[int, MemberKind], int]:
    counted = (
        select(Membership.entitlement_id, Membership.kind, func.count())
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .where(Entitlement.directory_id == directory_id)
        .where(Membership.kind.in_((MemberKind.PLACEHOLDER, MemberKind.DANGLING)))
        .group_by(Membership.entitlement_id, Membership.kind)
    )
    return {(right_id, kind): count for right_id, kind, count in session.execute(counted)}


def _person_edges(session: Session, directory_id: int) -> Iterator[tuple[int, int, str]]:
    edges = (
        select(Membership.entitlement_id, Membership.person_id, Membership.value)
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Entitlement.directory_id == directory_id, Membership.kind == MemberKind.PERSON)
        .where(Entitlement.gone_at.is_(None), Person.gone_at.is_(None))
    )
    for row in session.execute(edges):
        yield row.entitlement_id, row.person_id, row.value


def _group_edges(session: Session, directory_id: int) -> Iterator[tuple[int, int]]:
    child = Entitlement.__table__.alias("child")
    edges = (
        select(Membership.entitlement_id, Membership.child_id)
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .join(child, child.c.id == Membership.child_id)
        .where(Entitlement.directory_id == directory_id, Membership.kind == MemberKind.GROUP)
        .where(Entitlement.gone_at.is_(None), child.c.gone_at.is_(None))
    )
    for row in session.execute(edges):
        yield row.entitlement_id, row.child_id
