"""Looking at people live: whom to look at, and what is seen of them."""

from __future__ import annotations

from dataclasses import dataclass

from ldap_sync.values import DirectoryPerson


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom to look at: the identity, and the DN and account under which it was last known."""

    key: str
    dn: str
    uid: str


@dataclass(frozen=True, slots=True)
class GroupName:
    """How a group is told from others: by its identity, and by the DN it has now."""

    key: str
    dn: str


@dataclass(frozen=True, slots=True)
class LiveLook:
    """What is seen of one person, live: the entry, the groups that list it as a value of their own,
    and the DNs in its memberOf, folded for comparing.
    """

    person: DirectoryPerson
    groups: tuple[GroupName, ...]
    memberof: frozenset[str]
