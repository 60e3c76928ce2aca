"""Delivery over real servers: several channels at once, providers that hang, refuse or half-fail,
nothing lost.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, Refused
from app.messages.actions import delivering, settling
from app.messages.actions.sending import MessageDraft, send
from app.models.messages import (
    ChannelKind,
    Delivery,
    DeliveryState,
    Message,
    MessageKind,
)
from tests.acting import acting
from tests.catalog.builders import a_person
from tests.conftest import Clock
from tests.messages.builders import PostRoom, somebody
from tests.messages.receivers import MailServer, Receiver, http_receiver

ADA, BEN = somebody("Ada", mobile="+49 171 555 0101"), somebody("Ben", phone="555 0102")


def test_one_message_goes_over_several_channels_at_once(
    room: PostRoom, smtp: MailServer, web: Receiver
) -> None:
    mail = room.channel("Mail", smtp.url)
    sms = room.channel("SMS", web.url("sms/{address}"), ChannelKind.SMS)
    chat = room.channel("Operations", web.url("room"), ChannelKind.CHAT)
    message = room.sent([ADA, BEN], mail, sms, chat)
    assert room.work()
    assert sorted(recipient for recipient, _ in smtp.taken) == [
        "ada@demo.example",
        "ben@demo.example",
    ]
    assert sorted(web.paths()) == ["room", "sms/+491715550101"]
    assert room.standings(message) == {"Ada": "told", "Ben": "told"}
    assert [one.name for one in room.board(message).rooms] == ["Operations"]
    assert not room.work()


def test_a_person_s_name_and_the_next_message_stand_in_what_arrives(
    room: PostRoom, smtp: MailServer, clock: Clock
) -> None:
    promised = clock.forward(minutes=30)
    room.sent(
        [ADA],
        room.channel("Mail", smtp.url),
        text="The tills are slow.",
        next_update_at=promised,
    )
    room.work()
    [text] = smtp.to("ada@demo.example")
    lines = [line for line in text.splitlines() if line.strip()]
    next_message = "Next message: 2 Mar, 09:30 UTC, earlier if something changes."
    assert lines == [
        "Cash desk: we look into it",
        "The tills are slow.",
        next_message,
        "Dora Desk",
    ]


def test_when_some_are_refused_the_others_are_told(
    room: PostRoom, smtp: MailServer
) -> None:
    smtp.refuses.add("ada@demo.example")
    message = room.sent([ADA, BEN], room.channel("Mail", smtp.url))
    room.work()
    assert room.standings(message) == {"Ada": "to call", "Ben": "told"}
    refused, ben, following = room.deliveries(message)
    assert (refused.state, refused.problem) == (
        DeliveryState.FAILED,
        "The mail server refused it (550).",
    )
    assert (ben.state, following.after_id) == (DeliveryState.SENT, refused.id)


def test_with_a_person_s_numbers_known_the_next_channel_is_sms_and_then_the_call_list(
    room: PostRoom, smtp: MailServer, web: Receiver
) -> None:
    smtp.refuses.add("carla.cash@demo.example")
    web.status = lambda _path: 404
    number = a_person(room.parts.database, mobile="+49 171 555 0103")
    carla = somebody(
        "Carla",
        mail="carla.cash@demo.example",
        person_id=number,
        mobile="+49 171 555 0103",
    )
    mail = room.channel("Mail", smtp.url)
    room.channel("SMS", web.url(), ChannelKind.SMS)
    message = room.sent([carla], mail)
    room.work()
    [told] = room.board(message).people
    assert [(one.channel, one.state.value) for one in told.tries] == [
        ("Mail", "failed"),
        ("SMS", "failed"),
        ("Call list", "waiting"),
    ]
    assert (told.standing, told.latest.address) == ("to call", "+491715550103")
    room.do(settling.told_in_person, told.latest.id)
    assert room.standings(message) == {"Carla": "told"}


def test_a_provider_that_is_away_is_tried_three_times_with_pauses_and_then_the_call_list(
    room: PostRoom, smtp: MailServer, clock: Clock
) -> None:
    smtp.busy_for.add("ada@demo.example")
    message = room.sent([ADA], room.channel("Mail", smtp.url))
    for minutes, attempts in ((0.5, 1), (2, 2), (0, 3)):
        room.work()
        [first, *_] = room.deliveries(message)
        assert first.attempts == attempts
        assert not room.work() or attempts == 3
        clock.forward(minutes=minutes)
    assert room.states(message) == ["failed", "waiting"]
    assert room.standings(message) == {"Ada": "to call"}
    assert smtp.taken == []


@pytest.mark.usefixtures("impatient")
def test_a_mail_server_that_hangs_before_a_word_is_tried_again_and_holds_up_no_other_channel(
    room: PostRoom, smtp: MailServer, web: Receiver, clock: Clock
) -> None:
    smtp.hangs = True
    mail, sms = (
        room.channel("Mail", smtp.url),
        room.channel("SMS", web.url(), ChannelKind.SMS),
    )
    message = room.sent([ADA], mail, sms)
    room.work()
    assert [one.attempts for one in room.deliveries(message)] == [1, 1]
    assert room.states(message) == ["waiting", "sent"]
    smtp.hangs = False
    clock.forward(minutes=1)
    room.work()
    assert room.states(message) == ["sent", "sent"]


@pytest.mark.usefixtures("impatient")
def test_no_answer_after_it_was_handed_over_means_it_may_have_been_sent_and_a_person_decides(
    room: PostRoom, web: Receiver, clock: Clock
) -> None:
    web.gate = threading.Event()
    message = room.sent([ADA, BEN], room.channel("Chat", web.url(), ChannelKind.CHAT))
    room.work()
    assert room.standings(message) == {"Ada": "not sure", "Ben": "not sure"}
    web.gate.set()
    clock.forward(hours=3)
    assert not room.work()
    assert len(web.posted) == 2
    first, second = room.deliveries(message)
    room.do(settling.count_as_told, first.id)
    room.do(settling.send_again, second.id)
    room.work()
    assert room.standings(message) == {"Ada": "told", "Ben": "told"}
    assert len(web.posted) == 3


def test_what_was_being_sent_when_the_worker_ended_is_never_sent_again_by_itself(
    room: PostRoom, smtp: MailServer, clock: Clock
) -> None:
    channel = room.channel("Mail", smtp.url)
    message = room.sent([ADA], channel)
    assert delivering._claim(room.parts, channel) is not None
    assert not room.work(), "it may still be on its way"
    clock.forward(minutes=3)
    assert not room.work()
    assert (room.states(message), smtp.taken) == (["may have been sent"], [])
    assert room.board(message).people[0].latest.problem == delivering.NOBODY_NOTED


def test_an_answer_that_comes_late_still_counts_unless_a_person_has_decided(
    room: PostRoom, smtp: MailServer, clock: Clock
) -> None:
    channel = room.channel("Mail", smtp.url)
    message = room.sent([ADA, BEN], channel)
    jobs = [delivering._claim(room.parts, channel) for _ in range(2)]
    clock.forward(minutes=3)
    delivering.note_lost(room.parts)
    room.do(settling.send_again, room.deliveries(message)[1].id)
    for job in jobs:
        assert job is not None
        with room.parts.database.write() as session:
            outcome = delivering._sent(job, room.parts.trust)
            delivering._note(acting(session, "rung", clock()), job, outcome)
    assert room.states(message) == ["sent", "waiting"]


def test_many_recipients_go_in_a_bounded_number_of_lanes(
    room: PostRoom, web: Receiver
) -> None:
    web.gate = threading.Event()
    crowd = [somebody(f"P{number}") for number in range(30)]
    message = room.sent(crowd, room.channel("Chat", web.url(), ChannelKind.CHAT))
    worker = threading.Thread(target=room.work)
    worker.start()
    for _ in range(200):
        if web.now >= delivering.LANES:
            break
        threading.Event().wait(0.02)
    web.gate.set()
    worker.join(30)
    assert web.most == delivering.LANES
    assert sorted(web.paths()) == sorted(
        f"p{number}@demo.example" for number in range(30)
    )
    assert set(room.states(message)) == {"sent"}


def test_a_message_and_its_deliveries_are_written_together_or_not_at_all(
    room: PostRoom, smtp: MailServer
) -> None:
    channel = room.channel("Mail", smtp.url)
    with pytest.raises(RuntimeError), room.parts.database.write() as session:
        send(
            acting(session, "dora", room.parts.now()),
            MessageDraft(MessageKind.UPDATE, "s", "t", "Dora"),
            [ADA],
            [channel],
        )
        raise RuntimeError
    assert room.ask(lambda session: session.scalars(select(Message.id)).all()) == []
    assert room.ask(lambda session: session.scalars(select(Delivery.id)).all()) == []


def test_the_number_of_somebody_no_directory_knows_stands_on_the_call_list(
    room: PostRoom, smtp: MailServer
) -> None:
    smtp.refuses.add("ben@demo.example")
    message = room.sent([BEN], room.channel("Mail", smtp.url))
    room.work()
    latest = room.board(message).people[0].latest
    assert (latest.channel, latest.address) == ("Call list", "5550102")


def test_who_is_reached_by_no_chosen_channel_stands_on_the_call_list(
    room: PostRoom, smtp: MailServer
) -> None:
    message = room.sent([somebody("Cem", mail=""), ADA], room.channel("Mail", smtp.url))
    room.work()
    assert room.standings(message) == {"Cem": "to call", "Ada": "told"}


def test_a_recipient_named_twice_is_told_once(room: PostRoom, smtp: MailServer) -> None:
    room.sent([ADA, ADA], room.channel("Mail", smtp.url))
    room.work()
    assert len(smtp.taken) == 1


@pytest.mark.parametrize("field", ["subject", "text", "signed_by", "channels"])
def test_what_is_missing_in_a_message_is_named(
    room: PostRoom, smtp: MailServer, field: str
) -> None:
    channel = room.channel("Mail", smtp.url)
    values = {"subject": "s", "text": "t", "signed_by": "Dora", field: " "}
    values.pop("channels", None)
    with pytest.raises(Invalid) as told:
        room.do(
            send,
            MessageDraft(MessageKind.UPDATE, **values),
            [ADA],
            [] if field == "channels" else [channel],
        )
    assert told.value.field == field


def test_an_address_can_add_no_second_recipient(
    room: PostRoom, smtp: MailServer
) -> None:
    sly = [
        somebody("Eve", mail=mail)
        for mail in (
            "a@x.example,b@x.example",
            "a@x.example&cc=b@x.example",
            "a b@x.example",
        )
    ]
    for one in sly:
        room.sent([one], room.channel(f"Mail {one.mail}", smtp.url))
    room.work()
    assert all(
        recipient.count("@") == 1 and recipient != "b@x.example"
        for recipient, _ in smtp.taken
    )
    assert len(smtp.taken) <= 1


def test_nothing_secret_stands_in_problems_logs_or_the_audit_trail(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = logging.FileHandler(tmp_path / "log")
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers, log])
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    with http_receiver() as receiver:
        receiver.status = lambda _path: 403
        monkeypatch.setenv(
            "CHAT_URL",
            f"json://user:hunter2@127.0.0.1:{receiver.port}/hunter2?+x=hunter2",
        )
        message = room.sent(
            [ADA], room.channel("Chat", "env:CHAT_URL", ChannelKind.CHAT)
        )
        room.work()
    log.close()
    trail = room.ask(
        lambda session: [str(vars(one)) for one in session.scalars(select(AuditEvent))]
    )
    problems = [one.problem for one in room.deliveries(message)]
    assert problems[0] == "The provider refused it (403)."
    logged = (tmp_path / "log").read_text(encoding="utf-8")
    assert "delivery.failed" in logged
    assert "hunter2" not in logged + " ".join(trail) + " ".join(problems)


def test_a_channel_whose_address_is_gone_says_so_and_the_call_list_takes_over(
    room: PostRoom,
) -> None:
    message = room.sent([ADA], room.channel("Mail", "env:CHAT_URL"))
    room.work()
    [told] = room.board(message).people
    assert (
        told.tries[0].problem
        == "A secret should be in the environment variable CHAT_URL, which is not set."
    )
    assert told.standing == "to call"


def test_a_person_may_go_on_to_the_next_channel_at_once(
    room: PostRoom, smtp: MailServer
) -> None:
    smtp.busy_for.add("ada@demo.example")
    message = room.sent([ADA], room.channel("Mail", smtp.url))
    room.work()
    room.do(settling.try_next, room.deliveries(message)[0].id)
    assert room.standings(message) == {"Ada": "to call"}
    with pytest.raises(Refused, match="There is nothing else to try"):
        room.do(settling.try_next, room.deliveries(message)[0].id)


def test_who_was_told_by_phone_is_not_written_to_any_more(
    room: PostRoom, smtp: MailServer, web: Receiver
) -> None:
    mail, sms = (
        room.channel("Mail", smtp.url),
        room.channel("SMS", web.url(), ChannelKind.SMS),
    )
    message = room.sent([ADA], mail, sms)
    room.do(settling.told_in_person, room.deliveries(message)[0].id)
    assert not room.work()
    assert room.states(message) == ["told in person", "not needed"]
    with pytest.raises(Refused, match="“told in person” by now"):
        room.do(settling.told_in_person, room.deliveries(message)[0].id)
