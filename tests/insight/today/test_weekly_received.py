"""The weekly mail as a mail program receives it: two parts, one language, whole links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_babel import lazy_gettext, lazy_ngettext

from app.core.web.speaking import lettered, writing_in
from app.improvements.case.actions import AskDraft, ask, send_to_sponsor
from app.insight.today.weekly import run_weekly
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.delivering import run_due_deliveries
from app.messages.actions.post import post
from app.messages.rules.delivery import Ending
from app.messages.rules.letters import LARGEST_HTML, written_as_html
from app.models.auth import Operator
from app.models.improvements.words import AskKind
from app.models.messages import ChannelKind
from tests.conftest import Clock
from tests.html import parse
from tests.improvements.builders import Room
from tests.insight.today.scenes import changed
from tests.messages.receivers import MailServer, mail_server
from tests.pages import Pages

SPONSOR = "chief@acme.example"
ME = "rita"


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def pages(app: Flask, clock: Clock, smtp: MailServer) -> Pages:
    clock.time = clock.time.replace(hour=5)
    pages = Pages(app).as_operator(ME, permissions=("read", "improve"))
    url = smtp.url.removesuffix("&format=text")
    with pages.parts.acting("anna") as act:
        add_channel(act, ChannelDraft("Mail", ChannelKind.MAIL, url))
    return pages


def begun(room: Room) -> int:
    """An improvement with markup in its words, and a question to its sponsor."""
    number, _ = room.begun("Chat <b>for</b> all & each", owner=ME)
    due = room.now.date() + timedelta(days=20)
    room.do(ask, number, AskDraft(AskKind.MONEY, "Pay for <10 licences.", due))
    return number


def lapsed(pages: Pages, clock: Clock) -> int:
    """The same, two weeks later, when its next step lapsed."""
    number = begun(Room(pages.parts.database, pages.parts.now()))
    clock.forward(days=14, hours=3)
    return number


def received(pages: Pages, smtp: MailServer) -> tuple[str, str, str]:
    """Return subject, text and HTML of the one mail that arrived."""
    run_weekly(pages.parts)
    while run_due_deliveries(pages.parts):
        pass
    [mail] = smtp.mails
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None and html is not None
    return mail["Subject"], text.get_content(), html.get_content()


def test_a_sponsor_gets_text_and_html_in_the_language_that_was_said(
    pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    room = Room(pages.parts.database, pages.parts.now())
    number = begun(room)
    pages.get(f"/improvements/{number}/sponsor")
    pages.submit(sponsor_mail=SPONSOR, sponsor_language="de")
    clock.forward(days=14, hours=3)
    subject, text, html = received(pages, smtp)
    assert subject.startswith("Ihre Verbesserungen diese Woche: 1")
    assert "Chat <b>for</b> all & each" in text
    assert "diese Mail nicht mehr?" in text
    assert '<html lang="de">' in html and "diese Mail nicht mehr?" in html
    assert not re.search(r"&(nbsp|amp|lt|gt|#\d+);|<br|</p>", text), text
    assert "<strong>Chat &lt;b&gt;for&lt;/b&gt; all &amp; each</strong>" in html
    assert "<b>for</b>" not in html and "%(" not in text + html
    assert re.findall(r"http\S+/weekly/\S+", text)
    assert not re.search(r"\b(lapsed|asked|until|days ago)\b", text, re.I), text


def test_the_html_of_a_letter_is_our_own_with_plain_spaces_lists_and_a_link_to_stop(
    pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    number = lapsed(pages, clock)
    Room(pages.parts.database, pages.parts.now()).do(send_to_sponsor, number, SPONSOR)
    _, text, html = received(pages, smtp)
    assert "&nbsp;" not in html and "\N{NO-BREAK SPACE}" not in html
    assert not re.search(r"<(script|img|link|iframe)|\son\w+=", html), html
    assert len(html.encode()) < LARGEST_HTML
    page, _ = parse(html)
    assert page.one("html").attrs["lang"] == "en"
    said = [line[2:] for line in text.splitlines() if line.startswith("- ")]
    assert said and [each.text for each in page.all("li")] == said
    [stop] = page.all("a")
    assert stop.attrs["href"] in text and "/weekly/" in stop.attrs["href"]
    visitor, place = Pages(pages.app), urlsplit(stop.attrs["href"]).path
    visitor.get(place)
    assert f"No more mails go to {SPONSOR}." in visitor.submit(place).content


def test_a_channel_set_up_for_text_alone_gets_the_words_as_they_were_written(
    pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    lapsed(pages, clock)
    url = smtp.url.replace("{address}", SPONSOR)
    outcome = post(url, "One", "a  b\n- <c>", pages.parts.trust, html="en")
    assert outcome.ending is Ending.SENT
    assert smtp.mails[0].get_content().splitlines() == ["a  b", "- <c>"]


def test_what_is_too_large_for_mail_programs_has_no_html() -> None:
    assert written_as_html("long " * 11_000, "en") == ""


def test_what_else_waits_is_told_in_the_language_of_its_reader(
    pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    pages.get("/account")
    pages.submit("/account/notices", how="weekly", mail="rita@acme.example")
    changed(pages.parts.database, Operator, 1, language="de")
    lapsed(pages, clock)
    _, text, _ = received(pages, smtp)
    assert "Was sonst auf Sie wartet:" in text
    after = text.partition("Was sonst auf Sie wartet:")[2]
    assert not re.search(r"\b(next step|lapsed|wants?|metric)\b", after), after
    assert re.search(r"http\S+/improvements/1/case", text)


def test_an_address_of_two_improvements_keeps_the_language_that_was_said(
    pages: Pages, clock: Clock, smtp: MailServer
) -> None:
    number = lapsed(pages, clock)
    room = Room(pages.parts.database, pages.parts.now())
    room.do(send_to_sponsor, number, SPONSOR, "de")
    room.do(send_to_sponsor, room.raised("Another"), SPONSOR)
    subject, _, _ = received(pages, smtp)
    assert subject.startswith("Ihre Verbesserungen")


def test_texts_made_for_a_page_are_written_in_the_language_of_the_letter() -> None:
    one = lazy_ngettext("%(num)s person", "%(num)s people", 2)
    said_by = lazy_gettext("by %(name)s on %(day)s", name="Ada", day=one)
    with writing_in("de"):
        assert lettered(one) == "2 Personen"
        assert lettered(said_by) == "von Ada am 2 Personen"
        assert lettered("as it stands") == "as it stands"
