"""The values that travel between Rung and a directory: people, groups, changes and what became of
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Listing = tuple[str, str]
"""The attribute in which a group lists somebody, and the value that does so."""


class Status(StrEnum):
    """What became of one change (ldap-notes section 4: codes differ per server, meanings do
    not).
    """

    DONE = "done"
    ALREADY = "already"  # the values were so before: not ours, never undone by us
    REFUSED = "refused"  # the server said no and wrote nothing
    # the entry is not what was read: gone, another object behind the name, a value missing
    DRIFT = "drift"
    UNKNOWN = "unknown"  # the answer was lost: only reading can tell


class Proof(StrEnum):
    """Why we believe an outcome."""

    NONE = ""
    ACKED = "acked"  # the server said so, and reading back agreed
    RECONCILED = "reconciled"  # the answer was lost, reading found the change in place
    ALREADY_THERE = "already-there"  # it was so before the first packet


class MemberPresence(StrEnum):
    """How the entry stands against a change, read live."""

    BEFORE = "before"  # none of it is in place
    AFTER = "after"  # all of it is in place
    MIXED = "mixed"  # some of it is in place
    GONE = "gone"  # no entry with this identity


def holds_names(attribute: str) -> bool:
    """Tell whether a member attribute holds account names, which differ by every letter, instead of
    DNs.
    """
    return attribute.lower() == "memberuid"


def stands_at_member(attribute: str) -> bool:
    """Tell whether a membership stands at the member, who names the role, instead of in the
    group.
    """
    return attribute.lower() == "nsroledn"


def takes_groups(attribute: str) -> bool:
    """Tell whether a group that keeps its members here may have groups as members."""
    return not (holds_names(attribute) or stands_at_member(attribute))


def value_in(attribute: str, uid: str, dn: str) -> str:
    """Return the value that stands for somebody in a member attribute."""
    return uid if holds_names(attribute) else dn


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """One person as the directory stores it.

    ``key`` is entryUUID, nsUniqueId or objectGUID in lower case.
    """

    key: str
    dn: str
    uid: str
    name: str
    mail: str = ""
    department: str = ""
    title: str = ""
    site: str = ""
    manager: str = ""
    disabled: bool = False
    service: bool = False
    primary_group: str = ""
    phone: str = ""
    mobile: str = ""
    guarded: bool = (
        False  # the server itself resets the rights on this account (AdminSDHolder)
    )
    further_uids: tuple[str, ...] = ()
    principal: str = ""  # userPrincipalName: ada@acme.test
    domain_login: str = ""  # ACME\ada, as the server itself writes it

    @property
    def uids(self) -> tuple[str, ...]:
        """Return all account names, the one used for signing in first."""
        return (self.uid, *self.further_uids)


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """One group.

    ``members`` are the values exactly as the server spells them; ``attribute`` is where they stand.

    ``further`` are the values of other member attributes, where the group keeps more than one.
    """

    key: str
    dn: str
    cn: str
    attribute: str
    members: tuple[str, ...] = ()
    description: str = ""
    owners: tuple[str, ...] = ()
    object_classes: tuple[str, ...] = ()
    needs_member: bool = False
    scope: str = ""
    privileged: bool = (
        False  # by the server's own marks: who is in it rules over others
    )
    further: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def places(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return every member attribute that counts, with its values."""
        return ((self.attribute, self.members), *self.further)

    @property
    def listed(self) -> Iterator[Listing]:
        """Yield every value in every member attribute."""
        yield from ((self.attribute, value) for value in self.members)
        yield from (
            (attribute, value) for attribute, values in self.further for value in values
        )

    def value_for(self, person: DirectoryPerson) -> str:
        """Return the value that stands for ``person`` in this group: a uid in posixGroup, a DN
        elsewhere.
        """
        return value_in(self.attribute, person.uid, person.dn)


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """Exact values added to and deleted from one attribute of one entry, sent as one atomic Modify
    (design 5.4).
    """

    key: str
    dn: str
    attribute: str
    add: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.add and not self.delete:
            raise ValueError(
                "a change needs at least one value"
            )  # an empty MODIFY_DELETE would clear the attribute


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group entry to create when it is not there yet; undo leaves it in place."""

    dn: str
    attributes: tuple[tuple[str, tuple[str, ...]], ...]


def inverse(change: DirectoryChange) -> DirectoryChange:
    """Return the change that takes ``change`` back: what it added is deleted, what it deleted is
    added.
    """
    return DirectoryChange(
        change.key, change.dn, change.attribute, add=change.delete, delete=change.add
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change, with the server's own code and words."""

    status: Status
    proof: Proof = Proof.NONE
    code: int | None = None
    text: str = ""
    key: str = ""  # of a created entry


@dataclass(frozen=True, slots=True)
class Doubt:
    """One entry that the write account may not write, which is ``certain``, or of which that cannot
    be known before it is tried.
    """

    dn: str
    why: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a self-test found this server to do, believed over what it advertises (design section
    6).
    """

    vendor: str = ""
    family: str = "generic"  # openldap | 389 | ad | demo | generic
    key_attribute: str = "entryUUID"
    assertions: bool = False
    transactions: bool = False  # kept in old profiles; neither tried nor used
    post_read: bool = False
    paging: bool = False
    memberof: str = "none"  # none | direct | transitive
    tested: bool = False
    server: str = (
        ""  # a digest of what the server says of itself; empty in old profiles
    )


@dataclass(frozen=True, slots=True)
class WrongMemberOf:
    """One group that an entry's memberOf shows though it is no member (``shown``), or lacks though
    it is one.
    """

    key: str
    dn: str
    name: str
    group_key: str
    group_dn: str
    group: str
    shown: bool

    def __str__(self) -> str:
        """Say what is wrong in a few words."""
        return f"{self.name} {'shows' if self.shown else 'lacks'} {self.group}"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One line of ``directory check``: what was looked at, how it went, what to do about it."""

    subject: str
    level: str  # ok | warning | problem
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The whole of ``directory check``; ``whole`` is not one that broke off half-way, so that it
    knows less than there is to know.
    """

    profile: Profile
    findings: tuple[CheckFinding, ...] = ()
    whole: bool = True

    def believed_over(self, known: Profile) -> Profile:
        """Return the profile to go by from now on: what an earlier check of the same server proved
        stays where this one broke off.
        """
        told = self.profile.server and known.server
        is_same = not told or self.profile.server == known.server
        keeps = not self.whole and known.tested and is_same
        return known if keeps else self.profile

    @property
    def ok(self) -> bool:
        """Tell whether nothing stands in the way of reading."""
        return all(finding.level != "problem" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Position:
    """Which server of a directory was asked last, and how far it was: ``seen`` by replica.

    ``unfinished``: it was being written to, and nobody knows yet how far it came.
    """

    address: str = ""
    seen: tuple[tuple[str, str], ...] = ()
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a directory.

    ``url`` may hold several servers of it, apart by spaces, the preferred first: a run asks one
    of them. ``last`` is the one asked before, ``also`` are those that this run does not ask.
    Passwords are given, not stored; ``write_dn`` empty means read-only.
    """

    url: str
    base: str
    people_base: str = ""
    group_base: str = ""
    role_base: str = ""
    bind_dn: str = ""
    bind_password: str = field(default="", repr=False)
    write_dn: str = ""
    write_password: str = field(default="", repr=False)
    security: str = "ldaps"  # plaintext | starttls | ldaps
    ca_file: str = ""
    placeholders: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    off_when: tuple[
        str, ...
    ] = ()  # house rules, attribute=value, of what means that an account is off
    profile: Profile = Profile()
    last: Position = Position()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Something that groups list, that exists and that is no person and no group that was read.

    ``key`` is what the value means, as ``members.meant_by`` says it; ``what`` it is, by its class.
    """

    key: str
    what: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that the server keeps for its own sake and that is nobody's account: ``why`` it was
    left out.
    """

    dn: str
    why: str


@dataclass(frozen=True, slots=True)
class OutsideGroup:
    """A group in no base that was read, and how many people of the reading it lists.

    ``why`` says of a place that it could not be looked through, and is empty otherwise.
    """

    dn: str
    people: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a reading knows a server's changes, so that the next one asks for the rest alone.

    ``way`` is the attribute that stamps entries, empty where the server does not tell; ``newest``
    the newest stamp seen, ``since`` from where on changes are asked for again, ``source`` whose
    stamps they are, ``seen`` how far each server of a replication was. ``settings`` stands for what
    a reading depends on. ``passed`` are entries found that are no people and no groups, ``again``
    groups to look at once more, ``listing`` a digest of all identities.
    """

    way: str = ""
    newest: str = ""
    since: str = ""
    source: str = ""
    settings: str = ""
    listing: str = ""
    seen: tuple[tuple[str, str], ...] = ()
    passed: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """A complete reading: it exists only if every page and every final result was code 0 (design
    5.10). ``shown`` is a digest of all groups as they came.
    """

    people: tuple[DirectoryPerson, ...]
    groups: tuple[DirectoryGroup, ...]
    profile: Profile = Profile()
    others: tuple[Other, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    outside: tuple[OutsideGroup, ...] = ()
    mark: Mark = Mark()
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Increment:
    """What may be other than in the reading before: ``part`` is what is there of it, as it is now;
    the rest are the identities that are gone.

    It exists only if every answer was complete, as a snapshot does.
    """

    part: DirectorySnapshot
    gone_people: frozenset[str] = frozenset()
    gone_groups: frozenset[str] = frozenset()
