"""Read a directory: asked for by a person, done by the worker or in the foreground, taken over only
when complete.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import one
from app.core.errors import Away, Invalid, Refused, RungError
from app.core.parts import Parts
from app.core.said import said
from app.core.trust import Trust
from app.directory.actions import attempt
from app.directory.actions.attempt import Attempt
from app.directory.actions.check import check_again
from app.directory.actions.connect import add_file_directory, edit_directory
from app.directory.actions.performing import Loaded, perform
from app.directory.actions.reach import connection_of, last_of
from app.directory.actions.servers import position_of, told_of_change
from app.directory.actions.standing import KeptStanding
from app.directory.queries import values_of
from app.directory.rules import DirectoryValues
from app.models.directory import Directory, Reading, ReadingState
from ldap_sync.accounts import Judge
from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.ldif_file import MalformedLdif
from ldap_sync.port import (
    DirectoryError,
    IncompleteRead,
    MustReadAll,
    Progress,
    ReadDirectory,
)
from ldap_sync.values import Connection, DirectorySnapshot

READINGS: Lane[int] = Lane("readings", "reading", give_up=attempt.give_up)
OPEN = (ReadingState.WAITING, ReadingState.RUNNING)


def silent(_what: str, _count: int) -> None:
    """Take the progress of a reading to which nobody listens."""


def ask_reading(
    act: Acting, directory_id: int, *, forced: bool = False, full: bool = False
) -> Reading:
    """Note that a directory is to be read, once: who asks again gets the reading under way.

    Ring after the commit. What changed is read where the server tells it; ``full``: everything.

    ``forced`` accepts that more than half of people or groups are missing. Raises ``Refused`` for
    one without address.
    """
    directory = one(act.session, Directory, directory_id)
    if not directory.url:
        raise Refused(
            said(
                "%(name)s was read from a file: there is no directory to reach. "
                "Read a newer file.",
                name=directory.name,
            )
        )
    under_way = select(Reading).where(
        Reading.directory_id == directory_id, Reading.state.in_(OPEN)
    )
    reading = act.session.scalars(under_way.order_by(Reading.id)).first()
    if reading is None:
        reading = Reading(
            directory_id=directory_id,
            state=ReadingState.WAITING,
            asked_by=act.by,
            started_at=act.now,
            forced=forced,
            full=full,
        )
        act.session.add(reading)
    reading.forced = reading.forced or forced
    reading.full = reading.full or full
    act.session.flush()
    return reading


def run_waiting_readings(parts: Parts) -> bool:
    """Do the readings that wait or whose process is gone; tell whether there was one.

    Faults stand in its row.
    """
    begun: list[int] = []
    each_row(
        parts, READINGS, attempt.waiting(parts), partial(_read_if_free, parts, begun)
    )
    return bool(begun)


def _read_if_free(parts: Parts, begun: list[int], reading_id: int) -> None:
    claimed = attempt.claim(parts, reading_id)
    if claimed is None:
        return
    begun.append(reading_id)
    # What went wrong stands in the row; the worker goes on with the next one.
    with suppress(RungError, DirectoryError):
        perform(parts, claimed, partial(_load, parts, claimed), silent)


def read_now(
    parts: Parts,
    directory_id: int,
    *,
    by: str,
    progress: Progress = silent,
    **how: bool,
) -> Reading:
    """Read a directory here and now: what changed where the server tells it, ``full``: everything;
    ``forced`` accepts a great loss.

    Raises ``Refused`` when not complete or not believed, ``Away`` if unreachable.
    """
    forced, full = how.get("forced", False), how.get("full", False)
    begun = attempt.begin(parts, directory_id, by=by, forced=forced, full=full)
    return perform(parts, begun, partial(_load, parts, begun), progress)


def read_ldif(
    parts: Parts,
    values: DirectoryValues,
    path: Path,
    *,
    by: str,
    shown_as: str = "",
    forced: bool = False,
) -> Reading:
    """Read an LDIF export into the directory ``values.name``, made at first use; further values
    change its settings.

    ``shown_as`` is the file's name where ``path`` is only a temporary copy. Raises ``Invalid``
    naming the line, ``Refused`` when the export was cut short.
    """
    snapshot = _from_file(path, _judge(parts, values))
    directory_id = _place_for_files(parts, values, by)
    begun = attempt.begin(
        parts,
        directory_id,
        by=by,
        source=shown_as or path.name,
        forced=forced,
        full=True,
    )
    return perform(parts, begun, lambda _tell: Loaded(snapshot), silent)


def read_from_directory(
    parts: Parts, directory_id: int, tell: Progress = silent
) -> DirectorySnapshot:
    """Return all that a directory says now.

    Raises ``DirectoryError`` when it cannot be read completely.
    """
    with closing(_opened(parts, directory_id)) as reader:
        return reader.read(tell)


def _opened(parts: Parts, directory_id: int) -> ReadDirectory:
    """Open a directory; one whose server is not the one that was checked is checked again first."""
    reader = _reached(parts, directory_id)
    try:
        if reader.is_as_checked():
            return reader
    except DirectoryError:
        reader.close()
        raise
    reader.close()
    check_again(parts, directory_id)
    return _reached(parts, directory_id)


def _reached(parts: Parts, directory_id: int) -> ReadDirectory:
    with parts.database.read() as session:
        directory = one(session, Directory, directory_id)
        connection = _with_both_accounts(directory, parts.trust)
    return parts.open_reader(connection)


def _load(parts: Parts, attempt: Attempt, tell: Progress) -> Loaded:
    """Return what a directory says now: what changed, or everything where that was asked for or
    where changes cannot be told.

    Raises ``DirectoryError`` when it cannot be read completely.
    """
    with parts.database.read() as session:
        directory = one(session, Directory, attempt.directory_id)
    with closing(_opened(parts, attempt.directory_id)) as reader:
        asked = parts, attempt.directory_id, reader, attempt.asked_by
        position = position_of(*asked)
        loaded = _loaded(parts, attempt, reader, tell)
    other = told_of_change(last_of(directory), position)
    return replace(loaded, position=position, note=other or loaded.note)


def _loaded(
    parts: Parts, attempt: Attempt, reader: ReadDirectory, tell: Progress
) -> Loaded:
    standing = KeptStanding(parts.database, attempt.directory_id)
    if not standing.mark.way:
        return Loaded(reader.read(tell))
    if attempt.full:
        return _compared(reader, standing, tell)
    try:
        return Loaded(reader.refresh(standing, tell))
    except MustReadAll as why:
        return Loaded(reader.read(tell), note=str(why))


def _compared(reader: ReadDirectory, standing: KeptStanding, tell: Progress) -> Loaded:
    """Read everything, and beside it what a reading of changes would have brought."""
    everything = reader.read(tell)
    try:
        return Loaded(everything, changes=reader.refresh(standing, silent))
    except MustReadAll as why:
        return Loaded(everything, note=str(why))


def _with_both_accounts(directory: Directory, trust: Trust) -> Connection:
    """Let a reading compare what both accounts see, where the writing account's password can be
    fetched.
    """
    try:
        return connection_of(directory, trust, writing=True)
    except Away:
        return connection_of(directory, trust)


def _judge(parts: Parts, values: DirectoryValues) -> Judge:
    """Return what judges the accounts of a file: the rules that are said now, else those kept of
    its directory.
    """
    known = select(Directory.off_when).where(Directory.name == values.name.strip())
    with parts.database.read() as session:
        kept = session.scalars(known).one_or_none() or ()
    return Judge.at(parts.now(), values.off_when or kept)


def _from_file(path: Path, judge: Judge) -> DirectorySnapshot:
    try:
        snapshot = snapshot_from_ldif(path, judge=judge)
    except MalformedLdif as error:
        raise Invalid(str(error), field="file") from error
    except IncompleteRead as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Invalid(
            said(
                "%(path)s cannot be read (%(strerror)s).",
                path=path,
                strerror=error.strerror,
            ),
            field="file",
        ) from error
    if not snapshot.people and not snapshot.groups:
        raise Invalid(
            said(
                "This file holds neither people nor groups. Export whole "
                "entries with their objectClass."
            ),
            field="file",
        )
    return snapshot


def _place_for_files(parts: Parts, values: DirectoryValues, by: str) -> int:
    with parts.acting(by) as act:
        directory = act.session.scalars(
            select(Directory).where(Directory.name == values.name.strip())
        ).one_or_none()
        if directory is None:
            return add_file_directory(act, values).id
        if directory.url:
            what = (
                f"{directory.name} is a connected directory: a file would not be it. Take another "
                "name."
            )
            raise Invalid(what, field="name")
        said = {name: value for name, value in asdict(values).items() if value}
        known = values_of(directory)
        if replace(known, **said) != known:
            edit_directory(act, directory.id, replace(known, **said))
        return directory.id
