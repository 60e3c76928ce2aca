"""What belongs to a service: parts, duties, rights, facts, decisions and disputes."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalog.sheet.actions import (
    add_fact,
    add_note,
    add_part,
    add_right,
    find_right,
    move_fact,
    remove_duty,
    remove_part,
    remove_right,
    retire_fact,
    set_duty,
    settle,
)
from app.catalog.sheet.queries import duty_report, service_page
from app.core.db import Database
from app.core.errors import NotFound, Refused
from tests.catalog.builders import a_person, refused, two_owners
from tests.catalog.services.test_service_users import a_right, member
from tests.incidents.builders import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    two_owners(database)
    return Desk(database)


def page(desk: Desk, service_id: int) -> Any:
    return desk.ask(service_page, service_id)


def test_a_service_never_needs_itself_through_others(desk: Desk) -> None:
    a, b, c = (desk.service(name) for name in "ABC")
    desk.do(add_part, a, b)
    desk.do(add_part, b, c, "data")
    assert (
        refused(lambda: desk.do(add_part, c, a))
        == "C would need itself: A is built on it."
    )
    refused(lambda: desk.do(add_part, a, a))
    refused(lambda: desk.do(add_part, a, b))
    shown = page(desk, b)
    assert [(link.name, link.note) for link in shown.parts] == [("C", "data")]
    assert [link.name for link in shown.users] == ["A"]
    assert shown.composite.words == "B needs C. Built on it: A."
    desk.do(remove_part, a, b)
    assert page(desk, b).users == ()
    refused(lambda: desk.do(remove_part, a, b), NotFound)


def test_naming_a_new_accountable_makes_the_former_one_responsible(desk: Desk) -> None:
    made = desk.service()
    assert "Say first who is accountable" in refused(
        lambda: desk.do(set_duty, made, "Changes", "Ann", "R")
    )
    desk.do(set_duty, made, "Changes", "Ann", "A")
    desk.do(set_duty, made, "Changes", "Ben", "A")
    desk.do(set_duty, made, "", "Service desk", "R")
    itself, changes = page(desk, made).duties
    assert [cell.party for cell in itself.of("A")] == ["olga"]
    assert [cell.party for cell in changes.of("A")] == ["Ben"]
    assert [cell.party for cell in changes.of("R")] == ["Ann"]
    number = changes.of("A")[0].id
    assert "somebody else accountable first" in refused(
        lambda: desk.do(remove_duty, made, number), Refused
    )
    assert "change the owner" in refused(
        lambda: desk.do(set_duty, made, "", "Ann", "A")
    )
    refused(lambda: desk.do(set_duty, made, "Changes", "Ann", "Q"))


def test_services_and_processes_without_an_accountable_are_counted(desk: Desk) -> None:
    mail = desk.service("Mail")
    desk.service("Till", owner="")
    desk.service("Fax", owner="nobody who can sign in")
    desk.do(set_duty, mail, "Changes", "Ann", "A")
    desk.do(set_duty, mail, "Backups", "Ann", "A")
    report = desk.ask(duty_report)
    assert (report.services_without, len(report.lines)) == (2, 3)
    assert (report.pairs_without, report.pairs) == (13, 15)


def test_one_right_opens_one_service(desk: Desk) -> None:
    ann = a_person(desk.database, "Ann")
    mail, till = desk.service("Mail"), desk.service("Till")
    right = a_right(desk.database, "mail-users")
    member(desk.database, right, person=ann)
    assert desk.ask(find_right, "MAIL-users") == right
    desk.do(add_right, mail, right)
    assert "opens Mail already" in refused(lambda: desk.do(add_right, till, right))
    assert [(line.cn, line.lens, line.holders) for line in page(desk, mail).rights] == [
        ("mail-users", "direct", 1)
    ]
    assert page(desk, mail).people == 1
    desk.do(remove_right, mail, right)
    assert page(desk, mail).rights == ()
    assert "no right “odd”" in refused(lambda: desk.ask(find_right, "odd"))


def test_facts_are_asked_for_in_order_until_they_are_retired(desk: Desk) -> None:
    made, other = desk.service(), desk.service("Mail")
    numbers = [
        desk.do(add_fact, made, name).id
        for name in ("Till number", "Error text", "Since when")
    ]
    refused(lambda: desk.do(add_fact, made, "error TEXT"))
    desk.do(move_fact, made, numbers[2], True)
    desk.do(move_fact, made, numbers[0], True)
    desk.do(retire_fact, made, numbers[1])
    assert [fact.name for fact in page(desk, made).facts] == [
        "Till number",
        "Since when",
    ]
    refused(lambda: desk.do(retire_fact, other, numbers[0]), NotFound)
    assert desk.do(add_fact, made, "Error text", required=False).position == 2


def test_decisions_and_disputes_stay_and_a_dispute_is_settled_once(desk: Desk) -> None:
    made = desk.service()
    desk.do(add_note, made, "decision", "Only new tills")
    dispute = desk.do(add_note, made, "dispute", "Who replaces paper?").id
    assert page(desk, made).disputes == 1
    desk.do(settle, made, dispute, "The outlets do")
    assert page(desk, made).disputes == 0
    refused(lambda: desk.do(settle, made, dispute, "Again"), Refused)
    refused(lambda: desk.do(add_note, made, "gossip", "x"))
    assert [note.settled for note in page(desk, made).notes] == ["The outlets do", ""]
