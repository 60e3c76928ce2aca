"""Connect a directory, change how it is reached and understood, forget it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from app import audit
from app.directory.actions.reach import secret_problem
from app.directory.actions.store import understand_again
from app.directory.models import Directory
from app.directory.queries import values_of
from app.directory.rules import DEMO_URL, DirectoryValues, problems
from app.errors import Invalid, NotFound, Refused
from ldap_sync.demo import demo_connection

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


def add_file_directory(session: Session, values: DirectoryValues, *, by: str, now: datetime) -> Directory:
    """Make a place for what LDIF files say: no address, nothing can be written. Raises ``Invalid``."""
    check_values(session, values, from_file=True)
    directory = _new(values, now)
    session.add(directory)
    session.flush()
    told = f"Added the directory {directory.name}, read from LDIF files"
    audit.record(session, by, "directory.add", f"directory:{directory.id}", told, after=_facts(directory), at=now)
    return directory


def edit_directory(
    session: Session, directory_id: int, values: DirectoryValues, *, by: str, now: datetime
) -> Directory:
    """Change how a directory is reached and understood. It needs a new check; what was read is understood anew.

    Raises ``Invalid`` naming the field.
    """
    directory = the_directory(session, directory_id)
    check_values(session, values, directory_id, from_file=not directory.url)
    before = _facts(directory)
    for name, value in _columns(values).items():
        setattr(directory, name, value)
    directory.profile, directory.findings, directory.checked_at = {}, [], None
    told, subject = f"Changed the settings of the directory {directory.name}", f"directory:{directory.id}"
    audit.record(session, by, "directory.edit", subject, told, before=before, after=_facts(directory), at=now)
    understand_again(session, directory, now)
    return directory


def add_placeholder(session: Session, directory_id: int, dn: str, *, by: str, now: datetime) -> Directory:
    """Count a DN as a placeholder that groups list only because they may not be empty. Raises ``Invalid``."""
    directory = the_directory(session, directory_id)
    values = replace(values_of(directory), placeholders=(*directory.placeholders, dn.strip()))
    check_values(session, values, directory_id, from_file=not directory.url)
    before = list(directory.placeholders)
    directory.placeholders = list(values.placeholders)
    told, subject = f"{dn} counts as a placeholder in {directory.name}", f"directory:{directory.id}"
    audit.record(
        session, by, "directory.placeholder", subject, told, before=before, after=directory.placeholders, at=now
    )
    understand_again(session, directory, now)
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


def check_values(session: Session, values: DirectoryValues, directory_id: int = 0, *, from_file: bool = False) -> None:
    """Raise ``Invalid`` for the first field that cannot be used; 0 means a directory that is not there yet."""
    for field, sentence in all_problems(session, values, directory_id, from_file=from_file).items():
        raise Invalid(sentence, field=field)


def all_problems(
    session: Session, values: DirectoryValues, directory_id: int = 0, *, from_file: bool = False
) -> dict[str, str]:
    """Return a sentence for each field that cannot be used, looking at files and variables of this machine too."""
    found = problems(values, from_file=from_file)
    if "name" not in found and _is_taken(session, values.name.strip(), directory_id):
        found["name"] = f"There is already a directory called {values.name.strip()}."
    if from_file or values.url == DEMO_URL:
        return found
    if values.ca_file and "ca_file" not in found and (fault := _unreadable(Path(values.ca_file))):
        found["ca_file"] = fault
    for field in ("bind_password", "write_password"):
        if getattr(values, field) and field not in found and (fault := secret_problem(getattr(values, field))):
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
