"""Connect a directory, change how it is reached and understood, forget it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.notices import named, tell_operators
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid, Refused
from app.core.reference_uses import claim, is_given
from app.core.references import canonical, reference_problem, secret_problem
from app.core.said import nsaid
from app.core.trust import NOTHING_ALLOWED, Trust
from app.directory.actions.servers import forget_position
from app.directory.actions.store import understand_again
from app.directory.queries import values_of
from app.directory.rules import (
    ACCOUNTS,
    DEMO_URL,
    DirectoryValues,
    plaintext_problem,
    problems,
    targets_of,
)
from app.models.access.role import Role
from app.models.directory import Directory
from ldap_sync.demo import demo_connection

DEMO_NAME = "demo"
WAY_WORDS = {
    "url": "address",
    "security": "encryption",
    "ca_file": "certificates",
    "bind_dn": "account for reading",
    "bind_password": "password for reading",
    "write_dn": "account for changes",
    "write_password": "password for changes",
}


def add_directory(
    act: Acting,
    values: DirectoryValues,
    trust: Trust = NOTHING_ALLOWED,
    *,
    released: bool = False,
) -> Directory:
    """Connect a directory; nothing is asked of the directory itself yet.

    ``released`` lets a password be sent to a server it was not given for. Raises ``Invalid`` naming
    the field.
    """
    check_values(act.session, values, trust)
    _claim(act.session, values, trust, act.now, released=released)
    directory = _new(values, act.now)
    act.session.add(directory)
    act.session.flush()
    if values.url != DEMO_URL:
        where = f"{directory.name} at {' and '.join(targets_of(values))}"
        sentence = f"{named(act.by)} connected the directory {where}."
        tell_operators(act, sentence, f"/directory/{directory.id}")
    told = f"Connected the directory {directory.name}"
    Change(after=_facts(directory)).record(
        act, f"directory:{directory.id}", "directory.add", told
    )
    return directory


def connect_demo(act: Acting) -> Directory:
    """Connect the built-in demo directory, once; who asks again gets the one there is."""
    there = act.session.scalars(
        select(Directory).where(Directory.url == DEMO_URL)
    ).first()
    if there is not None:
        return there
    known = demo_connection(DEMO_URL)
    values = DirectoryValues(
        DEMO_NAME,
        DEMO_URL,
        known.security,
        base=known.base,
        people_base=known.people_base,
        group_base=known.group_base,
        role_base=known.role_base,
        bind_dn=known.bind_dn,
        write_dn=known.write_dn,
        placeholders=known.placeholders,
    )
    return add_directory(act, values)


def add_file_directory(act: Acting, values: DirectoryValues) -> Directory:
    """Make a place for what LDIF files say: no address, nothing can be written.

    Raises ``Invalid``.
    """
    check_values(act.session, values, NOTHING_ALLOWED, from_file=True)
    directory = _new(values, act.now)
    act.session.add(directory)
    act.session.flush()
    told = f"Added the directory {directory.name}, read from LDIF files"
    Change(after=_facts(directory)).record(
        act, f"directory:{directory.id}", "directory.add", told
    )
    return directory


def edit_directory(
    act: Acting,
    directory_id: int,
    values: DirectoryValues,
    trust: Trust = NOTHING_ALLOWED,
    *,
    released: bool = False,
) -> Directory:
    """Change how a directory is reached and understood.

    It needs a new check; what was read is understood anew.

    ``released`` lets a password be sent to a server it was not given for. Raises ``Invalid`` naming
    the field.
    """
    directory = one(act.session, Directory, directory_id)
    check_values(act.session, values, trust, directory, from_file=not directory.url)
    if directory.url:
        _claim(act.session, values, trust, act.now, released=released)
        _tell_of_the_way(act, directory, values)
    before = _facts(directory)
    for name, value in _columns(values).items():
        setattr(directory, name, value)
    forget_position(directory)
    directory.profile, directory.findings, directory.checked_at = {}, [], None
    told, subject = (
        f"Changed the settings of the directory {directory.name}",
        f"directory:{directory.id}",
    )
    Change(before=before, after=_facts(directory)).record(
        act, subject, "directory.edit", told
    )
    understand_again(act.session, directory, act.now)
    return directory


def add_placeholder(act: Acting, directory_id: int, dn: str) -> Directory:
    """Count a DN as a placeholder that groups list only because they may not be empty.

    Raises ``Invalid``.
    """
    directory = one(act.session, Directory, directory_id)
    values = replace(
        values_of(directory), placeholders=(*directory.placeholders, dn.strip())
    )
    if fault := problems(values, from_file=not directory.url).get("placeholders"):
        raise Invalid(fault, field="placeholders")
    before = list(directory.placeholders)
    directory.placeholders = list(values.placeholders)
    told, subject = (
        f"{dn} counts as a placeholder in {directory.name}",
        f"directory:{directory.id}",
    )
    was, is_now = {"placeholders": before}, {"placeholders": directory.placeholders}
    Change(before=was, after=is_now).record(act, subject, "directory.placeholder", told)
    understand_again(act.session, directory, act.now)
    return directory


def forget_directory(act: Acting, directory_id: int) -> None:
    """Forget a directory and all that was read from it.

    Raises ``Refused`` while roles build on it.
    """
    directory = one(act.session, Directory, directory_id)
    roles = act.session.scalar(
        select(func.count()).select_from(Role).where(Role.directory_id == directory_id)
    )
    if roles:
        raise Refused(
            nsaid(
                "%(name)s has %(number)s role; its history would be lost. "
                "Nothing was removed.",
                "%(name)s has %(number)s roles; their history would be lost. "
                "Nothing was removed.",
                roles,
                name=directory.name,
            )
        )
    act.session.delete(directory)
    told, subject = (
        f"Removed the directory {directory.name}",
        f"directory:{directory_id}",
    )
    Change(before=_facts(directory)).record(act, subject, "directory.remove", told)


def check_values(
    session: Session,
    values: DirectoryValues,
    trust: Trust,
    known: Directory | None = None,
    *,
    from_file: bool = False,
) -> None:
    """Raise ``Invalid`` for the first field that cannot be used; without ``known`` it is a new
    directory.
    """
    for field, sentence in all_problems(
        session, values, trust, known, from_file=from_file
    ).items():
        raise Invalid(sentence, field=field)


def all_problems(
    session: Session,
    values: DirectoryValues,
    trust: Trust,
    known: Directory | None = None,
    *,
    from_file: bool = False,
) -> dict[str, str]:
    """Return a sentence for each field that cannot be used, looking at files and variables of this
    machine too.
    """
    found = problems(values, from_file=from_file)
    name = values.name.strip()
    if "name" not in found and _is_taken(session, name, known.id if known else 0):
        found["name"] = f"There is already a directory called {name}."
    if from_file or values.url == DEMO_URL:
        return found
    for field, sentence in _faults_of_the_way(values, trust, known):
        found.setdefault(field, sentence)
    return found


def _faults_of_the_way(
    values: DirectoryValues, trust: Trust, known: Directory | None
) -> Iterator[tuple[str, str]]:
    if fault := plaintext_problem(values, allowed=trust.plaintext):
        yield "security", fault
    if values.ca_file and not _holds_certificates(values.ca_file):
        yield (
            "ca_file",
            f"{values.ca_file} is no file with certificates (PEM) that Rung can read.",
        )
    for _dn, field in ACCOUNTS:
        reference = getattr(values, field)
        kept = known is not None and reference == getattr(known, field)
        if reference and not kept and (fault := secret_problem(reference, trust)):
            yield field, fault


def _claim(
    session: Session,
    values: DirectoryValues,
    trust: Trust,
    now: datetime,
    *,
    released: bool = False,
) -> None:
    """Note for which server the passwords were given.

    What is not allowed any more is of no use to anybody.
    """
    for _dn, field in ACCOUNTS:
        reference = getattr(values, field)
        if reference and not reference_problem(reference, trust):
            spelling = canonical(reference, trust)
            free = released or not is_given(session, spelling)
            for target in targets_of(values):
                claim(
                    session,
                    spelling,
                    target,
                    now=now,
                    field=field,
                    released=free,
                )


def _tell_of_the_way(
    act: Acting, directory: Directory, values: DirectoryValues
) -> None:
    changed = [
        word
        for name, word in WAY_WORDS.items()
        if getattr(directory, name) != getattr(values, name)
    ]
    if changed:
        sentence = (
            f"{named(act.by)} changed how the directory {directory.name} is "
            f"reached: {', '.join(changed)}."
        )
        tell_operators(act, sentence, f"/directory/{directory.id}")


def _new(values: DirectoryValues, now: datetime) -> Directory:
    return Directory(
        **_columns(values), profile={}, findings=[], checked_at=None, created_at=now
    )


def _columns(values: DirectoryValues) -> dict[str, Any]:
    columns = {
        name: value.strip() if isinstance(value, str) else list(value)
        for name, value in asdict(values).items()
    }
    return {**columns, "url": " ".join(values.url.split())}


def _facts(directory: Directory) -> dict[str, Any]:
    """Return what the audit trail keeps: references to passwords, never the passwords."""
    return {
        name: getattr(directory, name) for name in DirectoryValues.__dataclass_fields__
    }


def _is_taken(session: Session, name: str, directory_id: int) -> bool:
    same = select(Directory.id).where(
        func.lower(Directory.name) == name.lower(), Directory.id != directory_id
    )
    return session.scalar(same.limit(1)) is not None


def _holds_certificates(file: str) -> bool:
    """Tell whether a file can be used; why not is kept back, so that nobody learns which files
    there are.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except (OSError, ValueError):
        return False
    return True
