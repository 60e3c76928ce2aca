"""German, the first translation: pages, numbers and days, and whether its texts hold together."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from markupsafe import escape

from app.core.figures import compact, day, figure, listed, people, signed
from app.core.said import MONTH, Grouped, day_said, said, spoken, weekday_said
from app.core.settings import PROJECT
from app.core.spoken_times import length
from app.core.web import words
from app.shell.words import state_look
from tests.pages import Pages

HOME = PROJECT / "translations" / "de" / "LC_MESSAGES"
PLACE = re.compile(r"%\(\w+\)s|%%")
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (HOME / "messages.po").open("rb") as file:
        return read_po(file, locale="de")


def translated(catalog: Catalog) -> list[Message]:
    return [each for each in catalog if each.id and any(forms(each.string))]


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> list[str]:
    return sorted(set(PLACE.findall(text)))


def test_each_translation_has_the_values_of_its_text(german: Catalog) -> None:
    wrong = [
        (each.id, form)
        for each in translated(german)
        for number, form in enumerate(forms(each.string))
        if places(form) not in [places(one) for one in allowed(each, number)]
    ]
    assert wrong == []


def allowed(each: Message, number: int) -> tuple[str, ...]:
    """The texts a form may take its values from: that for one may leave the number out or not."""
    return forms(each.id) if number == 0 else forms(each.id)[-1:]


def test_a_text_that_tells_an_amount_has_all_forms(german: Catalog) -> None:
    told = [each for each in translated(german) if each.pluralizable]
    assert len(told) > 50
    assert [each.id for each in told if not all(forms(each.string))] == []
    assert {len(forms(each.string)) for each in told} == {german.num_plurals}


def test_spaces_at_the_edges_are_kept(german: Catalog) -> None:
    for each in translated(german):
        text, form = forms(each.id)[0], forms(each.string)[0]
        assert text[:1].isspace() == form[:1].isspace(), text
        assert text[-1:].isspace() == form[-1:].isspace(), text


def test_no_text_is_left_in_english(german: Catalog) -> None:
    left = [each.id for each in german if each.id and not all(forms(each.string))]
    assert left == []
    assert [each.id for each in german if each.fuzzy and each.id] == []


def test_what_is_spoken_is_what_was_translated(german: Catalog) -> None:
    made = io.BytesIO()
    write_mo(made, german)
    assert made.getvalue() == (HOME / "messages.mo").read_bytes()


def test_numbers_and_days_are_written_as_in_german(app: Flask) -> None:
    with app.test_request_context("/", headers=GERMAN):
        assert spoken(figure(1234.5)) == "1.234"
        assert spoken(figure(12.34)) == "12,3"
        assert spoken(signed(-0.5)) == "−0,5"
        assert spoken(compact(13_300_000_000)) == "13,3 Mrd."
        assert spoken(day(date(2026, 3, 2))) == "02.03.2026"
        assert spoken(day_said(date(2026, 3, 2), MONTH)) == "März 2026"
        assert spoken(weekday_said(0)) == "Mo"
        assert spoken(people(1)) == "1 Person"
        assert spoken(people(1200)) == "1.200 Personen"
        assert spoken(listed(["A", "B", "C"])) == "A, B und C"
        assert spoken(length(timedelta(minutes=1485))) == "24 h 45 min"


def test_months_are_as_short_on_pages_as_on_charts(app: Flask) -> None:
    september = date(2026, 9, 16)
    with app.test_request_context():
        assert words.day(september) == day(september) == "16 Sep 2026"
    with app.test_request_context(headers=GERMAN):
        assert words.day(september) == "16.09.2026"


def test_numbers_and_sentences_in_sentences_are_german_too(app: Flask) -> None:
    sentence = said("%(part)s of %(total)s", part=Grouped(1200), total=people(1))
    with app.test_request_context("/", headers=GERMAN):
        assert spoken(sentence) == "1.200 von 1 Person"
        page = render_template_string(
            "{{ one }}; {{ one + two }}", one=sentence, two="!"
        )
    assert page == "1.200 von 1 Person; 1.200 von 1 Person!"
    assert sentence == "1,200 of 1 person"


def test_a_state_is_said_in_german_too(app: Flask) -> None:
    with app.test_request_context("/", headers=GERMAN):
        assert str(escape(state_look("planned").word)) == "geplant"
        assert str(escape(state_look("soaking").word)).startswith("wartet")


def test_pages_are_german_from_the_language_of_the_page_on(app: Flask) -> None:
    pages = Pages(app).as_operator("anna")
    pages.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-CH, en;q=0.5"
    page = pages.get("/account")
    assert page.root.one("html").attrs["lang"] == "de"
    assert page.rows()[0][0] == "02.03.2026, 09:00"
    assert "Ihre Anmeldungen" in page.content
    pages.get("/sites/new")
    page = pages.submit(name="", status=422)
    assert page.root.one("html").attrs["lang"] == "de"
