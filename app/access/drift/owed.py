"""What people of a directory are owed by all plans together, and what stands around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.access.drift.promises import (
    PersonMoved,
    PlanWords,
    Rights,
    promise_of,
    words_of,
)
from app.access.drift.rules import OwedToPerson, Promise, RoleSeen, Scenery, owed_by
from app.access.drift.world import GroupRow, ReadWorld
from app.access.queries import of_a_role
from app.models.access.drift import Drift
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, RESTING, DriftState
from app.models.directory import Entitlement, MemberKind, Membership
from app.models.people import Person
from ldap_sync.dn import fold_or_self

MOVING = tuple(state for state in HOLDING if state not in RESTING)
"""The states of people who are on the way up or down: nothing is verified meanwhile."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a directory's people were promised: what each is owed, and what their plans say of the
    roles.
    """

    owed: dict[int, OwedToPerson]
    words: dict[int, PlanWords]
    moved: list[PersonMoved]

    @property
    def roles(self) -> set[int]:
        """Return the roles somebody was moved into."""
        return {one.role_id for one in self.moved}


def promised_in(
    session: Session,
    directory_id: int,
    *,
    until: datetime | None = None,
    people: Collection[int] = (),
) -> Promised:
    """Return what people of a directory were promised; of its roles those alone in which the
    ``people`` stand who are named.

    Left out is who has left, is on the way just now, or was moved after ``until``.
    """
    moved = _moved(session, directory_id, until, people)
    waves = {one.wave_id for one in moved}
    plans = select(
        Wave.id,
        Wave.plan,
    ).where(Wave.id.in_(waves))
    rights = Rights()
    found = Promised(
        {},
        {},
        moved,
    )
    promises: dict[int, Promise] = {}
    by_wave: dict[int, list[PersonMoved]] = defaultdict(list)
    for one in moved:
        by_wave[one.wave_id].append(one)
    for wave_id, text in session.execute(plans.order_by(Wave.id)):
        words = words_of(text)
        if words is None:
            continue
        for one in by_wave[wave_id]:
            promise = promise_of(
                one,
                words,
                rights,
            )
            if promise is not None:
                promises[one.switch_id] = promise
        found.words[wave_id] = PlanWords(
            {},
            words.links,
            words.known,
            words.versions,
        )
    ordered = (promises[one.switch_id] for one in moved if one.switch_id in promises)
    found.owed.update(owed_by(ordered))
    return found


def _moved(
    session: Session,
    directory_id: int,
    until: datetime | None,
    people: Collection[int],
) -> list[PersonMoved]:
    on_the_way = select(Switch.person_id).where(Switch.state.in_(MOVING))
    in_a_role = select(Switch.person_id).where(Switch.state.in_(RESTING), of_a_role())
    columns = (
        *(Switch.id, Switch.wave_id, Wave.role_id, Switch.person_id),
        *(Person.key, Person.name, Switch.switched_at),
    )
    here = (
        select(*columns)
        .join(
            Wave,
            Wave.id == Switch.wave_id,
        )
        .join(
            Role,
            Role.id == Wave.role_id,
        )
        .join(
            Person,
            Person.id == Switch.person_id,
        )
        .where(
            Role.directory_id == directory_id,
            # Single rights change what is owed to who is in a role; nobody else is watched.
            or_(Role.single.is_(False), Switch.person_id.in_(in_a_role)),
            Switch.state.in_(RESTING),
            Person.gone_at.is_(None),
            Switch.person_id.not_in(on_the_way),
        )
        .order_by(
            Switch.switched_at,
            Switch.id,
        )
    )
    if people:
        theirs = select(Wave.role_id).join(Switch, Switch.wave_id == Wave.id)
        standing = Switch.person_id.in_(people), Switch.state.in_(RESTING)
        here = here.where(Wave.role_id.in_(theirs.where(*standing)))
    rows = [PersonMoved(*row) for row in session.execute(here)]
    if until is None:
        return rows
    late = {row.person_id for row in rows if row.at and row.at > until}
    return [row for row in rows if row.person_id not in late]


def scenery_of(session: Session, world: ReadWorld, promised: Promised) -> Scenery:
    """Return what stands around the people of a directory, as last read."""
    wanted = select(Role).where(Role.id.in_(promised.roles))
    roles = session.scalars(wanted).all()
    known = _known(
        session,
        promised,
    )
    seen = [
        _role_seen(
            session,
            world,
            role,
            promised,
            known,
        )
        for role in roles
    ]
    keys = {right.key for owed in promised.owed.values() for right in owed.all_rights}
    keys |= {key for role in seen for key in role.links}
    there = {row.key for row in world.groups.values() if not row.gone}
    kept, ended = _exceptions(session)
    return Scenery(
        roles={role.role_id: role for role in seen},
        gone=frozenset(keys - there),
        above=world.above,
        kept=kept,
        ended=ended,
        role_groups=frozenset(row.key for row in world.groups.values() if row.is_role),
    )


def _role_seen(
    session: Session,
    world: ReadWorld,
    role: Role,
    promised: Promised,
    known: dict[int, set[str]],
) -> RoleSeen:
    if role.single:
        there, nothing = True, frozenset[str]()
        return RoleSeen(role.id, role.name, "", "", there, {}, nothing, single=True)
    group = world.role_group(role)
    links = links_of(
        promised,
        role.id,
    )
    if group is None:
        name = role.name
        return RoleSeen(
            role.id, role.name, role.group_key, name, False, links, frozenset()
        )
    return RoleSeen(
        role_id=role.id,
        name=role.name,
        key=group.key,
        group=group.cn,
        there=True,
        links=links,
        linked=frozenset(
            world.parents.get(
                group.key,
                (),
            )
        ),
        strangers=tuple(
            _strangers(
                session,
                group,
                known[role.id],
            )
        ),
    )


def links_of(promised: Promised, role_id: int) -> dict[str, str]:
    """Return the rights that have to list a role's group, by key, as its people were promised."""
    waves = {one.wave_id for one in promised.moved if one.role_id == role_id}
    found: dict[str, str] = {}
    for wave_id in sorted(waves & promised.words.keys()):
        words = promised.words[wave_id]
        found = {**({} if words.versions else found), **words.links}
    return found


def _known(session: Session, promised: Promised) -> dict[int, set[str]]:
    """Return, by role, the folded names of who may be in its group: whom Rung moved in, and who was
    there when its first wave was planned.
    """
    found: dict[int, set[str]] = {role: set() for role in promised.roles}
    people = (
        select(
            Wave.role_id,
            Person.dn,
            Person.uid,
        )
        .join(
            Switch,
            Switch.wave_id == Wave.id,
        )
        .join(
            Person,
            Person.id == Switch.person_id,
        )
        .where(
            Wave.role_id.in_(promised.roles),
            Switch.state.in_(HOLDING),
        )
    )
    for role, dn, uid in session.execute(people):
        found[role] |= {
            fold_or_self(dn),
            fold_or_self(uid),
        }
    for role, text in session.execute(_first_plans(promised.roles)):
        words = words_of(text)
        values = words.known if words else ()
        found[role] |= {fold_or_self(value) for value in values}
    return found


def _first_plans(roles: Collection[int]) -> Select[*tuple[int, str]]:
    """Ask for the plan of the first wave of each role that was begun."""
    begun = Wave.role_id.in_(roles), Wave.started_at.is_not(None)
    first = (
        select(
            Wave.role_id,
            func.min(Wave.number).label("number"),
        )
        .where(*begun)
        .group_by(Wave.role_id)
        .subquery()
    )
    same = (Wave.role_id == first.c.role_id) & (Wave.number == first.c.number)
    return select(
        Wave.role_id,
        Wave.plan,
    ).join(
        first,
        same,
    )


def _strangers(
    session: Session, group: GroupRow, known: Collection[str]
) -> Iterator[tuple[int | None, str]]:
    rows = (
        select(
            Membership.person_id,
            Membership.value,
            Person.name,
        )
        .outerjoin(
            Person,
            Person.id == Membership.person_id,
        )
        .where(
            Membership.entitlement_id == group.id,
            Membership.kind.in_((MemberKind.PERSON, MemberKind.GROUP)),
        )
        .order_by(Membership.value)
    )
    for person, value, name in session.execute(rows):
        if fold_or_self(value) not in known:
            yield person, name or value


def _exceptions(
    session: Session,
) -> tuple[frozenset[tuple[int, str]], frozenset[tuple[int, str]]]:
    """Return which rights people keep by a decision (person, key), and which ended as decided
    (switch, key).
    """
    columns = (
        *(AccessException.person_id, AccessException.switch_id),
        *(Entitlement.key, AccessException.ended_at),
    )
    rows = session.execute(
        select(*columns).join(
            Entitlement, Entitlement.id == AccessException.entitlement_id
        )
    ).all()
    # What was accepted as drift became an exception too, and stays listed as what it is.
    kept = frozenset((person, key) for person, _, key, ended in rows if not ended)
    kept -= _accepted(session)
    over = frozenset((switch, key) for _, switch, key, ended in rows if ended)
    return kept, over


def _accepted(session: Session) -> frozenset[tuple[int, str]]:
    rows = (
        select(
            Drift.person_id,
            Entitlement.key,
        )
        .join(
            Entitlement,
            Entitlement.id == Drift.entitlement_id,
        )
        .where(
            Drift.mark.is_not(None),
            Drift.state == DriftState.ACCEPTED,
        )
    )
    return frozenset((who, key) for who, key in session.execute(rows) if who)
