"""Ask the directory who made a difference, as far as its own records tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.parts import Parts
from app.directory.actions import connection_of
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.words import DriftKind
from app.models.directory import Directory, Entitlement
from app.models.people import Person
from ldap_sync.deeds import Deed, DeedAsked, DeedSource
from ldap_sync.dn import fold_or_self
from ldap_sync.port import DirectoryError

MOST = 500
"""So many differences are asked about in one go; the next sweep takes the rest."""
LOOKED_BACK = timedelta(days=35)
"""So far back from when a difference was first seen the records are looked through."""
CAME = (DriftKind.CAME_BACK, DriftKind.STRANGER)
"""Differences that somebody made by adding, where the others were made by taking away."""


def ask_who_did_it(parts: Parts) -> bool:
    """Ask once, for each new difference, who did it and when; tell whether there was one.

    What the directory does not tell stays not known; one that is away is asked again later.
    """
    with parts.database.read() as session:
        due = _due(session)
    asked = [
        _asked(
            parts,
            number,
            questions,
        )
        for number, questions in due.items()
    ]
    return any(asked)


def _due(session: Session) -> dict[int, dict[int, DeedAsked]]:
    """Return what to ask: by directory, by the number of the difference."""
    found: dict[int, dict[int, DeedAsked]] = defaultdict(dict)
    for directory, row, dn, role_dn, person in session.execute(_rows()):
        found[directory][row.id] = DeedAsked(
            dn=dn,
            values=tuple(_values(row, role_dn, person)),
            added=row.kind in CAME,
            since=row.first_seen - LOOKED_BACK,
        )
    return found


def _rows() -> Select[*tuple[Any, ...]]:
    asked = (
        select(Role.directory_id, Drift, Entitlement.dn, Role.group_dn, Person)
        .join(Role, Role.id == Drift.role_id)
        .join(Entitlement, Entitlement.id == Drift.entitlement_id)
        .join(Directory, Directory.id == Role.directory_id)
        .outerjoin(Person, Person.id == Drift.person_id)
    )
    new = Drift.mark.is_not(None), Drift.asked_at.is_(None), Directory.url != ""
    return asked.where(*new).order_by(Drift.id).limit(MOST)


def _values(row: Drift, role_dn: str, person: Person | None) -> Iterator[str]:
    """Yield how the member that came or went may be spelled; nothing where the group itself
    went.
    """
    if row.kind is DriftKind.LINK_CUT:
        yield role_dn
    elif row.kind is not DriftKind.GROUP_GONE:
        yield from (person.dn, person.uid) if person else (row.who,)


def _asked(parts: Parts, directory_id: int, questions: Mapping[int, DeedAsked]) -> bool:
    with parts.database.read() as session:
        directory = session.get_one(
            Directory,
            directory_id,
        )
    ours = {fold_or_self(dn) for dn in (directory.bind_dn, directory.write_dn) if dn}
    try:
        connection = connection_of(
            directory,
            parts.trust,
        )
        with closing(parts.open_reader(connection)) as reader:
            told = {number: reader.who_did(one) for number, one in questions.items()}
    except DirectoryError:
        return False
    with parts.acting("Rung") as act:
        rows = select(Drift).where(Drift.id.in_(told)).order_by(Drift.id)
        for row in act.session.scalars(rows):
            row.asked_at = act.now
            deed = told[row.id]
            if deed is not None and not _is_ours(deed, ours):
                _note(row, deed)
    return True


def _is_ours(deed: Deed, ours: set[str]) -> bool:
    """Tell whether Rung itself changed the group since: that hides who did it."""
    return deed.source is DeedSource.LAST_CHANGE and fold_or_self(deed.who) in ours


def _note(row: Drift, deed: Deed) -> None:
    row.by_whom, row.done_at = deed.who, deed.at
    row.told_by, row.on_server = deed.source.value, deed.server
