"""The status by mail once a week: the same words, no script, small, and a witness of the trail."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import head_of
from app.insight.today.weekly import run_weekly
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.models.messages import ChannelKind, Message
from tests.conftest import Clock
from tests.improvements.builders import Room, rows
from tests.messages.receivers import MailServer, mail_server
from tests.pages import Pages
from tests.sponsors.builders import a_link, asks

SAM = "sam@acme.example"


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def pages(app: Flask, clock: Clock, smtp: MailServer) -> Pages:
    clock.time = clock.time.replace(hour=5)
    pages = Pages(app).as_operator("anna", permissions=("read", "improve"))
    url = smtp.url.removesuffix("&format=text")
    with pages.parts.acting("anna") as act:
        add_channel(act, ChannelDraft("Mail", ChannelKind.MAIL, url))
    return pages


def test_the_same_goes_by_mail_until_they_stop_it(
    app: Flask, pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    room = Room(pages.parts.database, pages.parts.now())
    number, metric = room.begun("Chat <b>for</b> all")
    asks(room, number, "Pay for <10 licences.")
    room.scaled(number, metric, "Ada")
    there = a_link(app, room, mail=SAM, language="de")
    clock.time = room.now.replace(hour=5)
    with pages.parts.database.read() as session:
        _, end = head_of(session)
    clock.forward(days=(7 - clock.time.weekday()) % 7, hours=3)
    run_weekly(pages.parts)
    run_weekly(pages.parts)
    while run_due_deliveries(pages.parts):
        pass
    [mail] = smtp.mails
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    written, page = text.get_content(), html.get_content()
    assert "●" in written and "Pay for <10 licences." in written
    assert re.search(r"[0-9a-f]{64}", written) and end
    assert there in written and "Eins von Ihnen" in written
    assert "<svg" in page and "<script" not in page and "<b>for" not in page
    assert "http" not in re.sub(r'https?://[^\s<"]+', "", page)
    assert len(mail.as_bytes()) < 50_000
    kept = rows(pages.parts.database, select(Message))
    assert all(there not in one.text for one in kept)
    visitor = Pages(app)
    visitor.get(there)
    page_now = visitor.submit(f"{there}/no-mail")
    assert page_now.told == "No more mails. This page stays."
    clock.forward(days=7)
    run_weekly(pages.parts)
    while run_due_deliveries(pages.parts):
        pass
    assert len(smtp.mails) == 1
