"""What was promised and what was read, as plain values for the rules: a few questions for a whole
directory, however many people were moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access.drift.rules import (
    OwedToPerson,
    PersonMoved,
    PlanWords,
    Promise,
    Rights,
    RoleSeen,
    Scenery,
    owed_by,
    promise_of,
    words_of,
)
from app.access.engine.sight import Sight
from app.models.access.drift import Drift
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, RESTING, DriftState
from app.models.directory import Directory, Entitlement, MemberKind, Membership
from app.models.people import Person
from ldap_sync.dn import fold_or_self

MOVING = tuple(state for state in HOLDING if state not in RESTING)
"""The states of people who are on the way up or down: nothing is verified meanwhile."""


@dataclass(
    frozen=True,
    slots=True,
)
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


@dataclass(
    frozen=True,
    slots=True,
)
class GroupRow:
    """A right as last read."""

    id: int
    key: str
    dn: str
    cn: str
    is_role: bool
    gone: bool


class ReadWorld:
    """A directory as last read, as far as moved people are concerned."""

    def __init__(
        self, session: Session, directory_id: int, owed: Iterable[int]
    ) -> None:
        self.session, self.directory_id = session, directory_id
        directory = session.get_one(
            Directory,
            directory_id,
        )
        self.memberof = str(
            directory.profile.get(
                "memberof",
                "none",
            )
        )
        self.groups = {row.id: row for row in self._groups()}
        self.by_key = {row.key: row for row in self.groups.values()}
        self.parents = self._parents()
        self._above: dict[str, frozenset[str]] = {}
        self.direct = self._direct(frozenset(owed))

    def sight(self, person_id: int) -> Sight:
        """Return what applications see of a person, as last read."""
        direct = frozenset(
            self.direct.get(
                person_id,
                (),
            )
        )
        reached = direct | self.above(direct)
        nests = self.memberof == "transitive"
        shown = reached if nests else direct
        return Sight(
            direct=direct,
            reached=reached,
            memberof=frozenset(fold_or_self(self.by_key[key].dn) for key in shown),
            has_memberof=self.memberof != "none",
            memberof_nests=nests,
        )

    def above(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of all groups in which these stand, directly or not."""
        return frozenset[str]().union(*(self._above_one(key) for key in keys))

    def _above_one(self, key: str) -> frozenset[str]:
        if key not in self._above:
            found: set[str] = set()
            waiting = [key]
            while waiting:
                fresh = (
                    self.parents.get(
                        waiting.pop(),
                        set(),
                    )
                    - found
                )
                found |= fresh
                waiting.extend(fresh)
            self._above[key] = frozenset(found - {key})
        return self._above[key]

    def _groups(self) -> Iterator[GroupRow]:
        columns = (
            *(Entitlement.id, Entitlement.key, Entitlement.dn, Entitlement.cn),
            *(Entitlement.is_role, Entitlement.gone_at),
        )
        here = select(*columns).where(Entitlement.directory_id == self.directory_id)
        for number, key, dn, cn, is_role, gone_at in self.session.execute(here):
            yield GroupRow(
                number,
                key,
                dn,
                cn,
                is_role,
                gone_at is not None,
            )

    def _parents(self) -> dict[str, set[str]]:
        edges = select(
            Membership.entitlement_id,
            Membership.child_id,
        )
        found: dict[str, set[str]] = defaultdict(set)
        for outer, inner in self.session.execute(
            edges.where(Membership.kind == MemberKind.GROUP)
        ):
            if inner and self._there(outer) and self._there(inner):
                found[self.groups[inner].key].add(self.groups[outer].key)
        return found

    def _there(self, group: int) -> bool:
        row = self.groups.get(group)
        return row is not None and not row.gone

    def _direct(self, people: Collection[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for person, group in self.session.execute(_memberships_of_moved()):
            if person and person in people and self._there(group):
                found[person].add(self.groups[group].key)
        return found

    def role_group(self, role: Role) -> GroupRow | None:
        """Return the group of a role as last read; nothing where it is gone."""
        found = self.by_key.get(role.group_key) if role.group_key else None
        if found is None:
            folded = fold_or_self(role.group_dn)
            same = (row for row in self.groups.values() if not row.gone)
            found = next(
                (row for row in same if fold_or_self(row.dn) == folded),
                None,
            )
        return None if found is None or found.gone else found


def _memberships_of_moved() -> Select[*tuple[int | None, int]]:
    moved = select(Switch.person_id).where(Switch.state.in_(RESTING))
    return select(
        Membership.person_id,
        Membership.entitlement_id,
    ).where(Membership.kind == MemberKind.PERSON, Membership.person_id.in_(moved))


def promised_in(
    session: Session, directory_id: int, *, until: datetime | None = None
) -> Promised:
    """Return what people of a directory were promised.

    Left out is who has left, is on the way just now, or was moved after ``until``.
    """
    moved = _moved(
        session,
        directory_id,
        until,
    )
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
        )
    ordered = (promises[one.switch_id] for one in moved if one.switch_id in promises)
    found.owed.update(owed_by(ordered))
    return found


def _moved(
    session: Session, directory_id: int, until: datetime | None
) -> list[PersonMoved]:
    on_the_way = select(Switch.person_id).where(Switch.state.in_(MOVING))
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
            Switch.state.in_(RESTING),
            Person.gone_at.is_(None),
            Switch.person_id.not_in(on_the_way),
        )
        .order_by(
            Switch.switched_at,
            Switch.id,
        )
    )
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
        found |= promised.words[wave_id].links
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
