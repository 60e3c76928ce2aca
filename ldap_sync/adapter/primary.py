"""The primary group of Active Directory: a number on the person, no value of the group (ldap-notes
section 3).

It can neither be taken away nor be given as a member, so that plans must know it by its identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ldap_sync import mapping
from ldap_sync.adapter import family
from ldap_sync.adapter.session import Session
from ldap_sync.values import DirectoryPerson, Profile


def resolved(
    session: Session, profile: Profile, people: Sequence[DirectoryPerson]
) -> Sequence[DirectoryPerson]:
    """Return people whose primary group is named by its key, where the account may see that
    group.
    """
    if profile.family != family.AD:
        return people
    sids = {person.primary_group for person in people if person.primary_group}
    keys = {sid: _key(session, profile, sid) for sid in sids}
    return [
        replace(person, primary_group=keys.get(person.primary_group, ""))
        for person in people
    ]


def _key(session: Session, profile: Profile, sid: str) -> str:
    entry = session.at(f"<SID={sid}>", [profile.key_attribute])
    return mapping.identity(entry.attributes) if entry else sid
