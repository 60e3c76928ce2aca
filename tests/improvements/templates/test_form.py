"""A template is changed in a form with a field for each thing it holds."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.audit import AuditEvent
from app.improvements.templates.queries import get_template, shipped_texts
from app.improvements.templates.rules import (
    Template,
    comments_of,
    parse,
    written,
)
from app.models.improvements.improvement import OwnTemplate
from tests.improvements.builders import rows
from tests.pages import Page, Pages

PAGE = "/improvements/templates/inform-button"
EDIT, TEXT = f"{PAGE}/edit", f"{PAGE}/text"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def kept(pages: Pages, key: str = "inform-button") -> Template:
    """Return a template as it is kept."""
    with pages.parts.database.read() as session:
        return get_template(session, key).template


def saved(pages: Pages) -> int:
    """Return how often a template was saved."""
    kind = AuditEvent.action == "template.save"
    return len(rows(pages.parts.database, select(AuditEvent).where(kind)))


def value(page: Page, name: str) -> str:
    """Return what stands in a field."""
    node = page.form(EDIT).one(name=name)
    return node.text if node.tag == "textarea" else node.attrs.get("value", "")


@pytest.mark.parametrize("key", sorted(shipped_texts()))
def test_the_form_gives_back_every_template_as_it_was(pages: Pages, key: str) -> None:
    pages.get(f"/improvements/templates/{key}/edit")
    pages.submit(f"/improvements/templates/{key}/edit")
    assert saved(pages) == 1
    assert kept(pages, key) == parse(key, shipped_texts()[key])


def test_saving_the_form_is_one_event_with_both_texts(pages: Pages) -> None:
    pages.get(EDIT)
    page = pages.submit(EDIT, title="Tell them all")
    assert page.h1 == "Tell them all" and saved(pages) == 1
    assert kept(pages).title == "Tell them all"


def test_adding_a_row_keeps_what_was_typed_and_saves_nothing(pages: Pages) -> None:
    count = len(kept(pages).ladder)
    pages.get(EDIT)
    typed = {"title": "Half way", "ladder-0-people": "a few", "metrics-0-target": "x"}
    page = pages.submit(EDIT, button="Add a row : The rungs", **typed)
    assert {name: value(page, name) for name in typed} == typed
    assert value(page, f"ladder-{count}-people") == "" and not saved(pages)
    more = {f"ladder-{count}-people": "300", f"ladder-{count}-what": "All sites."}
    good = {"ladder-0-people": "1", "metrics-0-target": "60"}
    pages.submit(EDIT, **more, **good)
    assert kept(pages).title == "Half way"
    assert kept(pages).ladder[-1] == {"people": 300, "what": "All sites."}


def test_a_row_goes_when_it_is_ticked_or_emptied(pages: Pages) -> None:
    before = kept(pages)
    pages.get(EDIT)
    gone = {"ladder-0-people": "", "ladder-0-what": "", "agenda-1-leave_out": "y"}
    pages.submit(EDIT, **gone)
    after = kept(pages)
    assert after.ladder == before.ladder[1:]
    assert after.agenda == (before.agenda[0], *before.agenda[2:])


def test_all_that_is_wrong_stands_at_its_row_and_nothing_is_lost(pages: Pages) -> None:
    pages.get(EDIT)
    typed = {
        "title": " ",
        "ladder-0-people": "",
        "ladder-0-what": "",
        "ladder-1-people": "0",
        "metrics-0-direction": "",
        "summary": "Typed anew.",
    }
    page = pages.submit(EDIT, status=422, **typed)
    bad = [node.attrs["id"] for node in page.root.all(class_="field-error")]
    assert bad == ["title-error", "metrics-0-direction-error", "ladder-1-people-error"]
    assert value(page, "summary").strip() == "Typed anew."
    links = [one.attrs["href"] for one in page.root.one(class_="errors").all("a")]
    assert links == ["#title", "#metrics-0-direction", "#ladder-1-people"]
    assert not saved(pages)


def test_a_word_in_place_of_a_number_is_told_at_its_field(pages: Pages) -> None:
    pages.get(EDIT)
    page = pages.submit(EDIT, status=422, **{"agenda-0-minutes": "ten"})
    assert page.errors == ["Type a whole number like 12."]
    assert value(page, "agenda-0-minutes") == "ten"


def test_comments_the_form_would_lose_are_told_before_it_saves(pages: Pages) -> None:
    assert "cannot keep" not in pages.get(EDIT).content
    text = shipped_texts()["inform-button"]
    pages.get(TEXT)
    pages.submit(TEXT, content=f"# Agreed with the shops\n{text}")
    page = pages.get(EDIT)
    assert "has a comment that the form cannot keep" in page.content
    assert "Agreed with the shops" in page.content


def test_only_what_is_no_string_is_a_comment() -> None:
    one = "a = \"# no\" # yes\nb = '''\n# no\n'''\n"
    other = 'c = """\n# \\" no\n"""\n# and so\nd = \'it # no\'\n'
    assert comments_of(one + other) == ("yes", "and so")


def test_under_another_name_it_becomes_a_new_one(pages: Pages) -> None:
    pages.get(EDIT)
    page = pages.submit(EDIT, key="our-own", title="Our own")
    assert page.url == "/improvements/templates/our-own"
    assert kept(pages, "our-own").ladder == kept(pages).ladder
    pages.get(EDIT)
    page = pages.submit(EDIT, status=422, key="Our Own")
    assert "small letters" in page.errors[0]


def test_the_text_is_checked_by_the_same_rule(pages: Pages) -> None:
    pages.get(TEXT)
    text, more = shipped_texts()["inform-button"], "\n[[ladder]]\npeople = 0"
    page = pages.submit(TEXT, status=422, content=text + more)
    assert page.errors == [
        "In a row of ladder there is no what. people is a whole number from 1 up."
    ]
    pages.submit(TEXT, content=text.replace('title = "', 'title = "New: ', 1))
    assert kept(pages).title.startswith("New: ") and saved(pages) == 1


def test_of_two_the_second_sees_what_the_first_saved(app: Flask, pages: Pages) -> None:
    pages.get(EDIT)
    other = Pages(app).as_operator("ben")
    other.get(EDIT)
    other.submit(EDIT, title="Theirs")
    page = pages.submit(EDIT, status=422, title="Mine")
    assert 'title = "Theirs"' in page.root.one(class_="theirs").text
    assert value(page, "title") == "Mine"
    pages.submit(EDIT)
    assert kept(pages).title == "Mine"


def test_what_no_field_can_hold_is_told_before_it_is_kept(pages: Pages) -> None:
    own = 'title = "x"\nkind = "tool"\nsummary = "y"\n[fields]\nconfidence = "high"\n'
    pages.get(TEXT)
    page = pages.submit(TEXT, status=422, content=own)
    assert page.errors == ["high does not fit confidence."]


def test_what_was_kept_before_and_fits_no_field_is_changed_as_text(
    pages: Pages,
) -> None:
    text = shipped_texts()["inform-button"].replace("[fields]", "[fields]\nhow_ = 1")
    pages.get(EDIT)
    pages.submit(EDIT)
    with pages.parts.database.engine.begin() as connection:
        connection.execute(update(OwnTemplate).values(content=text))
    page = pages.get(EDIT)
    assert page.url == TEXT and "how_ = 1" in page.html


def test_signs_that_toml_reads_otherwise_come_back() -> None:
    odd = 'He said "no"\\, \x7f\nand went – ü'
    told = {"title": odd, "kind": "tool", "summary": odd, "fields": {"vision": odd}}
    lists = {"expectations": ["a \\ b"], "adoption": [], "practices": []}
    found = parse("odd", written({**told, **lists}))
    assert (found.title, found.fields["vision"]) == (odd, odd)
    assert found.expectations == ("a \\ b",)
