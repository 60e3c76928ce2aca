"""The access graph of a directory as last read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import KEPT
from app.core.kept import KeptValues
from app.directory.rules import Edge, FurtherEdge, Graph, PersonRow, RightRow, build
from app.models.directory import (
    Entitlement,
    GraphMark,
    MemberKind,
    Membership,
)
from app.models.people import Person
from app.models.stamping import OWN_CHANGES

COMMON = (5, 6, 7)
"""Where department, title and site stand in a row of a person."""

AT_ONCE = 2_000
"""So many rows are fetched at once: all of them would need more room than what is made of them."""


def load_graph(session: Session, directory_id: int) -> Graph:
    """Return who holds what in one directory, as of the last complete reading and what Rung itself
    changed since; who was missing there is left out.

    It is loaded once and shared by all who ask until anything of it changes. A session that changed
    something itself sees its own changes, and keeps them to itself.
    """
    stamp = session.scalar(select(GraphMark.stamp)) or ""
    kept: KeptValues | None = session.info.get(KEPT)
    if kept is None or session.info.get(OWN_CHANGES):
        return _loaded(session, directory_id)
    return kept.get(directory_id, stamp, lambda: _loaded(session, directory_id))


def _loaded(session: Session, directory_id: int) -> Graph:
    people, rights = _people(session, directory_id), _rights(session, directory_id)
    # All edges are scanned and foreign ones left out by build: with one directory, as nearly
    # always, a join only costs.
    return build(
        people,
        rights,
        _person_edges(session),
        _group_edges(session),
        _further_edges(session),
    )


def _people(session: Session, directory_id: int) -> Iterator[PersonRow]:
    columns = (
        Person.id,
        Person.key,
        Person.dn,
        Person.uid,
        Person.name,
        Person.department,
        Person.title,
        Person.site,
        Person.disabled,
        Person.service,
        Person.primary_group,
        Person.guarded,
    )
    present = select(*columns).where(
        Person.directory_id == directory_id, Person.gone_at.is_(None)
    )
    # What many have in common, such as their department, is held once.
    common: dict[Any, Any] = {}
    found: Iterable[Any] = session.execute(present.execution_options(yield_per=AT_ONCE))
    for row in found:
        texts = (common.setdefault(row[each], row[each]) for each in COMMON)
        yield PersonRow(*row[:5], *texts, *row[8:])


def _rights(session: Session, directory_id: int) -> Iterator[RightRow]:
    idle = _values_of_no_holders(session)
    columns = (
        Entitlement.id,
        Entitlement.key,
        Entitlement.dn,
        Entitlement.cn,
        Entitlement.attribute,
        Entitlement.lens,
        Entitlement.needs_member,
        Entitlement.is_role,
        Entitlement.owner_id,
        Entitlement.scope,
        Entitlement.is_privileged,
    )
    present = select(*columns).where(
        Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
    )
    for row in session.execute(present):
        counts = (idle.get((row.id, kind), 0) for kind in _NO_HOLDERS)
        yield RightRow(*row, *counts)


_NO_HOLDERS = (MemberKind.PLACEHOLDER, MemberKind.DANGLING, MemberKind.OTHER)


def _values_of_no_holders(session: Session) -> dict[tuple[int, MemberKind], int]:
    counted = (
        select(Membership.entitlement_id, Membership.kind, func.count())
        .where(Membership.kind.in_(_NO_HOLDERS))
        .group_by(Membership.entitlement_id, Membership.kind)
    )
    return {
        (right_id, kind): count for right_id, kind, count in session.execute(counted)
    }


def _person_edges(session: Session) -> Iterable[Edge]:
    columns = (Membership.entitlement_id, Membership.person_id, Membership.value)
    usual = select(*columns).where(
        Membership.kind == MemberKind.PERSON, Membership.attribute == ""
    )
    found = session.execute(usual.execution_options(yield_per=AT_ONCE))
    return cast("Iterable[Edge]", found)


def _further_edges(session: Session) -> Iterable[FurtherEdge]:
    columns = (
        Membership.entitlement_id,
        Membership.person_id,
        Membership.attribute,
        Membership.value,
    )
    further = select(*columns).where(
        Membership.kind == MemberKind.PERSON, Membership.attribute != ""
    )
    return cast("Iterable[FurtherEdge]", session.execute(further))


def _group_edges(session: Session) -> Iterable[tuple[int, int]]:
    columns = (Membership.entitlement_id, Membership.child_id)
    found = session.execute(select(*columns).where(Membership.kind == MemberKind.GROUP))
    return cast("Iterable[tuple[int, int]]", found)
