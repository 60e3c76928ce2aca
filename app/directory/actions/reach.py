"""From a row to a connection: passwords are fetched from where they are, when they are needed."""

from __future__ import annotations

from dataclasses import replace

from app.core.errors import Refused
from app.core.references import fetched
from app.core.said import said
from app.core.trust import Trust
from app.directory.queries import values_of
from app.directory.rules import plaintext_problem
from app.models.directory import Directory
from ldap_sync.values import Connection, Position, Profile


def connection_of(
    directory: Directory, trust: Trust, *, writing: bool = False
) -> Connection:
    """Return how to reach a directory, with its passwords fetched from where they are.

    Without ``writing`` the writing account is left out, so that reading does not depend on its
    password. Raises ``Refused`` for a directory read from a file and for a way nobody allowed,
    ``Away`` when a password cannot be fetched.
    """
    if not directory.url:
        raise Refused(
            said(
                "%(name)s was read from a file: there is no directory to reach. "
                "Read a newer file.",
                name=directory.name,
            )
        )
    if fault := plaintext_problem(values_of(directory), allowed=trust.plaintext):
        raise Refused(said("%(name)s: %(fault)s", name=directory.name, fault=fault))
    known = Profile(**directory.profile) if directory.profile else Profile()
    reading = Connection(
        url=directory.url,
        base=directory.base,
        people_base=directory.people_base,
        group_base=directory.group_base,
        role_base=directory.role_base,
        bind_dn=directory.bind_dn,
        bind_password=_secret(directory.bind_password, trust),
        security=directory.security,
        ca_file=directory.ca_file,
        placeholders=tuple(directory.placeholders),
        protected=tuple(directory.protected),
        off_when=tuple(directory.off_when),
        profile=known,
        last=last_of(directory),
    )
    if not writing:
        return reading
    password = _secret(directory.write_password, trust)
    return replace(reading, write_dn=directory.write_dn, write_password=password)


def last_of(directory: Directory) -> Position:
    """Return which of several servers was asked last, and how far it was."""
    seen = tuple((who, mark) for who, mark in directory.seen)
    return Position(directory.server, seen, directory.unfinished)


def _secret(reference: str, trust: Trust) -> str:
    return fetched(reference, trust) if reference else ""
