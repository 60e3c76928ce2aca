"""Inform: who is told, which words are sent, what is promised and remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Invalid
from app.incidents.inform.actions import Informing, inform, remind, tell_restored
from app.incidents.inform.queries import (
    REPORTERS,
    SITES,
    audience_of,
    beginning,
    signature_of,
)
from app.incidents.mass.actions import declare_mass
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.actions.settling import told_in_person
from app.messages.queries.policy import inform_numbers
from app.models.auth import Operator
from app.models.incidents.desk import Reminder
from app.models.incidents.incident import Escalation
from app.models.incidents.words import EventKind, IncidentState
from app.models.messages import ChannelKind, Delivery, Message, MessageKind
from tests.acting import acting
from tests.incidents.builders import Desk, rows

MAIL = "mailto://mail.demo.example?from=desk@demo.example&to={address}"


@pytest.fixture
def mail(desk: Desk) -> int:
    return int(desk.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, MAIL)).id)


def told(desk: Desk, channel: int, **more: Any) -> Informing:
    usual = {
        "kind": MessageKind.INVESTIGATING,
        "subject": "Tills: we look into it",
        "text": "The tills do not start.",
        "signed_by": "Dora Desk",
        "channel_ids": [channel],
        "next_update_at": desk.now + timedelta(minutes=30),
    }
    return Informing(**{**usual, **more})


def outage(desk: Desk, *, site_ids: tuple[int, ...] = (), people: int = 0) -> int:
    """A mass incident of the cash desk; its number."""
    service = desk.service()
    number = desk.reported(
        service_id=service, site_id=site_ids[0] if site_ids else None, impact=1
    )
    desk.do(declare_mass, number, list(site_ids))
    return number


def test_a_message_is_logged_in_the_incident_with_its_promise_and_counts_as_first_response(
    desk: Desk, mail: int
) -> None:
    number = desk.reported(requester_mail="carla@demo.example")
    desk.forward(minutes=10)
    message = desk.do(inform, number, told(desk, mail))
    found, event = desk.incident(number), desk.events(number)[-1]
    assert (event.kind, event.public, event.text) == (
        EventKind.INFORMED,
        True,
        "The tills do not start.",
    )
    assert (event.data["message"], event.data["people"]) == (message.id, 1)
    promised = desk.now + timedelta(minutes=30)
    assert (found.first_response_at, found.next_update_at) == (None, promised)
    [delivery] = rows(desk.database, select(Delivery))
    desk.do(told_in_person, delivery.id)
    assert desk.incident(number).first_response_at == desk.now
    desk.forward(minutes=30)
    desk.do(inform, number, told(desk, mail, kind=MessageKind.UPDATE))
    assert desk.incident(number).first_response_at == desk.now - timedelta(minutes=30)
    assert len(rows(desk.database, select(Message))) == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"next_update_at": None}, "next_minutes"),
        ({"text": "It will be fixed by 14:00."}, "text"),
        ({"text": "Affected: [what people see]."}, "text"),
        ({"text": "It is probably the network."}, "as_it_stands"),
        ({"text": "That is not our fault."}, "as_it_stands"),
        ({"signed_by": " "}, "signed_by"),
        ({"channel_ids": []}, "channels"),
    ],
)
def test_a_message_without_promise_name_or_channel_or_with_wrong_words_is_not_sent(
    desk: Desk, mail: int, more: dict[str, Any], field: str
) -> None:
    number = desk.reported()
    with pytest.raises(Invalid) as refused:
        desk.do(inform, number, told(desk, mail, **more))
    assert refused.value.field == field
    assert rows(desk.database, select(Message.id)) == []


def test_a_promise_in_the_past_is_none(desk: Desk, mail: int) -> None:
    with pytest.raises(Invalid, match="after now"):
        desk.do(inform, desk.reported(), told(desk, mail, next_update_at=desk.now))


def test_what_was_asked_about_once_may_be_sent_as_it_stands(
    desk: Desk, mail: int
) -> None:
    assert desk.do(
        inform,
        desk.reported(),
        told(desk, mail, text="It seems to be slow.", as_it_stands=True),
    ).id


def test_affected_are_those_who_work_at_the_sites_and_those_who_reported(
    desk: Desk,
) -> None:
    harbour, mill = desk.site("Harbour outlet"), desk.site("Mill outlet", 2)
    ada = desk.person("Ada", site="Harbour outlet")
    desk.person("Ben", site="Mill outlet")
    desk.person("Gone", site="Harbour outlet", gone_at=desk.now)
    desk.person("Off", site="Harbour outlet", disabled=True)
    desk.person("Robot", site="Harbour outlet", service=True)
    number = outage(desk, site_ids=(harbour,))
    audience = desk.ask(audience_of, desk.incident(number), [harbour], SITES)
    assert [(one.recipient.name, one.why) for one in audience.people] == [
        ("Ada", "works at Harbour outlet"),
        ("Carla Cash", "reported it"),
    ]
    assert [one.recipient.name for one in audience.unreachable] == ["Ada", "Carla Cash"]
    both = desk.ask(audience_of, desk.incident(number), [harbour, mill], SITES)
    assert [one.recipient.name for one in both.people] == ["Ada", "Ben", "Carla Cash"]
    reporters = desk.ask(audience_of, desk.incident(number), [harbour], REPORTERS)
    assert [one.recipient.name for one in reporters.people] == ["Carla Cash"]
    again = desk.reported(
        service_id=desk.incident(number).service_id, site_id=harbour, person_id=ada
    )
    assert desk.incident(again).parent_id == number
    known = desk.ask(audience_of, desk.incident(number), [harbour], SITES)
    assert (known.people[0].recipient.name, known.people[0].why) == (
        "Ada",
        "reported it",
    )


def test_what_to_begin_with_says_only_what_is_known(desk: Desk) -> None:
    team = desk.team("Tills", "tom")
    number = desk.reported(service_id=desk.service(team_id=team), site_id=desk.site())
    subject, text = desk.ask(
        beginning,
        desk.incident(number),
        MessageKind.INVESTIGATING,
        [desk.incident(number).site_id],
        zone="UTC",
        now=desk.now,
    )
    assert subject == "Cash desk: we are looking into it"
    assert "at Harbour outlet since 2 Mar, 09:00 UTC. Tills is working on it." in text
    assert "[what people see]" in text


def test_times_in_a_message_are_those_of_the_site_with_the_name_of_its_zone(
    desk: Desk,
) -> None:
    desk.forward(days=45)
    for zone, since in (
        ("Europe/Berlin", "16 Apr, 11:00 CEST"),
        ("America/Sao_Paulo", "16 Apr, 06:00 UTC-03"),
    ):
        number = desk.reported(site_id=desk.site(zone, timezone=zone))
        _subject, text = desk.ask(
            beginning,
            desk.incident(number),
            MessageKind.INVESTIGATING,
            [],
            zone="UTC",
            now=desk.now,
        )
        assert since in text


def test_the_name_under_a_message_is_a_person_s_with_the_team(desk: Desk) -> None:
    desk.team("Tills", "tom")
    assert desk.ask(signature_of, "tom") == "tom, Tills"
    assert desk.ask(signature_of, "somebody") == "somebody"


def test_one_message_reaches_the_children_and_closing_stays_with_each_reporter(
    desk: Desk, mail: int
) -> None:
    number = outage(desk, site_ids=(desk.site(),))
    service = desk.incident(number).service_id
    child = desk.reported(
        "My till too", service_id=service, site_id=desk.incident(number).mass_sites[0]
    )
    desk.do(inform, number, told(desk, mail))
    assert desk.events(child)[-1].kind is EventKind.INFORMED
    assert desk.incident(child).next_update_at == desk.incident(number).next_update_at
    restored = told(
        desk, mail, kind=MessageKind.RESTORED, text="It works again since 10:00."
    )
    desk.forward(minutes=20)
    desk.do(inform, number, restored)
    assert desk.incident(number).is_open and desk.incident(child).is_open
    desk.do(tell_restored, number, restored)
    for one in (number, child):
        last = [event.kind for event in desk.events(one)[-2:]]
        assert last == [EventKind.INFORMED, EventKind.RESTORED]
        found = desk.incident(one)
        assert (found.state, found.restored_at, found.closed_at) == (
            IncidentState.RESTORED,
            desk.now,
            None,
        )
        assert (found.is_open, found.next_update_at) == (False, None)


def test_a_late_message_is_noticed_by_unit_owner_and_management_each_once(
    desk: Desk,
) -> None:
    team = desk.team("Tills", "tom")
    service = desk.service(team_id=team)
    number = desk.reported(service_id=service, impact=1)
    desk.do(declare_mass, number, [])
    numbers = desk.ask(inform_numbers)

    def reminded() -> list[tuple[int, str]]:
        with desk.database.write() as session:
            remind(acting(session, "", desk.now), number, numbers)
            remind(acting(session, "", desk.now), number, numbers)
        return [
            (one.level, one.told)
            for one in rows(desk.database, select(Reminder).order_by(Reminder.id))
        ]

    assert reminded() == []
    desk.forward(minutes=15)
    assert reminded() == [(1, "team Tills")]
    desk.forward(minutes=15)
    assert reminded()[1:] == [(2, "owner olga")]
    untouched = desk.incident(number).touched_at
    desk.forward(minutes=15)
    assert reminded()[2:] == [(3, "management")]
    [escalation] = rows(desk.database, select(Escalation))
    assert "30 min late" in escalation.why
    assert desk.incident(number).touched_at == untouched, (
        "a reminder is no work on the incident"
    )


def test_a_new_promise_starts_the_clock_anew(desk: Desk, mail: int) -> None:
    number = outage(desk)
    numbers = desk.ask(inform_numbers)
    desk.forward(minutes=20)
    desk.do(inform, number, told(desk, mail))
    desk.forward(minutes=29)
    with desk.database.write() as session:
        assert remind(acting(session, "", desk.now), number, numbers) == 0
    desk.forward(minutes=1)
    with desk.database.write() as session:
        assert remind(acting(session, "", desk.now), number, numbers) == 1


def test_who_is_told_gets_one_delivery_on_each_channel_that_reaches_him(
    desk: Desk, mail: int
) -> None:
    carla = desk.person(mobile="+49 171 555 0101")
    sms = desk.do(
        add_channel,
        ChannelDraft("SMS", ChannelKind.SMS, "json://sms.demo.example/{address}"),
    ).id
    desk.do(
        inform,
        desk.reported(person_id=carla),
        told(desk, mail, channel_ids=[mail, sms]),
    )
    found = rows(desk.database, select(Delivery).order_by(Delivery.id))
    assert {one.channel_id: one.address for one in found} == {
        mail: "carla.cash@demo.example",
        sms: "+491715550101",
    }


def test_an_accusation_in_a_message_is_asked_about(desk: Desk, mail: int) -> None:
    with pytest.raises(Invalid, match="reads as an accusation"):
        desk.do(
            inform,
            desk.reported(),
            told(desk, mail, text="Accounting refuses to answer."),
        )


def test_who_is_reminded_gets_a_mail_that_is_no_message_of_the_incident(
    desk: Desk, mail: int
) -> None:
    desk.person("Tom Till", uid="tom.till")
    team = desk.team("Tills", "tom")
    with desk.database.write() as session:
        operator = session.query(Operator).filter_by(name="tom").one()
        operator.audited = False
        operator.person_uid = "tom.till"
    number = desk.reported(service_id=desk.service(team_id=team), impact=1)
    desk.forward(minutes=16)
    with desk.database.write() as session:
        remind(acting(session, "", desk.now), number, inform_numbers(session))
        remind(acting(session, "", desk.now), number, inform_numbers(session))
    [reminder] = rows(desk.database, select(Message))
    assert (reminder.incident_id, reminder.subject) == (
        None,
        f"Message late: incident {number}",
    )
    assert [one.address for one in rows(desk.database, select(Delivery))] == [
        "tom.till@demo.example"
    ]
    assert desk.incident(number).first_response_at is None
