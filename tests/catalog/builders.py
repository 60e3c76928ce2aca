"""Services in the database for tests of every room of the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.core import audit
from app.core.db import Database
from app.core.errors import Invalid
from app.models.auth import Operator
from app.models.catalog.service import Fact, Service
from app.models.catalog.words import ServiceState
from app.models.directory import Directory
from app.models.people import DeskType, Person, TeamMember
from app.people.actions import SiteDraft, TeamDraft, add_site, add_team
from tests.acting import acting
from tests.improvements.builders import MONDAY


def a_service(database: Database, name: str = "Cash desk", **values: Any) -> int:
    """Put a published service with an owner there; its number."""
    usual: dict[str, Any] = {
        "state": ServiceState.PUBLISHED,
        "owner": "olga",
        "urgency": 1,
        "created_at": MONDAY,
        "created_by": "test",
        "published_at": MONDAY,
    }
    return _put(database, Service(name=name, **{**usual, **values}))


def a_fact(
    database: Database, service_id: int, name: str = "Till number", **values: Any
) -> int:
    """Put a fact there that the desk has to ask for; its number."""
    return _put(
        database,
        Fact(
            service_id=service_id,
            name=name,
            created_at=MONDAY,
            created_by="test",
            **values,
        ),
    )


def a_site(
    database: Database, name: str = "Harbour outlet", weight: int = 5, **values: Any
) -> int:
    """Add a site; its number."""
    with database.write() as session:
        return add_site(
            acting(session, "test", MONDAY), SiteDraft(name, weight=weight, **values)
        ).id


def a_team(
    database: Database, name: str, *members: str, desk: DeskType = DeskType.NONE
) -> int:
    """Add a team whose members are these operators (made on the way); its number."""
    with database.write() as session:
        team = add_team(acting(session, "test", MONDAY), TeamDraft(name, desk=desk))
        for member in members:
            operator = session.query(Operator).filter_by(name=member).one_or_none()
            if operator is None:
                operator = Operator(
                    name=member,
                    permissions=["read", "desk"],
                    created_at=MONDAY,
                    disabled_at=None,
                )
                session.add(operator)
                session.flush()
            session.add(
                TeamMember(team_id=team.id, operator_id=operator.id, since=MONDAY)
            )
        return team.id


def a_person(
    database: Database, name: str = "Carla Cash", site: str = "", **values: Any
) -> int:
    """Put a person of a directory there, as a reading would; the number."""
    with database.write() as session:
        directory = session.query(Directory).filter_by(name="test").one_or_none()
        if directory is None:
            directory = Directory(
                name="test", url="ldaps://directory.example", created_at=MONDAY
            )
            directory.audited = False  # type: ignore[misc]  # a test's own directory needs no event
            session.add(directory)
            session.flush()
        uid = values.pop("uid", name.lower().replace(" ", "."))
        person = Person(
            directory_id=directory.id,
            key=uid,
            dn=f"uid={uid},ou=people",
            uid=uid,
            name=name,
            site=site,
            first_seen=MONDAY,
            **{"mail": f"{uid}@demo.example", **values},
        )
        session.add(person)
        session.flush()
        return person.id


def two_owners(database: Database) -> None:
    """Put two operators there who may own a service: olga and ben."""
    for name in ("olga", "ben"):
        operator = Operator(
            name=name,
            password_hash="x",
            permissions=["read"],
            created_at=MONDAY,
            disabled_at=None,
        )
        _put(database, operator)


def refused(act: Callable[[], Any], kind: type[Exception] = Invalid) -> str:
    """Return the sentence with which something is refused."""
    with pytest.raises(kind) as error:
        act()
    return str(error.value)


def _put(database: Database, row: Any, now: datetime = MONDAY) -> int:
    with database.write() as session:
        session.add(row)
        session.flush()
        audit.record(
            session,
            "test",
            "test.put",
            f"{row.__tablename__}:{row.id}",
            "Put by a test",
            at=now,
        )
        return int(row.id)
