"""Writing to a directory over LDAP: one guarded Modify, sent once, judged by reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from ldap_sync.adapter import (
    family,
    memberof,
    presence,
    rights,
    scratch,
    sending,
    words,
)
from ldap_sync.adapter.answers import Result
from ldap_sync.adapter.connection import Credential, Timeouts
from ldap_sync.adapter.reading import Reader
from ldap_sync.adapter.wire import Lost
from ldap_sync.dn import fold_or_self
from ldap_sync.merging import Window
from ldap_sync.port import DirectoryError, IncompleteRead, Unavailable, never
from ldap_sync.values import (
    Connection,
    DirectoryChange,
    Doubt,
    MemberPresence,
    NewGroup,
    Outcome,
    Proof,
    Status,
    WrongMemberOf,
    holds_names,
)

READABLE_GROUP = 5000
"""Members up to which a group is read as a whole to learn how the server spells a value."""

_STAYS = {
    family.DS389: (
        "memberOf stays as it was: run `dsconf INSTANCE plugin memberof fixup BASE` on the server."
    ),
    family.GENERIC: (
        "memberOf stays as it was: this server has to be told in its own way to work it out anew."
    ),
}
"""What to do where a server takes the change and memberOf does not follow."""

_EXISTS = 68


class Writer(Reader):
    """A directory that can be written.

    What others may see is read with the reading credential, as ``Reader`` does.
    """

    def __init__(self, connection: Connection, timeouts: Timeouts) -> None:
        if not connection.write_dn:
            raise Unavailable(
                "No write account is set for this directory: it can be read, but nothing can "
                "be applied."
            )
        super().__init__(connection, timeouts)
        credential = Credential(connection.write_dn, connection.write_password)
        self._own = Reader(connection, timeouts, credential, read_only=False)

    def close(self) -> None:
        """Let the connections go."""
        super().close()
        self._own.close()

    def presence(self, change: DirectoryChange) -> MemberPresence:
        """Compare the entry, live and as the write account sees it, with what ``change`` would make
        of it.
        """
        return self._own.presence(change)

    def doubts(
        self, changes: Sequence[DirectoryChange | NewGroup]
    ) -> tuple[Doubt, ...]:
        """Return the entries that the write account may not write, or perhaps may not."""
        return tuple(rights.doubts(self._own.session, self._own.profile, changes))

    def apply(self, change: DirectoryChange) -> Outcome:
        """Send one guarded Modify and read back; never resends; a lost answer is ``UNKNOWN``, not
        an exception.

        Raises ``Unavailable`` only where nothing was sent.
        """
        return self._apply(change, never)

    def _apply(self, change: DirectoryChange, late: Callable[[], bool]) -> Outcome:
        change = sending.without_doubles(change)
        try:
            state, change = self._before_sending(change)
            objection = (
                sending.objection(self._own, change)
                if state is MemberPresence.BEFORE
                else ""
            )
        except IncompleteRead as error:
            return Outcome(Status.REFUSED, text=str(error))
        if objection:
            return Outcome(Status.REFUSED, text=objection)
        if state is MemberPresence.AFTER:
            return sending.ALREADY
        if state is not MemberPresence.BEFORE:
            return Outcome(
                Status.DRIFT,
                text=f"{change.dn} is not as it was read: nothing was changed.",
            )
        [result] = sending.sent(self._own, [change], late)
        if isinstance(result, Lost):
            return _lost(result)
        return sending.judged(self._own, change, result)

    def presences(self, changes: Sequence[DirectoryChange]) -> list[MemberPresence]:
        """Compare the entries, live and as the write account sees them, with many changes."""
        return self._own.presences(changes)

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
        """
        single = partial(self._apply, late=late)
        return sending.Sender(self._own, single, late).send(window, changes)

    def left_behind(
        self, changes: Sequence[DirectoryChange]
    ) -> tuple[WrongMemberOf, ...]:
        """Compare memberOf of everybody whom some changes name with what their groups say now."""
        return tuple(
            memberof.left_behind(self._own.session, self._own.profile, changes)
        )

    def refresh_memberof(self, wrong: WrongMemberOf) -> Outcome:
        """Let the server work out one value of memberOf anew, by one Modify that leaves the group
        as it is.

        Without the guard. The Modify adds and deletes the same value, so it fails as a whole where
        others changed it.
        """
        session, profile = self._own.session, self._own.profile
        listed = DirectoryChange(
            wrong.group_key, wrong.group_dn, "member", delete=(wrong.dn,)
        )
        state, listed = self._before_sending(listed)
        if memberof.shows(session, profile, wrong) is not wrong.shown:
            return Outcome(
                Status.ALREADY, Proof.ALREADY_THERE, text="It is right by now."
            )
        if state is not (
            MemberPresence.AFTER if wrong.shown else MemberPresence.BEFORE
        ):
            return Outcome(
                Status.DRIFT,
                text=f"{wrong.group_dn} is not as it was read: nothing was changed.",
            )
        try:
            dn = family.target(profile, wrong.group_key, wrong.group_dn)
            result = session.wire.refresh(
                dn, "member", listed.delete[0], add_first=wrong.shown
            )
        except Lost as error:
            return _lost(error)
        return self._refreshed(wrong, result)

    def _refreshed(self, wrong: WrongMemberOf, result: Result) -> Outcome:
        session, profile = self._own.session, self._own.profile
        if result.code:
            text = words.why_refused(result, session.wire.name, wrong.group_dn)
            return Outcome(Status.REFUSED, code=result.code, text=text)
        if scratch.comes(
            lambda: memberof.shows(session, profile, wrong) is not wrong.shown, profile
        ):
            return Outcome(Status.DONE, Proof.ACKED, 0)
        return Outcome(
            Status.REFUSED,
            code=0,
            text=_STAYS.get(profile.family, _STAYS[family.GENERIC]),
        )

    def create(self, group: NewGroup) -> Outcome:
        """Create a group entry; ``ALREADY`` where the DN is taken by a group, with its key in
        ``Outcome.key``.
        """
        try:
            found = self._own.group_at(group.dn)
        except IncompleteRead as error:
            return Outcome(Status.REFUSED, text=str(error))
        if found is not None:
            return Outcome(
                Status.ALREADY,
                Proof.ALREADY_THERE,
                text="It was there before.",
                key=found.key,
            )
        wire = self._own.session.wire
        try:
            result = wire.add(group.dn, dict(group.attributes))
        except Lost as error:
            return _lost(error)
        return self._created(group, result)

    def _before_sending(
        self, change: DirectoryChange
    ) -> tuple[MemberPresence, DirectoryChange]:
        """Return how the entry at this DN stands now, and the change in the server's own
        spelling.
        """
        session, profile = self._own.session, self._own.profile
        if not presence.stands(session, profile, change.key, change.dn):
            return MemberPresence.GONE, change
        state = presence.at(session, profile, change.dn, change)
        if state is MemberPresence.MIXED and change.delete:
            change = self._respelled(change)
            state = presence.at(session, profile, change.dn, change)
        return state, change

    def _respelled(self, change: DirectoryChange) -> DirectoryChange:
        """Take values to delete as the server spells them; servers differ in which spellings they
        take for equal.
        """
        entry = self._own.session.at(change.dn, [change.attribute])
        values = entry.attributes.get(change.attribute.lower(), []) if entry else []
        if len(values) > READABLE_GROUP or holds_names(change.attribute):
            return change
        spelled = {fold_or_self(value): value for value in values}
        return replace(
            change,
            delete=tuple(
                spelled.get(fold_or_self(value), value) for value in change.delete
            ),
        )

    def _created(self, group: NewGroup, result: Result) -> Outcome:
        try:
            found = self._own.group_at(group.dn)
        except DirectoryError as error:
            return Outcome(
                Status.UNKNOWN,
                code=result.code,
                text=f"It could not be read back: {error}",
            )
        if result.code == 0 and found is not None:
            return Outcome(Status.DONE, Proof.ACKED, 0, key=found.key)
        if result.code == _EXISTS and found is not None:
            return Outcome(
                Status.ALREADY,
                Proof.ALREADY_THERE,
                result.code,
                "It was there before.",
                found.key,
            )
        if result.code == 0:
            return Outcome(
                Status.DRIFT,
                code=0,
                text=f"{group.dn} was created, but is not there any more.",
            )
        return Outcome(
            Status.REFUSED,
            code=result.code,
            text=words.why_not_created(result, group.dn),
        )


def _lost(error: Lost) -> Outcome:
    if not error.sent:
        raise error
    return Outcome(Status.UNKNOWN, text=str(error))
