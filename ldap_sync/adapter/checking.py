"""``directory check``: what was looked at, how it went, what to do about it; what was there is not
changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from ldap_sync.adapter import (
    abilities,
    contents,
    family,
    memberof,
    refreshing,
    rights,
    scratch,
    servers,
    snapshot,
)
from ldap_sync.adapter.connection import Credential, Timeouts
from ldap_sync.adapter.scratch import ScratchProof
from ldap_sync.adapter.session import LimitReached, Session
from ldap_sync.adapter.words import count, some
from ldap_sync.port import DirectoryError, IncompleteRead
from ldap_sync.values import (
    CheckFinding,
    CheckReport,
    Connection,
    DirectoryGroup,
    DirectorySnapshot,
    Increment,
    Profile,
)


def check(connection: Connection, timeouts: Timeouts, *, scratch: bool) -> CheckReport:
    """Self-test the server and both credentials. Never raises: what is wrong becomes a finding.

    ``scratch`` allows groups that are made for a moment and taken away again.
    """
    credential = Credential(connection.bind_dn, connection.bind_password)
    reader = Session(connection, credential, timeouts, read_only=True)
    writer = _writer(connection, timeouts)
    try:
        report = _Check(connection, reader, writer, scratch=scratch).report()
        others = tuple(servers.others(connection, timeouts, report.profile))
        return replace(report, findings=(*report.findings, *others))
    finally:
        reader.close()
        if writer is not None:
            writer.close()


def demand_every_member(
    read: DirectorySnapshot, reader: Session, connection: Connection, timeouts: Timeouts
) -> None:
    """Raise ``IncompleteRead`` when members are provably hidden from the read account (design
    5.10).
    """
    other = (
        _writer(connection, timeouts, read_only=True)
        if connection.write_dn != connection.bind_dn
        else None
    )
    try:
        writer = other if other is not None and _answers(other, read.profile) else None
        hidden = _hidden(read, reader, writer, connection)
        if (
            hidden and writer is not None
        ):  # somebody may have changed a group between the two readings
            again = snapshot.read(
                reader, connection, read.profile, lambda _what, _count: None
            )
            hidden = _hidden(again, reader, writer, connection)
    finally:
        if other is not None:
            other.close()
    if hidden:
        raise IncompleteRead(" ".join([*hidden, "What was read was thrown away."]))


def demand_members_of(
    found: Increment, connection: Connection, timeouts: Timeouts
) -> None:
    """Raise ``IncompleteRead`` when members of the groups of an increment are provably hidden from
    the read account, which a change of rights may have done. A group that seems gone may be hidden
    as a whole.
    """
    groups, profile = found.part.groups, found.part.profile
    keys = {*(group.key for group in groups), *found.gone_groups}
    told = list(contents.showing_none(groups))
    other = (
        _writer(connection, timeouts, read_only=True)
        if keys and connection.write_dn != connection.bind_dn
        else None
    )
    if other is not None:
        with closing(other):
            if _answers(other, profile):
                theirs = refreshing.groups_again(other, connection, profile, keys)
                told.append(contents.compared(*_unlike(groups, theirs)))
    hidden = [finding.text for finding in told if finding.level == "problem"]
    if hidden:
        raise HiddenNow(" ".join([*hidden, "What was read was thrown away."]))


def _unlike(
    ours: Iterable[DirectoryGroup], theirs: Iterable[DirectoryGroup]
) -> tuple[list[DirectoryGroup], list[DirectoryGroup]]:
    """Return what two accounts are shown of those groups of which they are not shown the same."""
    left = {group.key: group for group in ours}
    other = []
    for group in theirs:
        if left.get(group.key) == group:
            del left[group.key]
        else:
            other.append(group)
    return [*left.values()], other


class HiddenNow(IncompleteRead):
    """What both accounts see of groups differs; somebody may have changed a group between the two
    looks.
    """


def _answers(session: Session, profile: Profile) -> bool:
    session.ignores_references = profile.family == family.AD
    try:
        return bool(session.wire.name)
    except DirectoryError:
        return False


def _hidden(
    read: DirectorySnapshot,
    reader: Session,
    writer: Session | None,
    connection: Connection,
) -> list[str]:
    found = contents.hidden_values(read, reader, writer, connection, read.profile)
    return [finding.text for finding in found if finding.level == "problem"]


def _writer(
    connection: Connection, timeouts: Timeouts, *, read_only: bool = False
) -> Session | None:
    if not connection.write_dn:
        return None
    credential = Credential(connection.write_dn, connection.write_password)
    return Session(connection, credential, timeouts, read_only=read_only)


class _Check:
    """One run of the checks; later ones use what earlier ones found."""

    def __init__(
        self,
        connection: Connection,
        reader: Session,
        writer: Session | None,
        *,
        scratch: bool,
    ) -> None:
        self.connection = connection
        self.scratch = scratch
        self.proof = ScratchProof()
        self.reader, self.writer = reader, writer
        self.profile = Profile()
        self.snapshot: DirectorySnapshot | None = None
        self.findings: list[CheckFinding] = []

    def report(self) -> CheckReport:
        """Run the checks one after the other; the first that cannot be survived ends the list."""
        try:
            self._connect()
            self._sign_in_to_write()
            self._read()
            self._try_abilities()
            self._prove_memberof()
            if self.snapshot is not None:
                self._look_into(self.snapshot)
            whole = self.snapshot is not None and self._may_write_if_meant_to()
        except DirectoryError as error:
            whole = False
            self.findings.append(CheckFinding("connection", "problem", str(error)))
        return CheckReport(self.profile, tuple(self.findings), whole)

    def _may_write_if_meant_to(self) -> bool:
        return self.writer is not None or not self.connection.write_dn

    def _connect(self) -> None:
        self.profile = family.recognise(self.reader.root(*family.ROOT_ATTRIBUTES))
        for session in filter(None, (self.reader, self.writer)):
            session.ignores_references = self.profile.family == family.AD
        self.findings += [
            _on_the_way(self.connection, self.reader.wire.name),
            _what_it_is(self.profile),
        ]

    def _sign_in_to_write(self) -> None:
        if self.writer is None:
            text = (
                "No write account is set: this directory is read-only, "
                "everything but apply works."
            )
            self.findings.append(CheckFinding("write account", "ok", text))
            return
        try:
            server = self.writer.wire.name
            text = f"{self.connection.write_dn} may sign in to {server}."
            self.findings.append(CheckFinding("write account", "ok", text))
        except DirectoryError as error:
            advice = (
                "Until then this directory is read-only: everything but apply works."
            )
            self.findings.append(
                CheckFinding("write account", "warning", str(error), advice)
            )
            self.writer = None

    def _read(self) -> None:
        try:
            self.snapshot = snapshot.read(
                self.reader, self.connection, self.profile, lambda _what, _count: None
            )
        except DirectoryError as error:
            advice = (
                family.RAISING_LIMITS.get(self.profile.family, "")
                if isinstance(error, LimitReached)
                else ""
            )
            self.findings.append(CheckFinding("reading", "problem", str(error), advice))
            return
        self.findings += list(_what_was_read(self.snapshot))

    def _try_abilities(self) -> None:
        sample = (
            self.snapshot.groups[0] if self.snapshot and self.snapshot.groups else None
        )
        found = abilities.of(
            self.reader, self.writer, self.profile, self.connection.base, sample
        )
        self.profile = replace(
            self.profile,
            paging=found.paging is True,
            assertions=found.assertions is True,
            post_read=found.post_read is True,
            tested=True,
        )
        self.findings += found.findings()

    def _prove_memberof(self) -> None:
        """See what memberOf does after a guarded change; a guard that leaves it behind is not used
        (self-test).
        """
        if self.writer is None or self.snapshot is None:
            return
        if not self.profile.assertions:
            text = "Changes carry no control on this server that could leave memberOf behind."
            self.findings.append(CheckFinding(scratch.SUBJECT, "ok", text))
            return
        place = (
            self.connection.role_base
            or self.connection.group_base
            or self.connection.base
        )
        stopped = ScratchProof(
            why_not="no groups may be made for it while all writing is frozen."
        )
        self.proof = (
            scratch.prove(self.writer, self.profile, place) if self.scratch else stopped
        )
        self.profile = replace(self.profile, assertions=self.proof.follows is not False)
        self.findings += self.proof.findings()

    def _look_into(self, read: DirectorySnapshot) -> None:
        self.findings += contents.hidden_values(
            read, self.reader, self.writer, self.connection, self.profile
        )
        self._look_at_memberof(read)
        self.findings += contents.placeholders(read, self.reader, self.connection)
        self.findings += contents.outside_of_bases(
            read, self.reader, self.connection, self.profile
        )
        self.findings += contents.protected(self.reader, self.connection)
        if self.writer is not None:
            self.findings += rights.of(self.writer, self.profile, self.connection, read)

    def _look_at_memberof(self, read: DirectorySnapshot) -> None:
        shown = memberof.shown_by_all(self.reader, self.connection, self.profile)
        holders = memberof.Holders.of(read.groups)
        kind, what = memberof.kind_of(read, shown, holders)
        if (
            kind != "none" and self.proof.kept
        ):  # what was proved is believed over what is seen
            kind, what = memberof.KINDS[self.proof.nests]
        found = memberof.wrong_values(read, shown, holders, kind)
        self.profile = replace(self.profile, memberof=kind)
        self.findings += memberof.findings(
            what, memberof.confirmed(self.reader, self.profile, found)
        )


def _on_the_way(connection: Connection, server: str) -> CheckFinding:
    if connection.security == "plaintext":
        text = f"Connected to {server} without encryption: passwords can be read on the way."
        return CheckFinding(
            "connection", "warning", text, "Use ldaps:// or StartTLS with a CA file."
        )
    way = "StartTLS" if connection.security == "starttls" else "LDAPS"
    return CheckFinding(
        "connection",
        "ok",
        f"Connected to {server} by {way}; certificate and host name were verified.",
    )


def _what_it_is(profile: Profile) -> CheckFinding:
    if profile.family == family.GENERIC:
        text = (
            f"The server calls itself {profile.vendor or 'nothing'}, which Rung does not know: it "
            "is treated carefully."
        )
        return CheckFinding(
            "server", "warning", text, "Try everything with one harmless group first."
        )
    return CheckFinding(
        "server",
        "ok",
        f"This is {profile.vendor}; entries are identified by {profile.key_attribute}.",
    )


def _what_was_read(read: DirectorySnapshot) -> Iterator[CheckFinding]:
    text = (
        f"{len(read.people)} people and {len(read.groups)} groups were read completely; every one "
        "has an identity."
    )
    yield CheckFinding("reading", "ok", text)
    if read.left_out:
        named = some(sorted(f"{entry.dn} ({entry.why})" for entry in read.left_out))
        advice = (
            "Nothing of it counts as a person or a group. Resolve conflicts on the server: the "
            "wrong one may be used."
        )
        yield CheckFinding(
            "left out",
            "warning",
            f"{count(read.left_out, 'entry', 'entries')} left out: {named}.",
            advice,
        )
    if not read.groups:
        advice = "Check the group base DN and what the read account may see."
        yield CheckFinding("groups", "warning", "No group was found.", advice)
