"""Reading a directory over LDAP: a complete snapshot, and single questions answered live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from ldap_sync import mapping
from ldap_sync.accounts import Judge
from ldap_sync.adapter import (
    checking,
    family,
    filters,
    inherited,
    looking,
    memberof,
    outside,
    presence,
    primary,
    refreshing,
    roles,
    servers,
)
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.connection import Credential, Timeouts
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.snapshot import bases, read
from ldap_sync.adapter.witness import Witness
from ldap_sync.deeds import Deed, DeedAsked
from ldap_sync.dn import fold_or_self, is_under
from ldap_sync.looks import GroupName, LiveLook, Sought
from ldap_sync.port import Progress, Standing
from ldap_sync.sign_ins import SIGN_INS, sign_in
from ldap_sync.values import (
    CheckReport,
    Connection,
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Increment,
    MemberPresence,
    Position,
    Profile,
    WrongMemberOf,
)

_WITHOUT_MEMBERS = tuple(
    name
    for name in mapping.GROUP_ATTRIBUTES
    if name not in mapping.MEMBER_ATTRIBUTES.values()
)


class Reader:
    """A directory that can be read. Connects when first asked; for one thread at a time."""

    def __init__(
        self,
        connection: Connection,
        timeouts: Timeouts,
        credential: Credential | None = None,
        *,
        read_only: bool = True,
    ) -> None:
        """Read as ``credential``, or as the reading account of the connection."""
        self.connection = connection
        self._timeouts = timeouts
        usual = Credential(connection.bind_dn, connection.bind_password)
        self.session = Session(
            connection, credential or usual, timeouts, read_only=read_only
        )

    @cached_property
    def profile(self) -> Profile:
        """What this server is known to do: as self-tested, else as recognised from its root DSE."""
        known = self.connection.profile
        profile = (
            known
            if known.tested
            else family.recognise(self.session.root(*family.ROOT_ATTRIBUTES))
        )
        self.session.ignores_references = profile.family == family.AD
        return profile

    def is_as_checked(self) -> bool:
        """Tell whether the server still says of itself what it said to the last check."""
        root = self.session.root(*family.ROOT_ATTRIBUTES)
        return family.is_as_checked(self.connection.profile, root)

    def close(self) -> None:
        """Let the connections go."""
        self.session.close()

    def position(self) -> Position:
        """Return which server is asked, and how far it is, as far as it tells."""
        base, kind = self.connection.base, self.profile.family
        seen = servers.how_far(self.session, base, kind)
        return Position(self.connection.url, seen)

    def check(self, *, scratch: bool = True) -> CheckReport:
        """Self-test the server and both credentials; ``scratch`` allows groups made for a moment,
        and taken away.
        """
        return checking.check(self.connection, self._timeouts, scratch=scratch)

    def read(self, progress: Progress) -> DirectorySnapshot:
        """Read all people and groups.

        Raises ``IncompleteRead``, also where members are hidden, or ``Unavailable``.
        """
        found = read(self.session, self.connection, self.profile, progress)
        checking.demand_every_member(
            found, self.session, self.connection, self._timeouts
        )
        beside = outside.of(self.session, self.connection, self.profile, found.people)
        return replace(found, outside=beside)

    def refresh(self, standing: Standing, progress: Progress) -> Increment:
        """Read what changed since the reading before, and who is there.

        Raises ``MustReadAll``, ``IncompleteRead`` or ``Unavailable``.
        """
        asked = self.session, self.connection, self.profile, standing, progress
        found = refreshing.refresh(*asked)
        try:
            checking.demand_members_of(found, self.connection, self._timeouts)
        except checking.HiddenNow:
            found = refreshing.refresh(*asked)
            checking.demand_members_of(found, self.connection, self._timeouts)
        return found

    def person(self, key: str) -> DirectoryPerson | None:
        """Find one person by identity anywhere under the base DN, live."""
        judge = self._judge()
        wanted = (
            *mapping.PERSON_ATTRIBUTES,
            *judge.attributes,
            self.profile.key_attribute,
        )
        condition = filters.all_of(
            family.has_key(self.profile, key), family.people(self.profile)
        )
        found = list(self.session.below(self.connection.base, condition, wanted))
        accounts = (
            entry for entry in found if mapping.is_account(entry.attributes, entry.dn)
        )
        people = [
            mapping.person_from(entry.attributes, entry.dn, judge) for entry in accounts
        ]
        return next(iter(primary.resolved(self.session, self.profile, people)), None)

    def group(self, key: str) -> DirectoryGroup | None:
        """Find one group by identity anywhere under the base DN, live."""
        condition = filters.all_of(
            family.has_key(self.profile, key), family.groups(self.profile)
        )
        base = self.connection.base
        found = list(self._groups([base], condition, mapping.GROUP_ATTRIBUTES))
        return next(iter(roles.filled(self.session, base, found[:1])), None)

    def group_at(self, dn: str) -> DirectoryGroup | None:
        """Find the group that stands under this DN now, live."""
        wanted = (*mapping.GROUP_ATTRIBUTES, self.profile.key_attribute)
        entry = self.session.at(dn, wanted, family.groups(self.profile))
        found = list(self._built([entry] if entry else []))
        filled = roles.filled(self.session, self.connection.base, found)
        return next(iter(filled), None)

    def groups_of(self, person: DirectoryPerson) -> tuple[DirectoryGroup, ...]:
        """Return, live, the groups that list ``person`` as a value of their own; ``members`` stay
        empty.
        """
        names = person.uids if family.lists_account_names(self.profile) else ()
        by_name = [filters.equals("memberUid", name) for name in names]
        listing = self._listing([*self._holds_dn(person.dn), *by_name])
        return (*listing, *self._managed_roles(person))

    def looks(self, sought: Sequence[Sought]) -> list[LiveLook | None]:
        """Look at many people at once, live, in their order; nothing of who is gone."""
        looks = looking.Looks(self.session, self.profile, self._places, self._judge())
        found = looks.at(sought)
        return [
            look or self._looked_at_alone(one.key)
            for look, one in zip(found, sought, strict=True)
        ]

    def _looked_at_alone(self, key: str) -> LiveLook | None:
        person = self.person(key)
        if person is None:
            return None
        listing = self.groups_of(person)
        names = tuple(GroupName(group.key, group.dn) for group in listing)
        return LiveLook(person, names, self.memberof(person))

    def _judge(self) -> Judge:
        return Judge.at(datetime.now(UTC), self.connection.off_when)

    def parents_of(self, dn: str) -> tuple[DirectoryGroup, ...]:
        """Return, live, the groups that list the entry ``dn`` as a value; ``members`` stay
        empty.
        """
        return self._listing(self._holds_dn(dn))

    @cached_property
    def _witness(self) -> Witness:
        return Witness(self.session, self.profile.family, self.connection.base)

    def who_did(self, asked: DeedAsked) -> Deed | None:
        """Return, live, who changed a group, when, and how that is known."""
        return self._witness.of(asked)

    def signed_in_at(self, dn: str) -> datetime | None:
        """Return, live, when somebody signed in last: of Active Directory, of the overlays of
        OpenLDAP and of 389, whichever of them is kept and is the latest.
        """
        entry = self.session.at(dn, [*SIGN_INS])
        if entry is None:
            return None
        kept = (
            sign_in(str(value))
            for name in SIGN_INS
            for value in entry.attributes.get(name.lower(), ())
        )
        return max(filter(None, kept), default=None)

    def memberof(self, person: DirectoryPerson) -> frozenset[str]:
        """Return, live, the DNs in the person's own memberOf attribute, folded for comparing."""
        condition = family.has_key(self.profile, person.key)
        entry = self.session.at(person.dn, ["memberOf"], condition)
        found = (
            [entry]
            if entry
            else list(self.session.below(self.connection.base, condition, ["memberOf"]))
        )
        return frozenset(
            fold_or_self(value)
            for entry in found
            for value in entry.attributes.get("memberof", [])
        )

    def wrong_memberof(self) -> tuple[WrongMemberOf, ...]:
        """Compare memberOf of all people and groups with the groups' own values."""
        found = self.read(lambda _what, _count: None)
        shown = memberof.shown_by_all(self.session, self.connection, self.profile)
        holders = memberof.Holders.of(found.groups)
        wrong = memberof.wrong_values(found, shown, holders, self.profile.memberof)
        return tuple(memberof.confirmed(self.session, self.profile, wrong))

    def presence(self, change: DirectoryChange) -> MemberPresence:
        """Compare the entry, live, with what ``change`` would make of it."""
        return presence.of(self.session, self.profile, self.connection.base, change)

    def presences(self, changes: Sequence[DirectoryChange]) -> list[MemberPresence]:
        """Compare the entries, live, with what many changes would make of them, in their order."""
        base = self.connection.base
        return presence.of_all(self.session, self.profile, base, changes)

    def _listing(self, conditions: Iterable[str]) -> tuple[DirectoryGroup, ...]:
        condition = filters.all_of(
            family.groups(self.profile), filters.any_of(conditions)
        )
        return tuple(self._groups(self._places, condition, _WITHOUT_MEMBERS))

    @property
    def _places(self) -> list[str]:
        known = self.connection
        return bases(known.base, known.group_base, known.role_base)

    def _managed_roles(self, person: DirectoryPerson) -> Iterator[DirectoryGroup]:
        """Yield the managed roles that a person names, in the places where groups are looked
        for.
        """
        wanted = (*_WITHOUT_MEMBERS, self.profile.key_attribute)
        condition = family.groups(self.profile)
        for dn in roles.named_by(self.session, self.profile, person):
            if any(is_under(dn, place) for place in self._places):
                entry = self.session.at(dn, wanted, condition)
                yield from self._built([entry] if entry else [])

    def _groups(
        self, places: Iterable[str], condition: str, wanted: tuple[str, ...]
    ) -> Iterator[DirectoryGroup]:
        for place in places:
            yield from self._built(
                list(
                    self.session.below(
                        place, condition, (*wanted, self.profile.key_attribute)
                    )
                )
            )

    def _built(self, entries: Iterable[FoundEntry]) -> Iterator[DirectoryGroup]:
        for entry in entries:
            attributes = entry.attributes
            if mapping.may_be_group(attributes):
                group = inherited.widened(
                    self.session, mapping.group_from(attributes, entry.dn)
                )
                yield family.fitted(self.profile, group)

    def _holds_dn(self, dn: str) -> list[str]:
        return [
            filters.equals(attribute, dn)
            for attribute in family.member_dns(self.profile)
        ]
