"""What a directory says, for tests: people and groups as values, and a directory that says just
that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.db import Database
from app.core.parts import Parts
from app.core.settings import Settings
from ldap_sync.port import Progress
from ldap_sync.values import (
    CheckFinding,
    CheckReport,
    Connection,
    DirectoryGroup,
    DirectoryPerson,
    DirectorySnapshot,
    Other,
    Position,
    Profile,
)

PEOPLE, GROUPS = "ou=people,dc=acme,dc=test", "ou=groups,dc=acme,dc=test"


def person(uid: str, **other: Any) -> DirectoryPerson:
    return DirectoryPerson(
        **{
            "key": f"p-{uid}",
            "dn": f"uid={uid},{PEOPLE}",
            "uid": uid,
            "name": uid.capitalize(),
            **other,
        }
    )


def group(
    cn: str, *members: DirectoryPerson | DirectoryGroup | str, **other: Any
) -> DirectoryGroup:
    attribute = other.get("attribute", "member")
    values = [_value(member, attribute) for member in members]
    usual = {
        "key": f"g-{cn}",
        "dn": f"cn={cn},{GROUPS}",
        "cn": cn,
        "attribute": attribute,
        "members": tuple(values),
    }
    return DirectoryGroup(**{**usual, **other})


def _value(member: DirectoryPerson | DirectoryGroup | str, attribute: str) -> str:
    if isinstance(member, str):
        return member
    return (
        member.uid
        if attribute == "memberUid" and isinstance(member, DirectoryPerson)
        else member.dn
    )


def snapshot(*things: DirectoryPerson | DirectoryGroup | Other) -> DirectorySnapshot:
    people = tuple(thing for thing in things if isinstance(thing, DirectoryPerson))
    others = tuple(thing for thing in things if isinstance(thing, Other))
    return DirectorySnapshot(
        people,
        tuple(thing for thing in things if isinstance(thing, DirectoryGroup)),
        others=others,
    )


@dataclass
class Told:
    """A directory that says ``says``, or fails with it; ``connection`` is how it was last
    reached.
    """

    says: DirectorySnapshot | Exception
    during: Callable[[], None] = lambda: None
    connection: Connection | None = None
    closed: int = 0

    def open(self, connection: Connection) -> Any:
        self.connection = connection
        return self

    def position(self) -> Position:
        """Say that the first of its servers is asked."""
        assert self.connection is not None
        return Position(self.connection.url.split()[0])

    @property
    def profile(self) -> Profile:
        return Profile()

    def is_as_checked(self) -> bool:
        return True

    def check(self, *, scratch: bool = True) -> CheckReport:
        if isinstance(self.says, Exception):
            raise self.says
        if isinstance(self.says, CheckReport):
            return self.says
        return CheckReport(
            Profile(vendor="Told", family="generic", tested=True),
            (CheckFinding("read", "ok", "All is seen."),),
        )

    def read(self, progress: Progress) -> DirectorySnapshot:
        progress("people", 1)
        self.during()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def close(self) -> None:
        self.closed += 1


def parts_with(
    database: Database, settings: Settings, directory: Told, now: Any
) -> Parts:
    return Parts(
        settings=settings,
        database=database,
        open_reader=directory.open,
        open_writer=directory.open,
        now=now,
        ring=lambda: None,
    )
