"""Who calls: everybody who may be meant is offered with the reason, and nobody is guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from app.core.db import Database
from app.models.people import NumberSource, Person, PhoneNumber
from app.people.queries.callers import Candidate, find_callers
from app.people.rules.numbers import number_of
from tests.directory.said import person
from tests.directory.test_store import Reads
from tests.improvements.builders import MONDAY

ANNA = person("anna", name="Anna Berg", phone="+41 31 555 01 17", mail="anna@acme.test")
BEN = person(
    "ben", name="Ben Jürgens", phone="031 555 01 18", mobile="+41 79 555 10 00"
)
SHARED = person("cleo", name="Cleo Annaheim", phone="+41 31 555 01 17")


@pytest.fixture
def reads(database: Database) -> Reads:
    made = Reads(database)
    made(ANNA, BEN, SHARED)
    return made


def found(database: Database, text: str, **more: object) -> list[Candidate]:
    with database.read() as session:
        return find_callers(session, text, **more)  # type: ignore[arg-type]


def reasons(database: Database, text: str) -> list[tuple[str, str]]:
    return [(each.uid, each.reason) for each in found(database, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0041315550118", [("ben", "number ends like 315550118")]),
        ("+41795551000", [("ben", "number 41795551000")]),
        ("18", [("ben", "extension 18 of 315550118")]),
        ("BEN", [("ben", "login ben")]),
        ("jürg", [("ben", "part of the name begins with it")]),
        ("jurgens", [("ben", "name without accents")]),
        ("anna@acme.test", [("anna", "mail anna@acme.test")]),
        ("nobody", []),
        ("+41 31 999 99 99", []),
        ("  ", []),
    ],
)
def test_a_caller_is_offered_with_the_reason(
    reads: Reads, text: str, expected: list[tuple[str, str]]
) -> None:
    assert reasons(reads.database, text) == expected


def test_two_who_share_a_telephone_are_both_offered(reads: Reads) -> None:
    both = found(reads.database, "+41 31 555 01 17")
    assert [(each.uid, each.sure) for each in both] == [("anna", True), ("cleo", True)]


def test_the_surest_comes_first(reads: Reads) -> None:
    assert reasons(reads.database, "anna") == [
        ("anna", "login anna"),
        ("cleo", "part of the name begins with it"),
    ]


def test_who_is_gone_and_service_accounts_do_not_call(reads: Reads) -> None:
    reads(BEN, person("svc-anna", name="Anna service", service=True))
    assert reasons(reads.database, "anna") == []


def test_numbers_follow_the_directory_and_those_typed_in_stay(reads: Reads) -> None:
    with reads.database.write() as session:
        anna = session.query(Person).filter_by(uid="anna").one()
        session.add(
            PhoneNumber(
                person_id=anna.id,
                digits="4444444444",
                tail="44444444",
                source=NumberSource.TYPED,
                added_at=MONDAY,
            )
        )
    stored = reads(
        person("anna", name="Anna Berg", phone="+41 31 555 01 99 ext. 199"), BEN, SHARED
    )
    assert stored.changes == 0
    assert reasons(reads.database, "+4444444444") == [("anna", "number 4444444444")]
    assert reasons(reads.database, "199")[0] == ("anna", "extension 199")
    assert reasons(reads.database, "+41315550117") == [("cleo", "number 41315550117")]


def test_the_same_numbers_again_write_nothing(reads: Reads) -> None:
    def ids() -> list[int]:
        with reads.database.read() as session:
            return [
                row.id for row in session.query(PhoneNumber).order_by(PhoneNumber.id)
            ]

    before = ids()
    reads(ANNA, BEN, SHARED)
    assert ids() == before


def test_a_number_is_found_among_thousands_by_the_index(reads: Reads) -> None:
    with reads.database.write() as session:
        session.execute(
            insert(Person), [_person(reads.directory_id, at) for at in range(4000)]
        )
        for one in session.query(Person).filter(Person.uid.startswith("many")):
            number = number_of(f"+49 30 7{one.id:07}")
            assert number is not None
            session.add(_number(one.id, number.digits, number.tail))
    _count_rows_for_planning(reads.database)
    asked: list[str] = []
    with reads.database.read() as session:
        listening = session.get_bind()
        event.listen(
            listening, "before_cursor_execute", lambda *said: asked.append(said[2])
        )
        assert len(find_callers(session, "+41 31 555 01 17")) == 2
        assert sum(said.startswith("SELECT") for said in asked) == 2
        plan = (
            session.connection()
            .exec_driver_sql(f"EXPLAIN {_query_plan(reads.database)} {NUMBER}")
            .all()
        )
    assert "ix_phone_number_tail" in str(plan) or "Index" in str(plan)


NUMBER = "SELECT person_id FROM phone_number WHERE tail = '15550117'"


def _count_rows_for_planning(database: Database) -> None:
    """PostgreSQL chooses by counts that it makes when it has time, SQLite without them."""
    with database.write() as session:
        session.connection().exec_driver_sql("ANALYZE phone_number")


def _query_plan(database: Database) -> str:
    return "QUERY PLAN" if database.is_sqlite else ""


def _person(directory_id: int, at: int) -> dict[str, object]:
    return {
        "directory_id": directory_id,
        "key": f"many{at}",
        "dn": f"uid=many{at}",
        "uid": f"many{at}",
        "name": f"Many {at}",
        "first_seen": MONDAY - timedelta(days=1),
        "gone_at": None,
    }


def _number(person_id: int, digits: str, tail: str) -> PhoneNumber:
    return PhoneNumber(
        person_id=person_id,
        digits=digits,
        tail=tail,
        label="phone",
        source=NumberSource.DIRECTORY,
        added_at=MONDAY,
    )
