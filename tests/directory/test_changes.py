"""What readings found changed: who was given or lost what is told from intervals, everything else
from sentences.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from app.directory.actions import note_change
from app.directory.queries import (
    ChangeFilter,
    changes_of_person,
    changes_of_right,
    changes_page,
    count_changes,
    kinds_of,
)
from app.directory.rules import MOST_CHANGES
from app.models.directory import Entitlement, Reading, ReadingChange
from app.models.people import Person
from ldap_sync.values import DirectoryChange
from tests.directory.said import Told, group, parts_with, person, snapshot
from tests.directory.test_past import Past

ANNA, BEN, CLEO = person("anna"), person("ben"), person("cleo")
EVERYTHING = ChangeFilter()


@pytest.fixture
def past(database, settings, clock) -> Past:
    told = Told(snapshot())
    return Past(database, parts_with(database, settings, told, clock), told, clock)


def reading_at(past: Past, at: datetime) -> int:
    with past.database.read() as session:
        return session.scalars(select(Reading.id).where(Reading.ended_at == at)).one()


def told(past: Past, at: datetime, wanted: ChangeFilter = EVERYTHING) -> list[str]:
    with past.database.read() as session:
        return [
            change.text
            for change in changes_page(session, reading_at(past, at), wanted)
        ]


def kept(past: Past) -> list[str]:
    with past.database.read() as session:
        return [
            row.text
            for row in session.scalars(select(ReadingChange))
            if row.kind != "first"
        ]


def keep(past: Past, at: datetime, kind: str, text: str, **ids: int) -> None:
    """Keep a sentence as versions before did."""
    with past.database.write() as session:
        session.add(
            ReadingChange(reading_id=reading_at(past, at), kind=kind, text=text, **ids)
        )


def test_who_was_given_and_lost_what_is_told_without_a_sentence_of_it_being_kept(past):
    first = past.reads(ANNA, BEN, group("mail", ANNA), group("vpn"))
    second = past.reads(ANNA, BEN, group("mail", BEN), group("vpn", group("mail")))
    assert len(told(past, first)) == 1
    assert told(past, second) == [
        "Ben (ben) was given mail.",
        "Group mail was put into vpn.",
        "Anna (anna) no longer has mail.",
    ]
    assert kept(past) == []


def test_what_was_given_is_still_told_when_it_was_taken_since(past):
    past.reads(ANNA, group("mail"))
    second = past.reads(ANNA, group("mail", ANNA))
    third = past.reads(ANNA, group("mail"))
    assert told(past, second) == ["Anna (anna) was given mail."]
    assert told(past, third) == ["Anna (anna) no longer has mail."]


def test_who_or_what_is_gone_is_told_once(past):
    past.reads(ANNA, BEN, group("mail", ANNA, BEN), group("vpn", ANNA))
    second = past.reads(ANNA, group("mail", ANNA))
    assert told(past, second) == ["Ben (ben) is gone.", "Group vpn is gone."]


def test_two_spellings_of_one_member_are_told_once(past):
    past.reads(ANNA, group("mail"))
    second = past.reads(ANNA, group("mail", ANNA.dn, ANNA.dn.upper()))
    third = past.reads(ANNA, group("mail"))
    assert (told(past, second), told(past, third)) == (
        ["Anna (anna) was given mail."],
        ["Anna (anna) no longer has mail."],
    )


def test_what_rung_changed_itself_was_not_found_by_a_reading(past):
    at = past.reads(ANNA, BEN, group("mail", ANNA))
    change = DirectoryChange(
        "g-mail", group("mail").dn, "member", add=(BEN.dn,), delete=(ANNA.dn,)
    )
    with past.database.write() as session:
        note_change(session, past.directory_id, change, at)
    second = past.reads(ANNA, BEN, group("mail", BEN))
    assert len(told(past, at)) == 1
    assert told(past, second) == []


def test_an_enormous_change_is_listed_to_the_last_right_page_by_page(past):
    people = [person(f"p{number:03}") for number in range(150)]
    groups = [group(f"g{number:03}") for number in range(140)]
    past.reads(*people, *groups)
    second = past.reads(*people, *(group(one.cn, *people) for one in groups))
    everything = len(people) * len(groups)
    assert everything > MOST_CHANGES
    reading = reading_at(past, second)
    with past.database.read() as session:
        assert (
            count_changes(session, reading, EVERYTHING)
            == session.get_one(Reading, reading).changes
            == everything
        )
        assert kinds_of(session, reading) == [("given", "right given", everything)]
        last = changes_page(session, reading, EVERYTHING, everything - 2, 50)
        assert [change.text for change in last] == [
            "P149 (p149) was given g138.",
            "P149 (p149) was given g139.",
        ]
        assert count_changes(session, reading, ChangeFilter("p007 g01")) == 10


def test_sentences_of_versions_before_stay_and_are_not_told_twice(past):
    past.reads(ANNA, BEN, group("mail", ANNA), group("vpn"))
    second = past.reads(ANNA, BEN, group("mail", BEN), group("vpn", group("mail")))
    mail, vpn = past.id(Entitlement, cn="mail"), past.id(Entitlement, cn="vpn")
    ben = past.id(Person, uid="ben")
    keep(
        past,
        second,
        "given",
        "Benno (ben) was given mail.",
        person_id=ben,
        entitlement_id=mail,
    )
    keep(past, second, "given", "Group mail was put into vpn.", entitlement_id=vpn)
    assert told(past, second) == [
        "Benno (ben) was given mail.",
        "Group mail was put into vpn.",
        "Anna (anna) no longer has mail.",
    ]
    with past.database.read() as session:
        assert [change.text for change in changes_of_person(session, ben)] == [
            "Benno (ben) was given mail."
        ]
        assert len(changes_of_right(session, vpn)) == 1


def test_what_versions_before_only_counted_is_listed_from_the_intervals(past):
    past.reads(ANNA, BEN, group("mail"))
    second = past.reads(ANNA, BEN, group("mail", ANNA, BEN))
    counted = "2 times “right given”: too many to list one by one."
    keep(past, second, "given", counted)
    assert told(past, second) == [
        counted,
        "Anna (anna) was given mail.",
        "Ben (ben) was given mail.",
    ]


def test_a_right_and_a_person_have_what_readings_saw_change_the_newest_first(past):
    past.reads(ANNA, BEN, group("mail"))
    past.reads(ANNA, BEN, group("mail", ANNA, BEN))
    past.reads(ANNA, BEN, group("mail", BEN))
    with past.database.read() as session:
        of_right = [
            change.text
            for change in changes_of_right(session, past.id(Entitlement, cn="mail"))
        ]
        of_person = changes_of_person(session, past.id(Person, uid="anna"))
    gone, came = "Anna (anna) no longer has mail.", "Anna (anna) was given mail."
    assert of_right == [gone, came, "Ben (ben) was given mail."]
    assert [change.text for change in of_person] == [gone, came]
    assert of_person[0].at > of_person[1].at


def test_readings_of_another_directory_at_the_same_time_find_nothing(
    past, database, settings, clock
):
    other = Past(database, past.parts, past.told, clock, "Other")
    past.reads(ANNA, group("mail"))
    other.reads(BEN, group("mail"))
    past.reads(ANNA, group("mail", ANNA))
    clock.forward(days=-1)
    second = other.reads(BEN, group("mail"))
    with database.read() as session:
        reading = session.scalars(
            select(Reading.id).where(
                Reading.directory_id == other.directory_id, Reading.ended_at == second
            )
        ).one()
        assert (
            session.scalar(select(func.count()).where(Reading.ended_at == second)) == 2
        )
        assert changes_page(session, reading, EVERYTHING) == []
