"""The words of names: kept as rows are written, found by the beginning of each."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.names import NameWord, called, plain_words, renew, renew_all
from app.core.parts import Parts
from app.core.settings import Settings
from app.models.people import Person
from tests.directory.builders import a_directory, a_person


def found(session: Session, words: str) -> list[str]:
    return list(
        session.scalars(
            select(Person.uid).where(called(Person, words)).order_by(Person.uid)
        )
    )


def test_a_row_is_found_by_its_names_as_soon_as_it_is_written(
    database: Database,
) -> None:
    with database.write() as session:
        acme = a_directory(session)
        a_person(session, acme, "jdoe", name="José Doe", further_uids=["joe"])
    with database.read() as session:
        for words in ("jose", "DOE jos", "joe", "jdoe"):
            assert found(session, words) == ["jdoe"]
        assert found(session, "ose") == found(session, "jose smith") == []
        assert found(session, " ") == found(session, "-") == []


def test_a_row_is_found_by_its_new_name_only(database: Database) -> None:
    with database.write() as session:
        person = a_person(session, a_directory(session), "jdoe", name="Jo Doe")
        person.name = "Jo Roe"
        session.flush()
        assert found(session, "roe") == ["jdoe"]
        assert found(session, "jo doe") == []


def test_rows_written_past_the_session_are_found_after_they_are_renewed(
    database: Database,
) -> None:
    with database.write() as session:
        person = a_person(session, a_directory(session), "jdoe", name="Jo Doe")
        session.execute(Person.__table__.update().values(name="Zoe"))
        renew(session, Person, [person.id])
        assert found(session, "zoe") == ["jdoe"]


def test_a_new_version_keeps_the_names_of_all_that_was_there(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        a_person(session, a_directory(session), "jdoe", name="Jo Doe")
        session.execute(delete(NameWord))
        assert found(session, "jo") == []
    assert renew_all(the_parts(database, settings)) == []
    with database.read() as session:
        assert found(session, "jo") == ["jdoe"]


def the_parts(database: Database, settings: Settings) -> Parts:
    nothing = lambda *_: None  # noqa: E731 (no door of the directory is opened)
    return Parts(settings, database, nothing, nothing, nothing, nothing)


def test_letters_with_and_without_accents_are_the_same() -> None:
    assert plain_words("Đặng Øre-Łódź, Straße") == ["dang", "ore", "lodz", "strasse"]
