"""A point is left out with a reason: crossed on the chart, counted nowhere, named everywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.db import Database
from app.core.errors import Invalid, Refused
from app.improvements.case.facts import case_facts
from app.improvements.case.records import records_of
from app.improvements.gate.queries import Standing, standing_of
from app.improvements.metrics import leaving
from app.improvements.metrics.actions import retire_metric
from app.improvements.metrics.charts import chart_of
from app.improvements.metrics.queries import MetricPage, metric_page
from app.improvements.notes.actions import NoteDraft, add_note
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration
from app.models.improvements.metric import LeftOut, Measurement
from app.models.improvements.words import ImprovementNoteKind, MetricRole
from tests.conftest import Rung
from tests.improvements.builders import BETTER, USUAL, Room, rows
from tests.pages import Pages

WHY = "The telephones were down"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def page_of(room: Room, metric_id: int) -> MetricPage:
    found: MetricPage = room.ask(metric_page, metric_id)
    return found


def outlier(room: Room) -> tuple[int, int, date]:
    """Twelve usual days, and one on which nobody could call: the numbers and its day."""
    improvement_id, metric_id = room.begun()
    day = room.now.date()
    room.forward(days=1)
    room.measured(metric_id, (400,))
    return improvement_id, metric_id, day


def judged(room: Room, iteration_id: int) -> Standing:
    with room.database.read() as session:
        iteration = session.get_one(Iteration, iteration_id)
        improvement = session.get_one(Improvement, iteration.improvement_id)
        return standing_of(session, improvement, iteration, room.now.date())


def test_what_is_left_out_moves_no_limit_and_is_no_signal(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    usual = page_of(room, metric_id).series.read(None)
    day = room.now.date() - timedelta(days=6)
    room.do(leaving.leave_out, metric_id, day, WHY)
    found = page_of(room, metric_id).series.read(None)
    assert usual.control and found.control
    assert len(found.before) == len(USUAL) - 1
    assert found.control.stretches[0].mean != usual.control.stretches[0].mean
    assert found.left_out == f"1 point left out: 24 Feb 2026 ({WHY})."
    assert improvement_id


def test_it_is_drawn_crossed_and_named_in_sentence_table_and_key(room: Room) -> None:
    _, metric_id, day = outlier(room)
    before = chart_of(page_of(room, metric_id).series, None)
    room.do(leaving.leave_out, metric_id, day, WHY)
    chart = chart_of(page_of(room, metric_id).series, None)
    assert before and chart
    assert before.dots[-1].mark == "worse"
    assert (chart.dots[-1].mark, chart.dots[-1].value) == ("out", 400)
    assert chart.sentence.endswith(f"1 point left out: 2 Mar 2026 ({WHY}).")
    assert f"left out: {WHY}" in chart.table().rows[-1]


def test_a_reason_is_needed_and_a_value_and_once_is_enough(room: Room) -> None:
    _, metric_id, day = outlier(room)
    with pytest.raises(Invalid, match="Say why"):
        room.do(leaving.leave_out, metric_id, day, " ")
    with pytest.raises(Invalid, match="Nothing was measured"):
        room.do(leaving.leave_out, metric_id, day + timedelta(days=9), WHY)
    room.do(leaving.leave_out, metric_id, day, WHY)
    with pytest.raises(Invalid, match="left out already"):
        room.do(leaving.leave_out, metric_id, day, WHY)


def test_it_is_taken_back_and_history_knows_who_did_what_and_why(
    room: Room, database: Database
) -> None:
    _, metric_id, day = outlier(room)
    gone = room.do(leaving.leave_out, metric_id, day, WHY)
    room.do(leaving.take_back, gone.id, by="ben")
    assert page_of(room, metric_id).series.read(None).left_out == ""
    with pytest.raises(Refused, match="counts again already"):
        room.do(leaving.take_back, gone.id)
    events = rows(
        database,
        select(AuditEvent)
        .where(AuditEvent.action.like("measurement.%"))
        .order_by(AuditEvent.id.desc())
        .limit(2),
    )
    assert [(one.actor, one.action, one.reason) for one in events] == [
        ("ben", "measurement.take-back", ""),
        ("anna", "measurement.leave-out", WHY),
    ]


def test_the_gate_of_a_running_rung_names_what_was_left_out(
    room: Room, pages: Pages
) -> None:
    improvement_id, metric_id = room.begun()
    iteration_id = room.climbed(improvement_id, metric_id)
    last = room.now.date() - timedelta(days=1)
    with pages.parts.database.read() as session:
        point = session.scalar(
            select(Measurement.id).where(
                Measurement.metric_id == metric_id, Measurement.day == last
            )
        )
    told = pages.get(f"/measurements/{point}/leave-out")
    assert "Rung 1 is under way" in told.content
    room.do(leaving.leave_out, metric_id, last, WHY)
    found = judged(room, iteration_id).judged
    assert found is not None
    assert len(found.reading.after) == len(BETTER) - 1
    assert found.judgement.reasons[-1].startswith("“Minutes to answer”: 1 point left")
    assert WHY in pages.get(f"/iterations/{iteration_id}").content


def test_what_judges_a_rung_that_is_under_way_is_not_taken_away(room: Room) -> None:
    improvement_id, metric_id = room.begun()
    other = room.metric(improvement_id, "Calls", role=MetricRole.OTHER)
    room.running(improvement_id, metric_id)
    with pytest.raises(Refused, match="Rung 1 is under way and judged by Minutes"):
        room.do(retire_metric, metric_id, reason="Too much work")
    assert room.do(retire_metric, other, reason="Too much work").retired_at


def test_the_case_names_it_and_an_earlier_case_does_not_know_of_it(
    room: Room,
) -> None:
    improvement_id, metric_id = room.begun()
    room.climbed(improvement_id, metric_id)
    earlier = room.now
    room.forward(hours=1)
    room.do(leaving.leave_out, metric_id, room.now.date() - timedelta(days=1), WHY)

    def told(moment: object) -> str:
        records = room.ask(
            lambda session: records_of(
                session, session.get_one(Improvement, improvement_id), moment
            )
        )
        [found] = case_facts(records).measured
        return found.since

    assert told(room.now).startswith("1 point left out")
    assert told(earlier) == ""


def test_a_page_leaves_a_point_out_and_lets_it_count_again(
    room: Room, pages: Pages
) -> None:
    improvement_id, metric_id, day = outlier(room)
    note = NoteDraft(ImprovementNoteKind.SUCCESS, "Moved house", happened_on=day)
    room.do(add_note, improvement_id, note)
    page = pages.get(f"/metrics/{metric_id}")
    [address] = {
        link.attrs["href"]
        for link in page.root.all("a")
        if link.attrs.get("href", "").endswith("/leave-out") and "2 Mar" in link.text
    }
    pages.get(address)
    refused = pages.submit(address, status=422, reason="")
    assert refused.errors == ["Say why this point does not count."]
    pages.submit(address, reason=WHY)
    listed = pages.get(f"/metrics/{metric_id}")
    assert "2 Mar 2026: Moved house" in listed.content
    assert f"2 Mar 2026 is left out: {WHY}" in listed.content
    csv = pages.client.get(f"/metrics/{metric_id}/values.csv").text
    assert f"left out: {WHY}" in csv and "Moved house" in csv
    [gone] = rows(room.database, select(LeftOut))
    pages.submit(f"/metrics/left-out/{gone.id}/take-back")
    assert "is left out" not in pages.get(f"/metrics/{metric_id}").content


def test_the_command_line_leaves_out_and_takes_back(room: Room, rung: Rung) -> None:
    _, metric_id, day = outlier(room)
    asked = ("measure", "leave-out", str(metric_id), day.isoformat())
    done = rung(*asked, "--reason", WHY, "--json")
    number = done.json["left_out"]
    assert rung(*asked, "--reason", WHY).code == 1
    assert rung("measure", "take-back", str(number)).code == 0
