"""The documentation inside the product: rendered, linked, searched, and led to from every page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.shell.help.chapters import DOCS, chapters, html_of, terms
from app.shell.help.rules import Chapter, relinked, search, with_captions
from app.shell.help.views import CHAPTERS
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("rea", permissions=("read",))


def test_every_chapter_is_shown_and_every_link_and_picture_in_it_leads_somewhere(
    pages: Pages,
) -> None:
    links, places = set(), set()
    for path in chapters():
        article = pages.get(f"/help/{path}").root.one("article")
        assert article.one("h1").text
        names = [one.attrs["id"] for one in article.all() if "id" in one.attrs]
        places |= {f"/help/{path}", *(f"/help/{path}#{name}" for name in names)}
        here = {one.attrs["href"] for one in article.all("a")}
        links |= {f"/help/{path}{one}" if one[0] == "#" else one for one in here}
        links |= {one.attrs["src"] for one in article.all("img")}
    inside = {link for link in links if link.startswith("/")}
    pictures = {link for link in inside if link.startswith("/help/images/")}
    assert len(inside) > 10 and pictures
    assert inside - pictures <= places
    assert all(link.startswith("http") for link in links - inside)
    for link in pictures:
        with pages.client.get(link) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png"), link


def test_no_chapter_brings_script_style_or_raw_markup(pages: Pages) -> None:
    for path in chapters():
        html = pages.get(f"/help/{path}").html
        article = html[html.index("<article") : html.index("</article")]
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|<iframe", article), (
            path
        )


def test_the_chapters_stand_in_parts_and_words_are_found_in_them(pages: Pages) -> None:
    page = pages.get("/help")
    assert len(page.root.one(id="help-found").all("a")) == len(chapters()) > 20
    found = pages.get("/help?q=memberOf lens").content
    assert "lens" in found
    assert "Nothing found" in pages.get("/help?q=xyzzy").content


def test_the_mark_beside_a_title_leads_to_the_chapter_of_the_page(pages: Pages) -> None:
    for address, path in (
        ("/access", "explanation/ladder"),
        ("/waves", "how-to/move-people"),
        ("/improvements", "how-to/improvements"),
    ):
        mark = pages.get(address).root.one("a", class_="help-mark")
        assert mark.attrs["href"] == f"/help/{path}"
        assert mark.one("svg").attrs["aria-label"] == "Help"
    assert set(CHAPTERS.values()) <= set(chapters())


def test_words_of_the_glossary_explain_themselves_without_script(pages: Pages) -> None:
    assert len(terms()) > 20
    assert all(means.endswith(".") for means in terms().values())
    page = pages.as_operator("anna").get("/waves")
    word = page.root.one("h1").one("button", class_="term")
    assert page.h1 == "Waves"
    means = page.root.one(id=word.attrs["popovertarget"])
    assert means.text == terms()["wave"] and "popover" in means.attrs


def test_markup_in_a_chapter_is_shown_as_text_and_no_link_runs_anything() -> None:
    html = html_of(
        "<script>alert(1)</script>\n\nA <b onclick='x'>word</b>, "
        '[run](javascript:alert(1) "t")\n\n```\n<wait>\n```\n'
    )
    assert "<script" not in html and "<b" not in html and "&lt;wait" in html
    assert "&lt;script" in html
    assert "javascript" not in relinked(html, "tutorial", [], "/help")


def test_a_stranger_is_led_to_no_chapter_and_sees_none(app: Flask) -> None:
    stranger = Pages(app)
    assert "help-mark" not in stranger.get("/sign-in").html
    answer = stranger.client.get("/help/tutorial")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_the_rail_leads_to_the_documentation(pages: Pages) -> None:
    links = pages.get("/account").root.one("nav", aria_label="Main").all("a")
    assert "/help" in {link.attrs["href"] for link in links}


def test_links_between_chapters_lead_here_and_those_to_other_files_are_plain() -> None:
    html = (
        '<a href="../reference/audit.md#the-key">key</a> '
        '<a href="../decisions/0001-rooms.md">why</a> <a href="https://a.example">out</a>'
    )
    assert relinked(html, "how-to/inform", ["reference/audit"], "/help") == (
        '<a href="/help/reference/audit#the-key">key</a> why '
        '<a href="https://a.example">out</a>'
    )


def test_a_table_is_named_after_its_heading_and_an_example_is_scrolled_by_key() -> None:
    html = with_captions(
        html_of("# Lenses\n\n| | a |\n|---|---|\n| x | y |\n\n    rung\n")
    )
    assert '<caption class="hidden">Lenses</caption>' in html
    assert "<td></td>" in html and '<th scope="col">a</th>' in html
    assert '<pre tabindex="0">' in html


def test_a_title_counts_more_than_a_text() -> None:
    one = Chapter("a", "Mail", "# Mail\nnothing")
    two = Chapter("b", "Other", "# Other\n## Ways\nby mail and more")
    assert [hit.chapter for hit in search([two, one], "mail")] == [one, two]
    assert search([two], "mail")[0].heading == "Ways"


def test_a_container_brings_the_documentation() -> None:
    recipe = (DOCS.parent / "deploy" / "Dockerfile").read_text()
    assert "COPY docs docs" in recipe
