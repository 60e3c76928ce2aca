"""Files of an improvement: kept by content, saved and never shown, deleted with a reason."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from app.improvements.comments.actions import add_comment
from tests.improvements.builders import Room
from tests.pages import Pages

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def attached(pages: Pages, url: str, name: str, content: bytes = PNG) -> str:
    pages.get(url)
    page = pages.submit(file=(io.BytesIO(content), name))
    return page.told


def test_a_file_is_attached_saved_and_never_shown(pages: Pages, room: Room) -> None:
    url = f"/improvements/{room.raised()}"
    told = attached(pages, f"{url}/attach", "../../picture.html")
    assert told == "picture.html is attached."
    shown = pages.get(url).root.one(id="files").text
    assert "picture.html" in shown and "Its name is wrong about it" in shown
    sent = pages.client.get("/improvements/files/1", buffered=True)
    assert sent.data == PNG
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert "picture.html.png" in sent.headers["Content-Disposition"]


def test_a_file_of_a_comment_leads_to_it(pages: Pages, room: Room) -> None:
    number = room.raised()
    comment = room.do(add_comment, number, "Look").id
    attached(pages, f"/improvements/{number}/attach?comment={comment}", "a.png")
    files = pages.get(f"/improvements/{number}").root.one(id="files")
    assert files.one("a", href=f"/improvements/{number}/comments#comment-{comment}")
    other = room.raised("Another")
    pages.get(f"/improvements/{other}/attach?comment={comment}")
    page = pages.submit(status=422, file=(io.BytesIO(PNG), "a.png"))
    assert page.errors


def test_a_deleted_file_leaves_its_name(pages: Pages, room: Room) -> None:
    number = room.raised()
    attached(pages, f"/improvements/{number}/attach", "a.png")
    pages.get("/improvements/files/1/delete")
    pages.submit(status=422, reason="")
    page = pages.submit(reason="The wrong picture")
    assert "that it was there stays" in page.root.one(id="files").text
    pages.get("/improvements/files/1", status=404)
    left = [path for path in pages.parts.settings.files.rglob("*") if path.is_file()]
    assert left == []


def test_an_empty_file_is_refused_and_leaves_nothing(pages: Pages, room: Room) -> None:
    number = room.raised()
    pages.get(f"/improvements/{number}/attach")
    assert pages.submit(status=422, file=(io.BytesIO(b""), "a.png")).errors
    assert not pages.get(f"/improvements/{number}").root.all("ul", id="files")
