"""The two doors to a directory. A reader cannot write: the type says so (design section 6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ldap_sync.deeds import Deed, DeedAsked
from ldap_sync.looks import LiveLook, Sought
from ldap_sync.merging import Window
from ldap_sync.values import (
    CheckReport,
    DirectoryChange,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Doubt,
    Increment,
    Listing,
    Mark,
    MemberPresence,
    NewGroup,
    Outcome,
    Position,
    Profile,
    WrongMemberOf,
)

Progress = Callable[[str, int], None]
"""Called with what is being read ("people", "groups") and how many are in so far."""


def never() -> bool:
    """Say that it is not too late to send."""
    return False


class DirectoryError(Exception):
    """Something about a directory that a person must hear of, in one plain sentence."""


class Unavailable(DirectoryError):
    """The directory cannot be reached, refused the sign-in, or went away: nothing was lost, try
    again later.
    """


class SignInRefused(Unavailable):
    """The server answers and does not know the account or the password."""


class IncompleteRead(DirectoryError):
    """A read that is not provably complete; it must never be taken as the state of the directory
    (design 5.10).
    """


class MustReadAll(DirectoryError):
    """Changes alone cannot be asked for, or not be believed: everything has to be read."""


class Standing(Protocol):
    """What the reading before knew, as far as a reading of changes has to ask for it."""

    @property
    def mark(self) -> Mark:
        """Up to where changes are known."""
        ...

    def people(self, keys: Collection[str] | None = None) -> Mapping[str, str]:
        """Return the DN of each person by identity, or of those among ``keys``."""
        ...

    def groups(self, keys: Collection[str] | None = None) -> Mapping[str, str]:
        """Return the DN of each group by identity, or of those among ``keys``."""
        ...

    def counted(self, kind: str) -> int:
        """Return how many ``people`` or ``groups`` there are."""
        ...

    def idle(self) -> Mapping[str, tuple[Listing, str]]:
        """Return the values that stand for no person and no group, with what they were found to
        be, by what they mean.
        """
        ...

    def listing(self, found: Increment, idle: Collection[str]) -> Collection[str]:
        """Return the identities of groups that list somebody whose names are other than before, or
        one of the ``idle`` values.
        """
        ...

    def unknown(self, found: Increment) -> Mapping[str, Listing]:
        """Return the values in groups of ``found`` that stand for nobody known, by what they
        mean.
        """
        ...


class ReadDirectory(Protocol):
    """What a reading credential can do."""

    @property
    def profile(self) -> Profile:
        """What this server is known to do."""
        ...

    def position(self) -> Position:
        """Return which server is asked, and how far it is, as far as it tells."""
        ...

    def check(self, *, scratch: bool = True) -> CheckReport:
        """Self-test the server and both credentials; ``scratch`` allows groups made for a moment,
        and taken away.
        """
        ...

    def is_as_checked(self) -> bool:
        """Tell whether the server still says of itself what it said to the last check: its version,
        what it can do, its trees.
        """
        ...

    def read(self, progress: Progress) -> DirectorySnapshot:
        """Read all people and groups. Raises ``IncompleteRead`` or ``Unavailable``."""
        ...

    def refresh(self, standing: Standing, progress: Progress) -> Increment:
        """Read what changed since the reading before, and who is there.

        Raises ``MustReadAll`` where that cannot be asked or believed, ``IncompleteRead`` or
        ``Unavailable``.
        """
        ...

    def person(self, key: str) -> DirectoryPerson | None:
        """Find one person by identity, live."""
        ...

    def group(self, key: str) -> DirectoryGroup | None:
        """Find one group by identity, live, without trusting any earlier reading."""
        ...

    def group_at(self, dn: str) -> DirectoryGroup | None:
        """Find the group that stands under this DN now, live."""
        ...

    def groups_of(self, person: DirectoryPerson) -> tuple[DirectoryGroup, ...]:
        """Return, live, the groups that list ``person`` as a value of their own; ``members`` may be
        left empty.
        """
        ...

    def parents_of(self, dn: str) -> tuple[DirectoryGroup, ...]:
        """Return, live, the groups that list the entry ``dn`` (a group) as a value; ``members`` may
        be left empty.
        """
        ...

    def who_did(self, asked: DeedAsked) -> Deed | None:
        """Return, live, who changed a group, when, and how that is known; nothing where the
        directory does not say, or not in time.
        """
        ...

    def signed_in_at(self, dn: str) -> datetime | None:
        """Return, live, when somebody signed in last, as far as the server keeps it."""
        ...

    def looks(self, sought: Sequence[Sought]) -> list[LiveLook | None]:
        """Look at many people at once, live, in their order; nothing of who is gone."""
        ...

    def memberof(self, person: DirectoryPerson) -> frozenset[str]:
        """Return, live, the DNs in the person's own memberOf attribute, folded for comparing."""
        ...

    def wrong_memberof(self) -> tuple[WrongMemberOf, ...]:
        """Compare memberOf of all people and groups with the groups' own values.

        Raises ``IncompleteRead`` or ``Unavailable``.
        """
        ...

    def presence(self, change: DirectoryChange) -> MemberPresence:
        """Compare the entry, live, with what ``change`` would make of it."""
        ...

    def presences(self, changes: Sequence[DirectoryChange]) -> list[MemberPresence]:
        """Compare the entries, live, with what many changes would make of them, in their order."""
        ...

    def close(self) -> None:
        """Let the connections go."""
        ...


class WriteDirectory(ReadDirectory, Protocol):
    """What a writing credential can do on top."""

    def left_behind(
        self, changes: Sequence[DirectoryChange]
    ) -> tuple[WrongMemberOf, ...]:
        """Compare memberOf of everybody whom some changes name with what their groups say now."""
        ...

    def doubts(
        self, changes: Sequence[DirectoryChange | NewGroup]
    ) -> tuple[Doubt, ...]:
        """Return, live and without changing anything, the entries of ``changes`` that the write
        account may not write, and those of which that cannot be known before it is tried.

        Whatever may be added has to be deletable too: a way back is asked for along with it.
        """
        ...

    def apply(self, change: DirectoryChange) -> Outcome:
        """Send one guarded Modify and read back; never resends; a lost answer is ``UNKNOWN``, not
        an exception.
        """
        ...

    def send(
        self,
        window: Window,
        changes: Sequence[DirectoryChange],
        late: Callable[[], bool] = never,
    ) -> dict[int, Outcome]:
        """Send the guarded Modifies of one window, read back, and return what became of which of
        ``changes``, by its place.

        Never resends what may have arrived. A change that is missing in the answer was not sent.
        ``late`` is asked right before each Modify: once it says yes, nothing more is sent.
        Whatever the server refuses as a whole is sent anew without those that are the cause, so
        that exactly they are refused.
        """
        ...

    def refresh_memberof(self, wrong: WrongMemberOf) -> Outcome:
        """Let the server work out one value of memberOf anew, by one Modify that leaves the group
        as it is.
        """
        ...

    def create(self, group: NewGroup) -> Outcome:
        """Create a group entry; ``ALREADY`` where the DN is taken by a group, with its key in
        ``Outcome.key``.
        """
        ...
