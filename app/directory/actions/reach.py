"""From a row to a connection: passwords are fetched from where they are, when they are needed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from app.directory.models import Directory
from app.directory.rules import reference_problem
from app.errors import Away, Refused
from ldap_sync.values import Connection, Profile


def connection_of(directory: Directory, *, writing: bool = False) -> Connection:
    """Return how to reach a directory, with its passwords fetched from where they are.

    Without ``writing`` the writing account is left out, so that reading does not depend on its password.
    Raises ``Refused`` for a directory read from a file, ``Away`` when a password cannot be fetched.
    """
    if not directory.url:
        raise Refused(f"{directory.name} was read from a file: there is no directory to reach. Read a newer file.")
    known = Profile(**directory.profile) if directory.profile else Profile()
    reading = Connection(
        url=directory.url, base=directory.base, people_base=directory.people_base, group_base=directory.group_base,
        role_base=directory.role_base, bind_dn=directory.bind_dn, bind_password=_secret(directory.bind_password),
        security=directory.security, ca_file=directory.ca_file, placeholders=tuple(directory.placeholders),
        protected=tuple(directory.protected), profile=known,
    )  # fmt: skip
    if not writing:
        return reading
    return replace(reading, write_dn=directory.write_dn, write_password=_secret(directory.write_password))


def secret_problem(reference: str) -> str:
    """Return why a password cannot be fetched, or nothing."""
    try:
        _secret(reference)
    except Away as error:
        return error.message
    return ""


def _secret(reference: str) -> str:
    """Fetch a password from ``file:`` or ``env:``; an empty reference means none."""
    if not reference:
        return ""
    if fault := reference_problem(reference):
        raise Away(fault)
    kind, _, place = reference.partition(":")
    return _from_file(Path(place)) if kind == "file" else _from_environment(place)


def _from_file(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Away(f"The password file {path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise Away(f"The password file {path} is not UTF-8 text.") from error
    if not text:
        raise Away(f"The password file {path} is empty.")
    return text


def _from_environment(name: str) -> str:
    if not os.environ.get(name):
        raise Away(f"The password should be in the environment variable {name}, which is not set.")
    return os.environ[name]
