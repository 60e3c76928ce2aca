"""Services: one owner each, one name, urgency out of answers, progress of the catalogue."""

from __future__ import annotations

import pytest

from app.catalog.services.actions import (
    add_service,
    change_service,
    publish,
    set_urgency,
)
from app.catalog.services.queries import open_incidents, progress
from app.catalog.sheet.actions import (
    add_part,
)
from app.core.db import Database
from app.core.errors import Conflict, Refused
from app.models.auth import Operator
from app.models.catalog.service import Duty, Fact, Service
from app.models.catalog.words import ServiceState
from tests.catalog.builders import _put, a_service, refused, two_owners
from tests.improvements.builders import MONDAY
from tests.incidents.builders import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    two_owners(database)
    return Desk(database)


def one(desk: Desk, service_id: int) -> Service:
    return desk.ask(lambda session: session.get_one(Service, service_id))


@pytest.mark.parametrize("kind", ["service", "part"])
def test_a_service_without_owner_is_not_published_a_composite_neither(
    desk: Desk, kind: str
) -> None:
    part = desk.service("Network", kind="part")
    made = desk.do(
        add_service, "Finance", {"kind": kind, "summary": "Post and report"}
    ).id
    desk.do(add_part, made, part)
    assert "exactly one person answers for it" in refused(
        lambda: desk.do(publish, made), Refused
    )
    desk.do(change_service, made, {"owner": "OLGA"})
    assert desk.do(publish, made).state is ServiceState.PUBLISHED
    assert one(desk, made).owner == "olga"


def test_the_owner_has_to_be_somebody_who_can_sign_in(desk: Desk) -> None:
    _put(
        desk.database,
        Operator(
            name="gone",
            password_hash="x",
            permissions=[],
            created_at=MONDAY,
            disabled_at=MONDAY,
        ),
    )
    _put(
        desk.database,
        Operator(name="invited", permissions=[], created_at=MONDAY, disabled_at=None),
    )
    made = desk.do(add_service, "Finance").id
    for name in ("gone", "invited", "a team"):
        told = refused(lambda name=name: desk.do(change_service, made, {"owner": name}))
        assert told.startswith(f"“{name}” is no operator who can sign in")
    late = a_service(desk.database, "Mail", state="draft", owner="gone", summary="Mail")
    assert "cannot sign in any more" in refused(lambda: desk.do(publish, late), Refused)


def test_a_published_service_is_never_left_without_owner(desk: Desk) -> None:
    made = desk.service()
    assert "name another one" in refused(
        lambda: desk.do(change_service, made, {"owner": " "})
    )
    assert desk.do(change_service, made, {"owner": "ben"}).owner == "ben"


def test_two_services_cannot_have_one_name_whatever_the_case(desk: Desk) -> None:
    made = desk.service("Mail")
    assert f"Service {made} has this name" in refused(
        lambda: desk.do(add_service, "MAIL")
    )
    assert desk.do(change_service, made, {"name": "mail"}).name == "mail"
    refused(lambda: desk.do(add_service, "  "))


def test_who_began_before_somebody_saved_is_told(desk: Desk) -> None:
    made = desk.service()
    desk.do(change_service, made, {"summary": "Ben's"}, revision=1)
    refused(
        lambda: desk.do(change_service, made, {"summary": "Olga's"}, revision=1),
        Conflict,
    )
    assert one(desk, made).summary == "Ben's"


def test_urgency_follows_the_answers_and_another_one_takes_a_reason(desk: Desk) -> None:
    made = desk.service(urgency=None)
    answers = {"tie": "hampered", "soon": "day", "way": "none", "nonsense": "1"}
    assert desk.do(set_urgency, made, answers).urgency == 2
    assert one(desk, made).urgency_answers == {
        "tie": "hampered",
        "soon": "day",
        "way": "none",
    }
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
