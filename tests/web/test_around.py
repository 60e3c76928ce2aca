"""What stands around every page is kept, and is the same as if each page had written it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from flask import Flask

from app.auth.once import made_for
from app.auth.rules import NAMES
from app.core.audit import record
from app.models.directory import Freeze
from tests.pages import Pages
from tests.web.test_languages import abroad as abroad

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'(?:name="_once" value|data-key)="([^"]+~\d+)"')
ADDRESS = re.compile(r'name="next" value="([^"]*)"')
PAGES = ("/", "/desk", "/desk?view=mine", "/account", "/messages/policy", "/roles")


@dataclass(frozen=True)
class Reader:
    """Somebody who is signed in, with what the browser says of itself."""

    name: str
    permissions: tuple[str, ...]
    cookies: dict[str, str] = field(default_factory=dict)


READERS = (
    Reader("anna", NAMES),
    Reader("bert", ("read", "desk")),
    Reader("anna", NAMES, {"theme": "dark"}),
    Reader("carla", NAMES, {"language": "eo"}),
    Reader("bert", ("read", "desk", "improve")),
    Reader("dora", ()),
)


def signed_in(app: Flask, reader: Reader) -> Pages:
    pages = Pages(app).as_operator(reader.name, permissions=reader.permissions)
    for name, value in reader.cookies.items():
        pages.client.set_cookie(name, value)
    return pages


def shown(pages: Pages, url: str) -> str:
    """Return a page without what is anew on every page."""
    html = pages.client.get(url).text
    return KEY.sub("key", TOKEN.sub("token", html))


def written_anew(app: Flask, pages: Pages, url: str) -> str:
    """Return the same page when nothing around it is kept."""
    kept = app.jinja_env.globals["part_around"]
    app.jinja_env.globals["part_around"] = kept.written
    try:
        return shown(pages, url)
    finally:
        app.jinja_env.globals["part_around"] = kept


def frozen(pages: Pages, *, lifted: bool) -> None:
    with pages.parts.database.write() as session:
        now = pages.parts.now()
        if lifted:
            session.query(Freeze).update({"lifted_at": now})
        else:
            session.add(Freeze(at=now, by="anna", reason="a test"))
        record(session, "anna", "freeze.change", "freeze:1", "Froze or not")


@pytest.mark.parametrize("url", PAGES)
def test_a_page_is_the_same_to_the_byte_with_and_without_what_is_kept(
    abroad: Flask, url: str
) -> None:
    seen = []
    for freeze in ("none", "begun", "lifted"):
        if freeze != "none":
            frozen(Pages(abroad), lifted=freeze == "lifted")
        for reader in READERS:
            pages = signed_in(abroad, reader)
            expected = written_anew(abroad, pages, url)
            assert [shown(pages, url) for _twice in range(2)] == [expected] * 2
            seen.append(expected)
    assert len(set(seen)) > len(READERS)  # they do see different pages


def test_each_form_carries_the_token_the_key_and_the_address_of_its_own_page(
    app: Flask,
) -> None:
    anna, bert = (signed_in(app, Reader(name, NAMES)) for name in ("anna", "bert"))
    tokens = []
    for url in ("/desk", "/desk?view=mine&q=a+%26+b", "/desk"):
        for pages in (anna, bert):
            html = pages.client.get(url).text
            assert len(set(TOKEN.findall(html))) == 1
            tokens.append((pages, TOKEN.findall(html)[0]))
            assert ADDRESS.findall(html)[0].replace("&amp;", "&") in (url, f"{url}?")
            keys = KEY.findall(html)
            assert len({key.partition("~")[0] for key in keys}) == 1
            with pages.app.app_context():
                readers = {made_for(key) for key in keys}
            assert readers == {number_of(pages)}
    for pages, token in tokens:
        data = {"csrf_token": token, "theme": "dark", "next": "/desk"}
        other = bert if pages is anna else anna
        assert pages.client.post("/theme", data=data).status_code == 303
        assert other.client.post("/theme", data=data).status_code == 400


def number_of(pages: Pages) -> int:
    html = pages.client.get("/desk").text
    found = re.search(r'data-me="(\d+)"', html)
    assert found
    return int(found[1])


def test_a_permission_that_was_taken_is_gone_from_the_next_page(app: Flask) -> None:
    pages = signed_in(app, Reader("anna", NAMES))
    assert 'href="/operators"' in pages.client.get("/desk").text
    pages.as_operator("anna", permissions=("read", "desk"))
    assert 'href="/operators"' not in pages.client.get("/desk").text
    pages.as_operator("anna", permissions=NAMES)
    assert 'href="/operators"' in pages.client.get("/desk").text
