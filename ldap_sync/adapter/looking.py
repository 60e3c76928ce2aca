"""Looks at many people at once, live: all is asked before the first answer is read.

Whoever cannot be told in one go (renamed, a long answer, another account name, a managed role) is
looked at alone, as ``Reader`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ldap_sync import mapping
from ldap_sync.accounts import Judge
from ldap_sync.adapter import family, filters, primary
from ldap_sync.adapter.answers import FoundEntry
from ldap_sync.adapter.session import Session
from ldap_sync.adapter.wire import BASE, SUBTREE, Search
from ldap_sync.dn import fold_or_self
from ldap_sync.looks import GroupName, LiveLook, Sought
from ldap_sync.managed import ATTRIBUTE as ROLES
from ldap_sync.values import Profile

Answer = list[FoundEntry] | None


@dataclass(frozen=True, slots=True)
class Looks:
    """What many looks have in common: whom to ask, in which places groups stand, who is off."""

    session: Session
    profile: Profile
    places: Sequence[str]
    judge: Judge

    def at(self, sought: Sequence[Sought]) -> list[LiveLook | None]:
        """Look at people; nothing of whom must be looked at alone."""
        questions = [question for one in sought for question in self._questions(one)]
        answers = iter(self.session.together(questions))
        told = [(next(answers), self._listing(answers)) for _ in sought]
        self._demand_places([listing for _, listing in told])
        looks = [
            self._look(one, entry[0], listing)
            if entry and None not in listing
            else None
            for one, (entry, listing) in zip(sought, told, strict=True)
        ]
        return list(self._resolved(looks))

    def _questions(self, sought: Sought) -> Iterator[Search]:
        same = family.has_key(self.profile, sought.key)
        person = filters.all_of(same, family.people(self.profile))
        wanted = [*mapping.PERSON_ATTRIBUTES, *self.judge.attributes, "memberOf", ROLES]
        yield Search(sought.dn, BASE, person, [*wanted, self.profile.key_attribute])
        listed = [(name, sought.dn) for name in family.member_dns(self.profile)]
        if family.lists_account_names(self.profile):
            listed.append(("memberUid", sought.uid))
        names = filters.any_of(filters.equals(*one) for one in listed)
        listing = filters.all_of(family.groups(self.profile), names)
        for place in self.places:
            yield Search(place, SUBTREE, listing, self._of_groups)

    @property
    def _of_groups(self) -> list[str]:
        """Return what has to be asked of a group: who it is, and whether it is one."""
        return ["objectClass", "cn", self.profile.key_attribute]

    def _listing(self, answers: Iterator[Answer]) -> list[Answer]:
        return [next(answers) for _ in self.places]

    def _demand_places(self, listings: Sequence[Sequence[Answer]]) -> None:
        """Raise ``IncompleteRead`` where a place that is said to hold nothing is not there."""
        for number, place in enumerate(self.places):
            if any(listing[number] == [] for listing in listings):
                self.session.demand_there(place)

    def _look(
        self, sought: Sought, entry: FoundEntry, listing: Sequence[Answer]
    ) -> LiveLook | None:
        attributes = entry.attributes
        person = mapping.person_from(attributes, entry.dn, self.judge)
        if not mapping.is_account(attributes, entry.dn):
            return None
        if person.uids != (sought.uid,) or ROLES.lower() in attributes:
            return None
        shown = frozenset(map(fold_or_self, attributes.get("memberof", ())))
        groups = (_group(one) for answer in listing for one in answer or ())
        return LiveLook(person, tuple(filter(None, groups)), shown)

    def _resolved(self, looks: Sequence[LiveLook | None]) -> Iterator[LiveLook | None]:
        people = [look.person for look in looks if look is not None]
        known = iter(primary.resolved(self.session, self.profile, people))
        return (replace(look, person=next(known)) if look else None for look in looks)


def _group(entry: FoundEntry) -> GroupName | None:
    attributes = entry.attributes
    if not mapping.may_be_group(attributes):
        return None
    return GroupName(mapping.identity(attributes), entry.dn)
