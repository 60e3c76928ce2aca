"""Many people of a rung at once: asked, moved, taken back; two who do so at the same time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Conflict, Invalid, Refused
from app.improvements.crowd.actions import (
    CrowdAsked,
    CrowdMoved,
    ask_many,
    move_many,
    reach_of,
    take_back,
)
from app.improvements.crowd.queries import (
    CrowdFilter,
    CrowdSource,
    crowd_ids,
    crowd_page,
)
from app.improvements.crowd.rules import lengthened, shortened
from app.improvements.gate.queries import standing_of
from app.improvements.people import actions as people_actions
from app.improvements.people.actions import MoveSaid
from app.models.auth import Operator
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import ParticipationState
from app.models.people import Site, Team, TeamMember
from tests.directory.builders import a_directory, a_person
from tests.improvements.builders import Room, an_operator, counted
from tests.improvements.crowd.builders import LYON, a_crowd, leave, people_at, rows_of

PS = ParticipationState


def moved(
    room: Room, rung: int, ids: Any, to: ParticipationState, **said: Any
) -> CrowdMoved:
    by = said.pop("by", "anna")
    told = MoveSaid(room.now, **said)
    return room.do(move_many, rung, ids, to, told, by=by)


def everybody(room: Room, rung: int, state: str = "") -> frozenset[int]:
    return room.ask(crowd_ids, rung, CrowdFilter(state=state))


@given(st.sets(st.integers(1, 400)))
def test_numbers_written_short_are_the_same_numbers(numbers: set[int]) -> None:
    assert lengthened(shortened(numbers)) == numbers


@pytest.mark.parametrize("text", ["", "x", "1-", "-", "²", "1-99999999999", "a-b,,"])
def test_what_is_no_number_is_left_out(text: str) -> None:
    assert len(lengthened(text)) <= 1


def test_who_works_at_a_site_is_counted_before_being_asked(room: Room) -> None:
    people_at(room, 12)
    people_at(room, 3, "Bern")
    rung = room.running(*room.begun(), "lyon0000")
    wanted = CrowdAsked(
        CrowdSource(site="lyon"), ["Berta"], ["lyon0001", "Person 0002 of Lyon"]
    )
    reach = room.ask(reach_of, rung, wanted)
    assert reach.sentence == (
        "13 people meant. 1 take part already. 2 left out. 10 people will be asked."
    )
    assert len(rows_of(room, rung)) == 1
    assert room.do(ask_many, rung, wanted).asked == reach.asked
    assert len(rows_of(room, rung)) == 11
    with pytest.raises(Refused, match="Nobody is left to be asked"):
        room.do(ask_many, rung, wanted)


def test_who_has_left_is_disabled_or_no_person_is_not_asked(room: Room) -> None:
    people_at(room, 3)
    people_at(room, 2, "Lyon ", disabled=True)
    leave(room, "lyon0001")
    rung = room.running(*room.begun(), "Ada")
    assert len(room.do(ask_many, rung, LYON).asked) == 2


def test_a_site_nobody_works_at_is_refused_at_its_field(room: Room) -> None:
    people_at(room, 1)
    rung = room.running(*room.begun(), "Ada")
    with pytest.raises(Invalid, match="Nobody of the directory is in “Lyons”") as error:
        room.do(ask_many, rung, CrowdAsked(CrowdSource(site="Lyons")))
    assert error.value.field == "site"


def test_a_team_means_the_people_behind_its_operators(room: Room) -> None:
    people_at(room, 3)
    an_operator(room.database, "otto")
    with room.database.write() as session:
        otto = session.query(Operator).filter_by(name="otto").one()
        otto.audited, otto.person_uid = False, "lyon0002"
        team = Team(name="Desk", created_at=room.now)
        team.audited = False
        session.add(team)
        session.flush()
        member = TeamMember(team_id=team.id, operator_id=otto.id, since=room.now)
        member.audited = False
        session.add(member)
        session.flush()
        number = team.id
    rung = room.running(*room.begun(), "Ada")
    reach = room.do(ask_many, rung, CrowdAsked(CrowdSource(team_id=number)))
    assert [who.name for who in reach.asked] == ["Person 0002 of Lyon"]


def test_who_is_asked_by_site_belongs_to_the_site_of_that_name(room: Room) -> None:
    with room.database.write() as session:
        site = Site(name="Lyon", created_at=room.now)
        site.audited = False
        session.add(site)
        session.flush()
        number = site.id
    rung = a_crowd(room, 2)
    assert [row.site_id for row in rows_of(room, rung)] == [None, number, number]


TARGETS = (PS.PREPARED, PS.SWITCHED, PS.ACCEPTED, PS.UNDONE)
STAMPED = ("state", "prepared_at", "switched_at", "accepted_at", "accepted_by")
STAMPED += ("undone_at", "undo_asked_at", "undo_seconds", "undo_reason")


@pytest.mark.parametrize("target", TARGETS)
def test_moving_many_does_what_moving_each_does(
    room: Room, target: ParticipationState
) -> None:
    said = {"reason": "It broke", "confirmed_by": "Ada"}
    first, second = (_spread(room, title) for title in ("One", "Two"))
    for row in rows_of(room, first):
        with suppress(Refused, Conflict):
            room.do(people_actions.move, row.id, target, **said)
    found = moved(room, second, everybody(room, second), target, **said)
    one, many = (
        [[getattr(row, name) for name in STAMPED] for row in rows_of(room, rung)]
        for rung in (first, second)
    )
    assert one == many and found.moved


def _spread(room: Room, title: str) -> int:
    """Start a rung with somebody in each state."""
    names = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Fay"]
    rung = room.running(*room.begun(title), *names, size_reason="A test")
    way = [PS.PREPARED, PS.SWITCHED, PS.ACCEPTED, PS.UNDONE]
    for place, number in enumerate(room.people(rung)):
        for state in way[:place]:
            room.do(people_actions.move, number, state, reason="No", confirmed_by="Ada")
    return rung


def test_who_cannot_be_moved_is_named_with_the_reason(room: Room) -> None:
    people_at(room, 2)
    other = room.running(*room.begun("Another thing"), "lyon0000")
    room.everybody(other, PS.SWITCHED)
    rung = room.running(*room.begun(), "Ada")
    room.do(ask_many, rung, LYON)
    found = moved(room, rung, everybody(room, rung), PS.SWITCHED)
    assert found.sentence == (
        "2 people: using it. 1 person stayed: This person is being switched in rung 1 of "
        "“Another thing”; one switch at a time. (Person 0000 of Lyon)"
    )


def test_a_move_of_many_is_one_event_and_can_be_taken_back(room: Room) -> None:
    rung = a_crowd(room, 5)
    before = [row.state for row in rows_of(room, rung)]
    found = moved(room, rung, everybody(room, rung), PS.SWITCHED)
    assert [row.state for row in rows_of(room, rung)] == [PS.SWITCHED] * 6
    room.do(people_actions.move, room.people(rung)[0], PS.ACCEPTED, confirmed_by="Ada")
    assert room.do(take_back, rung, found.event) == (5, 1)
    after = rows_of(room, rung)
    assert [row.state for row in after] == [PS.ACCEPTED, *before[1:]]
    assert [row.switched_at for row in after[1:]] == [None] * 5
    with pytest.raises(Conflict, match="moved on meanwhile"):
        room.do(take_back, rung, found.event)


def test_two_who_move_the_same_people_count_each_once_and_the_second_is_told(
    room: Room,
) -> None:
    rung = a_crowd(room, 4)
    seen = everybody(room, rung, "asked")
    moved(room, rung, sorted(seen)[:3], PS.SWITCHED, by="ben")
    found = moved(room, rung, seen, PS.SWITCHED)
    assert len(found.moved) == 2
    assert "3 people there already" in found.meanwhile and "by ben" in found.meanwhile
    with pytest.raises(Conflict, match="Nothing was moved twice"):
        moved(room, rung, seen, PS.SWITCHED)


def test_a_single_move_that_somebody_did_already_is_told(room: Room) -> None:
    rung = a_crowd(room, 1)
    [number, _other] = room.people(rung)
    room.do(people_actions.move, number, PS.SWITCHED)
    with pytest.raises(Conflict, match="Ada was moved meanwhile: using it"):
        room.do(people_actions.move, number, PS.SWITCHED)


def test_who_is_gone_from_the_directory_holds_nobody_up(room: Room) -> None:
    rung = a_crowd(room, 3)
    moved(room, rung, everybody(room, rung), PS.SWITCHED)
    leave(room, "lyon0001")
    page = room.ask(crowd_page, rung)
    assert (page.total, page.gone, page.heard, page.works) == (4, 1, 3, 0)
    staying = [
        row.id for row in rows_of(room, rung) if row.name != "Person 0001 of Lyon"
    ]
    moved(room, rung, staying, PS.ACCEPTED, confirmed_by="Ada")
    assert _check(room, rung) == (
        True,
        "3 of 3 people: it works, 1 person gone from the directory.",
    )
    [gone] = everybody(room, rung, "gone")
    room.do(people_actions.leave_out, gone, "Left the company")
    assert _check(room, rung) == (True, "3 of 3 people: it works.")


def _check(room: Room, rung: int) -> tuple[bool, str]:
    with room.database.read() as session:
        row = session.get_one(Iteration, rung)
        one = session.get_one(Improvement, row.improvement_id)
        checks = standing_of(session, one, row, room.now.date()).gate.checks
        [found] = [check for check in checks if check.key == "participants"]
        return found.ok, str(found.sentence)


def test_statements_do_not_grow_with_the_people(room: Room) -> None:
    found = []
    for count, title in ((3, "Few"), (60, "Many")):
        site = f"Place {title}"
        people_at(room, count, site)
        rung = room.running(*room.begun(title), "Ada")
        with counted(room.database) as statements:
            room.do(ask_many, rung, CrowdAsked(CrowdSource(site=site)))
            moved(room, rung, everybody(room, rung), PS.SWITCHED)
        found.append(len(statements))
    assert found[1] <= found[0] + 2, found


def test_many_pasted_names_mean_whom_each_alone_would_mean(room: Room) -> None:
    with room.database.write() as session:
        directory = a_directory(session)
        a_person(session, directory, "ada", name="Ada Berg", further_uids=["aberg"])
        a_person(session, directory, "twin1", name="Tom Twin")
        a_person(session, directory, "twin2", name="Tom Twin")
    rung = room.running(*room.begun(), "Zoe")
    names = ["ADA", "Nobody Known", "anna", "x", "y", "z"]
    room.do(people_actions.invite, rung, names)
    found = [(row.name, row.person_id is not None) for row in rows_of(room, rung)[1:]]
    assert found[:3] == [("Ada Berg", True), ("Nobody Known", False), ("anna", False)]
    with pytest.raises(Invalid, match="takes part already"):
        room.do(people_actions.invite, rung, ["aberg", "1", "2", "3", "4", "5"])
    with pytest.raises(Invalid, match="may mean several"):
        room.do(people_actions.invite, rung, ["Tom Twin", "6", "7", "8", "9", "10"])
