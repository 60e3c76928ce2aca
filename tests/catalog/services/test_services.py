"""Services: one owner each, urgency, parts, duties, facts, disputes, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.catalog.lifecycle.actions import bring_back, merge, retire, split
from app.catalog.services.actions import add_service, change_service, publish, set_urgency
from app.catalog.services.queries import open_incidents, progress
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
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.models.auth import Operator
from app.models.catalog.service import Dependency, Duty, Fact, Service, ServiceRight
from app.models.catalog.words import ServiceState
from tests.catalog.builders import _put, a_person, a_service
from tests.catalog.services.test_service_users import a_right, member
from tests.improvements.builders import MONDAY
from tests.incidents.builders import Desk

WHY = "Nobody asked for it in a year"


@pytest.fixture
def desk(database: Database) -> Desk:
    for name in ("olga", "ben"):
        operator = Operator(
            name=name, password_hash="x", permissions=["read"], created_at=MONDAY, disabled_at=None
        )
        _put(database, operator)
    return Desk(database)


def one(desk: Desk, service_id: int) -> Service:
    return desk.ask(lambda session: session.get_one(Service, service_id))


def page(desk: Desk, service_id: int) -> Any:
    return desk.ask(service_page, service_id)


def refused(act: Callable[[], Any], kind: type[Exception] = Invalid) -> str:
    with pytest.raises(kind) as error:
        act()
    return str(error.value)


@pytest.mark.parametrize("kind", ["service", "part"])
def test_a_service_without_owner_is_not_published_a_composite_neither(
    desk: Desk, kind: str
) -> None:
    part = desk.service("Network", kind="part")
    made = desk.do(add_service, "Finance", {"kind": kind, "summary": "Post and report"}).id
    desk.do(add_part, made, part)
    assert "exactly one person answers for it" in refused(lambda: desk.do(publish, made), Refused)
    desk.do(change_service, made, {"owner": "OLGA"})
    assert desk.do(publish, made).state is ServiceState.PUBLISHED
    assert one(desk, made).owner == "olga"


def test_the_owner_has_to_be_somebody_who_can_sign_in(desk: Desk) -> None:
    _put(
        desk.database,
        Operator(
            name="gone", password_hash="x", permissions=[], created_at=MONDAY, disabled_at=MONDAY
        ),
    )
    _put(
        desk.database, Operator(name="invited", permissions=[], created_at=MONDAY, disabled_at=None)
    )
    made = desk.do(add_service, "Finance").id
    for name in ("gone", "invited", "a team"):
        told = refused(lambda name=name: desk.do(change_service, made, {"owner": name}))
        assert told.startswith(f"“{name}” is no operator who can sign in")
    late = a_service(desk.database, "Mail", state="draft", owner="gone", summary="Mail")
    assert "cannot sign in any more" in refused(lambda: desk.do(publish, late), Refused)


def test_a_published_service_is_never_left_without_owner(desk: Desk) -> None:
    made = desk.service()
    assert "name another one" in refused(lambda: desk.do(change_service, made, {"owner": " "}))
    assert desk.do(change_service, made, {"owner": "ben"}).owner == "ben"


def test_two_services_cannot_have_one_name_whatever_the_case(desk: Desk) -> None:
    made = desk.service("Mail")
    assert f"Service {made} has this name" in refused(lambda: desk.do(add_service, "MAIL"))
    assert desk.do(change_service, made, {"name": "mail"}).name == "mail"
    refused(lambda: desk.do(add_service, "  "))


def test_who_began_before_somebody_saved_is_told(desk: Desk) -> None:
    made = desk.service()
    desk.do(change_service, made, {"summary": "Ben's"}, revision=1)
    refused(lambda: desk.do(change_service, made, {"summary": "Olga's"}, revision=1), Conflict)
    assert one(desk, made).summary == "Ben's"


def test_urgency_follows_the_answers_and_another_one_takes_a_reason(desk: Desk) -> None:
    made = desk.service(urgency=None)
    answers = {"tie": "hampered", "soon": "day", "way": "none", "nonsense": "1"}
    assert desk.do(set_urgency, made, answers).urgency == 2
    assert one(desk, made).urgency_answers == {"tie": "hampered", "soon": "day", "way": "none"}
    assert refused(lambda: desk.do(set_urgency, made, answers, 4)) == (
        "The answers suggest 2. Say why it is 4 instead."
    )
    desk.do(set_urgency, made, answers, 4, reason="Only at stocktaking")
    assert one(desk, made).urgency_answers["reason"] == "Only at stocktaking"
    refused(lambda: desk.do(set_urgency, made, answers, 9, reason="x"))


def test_changing_urgency_leaves_open_incidents_as_they_are(desk: Desk) -> None:
    made = desk.service(urgency=1)
    incident = desk.reported("Till is dead", service_id=made, impact=2)
    before = desk.incident(incident).urgency, desk.incident(incident).priority
    desk.do(set_urgency, made, {"tie": "convenience"})
    assert (desk.incident(incident).urgency, desk.incident(incident).priority) == before
    assert desk.ask(open_incidents, made) == 1


def test_a_service_never_needs_itself_through_others(desk: Desk) -> None:
    a, b, c = (desk.service(name) for name in "ABC")
    desk.do(add_part, a, b)
    desk.do(add_part, b, c, "data")
    assert refused(lambda: desk.do(add_part, c, a)) == "C would need itself: A is built on it."
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
    assert "change the owner" in refused(lambda: desk.do(set_duty, made, "", "Ann", "A"))
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
        desk.do(add_fact, made, name).id for name in ("Till number", "Error text", "Since when")
    ]
    refused(lambda: desk.do(add_fact, made, "error TEXT"))
    desk.do(move_fact, made, numbers[2], True)
    desk.do(move_fact, made, numbers[0], True)
    desk.do(retire_fact, made, numbers[1])
    assert [fact.name for fact in page(desk, made).facts] == ["Till number", "Since when"]
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


def test_retiring_takes_a_reason_keeps_references_and_shows_the_successor(desk: Desk) -> None:
    fax, mail = desk.service("Fax"), desk.service("Mail")
    desk.reported("Fax is dead", service_id=fax)
    refused(lambda: desk.do(retire, fax, " "))
    refused(lambda: desk.do(retire, fax, WHY, fax))
    desk.do(retire, fax, WHY, mail)
    shown = page(desk, fax)
    assert (shown.one.retired_reason, shown.incidents, shown.open_incidents) == (WHY, 1, 1)
    assert [link.name for link in shown.successors] == ["Mail"]
    assert "It is retired" in refused(lambda: desk.do(publish, fax), Refused)
    refused(lambda: desk.do(retire, fax, WHY), Refused)
    desk.do(bring_back, fax)
    assert one(desk, fax).state is ServiceState.DRAFT and one(desk, fax).became_id is None


def test_what_others_need_is_not_retired(desk: Desk) -> None:
    network, mail = desk.service("Network"), desk.service("Mail")
    desk.do(add_part, mail, network)
    assert refused(lambda: desk.do(retire, network, WHY), Refused).startswith("Mail needs it.")


def test_merging_carries_parts_users_rights_and_facts_along(desk: Desk) -> None:
    a_person(desk.database)
    fax, mail, net, shop = (desk.service(name) for name in ("Fax", "Mail", "Network", "Shop"))
    for service, part in ((fax, net), (shop, fax), (mail, net), (mail, fax)):
        desk.do(add_part, service, part)
    right = a_right(desk.database, "fax-users", service_id=fax)
    desk.do(add_fact, fax, "Fax number")
    desk.do(merge, fax, mail, WHY)
    assert {link.name for link in page(desk, mail).parts} == {"Network"}
    assert [link.name for link in page(desk, mail).users] == ["Shop"]
    assert [line.id for line in page(desk, mail).rights] == [right]
    assert [fact.name for fact in page(desk, mail).facts] == ["Fax number"]
    assert [link.name for link in page(desk, mail).predecessors] == ["Fax"]
    assert page(desk, fax).one.became_id == mail


def test_a_merge_that_would_close_a_circle_is_refused_whole(desk: Desk) -> None:
    a, b, middle = desk.service("A"), desk.service("B"), desk.service("Middle")
    desk.do(add_part, a, middle)
    desk.do(add_part, middle, b)
    told = refused(lambda: desk.do(merge, a, b, WHY), Refused)
    assert "would need itself" in told
    assert one(desk, a).state is ServiceState.PUBLISHED
    assert len(desk.ask(lambda session: session.scalars(select(Dependency)).all())) == 2


@pytest.mark.parametrize("keep", [False, True])
def test_splitting_makes_drafts_with_owner_and_facts(desk: Desk, keep: bool) -> None:
    a_person(desk.database)
    net, shop = desk.service("Network", urgency=1), desk.service("Shop")
    desk.do(add_part, shop, net)
    right = a_right(desk.database, "vpn", service_id=net)
    desk.do(add_fact, net, "Socket")
    refused(lambda: desk.do(split, net, ["LAN", " "], WHY))
    made = desk.do(split, net, ["LAN", "WAN"], WHY, keep)
    shown = [page(desk, each.id) for each in made]
    assert [(each.one.owner, each.one.state, len(each.facts)) for each in shown] == [
        ("olga", "draft", 1)
    ] * 2
    assert [link.name for link in page(desk, net).successors] == ["LAN", "WAN"]
    state, needs = (
        (ServiceState.PUBLISHED, {"Network"}) if keep else (ServiceState.RETIRED, {"LAN", "WAN"})
    )
    assert one(desk, net).state is state
    assert {link.name for link in page(desk, shop).parts} == needs
    holder = desk.ask(lambda session: session.scalars(select(ServiceRight.service_id)).one())
    assert holder == (net if keep else made[0].id), right


def test_progress_counts_what_services_have_of_those_that_should(desk: Desk) -> None:
    desk.service("Mail", summary="Mail", how_to_get="Ask")
    desk.service("Till", urgency=None, owner="")
    desk.service("Network", kind="part", summary="Cables")
    desk.service("Fax", state="retired")
    found = desk.ask(progress)
    assert (found.total, found.published) == (3, 3)
    assert found.aspects == (
        ("owner", 2, 3),
        ("urgency", 2, 3),
        ("text", 2, 3),
        ("script", 0, 2),
        ("facts", 0, 2),
    )


def test_nothing_of_a_service_is_changed_without_an_event(desk: Desk) -> None:
    made = desk.service()
    for row in (
        Duty(service_id=made, party="x", letter="A"),
        Fact(service_id=made, name="x", created_at=MONDAY, created_by="x"),
    ):
        with pytest.raises(Exception, match="audit"), desk.database.write() as session:
            session.add(row)
