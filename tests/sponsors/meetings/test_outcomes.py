"""What came of a meeting leads to the record it became, and back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid
from app.improvements.rungs.closing import decide
from app.models.improvements.iteration import Decision
from app.models.improvements.words import DecisionKind
from app.models.sponsors.meeting import MeetingOutcome
from app.models.sponsors.words import OutcomeKind
from app.sponsors.meetings import actions
from app.sponsors.meetings.actions import OutcomeDraft
from app.sponsors.meetings.rules import Became, became_of
from tests.improvements.builders import Room
from tests.pages import Pages
from tests.sponsors.meetings.test_meetings import planned


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def on_a_rung(room: Room) -> tuple[int, int]:
    number, metric = room.begun()
    return number, room.climbed(number, metric)


def test_what_was_decided_in_a_meeting_leads_to_the_gate_and_back(
    pages: Pages, room: Room
) -> None:
    number, rung = on_a_rung(room)
    decision = room.do(decide, rung, DecisionKind.HOLD, "The board waits")
    there = planned(room, number, "Dora Director")
    draft = OutcomeDraft(OutcomeKind.DECISION, "We wait for the board")
    outcome = room.do(actions.add_outcome, there, draft)
    page = pages.get(f"/meetings/{there}")
    assert "Link what it became" in page.text
    address = f"/meetings/outcomes/{outcome.id}"
    assert "decided in rung 1: hold" in pages.get(address).text
    page = pages.submit(became=f"decision:{decision.id}")
    assert f"/iterations/{rung}#gate" in page.html
    assert "Came of: Kick-off" in pages.get(f"/iterations/{rung}").text
    reader = Pages(pages.app).as_operator("rita", permissions=("read", "improve"))
    assert "Came of" not in reader.get(f"/iterations/{rung}").text


def test_an_outcome_is_linked_to_what_is_there_instead_of_made_twice(
    pages: Pages, room: Room
) -> None:
    number, _rung = on_a_rung(room)
    finding = room.found(number)
    there = planned(room, number)
    pages.get(f"/meetings/{there}")
    pages.submit(
        f"/meetings/{there}/outcomes",
        kind="decision",
        text="It is a known fault",
        became=f"finding:{finding}",
    )
    (made,) = room.ask(lambda session: session.scalars(select(MeetingOutcome)).all())
    assert (made.kind, made.finding_id) == (OutcomeKind.FINDING, finding)
    assert "Came of: Kick-off" in pages.get(f"/findings/{finding}").text


def test_a_record_of_another_improvement_is_refused(room: Room) -> None:
    number, rung = on_a_rung(room)
    decision = room.do(decide, rung, DecisionKind.HOLD, "The board waits")
    other = planned(room, room.raised("Another"))
    draft = OutcomeDraft(OutcomeKind.DECISION, "We wait")
    outcome = room.do(actions.add_outcome, other, draft)
    became = Became(OutcomeKind.DECISION, decision.id)
    with pytest.raises(Invalid) as refused:
        room.do(actions.link_outcome, outcome.id, became)
    assert refused.value.field == "became"
    mine = planned(room, number)
    outcome = room.do(actions.add_outcome, mine, draft)
    assert room.do(actions.link_outcome, outcome.id, became).decision_id
    assert room.do(actions.link_outcome, outcome.id, None).decision_id is None
    assert room.ask(lambda session: session.get(Decision, decision.id)) is not None


@pytest.mark.parametrize("record", ["", "decision:", "metric:3", "task:x", "task:²"])
def test_what_names_no_record_links_nothing(record: str) -> None:
    assert became_of(record) is None
