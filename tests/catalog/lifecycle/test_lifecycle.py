"""How services end: retired, merged, split, with a reason and a successor."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.catalog.lifecycle.actions import bring_back, merge, retire, split
from app.catalog.services.actions import publish
from app.catalog.sheet.actions import (
    add_fact,
    add_part,
)
from app.catalog.sheet.queries import service_page
from app.core.db import Database
from app.core.errors import Refused
from app.models.catalog.service import Dependency, Service, ServiceRight
from app.models.catalog.words import ServiceState
from tests.catalog.builders import a_person, refused, two_owners
from tests.catalog.services.test_service_users import a_right
from tests.incidents.builders import Desk

WHY = "Nobody asked for it in a year"


@pytest.fixture
def desk(database: Database) -> Desk:
    two_owners(database)
    return Desk(database)


def one(desk: Desk, service_id: int) -> Service:
    return desk.ask(lambda session: session.get_one(Service, service_id))


def page(desk: Desk, service_id: int) -> Any:
    return desk.ask(service_page, service_id)


def test_retiring_takes_a_reason_keeps_references_and_shows_the_successor(
    desk: Desk,
) -> None:
    fax, mail = desk.service("Fax"), desk.service("Mail")
    desk.reported("Fax is dead", service_id=fax)
    refused(lambda: desk.do(retire, fax, " "))
    refused(lambda: desk.do(retire, fax, WHY, fax))
    desk.do(retire, fax, WHY, mail)
    shown = page(desk, fax)
    assert (shown.one.retired_reason, shown.incidents, shown.open_incidents) == (
        WHY,
        1,
        1,
    )
    assert [link.name for link in shown.successors] == ["Mail"]
    assert "It is retired" in refused(lambda: desk.do(publish, fax), Refused)
    refused(lambda: desk.do(retire, fax, WHY), Refused)
    desk.do(bring_back, fax)
    assert (
        one(desk, fax).state is ServiceState.DRAFT and one(desk, fax).became_id is None
    )


def test_what_others_need_is_not_retired(desk: Desk) -> None:
    network, mail = desk.service("Network"), desk.service("Mail")
    desk.do(add_part, mail, network)
    assert refused(lambda: desk.do(retire, network, WHY), Refused).startswith(
        "Mail needs it."
    )


def test_merging_carries_parts_users_rights_and_facts_along(desk: Desk) -> None:
    a_person(desk.database)
    fax, mail, net, shop = (
        desk.service(name) for name in ("Fax", "Mail", "Network", "Shop")
    )
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
        (ServiceState.PUBLISHED, {"Network"})
        if keep
        else (ServiceState.RETIRED, {"LAN", "WAN"})
    )
    assert one(desk, net).state is state
    assert {link.name for link in page(desk, shop).parts} == needs
    holder = desk.ask(
        lambda session: session.scalars(select(ServiceRight.service_id)).one()
    )
    assert holder == (net if keep else made[0].id), right
