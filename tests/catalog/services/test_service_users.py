"""Who uses a service: holders of its rights as each lens sees them, at the sites asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from app.catalog.services.queries import service_names, users_of
from app.core.db import Database
from app.models.catalog.service import ServiceRight
from app.models.directory import Directory, Entitlement, Lens, MemberKind, Membership
from tests.catalog.builders import _put, a_person, a_service, a_site
from tests.improvements.builders import MONDAY


def a_right(
    database: Database, cn: str, lens: Lens = Lens.DIRECT, service_id: int | None = None
) -> int:
    """Put a right of the test directory there, opening a service if one is given; its number."""
    with database.write() as session:
        directory = session.query(Directory).one()
        right = Entitlement(
            directory_id=directory.id,
            key=cn,
            dn=f"cn={cn}",
            cn=cn,
            attribute="member",
            lens=lens,
            first_seen=MONDAY,
        )
        session.add(right)
        session.flush()
        number = right.id
    if service_id is not None:
        _put(database, ServiceRight(service_id=service_id, entitlement_id=number))
    return number


def member(
    database: Database,
    right_id: int,
    *,
    person: int | None = None,
    group: int | None = None,
) -> None:
    kind = MemberKind.PERSON if person else MemberKind.GROUP
    with database.write() as session:
        session.add(
            Membership(
                entitlement_id=right_id,
                kind=kind,
                person_id=person,
                child_id=group,
                value=f"{person}{group}",
                since=MONDAY,
            )
        )


def names(database: Database, service_id: int, **more: Any) -> list[str]:
    with database.read() as session:
        return [user.name for user in users_of(session, service_id, **more)]


def test_who_holds_any_right_of_the_service_uses_it(database: Database) -> None:
    ann, ben, _eve = (a_person(database, name) for name in ("Ann", "Ben", "Eve"))
    till = a_service(database)
    member(database, a_right(database, "till-users", service_id=till), person=ann)
    member(database, a_right(database, "till-admins", service_id=till), person=ben)
    assert names(database, till) == ["Ann", "Ben"]


def test_nested_people_count_only_where_the_lens_follows_nesting(
    database: Database,
) -> None:
    ann = a_person(database, "Ann")
    inner = a_right(database, "inner")
    member(database, inner, person=ann)
    for lens, seen in (
        (Lens.DIRECT, []),
        (Lens.UNKNOWN, []),
        (Lens.MEMBEROF, []),
        (Lens.RECURSIVE, ["Ann"]),
    ):
        service = a_service(database, f"Till {lens}")
        member(database, a_right(database, f"outer-{lens}", lens, service), group=inner)
        assert names(database, service) == seen, lens


def test_groups_in_a_circle_do_no_harm(database: Database) -> None:
    ann = a_person(database, "Ann")
    till = a_service(database)
    one, other = (
        a_right(database, "one", Lens.RECURSIVE, till),
        a_right(database, "other"),
    )
    member(database, one, group=other)
    member(database, other, group=one)
    member(database, other, person=ann)
    assert names(database, till) == ["Ann"]


def test_the_sites_narrow_the_users_whatever_their_spelling(database: Database) -> None:
    harbour, hill = a_site(database, "Harbour"), a_site(database, "Hill")
    a_person(database, "Ann", site="HARBOUR")
    a_person(database, "Ben", site="Hill")
    till = a_service(database)
    assert names(database, till, site_ids=[harbour]) == ["Ann"]
    assert names(database, till, site_ids=[harbour, hill]) == ["Ann", "Ben"]
    assert names(database, till, site_ids=[]) == []


def test_a_service_without_rights_is_used_by_everybody_who_is_there(
    database: Database,
) -> None:
    a_person(database, "Ann")
    a_person(database, "Gone", gone_at=MONDAY)
    a_person(database, "Off", disabled=True)
    a_person(database, "Robot", service=True)
    assert names(database, a_service(database)) == ["Ann"]


def test_the_users_come_in_a_fixed_number_of_queries(database: Database) -> None:
    till = a_service(database)
    people = [a_person(database, f"Person {number}") for number in range(6)]
    right = a_right(database, "till-users", service_id=till)

    def count() -> int:
        seen: list[str] = []
        with database.read() as session:
            engine = session.get_bind()
            note = lambda *parts: seen.append(parts[2])  # noqa: E731
            event.listen(engine, "before_cursor_execute", note)
            users_of(session, till)
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    before = count()
    for person in people:
        member(database, right, person=person)
    assert count() == before <= 6


def test_retired_services_are_not_offered(database: Database) -> None:
    a_service(database, "Till")
    a_service(database, "Fax", state="retired")
    with database.read() as session:
        assert service_names(session) == ["Till"]
