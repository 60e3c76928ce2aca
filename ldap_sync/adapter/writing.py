"""Writing to a directory over LDAP: one guarded Modify, sent once, judged by reading."""

from __future__ import annotations

from dataclasses import replace

from ldap_sync.adapter import family, memberof, presence, scopes, scratch, words
from ldap_sync.adapter.answers import Result
from ldap_sync.adapter.connection import Credential, Timeouts
from ldap_sync.adapter.reading import Reader
from ldap_sync.adapter.wire import Control, Lost, assertion
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError, IncompleteRead, Unavailable
from ldap_sync.values import (
    Connection,
    DirectoryChange,
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

_NO_SUCH_OBJECT, _EXISTS, _ASSERTION_FAILED = 32, 68, 122
_PERHAPS_ALREADY = frozenset(
    {16, 20, 53, 68}
)  # which of them means what differs per server, ldap-notes section 4


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

    def apply(self, change: DirectoryChange) -> Outcome:
        """Send one guarded Modify and read back; never resends; a lost answer is ``UNKNOWN``, not
        an exception.

        Raises ``Unavailable`` only where nothing was sent.
        """
        change = _without_doubles(change)
        try:
            state, change = self._before_sending(change)
            objection = (
                self._objection(change) if state is MemberPresence.BEFORE else ""
            )
        except IncompleteRead as error:
            return Outcome(Status.REFUSED, text=str(error))
        if objection:
            return Outcome(Status.REFUSED, text=objection)
        if state is MemberPresence.AFTER:
            return Outcome(
                Status.ALREADY, Proof.ALREADY_THERE, text="It was so before."
            )
        if state is not MemberPresence.BEFORE:
            return Outcome(
                Status.DRIFT,
                text=f"{change.dn} is not as it was read: nothing was changed.",
            )
        wire = self._own.session.wire
        try:
            dn = family.target(self._own.profile, change.key, change.dn)
            result = wire.modify(
                dn, change.attribute, change.delete, change.add, self._guard(change)
            )
        except Lost as error:
            return _lost(error)
        return self._judged(change, result)

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

    def _objection(self, change: DirectoryChange) -> str:
        """Say why this change must not be sent although the server might take it, or nothing."""
        own = self._own
        return (
            scopes.objection(own.session, change)
            if own.profile.family == family.AD
            else ""
        )

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

    def _guard(self, change: DirectoryChange) -> list[Control]:
        """Return the control that keeps the Modify from another object behind the same DN, where it
        was self-tested.
        """
        profile = self._own.profile
        usable = profile.tested and profile.assertions
        return (
            [assertion(family.still_behind(profile, change.key, change.dn))]
            if usable
            else []
        )

    def _judged(self, change: DirectoryChange, result: Result) -> Outcome:
        """Say what became of a Modify that was answered."""
        text = (
            ""
            if result.code == 0
            else words.why_refused(result, self._own.session.wire.name, change.dn)
        )
        if result.code in (_NO_SUCH_OBJECT, _ASSERTION_FAILED):
            return Outcome(Status.DRIFT, code=result.code, text=text)
        try:
            state = self._own.presence(change)
        except DirectoryError as error:
            return Outcome(
                Status.UNKNOWN,
                code=result.code,
                text=f"{text} It could not be read back: {error}".strip(),
            )
        return _verdict(result.code, state, text)

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


def _verdict(code: int, state: MemberPresence, text: str) -> Outcome:
    """Weigh the server's code against what was read afterwards."""
    if state is MemberPresence.AFTER:
        if code == 0:
            return Outcome(Status.DONE, Proof.ACKED, code)
        if code in _PERHAPS_ALREADY:
            return Outcome(Status.ALREADY, Proof.ALREADY_THERE, code, text)
        return Outcome(Status.UNKNOWN, code=code, text=text)
    if state is MemberPresence.BEFORE and code != 0:
        return Outcome(Status.REFUSED, code=code, text=text)
    return Outcome(
        Status.DRIFT,
        code=code,
        text=text or "The server accepted the change, but it is not in place.",
    )


def _without_doubles(change: DirectoryChange) -> DirectoryChange:
    """Name each value once: Samba stores a second spelling and never lets go of it (ldap-notes
    section 4).
    """
    add, delete = (
        presence.distinct(change.attribute, values)
        for values in (change.add, change.delete)
    )
    return replace(change, add=add, delete=delete)


def _lost(error: Lost) -> Outcome:
    if not error.sent:
        raise error
    return Outcome(Status.UNKNOWN, text=str(error))
