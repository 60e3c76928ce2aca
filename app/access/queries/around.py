"""The part of the access graph that one person's page needs: this person, all rights, and how
groups are nested.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.rules import Graph, PersonRow, RightRow, build
from app.models.directory import Entitlement, MemberKind, Membership
from app.models.people import Person


def graph_around(session: Session, person: Person) -> Graph:
    """Return the graph with one person in it; its cost does not grow with the number of people."""
    row = PersonRow(
        person.id,
        person.key,
        person.dn,
        person.uid,
        person.name,
        person.department,
        person.title,
        person.site,
        person.disabled,
        person.service,
        person.primary_group,
        person.guarded,
    )
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
        Entitlement.directory_id == person.directory_id, Entitlement.gone_at.is_(None)
    )
    rights = [RightRow(*each) for each in session.execute(present)]
    mine = select(Membership.entitlement_id, Membership.attribute, Membership.value)
    direct = session.execute(mine.where(Membership.person_id == person.id)).all()
    nested = select(Membership.entitlement_id, Membership.child_id).where(
        Membership.kind == MemberKind.GROUP
    )
    return build(
        [] if person.gone_at else [row],
        rights,
        [(right, person.id, value) for right, attribute, value in direct if not attribute],
        [(outer, inner or 0) for outer, inner in session.execute(nested)],
        [(right, person.id, attribute, value) for right, attribute, value in direct if attribute],
    )
