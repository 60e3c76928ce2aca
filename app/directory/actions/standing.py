"""What the reading before knew, for a reading of what changed since, and what the values it brings
stand for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.db import Database
from app.directory.actions.past import BATCH, in_batches
from app.directory.actions.store import there
from app.directory.rules import Resolved, resolve
from app.models.directory import (
    Directory,
    Entitlement,
    MemberKind,
    Membership,
    Reading,
    ReadingState,
)
from app.models.people import Person
from ldap_sync.dn import fold_or_self
from ldap_sync.members import Known, meant_by
from ldap_sync.values import (
    DirectoryGroup,
    DirectoryPerson,
    Increment,
    Listing,
    Mark,
    holds_names,
)

IDLE = (MemberKind.DANGLING, MemberKind.OTHER)
PERSON = (Person.id, Person.key, Person.dn, Person.uid, Person.further_uids)
GROUP = (Entitlement.id, Entitlement.key, Entitlement.dn)


def mark_of(session: Session, directory_id: int) -> Mark:
    """Return up to where changes of a directory are known."""
    newest = select(Reading.mark).where(
        Reading.directory_id == directory_id,
        Reading.state == ReadingState.COMPLETE,
    )
    kept = session.scalars(newest.order_by(Reading.id.desc()).limit(1)).first()
    if not kept:
        return Mark()
    seen = tuple((server, csn) for server, csn in kept["seen"])
    lists = {name: tuple(kept[name]) for name in ("passed", "again")}
    return Mark(**{**kept, **lists, "seen": seen})


@dataclass(frozen=True, slots=True)
class _Names:
    """Who is called otherwise than before: rows by id, and by what they are called now or were."""

    people: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    dns: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)


class KeptStanding:
    """What the rows of a directory say, asked for piece by piece."""

    def __init__(self, database: Database, directory_id: int) -> None:
        self._database, self._id = database, directory_id
        with database.read() as session:
            directory = session.get_one(Directory, directory_id)
            self._stand_ins = directory.stand_ins
            self.mark = mark_of(session, directory_id)

    def people(self, keys: Collection[str] | None = None) -> Mapping[str, str]:
        """Return the DN of each person by identity, or of those among ``keys``."""
        return self._dns(Person, keys)

    def groups(self, keys: Collection[str] | None = None) -> Mapping[str, str]:
        """Return the DN of each group by identity, or of those among ``keys``."""
        return self._dns(Entitlement, keys)

    def counted(self, kind: str) -> int:
        """Return how many ``people`` or ``groups`` there are."""
        with self._database.read() as session:
            people, groups = there(session, self._id)
        return people if kind == "people" else groups

    def _dns(
        self, model: type[Person] | type[Entitlement], keys: Collection[str] | None
    ) -> dict[str, str]:
        here = model.directory_id == self._id, model.gone_at.is_(None)
        columns = model.key, model.dn
        with self._database.read() as session:
            if keys is None:
                return dict(session.execute(select(*columns).where(*here)).all())
            return {
                row.key: row.dn for row in self._rows(session, model, columns, keys)
            }

    def idle(self) -> Mapping[str, tuple[Listing, str]]:
        """Return the values that stand for no person and no group, with what they are."""
        with self._database.read() as session:
            return {
                meant_by(*listing): (listing, what)
                for _key, listing, what in self._idle(session)
            }

    def listing(self, found: Increment, idle: Collection[str]) -> Collection[str]:
        """Return the groups that list somebody whose names are other than before, or one of the
        ``idle`` values.
        """
        with self._database.read() as session:
            names = self._other_names(session, found)
            wanted = names.dns | set(idle) | {f"uid:{name}" for name in names.accounts}
            return {
                *self._rights(
                    session,
                    Membership.person_id,
                    names.people,
                ),
                *self._rights(
                    session,
                    Membership.child_id,
                    names.groups,
                ),
                *self._owned(session, names),
                *self._by_account(session, names.accounts),
                *(
                    key
                    for key, listing, _what in self._idle(session)
                    if _lowered(meant_by(*listing)) in wanted
                ),
            }

    def unknown(self, found: Increment) -> Mapping[str, Listing]:
        """Return the values in groups of ``found`` that stand for nobody known."""
        return self._known(found).unknown(found.part.groups)

    def resolved(self, found: Increment) -> Resolved:
        """Return what every value and owner in groups of ``found`` stands for."""
        known = self._known(found)
        return resolve(found.part, self._stand_ins, known)

    def _idle(self, session: Session) -> Iterator[tuple[str, Listing, str]]:
        columns = (
            Entitlement.key,
            Entitlement.attribute,
            Membership.attribute,
            Membership.value,
            Membership.what,
        )
        # Few rows are of no person: an index finds them.
        idle = Membership.kind.in_(IDLE), Membership.person_id.is_(None)
        rows = self._members(*columns).where(*idle)
        for key, own, attribute, value, what in session.execute(rows):
            yield key, (attribute or own, value), what

    def _members(self, *columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(Membership)
            .join(Entitlement, Entitlement.id == Membership.entitlement_id)
            .where(Entitlement.directory_id == self._id, Entitlement.gone_at.is_(None))
        )

    def _other_names(self, session: Session, found: Increment) -> _Names:
        names = _Names()
        people = {person.key: person for person in found.part.people}
        groups = {group.key: group for group in found.part.groups}
        before = {
            row.key: row
            for row in self._rows(
                session, Person, PERSON, [*people, *found.gone_people]
            )
        }
        for key, row in before.items():
            now = people.get(key)
            if now is None or (now.dn, now.uids) != (row.dn, _uids(row)):
                names.people.add(row.id)
                names.accounts.update(map(str.lower, _uids(row)))
            else:
                del people[key]
        for person in people.values():
            names.dns.add(fold_or_self(person.dn))
            names.accounts.update(map(str.lower, person.uids))
        had = self._rows(
            session,
            Entitlement,
            GROUP,
            [*groups, *found.gone_groups],
        )
        for row in had:
            again = groups.get(row.key)
            if again is None or again.dn != row.dn:
                names.groups.add(row.id)
            else:
                del groups[row.key]
        names.dns.update(fold_or_self(group.dn) for group in groups.values())
        return names

    def _rows(
        self, session: Session, model: Any, columns: Sequence[Any], keys: Iterable[str]
    ) -> Iterator[Row[Any]]:
        """Return the rows of those who were there in the reading before, by identity."""
        here = model.directory_id == self._id, model.gone_at.is_(None)
        for some in in_batches(sorted(keys), BATCH):
            yield from session.execute(
                select(*columns).where(*here, model.key.in_(some))
            )

    def _rights(
        self,
        session: Session,
        holder: InstrumentedAttribute[int | None],
        ids: Collection[int],
    ) -> Iterator[str]:
        for some in in_batches(sorted(ids), BATCH):
            listed = self._members(Entitlement.key).where(holder.in_(some))
            yield from session.scalars(listed.distinct())

    def _owned(self, session: Session, names: _Names) -> Iterator[str]:
        """Yield groups whose owner is called otherwise, or may be found now."""
        columns = Entitlement.key, Entitlement.owner_dn, Entitlement.owner_id
        here = Entitlement.directory_id == self._id, Entitlement.owner_dn != ""
        for key, dn, owner in session.execute(select(*columns).where(*here)):
            if owner in names.people or fold_or_self(dn) in names.dns:
                yield key

    def _by_account(
        self, session: Session, accounts: Collection[str]
    ) -> Collection[str]:
        """Return groups that list one of these account names, whomever it stood for."""
        if not accounts:
            return ()
        listed = self._members(Entitlement.key, Membership.value).where(_by_name())
        return {
            key for key, name in session.execute(listed) if name.lower() in accounts
        }

    def _known(self, found: Increment) -> Known:
        """Return what values may stand for: those who are named exactly so, and everybody where
        that leaves a value open that was not open before.
        """
        values = {listing for group in found.part.groups for listing in group.listed}
        owners = {("owner", dn) for group in found.part.groups for dn in group.owners}
        dns = {v for a, v in values | owners if not holds_names(a)}
        with self._database.read() as session:
            idle = {meant_by(*listing) for _key, listing, _what in self._idle(session)}
            idle |= self._idle_owners(session) | set(map(fold_or_self, self._stand_ins))
            named = any(holds_names(attribute) for attribute, _ in values)
            known = self._all_named(
                session,
                found,
                None if named else dns,
            )
            open_ones = known.open(values | owners).keys() - idle
            if open_ones and not named:
                return self._all_named(session, found, None)
        return known

    def _idle_owners(self, session: Session) -> set[str]:
        here = Entitlement.directory_id == self._id, Entitlement.owner_dn != ""
        unowned = select(Entitlement.owner_dn).where(
            *here, Entitlement.owner_id.is_(None)
        )
        return set(map(fold_or_self, session.scalars(unowned)))

    def _all_named(
        self, session: Session, found: Increment, dns: Collection[str] | None
    ) -> Known:
        """Return people and groups as they are now: of all, or of those with one of these DNs."""
        people = {
            row.key: DirectoryPerson(
                row.key, row.dn, row.uid, "", further_uids=_uids(row)[1:]
            )
            for row in self._there(session, Person, PERSON, dns)
            if row.key not in found.gone_people
        }
        groups = {
            row.key: DirectoryGroup(row.key, row.dn, "", "")
            for row in self._there(session, Entitlement, GROUP, dns)
            if row.key not in found.gone_groups
        }
        people |= {person.key: person for person in found.part.people}
        groups |= {group.key: group for group in found.part.groups}
        return Known(
            people.values(), groups.values(), found.part.others, self._stand_ins
        )

    def _there(
        self,
        session: Session,
        model: Any,
        columns: Sequence[Any],
        dns: Collection[str] | None,
    ) -> Iterator[Row[Any]]:
        here = model.directory_id == self._id, model.gone_at.is_(None)
        if dns is None:
            yield from session.execute(select(*columns).where(*here))
            return
        for some in in_batches(sorted(dns), BATCH):
            yield from session.execute(
                select(*columns).where(*here, model.dn.in_(some))
            )


def _uids(row: Row[Any]) -> tuple[str, ...]:
    return (row.uid, *row.further_uids)


def _lowered(meant: str) -> str:
    return meant.lower() if meant.startswith("uid:") else meant


def _by_name() -> ColumnElement[bool]:
    own = func.lower(Entitlement.attribute) == "memberuid"
    return (func.lower(Membership.attribute) == "memberuid") | (
        (Membership.attribute == "") & own
    )
