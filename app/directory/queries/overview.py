"""Directories as the list, their own page and the command line show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound, Refused
from app.core.said import said
from app.directory.rules import (
    DEMO_URL,
    SECURITIES,
    DirectoryValues,
    may_be_accepted,
    warnings,
)
from app.models.directory import (
    Directory,
    Entitlement,
    MemberKind,
    Membership,
    Reading,
    ReadingState,
)
from ldap_sync.values import CheckFinding

OPEN = (ReadingState.WAITING, ReadingState.RUNNING)
FEWEST_GROUPS = 3
LEVELS = ("problem", "warning", "ok")


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading: how it stands, how far it is, what it brought."""

    id: int
    directory_id: int
    state: str
    source: str
    asked_by: str
    started_at: datetime
    ended_at: datetime | None
    phase: str
    count: int
    people: int
    groups: int
    grants: int
    changes: int
    reason: str
    forced: bool
    left_out_count: int
    left_out: list[dict[str, str]]
    outside_count: int
    full: bool
    note: str
    missed_count: int
    missed: list[str]
    outside: list[dict[str, Any]]
    server: str

    @property
    def is_open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN

    @property
    def acceptable(self) -> bool:
        """Tell whether it was refused only because much is missing, which a person may know to be
        right.
        """
        return may_be_accepted(self.reason)

    @property
    def seconds(self) -> float | None:
        """Return how long it took, in seconds; None while it is not over."""
        return (
            (self.ended_at - self.started_at).total_seconds() if self.ended_at else None
        )


@dataclass(frozen=True, slots=True)
class DirectoryLine:
    """One directory with its last complete reading and the one that waits or runs."""

    id: int
    name: str
    url: str
    security: str
    writable: bool
    checked_at: datetime | None
    problems: int
    last: ReadingLine | None
    current: ReadingLine | None
    refused: ReadingLine | None
    server: str

    @property
    def servers(self) -> list[str]:
        """Return the addresses, the preferred one first."""
        return self.url.split()

    @property
    def kind(self) -> str:
        """Return ``file``, ``demo`` or ``ldap``."""
        return "file" if not self.url else "demo" if self.url == DEMO_URL else "ldap"

    @property
    def shown_security(self) -> str:
        """Return how the connection is protected, in words."""
        return SECURITIES.get(self.security, self.security)


def directory_lines(session: Session) -> list[DirectoryLine]:
    """Return all directories by name."""
    directories = session.scalars(
        select(Directory).order_by(func.lower(Directory.name))
    ).all()
    lasts = _newest(session, [ReadingState.COMPLETE])
    currents = _newest(session, list(OPEN))
    refusals = _newest(session, [ReadingState.REFUSED])
    return [
        _line(one, lasts.get(one.id), currents.get(one.id), refusals.get(one.id))
        for one in directories
    ]


def chosen_directory(
    session: Session, directory_id: int = 0
) -> tuple[DirectoryLine | None, list[DirectoryLine]]:
    """Return the directory to look at and all there are: the one asked for, else one that was
    read, else any.
    """
    known = directory_lines(session)
    asked = [line for line in known if line.id == directory_id]
    best = sorted(known, key=lambda line: (line.last is None, not line.writable))
    return next(iter(asked or best), None), known


def directory_line(session: Session, directory_id: int) -> DirectoryLine:
    """Return one directory. Raises ``NotFound``."""
    found = [line for line in directory_lines(session) if line.id == directory_id]
    if not found:
        raise NotFound(said("There is no such directory."))
    return found[0]


def values_of(directory: Directory) -> DirectoryValues:
    """Return what was said about a directory, as the form shows it."""
    said: dict[str, Any] = {
        name: getattr(directory, name) for name in DirectoryValues.__dataclass_fields__
    }
    lists = {
        name: tuple(said[name]) for name in ("placeholders", "protected", "off_when")
    }
    return DirectoryValues(**{**said, **lists})


def warnings_of(directory: Directory) -> list[str]:
    """Return what must be said aloud about how a directory is reached; nothing about one read from
    files.
    """
    return warnings(values_of(directory)) if directory.url else []


def findings_by_level(directory: Directory) -> list[tuple[str, list[CheckFinding]]]:
    """Return what the last check found, the worst first; levels without a finding are left out."""
    findings = [CheckFinding(**kept) for kept in directory.findings]
    grouped = [
        (level, [finding for finding in findings if finding.level == level])
        for level in LEVELS
    ]
    return [(level, of_level) for level, of_level in grouped if of_level]


def suspects(session: Session, directory_id: int) -> list[tuple[str, int]]:
    """Return values that stand for nobody in half of all groups or more, with how many: surely
    placeholders.
    """
    groups = select(func.count()).where(
        Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
    )
    listed = (
        select(Membership.value, func.count())
        .join(Entitlement, Entitlement.id == Membership.entitlement_id)
        .where(
            Entitlement.directory_id == directory_id,
            Membership.kind == MemberKind.DANGLING,
        )
        .group_by(Membership.value)
        .having(
            func.count() >= FEWEST_GROUPS, func.count() * 2 >= groups.scalar_subquery()
        )
        .order_by(func.count().desc(), Membership.value)
    )
    return [(value, count) for value, count in session.execute(listed)]


def readings_of(
    session: Session, directory_id: int, limit: int = 20
) -> list[ReadingLine]:
    """Return the newest readings of a directory, the newest first."""
    newest = (
        select(Reading)
        .where(Reading.directory_id == directory_id)
        .order_by(Reading.id.desc())
        .limit(limit)
    )
    return [_reading(row) for row in session.scalars(newest)]


def reading_line(session: Session, directory_id: int, reading_id: int) -> ReadingLine:
    """Return one reading. Raises ``NotFound``."""
    reading = session.get(Reading, reading_id)
    if reading is None or reading.directory_id != directory_id:
        raise NotFound(said("There is no such reading of this directory."))
    return _reading(reading)


def find_directory(session: Session, name: str = "") -> Directory:
    """Return the directory of this name, or the only one when no name is given.

    Raises ``NotFound`` or ``Refused``.
    """
    everything = session.scalars(select(Directory).order_by(Directory.name)).all()
    names = ", ".join(directory.name for directory in everything)
    if not everything:
        raise NotFound(
            said("No directory is connected yet. `rung directory add` connects one.")
        )
    if not name and len(everything) > 1:
        raise Refused(
            said(
                "There are several directories, name one of them: %(names)s.",
                names=names,
            )
        )
    fitting = [
        directory
        for directory in everything
        if not name or directory.name.lower() == name.lower()
    ]
    if not fitting:
        raise NotFound(
            said(
                "There is no directory %(name)s. There is: %(names)s.",
                name=name,
                names=names,
            )
        )
    return fitting[0]


def is_read(session: Session) -> bool:
    """Tell whether any directory was ever read completely."""
    return (
        session.scalar(
            select(Reading.id).where(Reading.state == ReadingState.COMPLETE).limit(1)
        )
        is not None
    )


def _newest(session: Session, states: list[ReadingState]) -> dict[int, ReadingLine]:
    newest = (
        select(func.max(Reading.id))
        .where(Reading.state.in_(states))
        .group_by(Reading.directory_id)
    )
    rows = session.scalars(select(Reading).where(Reading.id.in_(newest)))
    return {row.directory_id: _reading(row) for row in rows}


def _line(
    directory: Directory,
    last: ReadingLine | None,
    current: ReadingLine | None,
    refused: ReadingLine | None,
) -> DirectoryLine:
    # A refusal matters only while nothing complete came after it.
    still = refused if refused and (last is None or refused.id > last.id) else None
    return DirectoryLine(
        id=directory.id,
        name=directory.name,
        url=directory.url,
        security=directory.security,
        writable=directory.writable,
        checked_at=directory.checked_at,
        problems=sum(finding["level"] == "problem" for finding in directory.findings),
        last=last,
        current=current,
        refused=still,
        server=directory.server,
    )


def _reading(row: Reading) -> ReadingLine:
    return ReadingLine(
        **{name: getattr(row, name) for name in ReadingLine.__dataclass_fields__}
    )
