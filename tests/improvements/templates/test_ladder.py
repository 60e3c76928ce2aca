"""The template that most teams begin with, climbed to its end by the numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.improvements.gate.ahead import untold
from app.improvements.gate.queries import Standing, standing_of
from app.improvements.metrics import measuring
from app.improvements.people import actions as people_actions
from app.improvements.register.actions import change_improvement, move
from app.improvements.rungs import closing
from app.improvements.rungs.actions import (
    carry,
    change_iteration,
    rehearse_undo,
    review,
)
from app.improvements.rungs.starting import start
from app.improvements.templates.actions import start_from
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Decision, Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    DecisionKind,
    ImprovementState,
    Level,
    ParticipationState,
    Verdict,
)
from tests.improvements.builders import Room, an_operator, rows
from tests.pages import Pages

LADDER = (1, 5, 25, 120)
PHONE, CHAT, HAPPY = (
    "Contacts by phone",
    "Minutes until the first human word in chat",
    "Satisfied with the last contact",
)
PHONE_BEFORE = (92, 90, 94, 91, 93, 90, 92, 95, 91, 92, 93, 90)
PHONE_SINCE = (76, 73, 75, 72, 74, 75, 71, 74)
HAPPY_SINCE = (88, 90, 87, 91, 86, 89, 90, 88)
CHAT_SINCE = (2, 1, 3, 2, 2, 1, 2)
WEEKS = len(PHONE_SINCE)


@pytest.fixture
def room(app: Flask) -> Room:
    return Room(Pages(app).as_operator().parts.database)


def standing(room: Room, iteration_id: int) -> Standing:
    """Return how an iteration stands on the day of the room's clock."""
    with room.database.read() as session:
        iteration = session.get_one(Iteration, iteration_id)
        improvement = session.get_one(Improvement, iteration.improvement_id)
        return standing_of(session, improvement, iteration, room.now.date())


def begun(room: Room) -> tuple[dict[str, int], int]:
    """Start from the template with twelve weeks of its primary metric and nothing else: there was
    no chat. The numbers of the metrics by name and of the first rung.
    """
    values = {"owner": an_operator(room.database, "anna"), "desk_involved": True}
    more = {"eligible": sum(LADDER), "budget_hours": 90}
    made = room.do(start_from, "chat-with-existing-tool", values={**values, **more})
    metrics = {one.name: one.id for one in rows(room.database, select(Metric))}
    typed(room, metrics[PHONE], room.now.date(), PHONE_BEFORE, back=True)
    room.next_step(made.id)
    room.do(move, made.id, ImprovementState.ACCEPTED)
    room.do(move, made.id, ImprovementState.IN_PROGRESS, reason="There is room.")
    [first] = rows(room.database, select(Iteration))
    return metrics, first.id


def typed(
    room: Room,
    metric_id: int,
    first: date,
    values: tuple[float, ...],
    *,
    back: bool = False,
    days: int = 7,
    of: str = "/100",
) -> None:
    """Write down values from a day on, or up to it; shares of so many cases."""
    begin = first - timedelta(days=days * len(values)) if back else first
    lines = (
        f"{begin + timedelta(days=days * at)} {one}{of}"
        for at, one in enumerate(values)
    )
    room.do(measuring.measure_pasted, metric_id, "\n".join(lines))


def climbed(
    room: Room,
    iteration_id: int,
    metrics: dict[str, int],
    size: int,
    chat: tuple[float, ...] = CHAT_SINCE,
) -> None:
    """Plan, run and look at one rung, as an owner does who fills in what is asked."""
    today = room.now.date()
    plan = {
        "planned_size": size,
        "starts_on": today,
        "ends_on": today + timedelta(weeks=WEEKS) - timedelta(days=1),
        "budget_hours": 12,
        "minimum_points": WEEKS,
        "expected": 75,
        "confidence": 60,
        "risk_level": Level.LOW,
        "cost_level": Level.LOW,
    }
    room.do(change_iteration, iteration_id, plan)
    names = [f"Person {size} {number}" for number in range(size)]
    room.do(people_actions.invite, iteration_id, names)
    assert untold(standing(room, iteration_id)) == ()
    room.do(start, iteration_id)
    room.do(rehearse_undo, iteration_id, 40)
    moved = ParticipationState
    room.everybody(iteration_id, moved.PREPARED, moved.SWITCHED, moved.OBSERVING)
    room.forward(weeks=WEEKS)
    typed(room, metrics[PHONE], today, PHONE_SINCE)
    typed(room, metrics[HAPPY], today, HAPPY_SINCE)
    typed(room, metrics[CHAT], today, chat * WEEKS, days=1, of="")
    room.everybody(iteration_id, moved.ACCEPTED)
    shown = {"pulse": 0.9, "incidents_quiet": True, "support_change": 4}
    room.do(change_iteration, iteration_id, {**shown, "spent_hours": 10})
    room.do(review, iteration_id)


def test_the_chat_template_passes_its_own_gate_on_all_four_rungs(room: Room) -> None:
    metrics, iteration_id = begun(room)
    for size in LADDER:
        climbed(room, iteration_id, metrics, size)
        found = standing(room, iteration_id)
        if size == LADDER[-1]:
            improvement_id = found.scene.improvement.id
            told = {"forecast_shown_on": room.now.date()}
            room.do(change_improvement, improvement_id, told)
            room.cost(improvement_id)
            found = standing(room, iteration_id)
            assert found.gate.primary is DecisionKind.ADOPT
        assert found.judged is not None
        assert found.judged.judgement.verdict is Verdict.PASS
        assert [check.sentence for check in found.gate.blocked] == []
        room.do(closing.decide, iteration_id, found.gate.primary, "")
        if size != LADDER[-1]:
            iteration_id = room.do(carry, iteration_id).id
    decided = rows(room.database, select(Decision).order_by(Decision.id))
    assert [one.overrides for one in decided] == [[], [], [], []]


def test_a_guardrail_without_a_past_that_misses_its_target_fails(room: Room) -> None:
    metrics, iteration_id = begun(room)
    climbed(room, iteration_id, metrics, 1, chat=(30, 40, 35))
    judged = standing(room, iteration_id).judged
    assert judged is not None
    assert judged.judgement.verdict is Verdict.FAIL
    assert judged.judgement.reasons[0].startswith(f"{CHAT} has no past to compare with")
