"""Which of several servers of a directory a run asks: noted, so that no later run asks one that
lacks what this one saw or wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from sqlalchemy.orm import Session

from app.core import audit
from app.core.changes import one
from app.core.parts import Parts
from app.core.said import said
from app.directory.actions.lease import quiet_since
from app.directory.actions.reach import connection_of, last_of
from app.models.directory import Directory
from ldap_sync.port import DirectoryError, ReadDirectory, WriteDirectory
from ldap_sync.values import Position


@contextmanager
def writer_to(
    parts: Parts, directory_id: int, subject: str, by: str
) -> Iterator[WriteDirectory]:
    """Open a directory to write, with one and the same server until the end.

    Of several servers the trail of ``subject`` names the one; until all is written no other one is
    asked. Raises ``DirectoryError``, ``Refused`` or ``Away``.
    """
    with parts.database.read() as session:
        directory = one(session, Directory, directory_id)
        connection = connection_of(directory, parts.trust, writing=True)
    with closing(parts.open_writer(connection)) as writer:
        if len(directory.servers) < 2:
            yield writer
            return
        _begin(parts, directory_id, writer.position().address, (subject, by))
        yield writer
        # Where it went away just now, nobody knows how far it came: then it stays unfinished.
        with suppress(DirectoryError):
            _end(parts, directory_id, writer.position(), (subject, by))


def _begin(parts: Parts, directory_id: int, address: str, who: tuple[str, str]) -> None:
    """Note, before the first packet, which server is written to."""
    with parts.database.write(durable=True) as session:
        directory = one(session, Directory, directory_id)
        if address != directory.server:
            directory.server, directory.seen = address, []
        directory.unfinished = True
        told = said(
            "Asks the server %(server)s of %(name)s",
            server=address,
            name=directory.name,
        )
        _record(session, parts, who, told, address)


def _record(
    session: Session, parts: Parts, who: tuple[str, str], told: str, address: str
) -> None:
    subject, by = who
    action, now = "directory.server", parts.now()
    audit.record(session, by, action, subject, told, after=address, at=now)


def _end(
    parts: Parts,
    directory_id: int,
    position: Position,
    who: tuple[str, str],
    token: int | None = None,
) -> None:
    """Note that all is written, and how far the server that took it is; with ``token`` only where
    nobody wrote since that one.
    """
    with parts.database.write() as session:
        directory = one(session, Directory, directory_id)
        if directory.server != position.address:
            return
        now = quiet_since(session, directory_id, parts.now())
        if token is not None and now != token:
            return
        directory.unfinished = False
        note_position(session, directory_id, position)
        told = said(
            "The server %(server)s has all that was written", server=position.address
        )
        _record(session, parts, who, told, position.address)


def note_position(session: Session, directory_id: int, position: Position) -> None:
    """Note which server was asked and how far it was; while one is written to, it stays."""
    directory = one(session, Directory, directory_id)
    if directory.unfinished:
        return
    seen = dict(position.seen)
    if position.address == directory.server:
        for who, mark in last_of(directory).seen:
            seen[who] = max(mark, seen.get(who, ""))
    directory.server = position.address
    directory.seen = [list(pair) for pair in sorted(seen.items())]


def forget_position(directory: Directory) -> None:
    """Forget the server asked last when its address was taken out: a person said that nothing is
    to be awaited from it.
    """
    if directory.server not in directory.servers:
        directory.server, directory.seen, directory.unfinished = "", [], False


def position_of(
    parts: Parts, directory_id: int, reader: ReadDirectory, by: str
) -> Position:
    """Return which of several servers is asked; nothing where there is only one.

    Where a run broke off and nobody writes now, what this server has is all that was written.
    """
    with parts.database.read() as session:
        directory = one(session, Directory, directory_id)
        token = quiet_since(session, directory_id, parts.now())
    if len(directory.servers) < 2:
        return Position()
    position = reader.position()
    if directory.unfinished and token is not None:
        who = f"directory:{directory_id}", by
        _end(parts, directory_id, position, who, token)
    return position


def told_of_change(last: Position, now: Position) -> str:
    """Return that another server answers than the one asked before, or nothing."""
    if not last.address or not now.address or last.address == now.address:
        return ""
    if now.seen and last.seen:
        return said(
            "%(now)s was asked, %(last)s was before; it has all that was seen there.",
            now=now.address,
            last=last.address,
        )
    return said(
        "%(now)s was asked, %(last)s was before; whether it has all that was seen there "
        "cannot be compared.",
        now=now.address,
        last=last.address,
    )
