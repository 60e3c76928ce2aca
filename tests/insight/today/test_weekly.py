"""One mail a week to owners and sponsors: what lapsed, is due or was decided, and what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import Parts
from app.core.settings import Settings
from app.core.waiting import Wait
from app.improvements.board.actions import reopen_drifted
from app.improvements.case.actions import AskDraft, ask, send_to_sponsor
from app.insight.today.weekly import due_week, run_weekly
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.rules.addresses import in_both_forms
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import AskKind
from app.models.insight import WeeklyTold
from app.models.messages import ChannelKind, Delivery, Message
from tests.conftest import Clock
from tests.improvements.board.test_relapse import relapsed
from tests.improvements.builders import Room, row, rows
from tests.insight.today.scenes import ME, SCENES, changed
from tests.pages import Pages

SPONSOR = "chief@acme.example"


@pytest.fixture
def pages(app: Flask, clock: Clock) -> Pages:
    clock.time = clock.time.replace(hour=5)  # Monday before the mails are made
    pages = Pages(app).as_operator(ME, permissions=("read", "improve"))
    draft = ChannelDraft(
        "Mail",
        ChannelKind.MAIL,
        "mailto://mail.example?from=desk@acme.example&to={address}",
    )
    with pages.parts.acting("anna") as act:
        add_channel(act, draft)
    return pages


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database, pages.parts.now())


def lapsed(room: Room, clock: Clock, **values: object) -> int:
    """An improvement of mine whose next step lapses before next Monday, with one question."""
    number, _ = room.begun(owner=ME, **values)
    due = room.now.date() + timedelta(days=20)
    room.do(ask, number, AskDraft(AskKind.MONEY, "Pay for the licences.", due))
    clock.forward(days=14, hours=3)
    return number


def weekly(pages: Pages) -> None:
    pages.get("/account")
    pages.submit("/account/notices", how="weekly", mail="rita@acme.example")


def mails(parts: Parts) -> list[tuple[str, str, str]]:
    run_weekly(parts)
    with parts.database.read() as session:
        found = session.execute(
            select(Delivery.address, Message.subject, Message.text)
            .join(Message, Message.id == Delivery.message_id)
            .order_by(Delivery.id)
        )
        return [tuple(each) for each in found]


def test_an_owner_gets_one_mail_of_what_lapsed_and_what_is_asked_and_no_second(
    pages: Pages, room: Room, clock: Clock
) -> None:
    weekly(pages)
    lapsed(room, clock)
    ((address, subject, text),) = mails(pages.parts)
    assert address == "rita@acme.example"
    assert subject == "Your improvements this week: 1 has something to say"
    assert "Calls are answered faster" in text
    assert "The next step of anna lapsed 7 days ago: Ask Ada" in text
    assert "→ Asked until 22 Mar 2026, money: Pay for the licences." in text
    assert "/improvements/1/case" in text and "/account" in text
    clock.forward(hours=5)
    assert len(mails(pages.parts)) == 1
    clock.forward(days=7)
    assert len(mails(pages.parts)) == 2


def its_window_is_over(room: Room) -> int:
    number, metric_id = room.begun()
    room.running(number, metric_id, ends_on=room.now.date() + timedelta(days=5))
    return number


def its_verdict_is_due(room: Room) -> int:
    number, metric_id = room.begun()
    ripe_on = room.now.date() + timedelta(days=7)
    room.running(number, metric_id, verdict_not_before=ripe_on)
    return number


def it_drifted(room: Room) -> int:
    room.now -= timedelta(days=8)
    number, _ = relapsed(room)
    return number


def it_was_opened_again(room: Room) -> int:
    number = it_drifted(room)
    room.do(reopen_drifted)
    return number


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (its_window_is_over, "- The window ended on 7 Mar 2026; review it."),
        (its_verdict_is_due, "- The verdict on rung 1 is due."),
        (it_drifted, "- Drift: Minutes to answer: It goes back: 10 of 10 points"),
        (it_was_opened_again, "- Drift: Minutes to answer: It goes back: 10 of 10"),
    ],
)
def test_a_sponsor_hears_of_a_window_that_is_over_a_verdict_that_is_due_and_of_drift(
    pages: Pages, room: Room, clock: Clock, happens: Callable[[Room], int], told: str
) -> None:
    room.do(send_to_sponsor, happens(room), SPONSOR)
    clock.forward(days=7, hours=3)
    ((address, _, text),) = mails(pages.parts)
    assert address == SPONSOR
    assert text.count(told) == 1


def test_nothing_to_say_makes_no_mail(pages: Pages, room: Room, clock: Clock) -> None:
    weekly(pages)
    room.raised(owner=ME)
    clock.forward(days=7, hours=3)
    assert mails(pages.parts) == []
    assert [one.reader for one in rows(pages.parts.database, select(WeeklyTold))] == [
        "operator:1"
    ]


def test_who_wants_it_at_once_gets_no_weekly_mail(
    pages: Pages, room: Room, clock: Clock
) -> None:
    pages.get("/account")
    pages.submit("/account/notices", how="at once", mail="rita@acme.example")
    lapsed(room, clock)
    assert mails(pages.parts) == []


def test_what_waits_of_today_stands_in_the_same_mail(
    pages: Pages, settings: Settings, clock: Clock
) -> None:
    weekly(pages)
    permissions = ["read", "desk", "approve"]
    changed(pages.parts.database, Operator, 1, permissions=permissions)
    SCENES[Wait.APPROVE](pages.parts.database, settings)
    clock.forward(days=7, hours=3)
    ((_, subject, text),) = mails(pages.parts)
    assert subject == "What waits for you this week"
    assert "Wave 1 of Clerk" in text


def test_a_german_reader_gets_it_in_german(
    pages: Pages, room: Room, clock: Clock
) -> None:
    weekly(pages)
    changed(pages.parts.database, Operator, 1, language="de")
    lapsed(room, clock)
    ((_, subject, text),) = mails(pages.parts)
    assert subject.startswith("Ihre Verbesserungen diese Woche")
    assert "22.03.2026" in text


def test_a_sponsor_without_an_account_stops_it_by_a_link_that_changes_nothing_alone(
    pages: Pages, room: Room, clock: Clock, app: Flask
) -> None:
    number = lapsed(room, clock, sponsor="Mrs. Chief")
    room.do(send_to_sponsor, number, SPONSOR)
    ((address, _, text),) = mails(pages.parts)
    assert address == SPONSOR
    assert "/improvements/" not in text
    link = re.search(r"/weekly/\S+", text)
    assert link is not None
    visitor = Pages(app)
    visitor.get(link[0])
    assert row(room.database, Improvement, number).sponsor_stopped_at is None
    page = visitor.submit(link[0])
    assert f"No more mails go to {SPONSOR}." in page.content
    assert row(room.database, Improvement, number).sponsor_stopped_at is not None
    clock.forward(days=7)
    assert len(mails(pages.parts)) == 1
    assert visitor.get("/weekly/made-up", status=404)


def test_an_address_that_stopped_it_is_not_entered_again(
    pages: Pages, room: Room, clock: Clock
) -> None:
    number = room.raised()
    room.do(send_to_sponsor, number, SPONSOR)
    changed(room.database, Improvement, number, sponsor_stopped_at=room.now)
    pages.get(f"/improvements/{number}/sponsor")
    page = pages.submit(sponsor_mail=SPONSOR, status=422)
    assert "does not want the weekly mail" in page.content
    pages.get(f"/improvements/{number}/sponsor")
    page = pages.submit(sponsor_mail="chief", status=422)
    assert page.errors == ["This is no mail address."]


@pytest.mark.parametrize(
    ("hour", "hours_later", "due"),
    [(7, -1, False), (7, 0, True), (7, 72, True), (7, 73, False), (31, 0, False)],
)
def test_the_mails_of_a_week_are_made_from_their_hour_on(
    settings: Settings, clock: Clock, hour: int, hours_later: int, due: bool
) -> None:
    now = clock.time.replace(hour=7) + timedelta(hours=hours_later)
    found = due_week(now, replace(settings, weekly_hour=hour))
    assert (found is not None) is due


def test_a_mail_bears_its_text_as_plain_html_too_and_other_channels_do_not() -> None:
    assert in_both_forms("mailto://h?to=a@b.c").endswith("&format=html")
    assert in_both_forms("mailto://h?to=a@b.c&format=text") == ""
    assert in_both_forms("slack://token") == ""
