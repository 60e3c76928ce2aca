"""Operators are told of what begins to wait: at once or daily, once, and not of their own deeds."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import Parts
from app.core.settings import Settings
from app.core.waiting import Wait
from app.insight.today.notices import run_due_notices
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.incidents.incident import Incident
from app.models.messages import ChannelKind, Delivery, Message
from tests.conftest import Clock, Rung
from tests.insight.today.scenes import ME, SCENES, changed
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    pages = Pages(app).as_operator(ME)
    draft = ChannelDraft(
        "Mail",
        ChannelKind.MAIL,
        "mailto://mail.example?from=desk@acme.example&to={address}",
    )
    with pages.parts.acting("anna") as act:
        add_channel(act, draft)
    return pages


def chosen(pages: Pages, how: str, mail: str = "rita@acme.example") -> None:
    pages.get("/account")
    page = pages.submit("/account/notices", how=how, mail=mail)
    assert (page.url, page.told) == ("/account", "You are told as you chose.")


def mails(parts: Parts) -> list[tuple[str, str, str]]:
    run_due_notices(parts)
    with parts.database.read() as session:
        rows = session.execute(
            select(Delivery.address, Message.subject, Message.text)
            .join(Message, Message.id == Delivery.message_id)
            .order_by(Delivery.id)
        )
        return [tuple(row) for row in rows]


def test_who_wants_it_at_once_gets_one_mail_of_all_that_began_to_wait_and_no_second(
    pages: Pages, settings: Settings
) -> None:
    parts = pages.parts
    chosen(pages, "at once")
    SCENES[Wait.APPROVE](parts.database, settings)
    SCENES[Wait.PROMISE](parts.database, settings)
    ((address, subject, text),) = mails(parts)
    assert (address, subject) == ("rita@acme.example", "2 things wait for you")
    assert "Wave 1 of Clerk" in text and "/waves/1" in text and "/account" in text
    assert len(mails(parts)) == 1
    SCENES[Wait.HAND_OVER](parts.database, settings)
    assert mails(parts)[1][1] == "1 thing waits for you"


def test_the_next_promise_that_is_late_is_told_anew(
    pages: Pages, settings: Settings, clock: Clock
) -> None:
    parts = pages.parts
    chosen(pages, "at once")
    SCENES[Wait.PROMISE](parts.database, settings)
    assert len(mails(parts)) == 1
    changed(parts.database, Incident, 1, next_update_at=clock.forward(hours=1))
    assert len(mails(parts)) == 1
    clock.forward(hours=1)
    assert len(mails(parts)) == 2


def test_one_is_not_told_of_what_one_did_oneself(
    pages: Pages, settings: Settings
) -> None:
    parts = pages.parts
    chosen(pages, "at once")
    SCENES[Wait.APPROVE](parts.database, settings)
    assert len(mails(parts)) == 1
    pages.post("/waves/1/approve")
    assert "Apply" in pages.get("/").root.one(id="waits").text
    assert len(mails(parts)) == 1


def test_the_daily_mail_comes_once_a_day_in_the_morning_with_what_is_new(
    pages: Pages, settings: Settings, clock: Clock
) -> None:
    parts = pages.parts
    chosen(pages, "daily")
    SCENES[Wait.PROMISE](parts.database, settings)
    clock.time = clock.time.replace(hour=5)
    assert mails(parts) == []
    clock.time = clock.time.replace(hour=8)
    changed(parts.database, Incident, 1, next_update_at=clock.time.replace(hour=6))
    assert len(mails(parts)) == 1
    SCENES[Wait.APPROVE](parts.database, settings)
    assert len(mails(parts)) == 1
    clock.forward(days=1)
    assert [subject for _to, subject, _text in mails(parts)][1:] == [
        "1 thing waits for you"
    ]


def test_who_chose_never_or_gave_no_address_gets_no_mail(
    pages: Pages, settings: Settings
) -> None:
    SCENES[Wait.PROMISE](pages.parts.database, settings)
    assert mails(pages.parts) == []
    pages.get("/account")
    page = pages.submit("/account/notices", status=422, how="at once", mail="")
    assert page.errors == ["Say to which address."]
    page = pages.submit("/account/notices", status=422, how="daily", mail="rita")
    assert page.errors == ["This is no mail address."]
    assert mails(pages.parts) == []


def test_a_page_asks_for_news_only_where_a_notice_of_the_browser_is_wanted(
    pages: Pages, settings: Settings
) -> None:
    assert "data-waiting" not in pages.get("/").html
    pages.get("/account")
    pages.submit("/account/notices", how="never", mail="", here="y")
    assert 'data-waiting="/today/lines"' in pages.get("/").html
    SCENES[Wait.PROMISE](pages.parts.database, settings)
    (line,) = pages.client.get("/today/lines").json["lines"]
    assert line["page"] == "/desk/1/inform"
    assert line["verb"] == "Inform" and "Carla Cash" in line["text"]


def test_what_waits_is_listed_in_the_terminal(
    pages: Pages, settings: Settings, rung: Rung
) -> None:
    assert rung("today", ME).out.strip() == "Nothing waits."
    SCENES[Wait.APPROVE](pages.parts.database, settings)
    found = rung("today", ME, "--json").json
    assert found["waits"] == 1
    assert (found["lines"][0]["kind"], found["lines"][0]["what"]) == (
        "approve",
        "Wave 1 of Clerk",
    )
    assert rung("today", "nobody").code == 1
