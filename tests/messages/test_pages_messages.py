"""Channels, board, call list and policy in the browser."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.errors import Invalid
from app.messages.actions.channels import ChannelDraft, add_channel, change_channel
from app.messages.actions.policy import save_policy
from app.messages.queries.policy import inform_numbers
from app.messages.rules.policy import DEFAULT, InformNumbers
from app.models.messages import ChannelKind
from tests.messages.builders import PostRoom, somebody
from tests.messages.receivers import MailServer
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def test_a_channel_is_added_shown_without_its_address_and_tried_on_oneself(
    pages: Pages, room: PostRoom, smtp: MailServer
) -> None:
    pages.get("/messages/channels/new")
    page = pages.submit(name="Mail", kind="mail", url=smtp.url)
    assert page.h1 == "Mail"
    assert "from=" not in page.content
    page = pages.submit(address="anna@demo.example")
    assert page.told == "The test is on its way."
    room.work()
    assert len(smtp.to("anna@demo.example")) == 1
    assert "1 of 1 told." in pages.get(page.url).content


def test_a_secret_typed_as_address_is_refused_and_not_repeated_elsewhere(
    pages: Pages,
) -> None:
    pages.get("/messages/channels/new")
    page = pages.submit(
        name="Mail",
        kind="mail",
        url="mailto://a:hunter2@mail.example?to={address}",
        status=422,
    )
    assert "This address holds a secret" in page.content


def test_an_address_that_is_not_shown_is_kept_when_the_name_changes(
    pages: Pages, room: PostRoom
) -> None:
    number = room.channel("Mail", "mailto://mail.example?from=a@b.example&to={address}")
    pages.get(f"/messages/channels/{number}/edit")
    pages.submit(name="Post")
    [row] = pages.get("/messages/channels").rows("Channels")
    assert row[:4] == ["Post", "mail", "each person", "mailto://mail.example/…"]


def test_the_order_of_channels_is_the_order_in_which_they_are_tried_and_the_call_list_stays_last(
    pages: Pages, room: PostRoom
) -> None:
    room.channel("Mail", "env:MAIL_URL")
    room.channel("Calls", "", ChannelKind.CALL_LIST)
    sms = room.channel("SMS", "env:SMS_URL", ChannelKind.SMS)
    pages.post(f"/messages/channels/{sms}/up")
    assert [row[0] for row in pages.get("/messages/channels").rows("Channels")] == [
        "SMS",
        "Mail",
        "Calls",
    ]
    pages.post(f"/messages/channels/{sms}/up")
    assert pages.page is not None
    assert [row[0] for row in pages.page.rows("Channels")] == ["SMS", "Mail", "Calls"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ChannelDraft(" ", ChannelKind.MAIL, "env:SMS_URL"), "name"),
        (ChannelDraft("MAIL", ChannelKind.MAIL, "env:SMS_URL"), "name"),
        (ChannelDraft("New", ChannelKind.MAIL, ""), "url"),
        (ChannelDraft("New", ChannelKind.CHAT, "json://"), "url"),
    ],
)
def test_a_channel_that_cannot_work_is_refused(
    room: PostRoom, draft: ChannelDraft, field: str
) -> None:
    room.channel("Mail", "env:MAIL_URL")
    with pytest.raises(Invalid) as told:
        room.do(add_channel, draft, room.parts.trust)
    assert told.value.field == field


def test_the_trail_tells_that_an_address_changed_and_not_to_what(
    room: PostRoom,
) -> None:
    number = room.channel("Mail", "mailto://one.example?from=a@b.example&to={address}")
    room.do(
        change_channel,
        number,
        ChannelDraft(
            "Mail",
            ChannelKind.MAIL,
            "mailto://two.example?from=a@b.example&to={address}",
        ),
    )
    trail = room.ask(
        lambda session: [str(vars(one)) for one in session.scalars(select(AuditEvent))]
    )
    assert not any("one.example" in one or "two.example" in one for one in trail)


def test_only_who_sets_policy_sees_channels_and_only_the_desk_sees_boards(
    app: Flask, room: PostRoom
) -> None:
    number = room.sent([somebody("Ada")], room.channel("Mail", "env:MAIL_URL"))
    Pages(app).as_operator("dora", permissions=("desk",)).get(
        "/messages/channels", status=403
    )
    Pages(app).as_operator("rita", permissions=("read", "policy")).get(
        f"/messages/{number}", status=403
    )


def test_the_board_leads_to_a_call_list_that_is_ticked_off(
    pages: Pages, room: PostRoom, smtp: MailServer
) -> None:
    smtp.refuses.add("ben@demo.example")
    message = room.sent(
        [somebody("Ada"), somebody("Ben")], room.channel("Mail", smtp.url)
    )
    room.work()
    page = pages.get(f"/messages/{message}")
    assert [row[:2] for row in page.rows("Told and not told")] == [
        ["Ben", "to call"],
        ["Ada", "told"],
    ]
    assert "The mail server refused it (550)." in page.content
    page = pages.get(f"/messages/{message}/call-list")
    assert [row[1] for row in page.rows("Whom to call")] == ["Ben"]
    page = pages.submit()
    assert (page.told, page.url) == ("Ben was told.", f"/messages/{message}/call-list")
    assert "2 of 2 told." in pages.get(f"/messages/{message}").content
    assert "Ben,told" in pages.get(f"/messages/{message}/board.csv").html


def test_the_board_is_narrowed_and_an_empty_part_says_so(
    pages: Pages, room: PostRoom, smtp: MailServer
) -> None:
    message = room.sent(
        [somebody("Ada"), somebody("Ben")], room.channel("Mail", smtp.url)
    )
    room.work()
    assert (
        len(pages.get(f"/messages/{message}?standing=told").rows("Told and not told"))
        == 2
    )
    assert (
        "Nobody stands like this now"
        in pages.get(f"/messages/{message}?standing=not+told").content
    )
    pages.post("/messages/deliveries/1/nonsense", status=404)


def test_while_something_is_on_its_way_the_board_looks_again_by_itself(
    pages: Pages, room: PostRoom
) -> None:
    message = room.sent([somebody("Ada")], room.channel("Mail", "env:MAIL_URL"))
    assert 'hx-trigger="every 5s"' in pages.get(f"/messages/{message}").html
    room.work()
    assert "hx-trigger" not in pages.get(f"/messages/{message}", fragment=True).html


def test_the_policy_is_one_document_with_versions(pages: Pages) -> None:
    page = pages.get("/messages/policy")
    assert page.rows("By priority")[0][:3] == [
        "P1",
        "within 15 minutes",
        "every 30 minutes",
    ]
    assert page.rows("By priority")[4][1:3] == ["when somebody asks", "every 1 day"]
    pages.get("/messages/policy/edit")
    page = pages.submit(every_1="20", text="Agreed in the round of Monday.")
    assert page.told == "The new version is in force."
    assert page.rows("By priority")[0][2] == "every 20 minutes"
    pages.get("/messages/policy/edit")
    pages.submit(every_1="25")
    assert "This is an old version." in pages.get("/messages/policy/1").content


def test_a_policy_that_cannot_be_is_refused_and_two_writers_do_not_overwrite_each_other(
    pages: Pages, room: PostRoom
) -> None:
    pages.get("/messages/policy/edit")
    page = pages.submit(management_after="5", status=422)
    assert "Management is reminded after the owner." in page.content
    room.do(save_policy, InformNumbers(mass_first=10), "")
    pages.submit(management_after="40", status=409)
    assert room.ask(inform_numbers).mass_first == 10
    assert DEFAULT.mass_first == 15
