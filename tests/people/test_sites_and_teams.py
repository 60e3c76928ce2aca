"""Sites and teams: named once, weighed, taken out of use."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Invalid, NotFound
from app.models.people import DeskType, Site, TeamKind
from app.people import actions as places
from tests.acting import acting
from tests.improvements.builders import Room, row, rows


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


@pytest.fixture
def sites(room: Room) -> tuple[int, int]:
    drafts = (
        places.SiteDraft("Main house", weight=8),
        places.SiteDraft("Workshop", weight=2),
    )
    return tuple(room.do(places.add_site, draft).id for draft in drafts)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "main HOUSE"}, "name"),
        ({"weight": 0}, "weight"),
        ({"weight": 11}, "weight"),
        ({"timezone": "Mars/North"}, "timezone"),
    ],
)
def test_a_site_has_a_name_of_its_own_a_weight_and_a_zone(
    room: Room, sites: tuple[int, int], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        room.do(places.add_site, places.SiteDraft(**{"name": "New", **values}))
    assert told.value.field == field


def test_sites_are_changed_and_taken_out_of_use(
    room: Room, sites: tuple[int, int], database: Database
) -> None:
    room.do(
        places.change_site,
        sites[0],
        places.SiteDraft("Main House", "1 Harbour Street", 9, "Europe/Lisbon", "pt"),
    )
    room.do(
        places.change_site,
        sites[0],
        places.SiteDraft("Main House", "1 Harbour Street", 9, "Europe/Lisbon", "pt"),
    )
    found = row(database, Site, sites[0])
    assert (found.weight, found.timezone, found.language) == (9, "Europe/Lisbon", "pt")
    with pytest.raises(Invalid, match="There is a site Workshop already"):
        room.do(places.change_site, sites[0], places.SiteDraft("Workshop"))
    with database.write() as session:
        places.retire(
            acting(session, "anna", room.now), session.get_one(Site, sites[1])
        )
    assert [site.name for site in room.ask(places.all_sites)] == ["Main House"]
    assert len(room.ask(places.all_sites, retired=True)) == 2
    events = rows(
        database, select(AuditEvent).where(AuditEvent.subject == f"site:{sites[0]}")
    )
    assert [event.action for event in events] == ["site.add", "site.change"]
    with pytest.raises(NotFound):
        room.do(places.change_site, 99, places.SiteDraft("x"))


def test_teams_are_internal_or_external_and_some_are_desks(
    room: Room, sites: tuple[int, int]
) -> None:
    draft = places.TeamDraft("Desk", TeamKind.EXTERNAL, sites[0], DeskType.DISPATCH)
    team = room.do(places.add_team, draft)
    with pytest.raises(Invalid, match="There is a team desk already"):
        room.do(places.add_team, places.TeamDraft("desk"))
    with pytest.raises(Invalid, match="Choose a site that is there"):
        room.do(places.add_team, places.TeamDraft("Other", site_id=99))
    room.do(
        places.change_team, team.id, places.TeamDraft("Desk", desk=DeskType.FIRST_LEVEL)
    )
    [found] = room.ask(places.all_teams)
    assert (found.kind, found.site_id, found.desk) == (
        TeamKind.INTERNAL,
        None,
        DeskType.FIRST_LEVEL,
    )
    with pytest.raises(NotFound):
        room.do(places.change_team, 99, places.TeamDraft("x"))
    with room.database.write() as session:
        places.retire(acting(session, "anna", room.now), session.merge(found))
    assert room.ask(places.all_teams) == []
