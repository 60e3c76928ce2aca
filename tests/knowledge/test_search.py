"""Searching: the same on both databases, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from app.core.db import Database
from app.core.search import count, folded, forget, index, marked, search


def put(database: Database, *texts: tuple[str, str], kind: str = "article") -> None:
    with database.write() as session:
        for number, (title, body) in enumerate(texts, start=1):
            index(session, kind, number, title, body)


def found(
    database: Database, words: str, kind: str = "article", **more: int | bool
) -> list[int]:
    with database.read() as session:
        ids = search(session, kind, words, **more)  # type: ignore[arg-type]
        if not more:
            assert count(session, kind, words) == len(ids)
        return ids


def test_all_words_have_to_stand_there_and_the_last_may_be_just_begun(
    database: Database,
) -> None:
    put(
        database,
        ("Till does not start", "Press the red button"),
        ("Till prints twice", "Start the printer again"),
    )
    assert found(database, "till start") == [1, 2]
    assert found(database, "till pri") == [2]
    assert found(database, "ti printer") == []
    assert found(database, "") == found(database, "?!") == []


def test_what_stands_in_the_title_comes_first(database: Database) -> None:
    put(
        database,
        ("Something else", "scanner scanner scanner"),
        ("Scanner", "does not read"),
        ("Nothing", "at all"),
    )
    assert found(database, "scanner") == [2, 1]


def test_accents_and_capitals_do_not_matter(database: Database) -> None:
    put(database, ("Café à GARE", "Straße gesperrt"))
    assert found(database, "CAFE gare") == found(database, "café STRASSE") == [1]


def test_a_record_that_changed_is_found_by_its_new_words_only(
    database: Database,
) -> None:
    put(database, ("Old words", ""))
    put(database, ("New words", ""))
    assert (found(database, "old"), found(database, "new")) == ([], [1])
    with database.write() as session:
        forget(session, "article", 1)
    assert found(database, "new") == []


def test_kinds_are_searched_apart_and_lists_have_pages(database: Database) -> None:
    put(database, *[(f"Printer {number}", "") for number in range(1, 6)])
    put(database, ("Printer", ""), kind="incident")
    assert found(database, "printer", kind="incident") == [1]
    first, second = (
        found(database, "printer", limit=3),
        found(database, "printer", limit=3, offset=3),
    )
    assert sorted(first + second) == [1, 2, 3, 4, 5]


def test_one_word_is_enough_for_a_sentence_still_being_typed(
    database: Database,
) -> None:
    put(database, ("Till does not start", ""), ("Nothing", "of this"))
    assert found(database, "my till broke yesterd", every=False) == [1]
    assert found(database, "my till broke yesterd") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    typed=some.text(max_size=40)
    | some.text(alphabet="\"'*():&|!<->\\^{}+- aN", max_size=40)
)
def test_nothing_that_is_typed_is_a_syntax_error(
    database: Database, typed: str
) -> None:
    with database.read() as session:
        assert (
            search(session, "article", typed)
            == search(session, "article", typed, every=False)
            == []
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    content=some.text(
        alphabet=some.characters(codec="utf-8", max_codepoint=0x24F),
        min_size=1,
        max_size=60,
    )
)
def test_every_word_that_was_kept_is_found_again(
    database: Database, content: str
) -> None:
    put(database, (content, ""))
    for word in folded(content)[:3]:
        assert found(database, word) == [1]


@pytest.mark.parametrize(
    ("content", "words", "shown"),
    [
        (
            "The till is off",
            "till",
            [("The ", False), ("till", True), (" is off", False)],
        ),
        ("Café", "caf", [("Café", True)]),
        ("nothing", "else", [("nothing", False)]),
    ],
)
def test_words_that_were_found_are_marked(
    content: str, words: str, shown: list[tuple[str, bool]]
) -> None:
    assert marked(content, words) == shown


@given(content=some.text(max_size=400), words=some.text(max_size=20))
def test_marking_shows_a_piece_of_the_text_and_nothing_else(
    content: str, words: str
) -> None:
    shown = "".join(piece for piece, _ in marked(content, words, 80))
    assert shown.removeprefix("…").removesuffix("…") in content or shown in content


def test_looking_for_articles_reads_none_of_the_incidents(database: Database) -> None:
    put(database, ("Till does not start", "Press the red button"))
    put(database, *[("Till is dark", "again")] * 300, kind="incident")
    assert found(database, "till") == [1]
    assert len(found(database, "till", kind="incident", limit=500)) == 300
    with database.read() as session:
        if session.get_bind().dialect.name == "sqlite":
            indexed = "SELECT count(*) FROM {} WHERE {} MATCH 'till'"
            names = ("search_fts_article", "search_fts")
            counted = [
                session.scalar(text(indexed.format(name, name))) for name in names
            ]
            assert counted == [1, 300]


def test_an_article_that_changed_or_went_is_not_found_by_its_old_words(
    database: Database,
) -> None:
    put(database, ("Scanner is slow", ""))
    put(database, ("Printer is slow", ""))
    assert (found(database, "scanner"), found(database, "printer")) == ([], [1])
    with database.write() as session:
        forget(session, "article", 1)
    assert found(database, "printer") == []
