"""Look in directories when moved people signed in, once every few hours."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import select

from app.access.soak.actions import was_seen
from app.core.errors import RungError
from app.core.parts import Parts
from app.directory.actions import connection_of
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.directory import Directory
from app.models.people import Person
from ldap_sync.port import DirectoryError

EVERY = timedelta(hours=4)
Soaking = tuple[int, str, datetime]
"""A switch, the DN of the person, and when it was through."""


class SignInWatch:
    """Looks for sign-ins of people who wait to be seen working."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def __call__(self, parts: Parts) -> bool:
        """Look, when it is time; tell whether anybody was seen."""
        now = parts.now()
        if self._last is not None and now - self._last < EVERY:
            return False
        self._last = now
        return look_for_sign_ins(parts)


def look_for_sign_ins(parts: Parts) -> bool:
    """Note the day on which each person who waits to be seen working signed in last; tell whether
    one was new. A directory that is away or keeps no sign-ins tells nothing.
    """
    new = False
    for directory_id, people in _soaking(parts).items():
        seen = _signed_in(
            parts,
            directory_id,
            people,
        )
        with parts.acting("Rung") as act:
            found = [
                was_seen(
                    act,
                    number,
                    "sign-in",
                    at.date(),
                )
                for number, at in seen
            ]
        new = new or any(found)
    return new


def _soaking(parts: Parts) -> dict[int, list[Soaking]]:
    rows = (
        select(
            Role.directory_id,
            Switch.id,
            Person.dn,
            Switch.switched_at,
        )
        .join(
            Wave,
            Wave.id == Switch.wave_id,
        )
        .join(
            Role,
            Role.id == Wave.role_id,
        )
        .join(
            Person,
            Person.id == Switch.person_id,
        )
        .join(
            Directory,
            Directory.id == Role.directory_id,
        )
        .where(
            Switch.state == SwitchState.SOAKING,
            Directory.url != "",
        )
    )
    found: dict[int, list[Soaking]] = defaultdict(list)
    with parts.database.read() as session:
        for directory, number, dn, at in session.execute(rows):
            if at is not None:
                found[directory].append((number, dn, at))
    return found


def _signed_in(
    parts: Parts, directory_id: int, people: list[Soaking]
) -> list[tuple[int, datetime]]:
    with parts.database.read() as session:
        directory = session.get_one(
            Directory,
            directory_id,
        )
    try:
        connection = connection_of(
            directory,
            parts.trust,
        )
        with closing(parts.open_reader(connection)) as reader:
            found = [(number, reader.signed_in_at(dn), at) for number, dn, at in people]
    except (DirectoryError, RungError):
        return []
    return [(number, seen) for number, seen, at in found if seen and seen >= at]
