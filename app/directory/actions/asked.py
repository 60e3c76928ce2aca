"""Read a directory's own log, and take over what it shows of how rights are looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid
from app.core.parts import Parts
from app.core.said import said
from app.directory.actions.rights import set_lens
from app.directory.queries.asked import asked_of, proposals_of
from app.directory.rules import PEOPLE, QuestionLine
from app.models.directory import Directory, Entitlement
from app.models.directory.asking import AskedGroup, DirectoryLog
from app.models.people import Person
from ldap_sync.dn import fold_or_self
from ldap_sync.logs import LogLines, LogReader, LogTooLarge, Way, WhatWasAsked

LARGEST_LOG = 4 << 30
"""Bytes of a log, unpacked, that are read at most."""
MOST_KEPT = 5_000
"""So many different questions of one log are kept; further ones are only counted."""
MARKED = 4096
"""Bytes of the beginning by which a log is known again."""

Kept = tuple[int | None, str, str, Way]


@dataclass(slots=True)
class _Sum:
    count: int = 0
    last: date | None = None


@dataclass(frozen=True, slots=True)
class _KnownNames:
    """Whom and what the questions of a directory can be about, by folded DN and by name."""

    directory_id: int
    groups: dict[str, int]
    names: dict[str, int]
    people: frozenset[str]
    own: frozenset[str]


@dataclass(slots=True)
class _Sums:
    """Questions, added up as they come: no more than ``MOST_KEPT`` different ones."""

    known: _KnownNames
    kept: dict[Kept, _Sum] = field(default_factory=dict)
    count: int = 0
    left_out: int = 0

    def take(self, asked: WhatWasAsked) -> None:
        if fold_or_self(asked.account) in self.known.own:
            return
        right = self._right(asked)
        if right is None and (asked.group or asked.name):
            self.left_out += asked.certain
            return
        is_person = _plain_name(asked.account) in self.known.people
        who = (PEOPLE, "") if is_person else (asked.account[:400], asked.address[:80])
        self._add((right, *who, asked.way), asked.day)

    def _right(self, asked: WhatWasAsked) -> int | None:
        if asked.group:
            return self.known.groups.get(fold_or_self(asked.group))
        return self.known.names.get(asked.name.lower())

    def _add(self, key: Kept, day: date | None) -> None:
        if key not in self.kept and len(self.kept) >= MOST_KEPT:
            self.left_out += 1
            return
        so_far = self.kept.setdefault(key, _Sum())
        so_far.count += 1
        so_far.last = max(
            filter(None, (so_far.last, day)),
            default=None,
        )
        self.count += 1


def read_log(
    parts: Parts, directory_id: int, name: str, stream: BinaryIO, *, by: str
) -> int:
    """Read a log of a directory and keep which application asks which group how; its number.

    Nothing else of it is kept. The same log, read before, is replaced. Raises ``Invalid`` for a
    file that is no such log, ``NotFound``.
    """
    with parts.database.read() as session:
        known = _known(session, directory_id)
    mark = _mark(stream)
    lines, sums = LogLines(stream, LARGEST_LOG), _Sums(known)
    reader = LogReader(parts.now().date())
    _take_all(reader, lines, sums)
    if not reader.server:
        raise Invalid(
            said(
                "This is no log that tells of searches: neither slapd's (loglevel stats), "
                "nor 389's access log, nor the text of events 1644."
            ),
            field="file",
        )
    log = DirectoryLog(
        directory_id=directory_id,
        name=name[:200],
        mark=mark,
        server=reader.server,
        first_day=reader.first,
        last_day=reader.last,
        lines=lines.count,
        questions=sums.count,
        left_out=sums.left_out,
        cut=lines.cut,
        read_by=by,
    )
    with parts.acting(by) as act:
        return _keep(act, log, sums)


def _take_all(reader: LogReader, lines: LogLines, sums: _Sums) -> None:
    try:
        for asked in reader.read(lines):
            sums.take(asked)
    except LogTooLarge:
        most = LARGEST_LOG >> 30
        problem = said(
            "The log holds more than %(most)s GB; give a part.",
            most=most,
        )
        raise Invalid(problem, field="file") from None


def _known(session: Session, directory_id: int) -> _KnownNames:
    directory = one(session, Directory, directory_id)
    rights = select(
        Entitlement.id,
        Entitlement.dn,
        Entitlement.cn,
    ).where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
    groups: dict[str, int] = {}
    names: dict[str, int] = {}
    doubled: set[str] = set()
    for right_id, dn, cn in session.execute(rights):
        groups[fold_or_self(dn)] = right_id
        doubled |= {cn.lower()} & names.keys()
        names[cn.lower()] = right_id
    people = select(Person.dn, Person.uid).where(
        Person.directory_id == directory_id, Person.service.is_(False)
    )
    own = (directory.bind_dn, directory.write_dn)
    return _KnownNames(
        directory_id=directory_id,
        groups=groups,
        names={name: found for name, found in names.items() if name not in doubled},
        people=_spelled(session.execute(people)),
        own=frozenset(fold_or_self(dn) for dn in own if dn),
    )


def _spelled(people: Iterable[Iterable[str]]) -> frozenset[str]:
    """Return the DNs of people, and their accounts as Windows writes them."""
    return frozenset(fold_or_self(name) for names in people for name in names if name)


def _plain_name(account: str) -> str:
    """Return a DN for comparing, and of DOMAIN\\name or a UPN the name alone."""
    if "=" in account:
        return fold_or_self(account)
    return fold_or_self(account.rpartition("\\")[2].partition("@")[0])


def _mark(stream: BinaryIO) -> str:
    start = stream.tell()
    first = stream.read(MARKED)
    stream.seek(start)
    return hashlib.sha256(first).hexdigest()


def _keep(act: Acting, log: DirectoryLog, sums: _Sums) -> int:
    same = delete(DirectoryLog).where(
        DirectoryLog.directory_id == log.directory_id, DirectoryLog.mark == log.mark
    )
    act.session.execute(same)
    log.read_at = act.now
    change = Change(about=DirectoryLog)
    change.add(act.session, log)
    rows = [
        {
            "log_id": log.id,
            "entitlement_id": right,
            "account": account,
            "address": address,
            "way": way.value,
            "count": found.count,
            "last_day": found.last,
        }
        for (right, account, address, way), found in sums.kept.items()
    ]
    if rows:
        act.session.execute(insert(AskedGroup), rows)
    told = f"The log {log.name} was read: {log.questions} questions about groups"
    change.record(act, log, "log.read", told)
    return log.id


def accept_lenses(act: Acting, directory_id: int, rights: Iterable[int]) -> list[str]:
    """Note of these rights how the logs show that they are looked at; their names.

    What the logs do not, or no longer, propose stays as it is.
    """
    wanted = set(rights)
    lines = asked_of(act.session, directory_id)
    found = proposals_of(
        act.session,
        directory_id,
        lines,
    )
    accepted = [one for one in found if one.right_id in wanted]
    return [
        set_lens(
            act,
            one.right_id,
            one.proposed,
            reason=_evidence(one.evidence),
        ).cn
        for one in accepted
    ]


def _evidence(lines: Iterable[QuestionLine]) -> str:
    return "By the log: " + "; ".join(line.told for line in lines)[:2000]


def forget_log(act: Acting, log_id: int) -> int:
    """Delete what was read of a log; the directory it belonged to."""
    log = one(act.session, DirectoryLog, log_id)
    Change(
        about=DirectoryLog,
        before={"name": log.name},
    ).record(act, log, "log.forget", f"What the log {log.name} told is deleted")
    act.session.delete(log)
    return log.directory_id
