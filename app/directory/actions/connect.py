"""Connect a directory, change how it is reached, forget it; and turn a row into a connection with its passwords."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from app import audit
from app.directory.models import Directory
from app.directory.rules import DEMO_URL, DirectoryValues, problems, reference_problem
from app.errors import Away, Invalid, NotFound, Refused
from ldap_sync.demo import demo_connection
from ldap_sync.values import Connection, Profile

DEMO_NAME = "demo"
ROLES = table("role", column("directory_id"), column("retired_at"))  # of the access room, which this one may not import


def add_directory(session: Session, values: DirectoryValues, *, by: str, now: datetime) -> Directory:
    """Connect a directory. Raises ``Invalid`` naming the field; nothing is asked of the directory itself yet."""
    check_values(session, values)
    directory = _new(values, now)
    session.add(directory)
    session.flush()
    told = f"Connected the directory {directory.name}"
    audit.record(session, by, "directory.add", f"directory:{directory.id}", told, after=_facts(directory), at=now)
    return directory


def connect_demo(session: Session, *, by: str, now: datetime) -> Directory:
    """Connect the built-in demo directory, once; who asks again gets the one there is."""
    there = session.scalars(select(Directory).where(Directory.url == DEMO_URL)).first()
    if there is not None:
        return there
    known = demo_connection(DEMO_URL)
    values = DirectoryValues(
        DEMO_NAME, DEMO_URL, known.security, base=known.base, people_base=known.people_base,
        group_base=known.group_base, role_base=known.role_base, bind_dn=known.bind_dn, write_dn=known.write_dn,
        placeholders=known.placeholders,
    )  # fmt: skip
    return add_directory(session, values, by=by, now=now)


def add_file_directory(session: Session, name: str, *, by: str, now: datetime) -> Directory:
    """Make a place for what LDIF files say: no address, nothing can be written. Raises ``Invalid``."""
    values = DirectoryValues(name=name)
    if fault := all_problems(session, values).get("name"):
        raise Invalid(fault, field="name")
    directory = _new(values, now)
    session.add(directory)
    session.flush()
    told = f"Added the directory {directory.name}, read from LDIF files"
    audit.record(session, by, "directory.add", f"directory:{directory.id}", told, after=_facts(directory), at=now)
    return directory


def edit_directory(
    session: Session, directory_id: int, values: DirectoryValues, *, by: str, now: datetime
) -> Directory:
    """Change how a directory is reached; it needs a new check, what was read stays. Raises ``Invalid``."""
    directory = the_directory(session, directory_id)
    check_values(session, values, directory_id)
    before = _facts(directory)
    for name, value in _columns(values).items():
        setattr(directory, name, value)
    directory.profile, directory.findings, directory.checked_at = {}, [], None
    told, subject = f"Changed how the directory {directory.name} is reached", f"directory:{directory.id}"
    audit.record(session, by, "directory.edit", subject, told, before=before, after=_facts(directory), at=now)
    return directory


def forget_directory(session: Session, directory_id: int, *, by: str, now: datetime) -> None:
    """Forget a directory and all that was read from it. Raises ``Refused`` while roles build on it."""
    directory = the_directory(session, directory_id)
    roles = session.scalar(select(func.count()).select_from(ROLES).where(ROLES.c.directory_id == directory_id))
    if roles:
        raise Refused(f"{directory.name} has {roles:,} roles; their history would be lost. Nothing was removed.")
    session.delete(directory)
    told, subject = f"Removed the directory {directory.name}", f"directory:{directory_id}"
    audit.record(session, by, "directory.remove", subject, told, before=_facts(directory), at=now)


def the_directory(session: Session, directory_id: int) -> Directory:
    """Return the row. Raises ``NotFound``."""
    directory = session.get(Directory, directory_id)
    if directory is None:
        raise NotFound("There is no such directory.")
    return directory


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


def check_values(session: Session, values: DirectoryValues, directory_id: int = 0) -> None:
    """Raise ``Invalid`` for the first field that cannot be used; 0 means a directory that is not there yet."""
    for field, sentence in all_problems(session, values, directory_id).items():
        raise Invalid(sentence, field=field)


def all_problems(session: Session, values: DirectoryValues, directory_id: int = 0) -> dict[str, str]:
    """Return a sentence for each field that cannot be used, looking at files and variables of this machine too."""
    found = problems(values)
    if "name" not in found and _is_taken(session, values.name.strip(), directory_id):
        found["name"] = f"There is already a directory called {values.name.strip()}."
    if values.url == DEMO_URL:
        return found
    if values.ca_file and "ca_file" not in found and (fault := _unreadable(Path(values.ca_file))):
        found["ca_file"] = fault
    for field in ("bind_password", "write_password"):
        if getattr(values, field) and field not in found and (fault := _secret_problem(getattr(values, field))):
            found[field] = fault
    return found


def _new(values: DirectoryValues, now: datetime) -> Directory:
    return Directory(**_columns(values), profile={}, findings=[], checked_at=None, created_at=now)


def _columns(values: DirectoryValues) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else list(value) for name, value in asdict(values).items()}


def _facts(directory: Directory) -> dict[str, Any]:
    """Return what the audit trail keeps: references to passwords, never the passwords."""
    return {name: getattr(directory, name) for name in DirectoryValues.__dataclass_fields__}


def _is_taken(session: Session, name: str, directory_id: int) -> bool:
    same = select(Directory.id).where(func.lower(Directory.name) == name.lower(), Directory.id != directory_id)
    return session.scalar(same.limit(1)) is not None


def _unreadable(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})."
    return ""


def _secret_problem(reference: str) -> str:
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
