"""The documentation inside the product: rendered, linked, searched, and led to from every page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.shell.help.chapters import DOCS, chapters, terms
from app.shell.help.rules import Chapter, relinked, search
from app.shell.help.views import CHAPTERS
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("rea", permissions=("read",))


def test_every_chapter_is_shown_and_every_link_and_picture_in_it_leads_somewhere(
    pages: Pages,
) -> None:
    links = set()
    for path in chapters():
        page = pages.get(f"/help/{path}")
        article = page.root.one("article")
        assert article.one("h1").text
        links |= {one.attrs["href"].partition("#")[0] for one in article.all("a")}
        links |= {one.attrs["src"] for one in article.all("img")}
    inside = {link for link in links if link.startswith("/")}
    assert len(inside) > 10
    for link in inside:
        assert pages.client.get(link).status_code == 200, link
    assert all(link.startswith("http") for link in links - inside if link)


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


def test_links_between_chapters_lead_here_and_those_to_other_files_are_plain() -> None:
    html = (
        '<a href="../reference/audit.md#the-key">key</a> '
        '<a href="../decisions/0001-rooms.md">why</a> <a href="https://a.example">out</a>'
    )
    assert relinked(html, "how-to/inform", ["reference/audit"], "/help") == (
        '<a href="/help/reference/audit#the-key">key</a> why '
        '<a href="https://a.example">out</a>'
    )


def test_a_title_counts_more_than_a_text() -> None:
    one = Chapter("a", "Mail", "# Mail\nnothing")
    two = Chapter("b", "Other", "# Other\n## Ways\nby mail and more")
    assert [hit.chapter for hit in search([two, one], "mail")] == [one, two]
    assert search([two], "mail")[0].heading == "Ways"


def test_a_container_brings_the_documentation() -> None:
    recipe = (DOCS.parent / "deploy" / "Dockerfile").read_text()
    assert "COPY docs docs" in recipe
