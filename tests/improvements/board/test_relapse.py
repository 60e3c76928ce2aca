"""A complete relapse after embedding is noticed, painted as what it is, and opens it again."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import fmean

import pytest
from flask import Flask

from app.core.errors import Invalid
from app.improvements.board.actions import embed, reopen_drifted
from app.improvements.case.facts import case_facts
from app.improvements.case.records import records_of
from app.improvements.metrics.actions import watch
from app.improvements.metrics.charts import chart_of
from app.improvements.metrics.queries import metric_page
from app.improvements.metrics.standing import Course, standing
from app.improvements.register.actions import change_improvement
from app.improvements.rungs import closing
from app.models.improvements.improvement import Improvement
from app.models.improvements.metric import Rebase
from app.models.improvements.words import DecisionKind, ImprovementState
from tests.conftest import Rung
from tests.improvements.builders import BETTER, USUAL, Room, row, rows
from tests.pages import Pages

RELAPSE = (37, 40, *USUAL[:8])


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def ripe(room: Room) -> tuple[int, int]:
    """An improvement that may be embedded; the numbers of it and of what is watched."""
    room.forward(days=-len(BETTER))
    improvement_id, metric_id = room.begun(eligible=1)
    iteration_id = room.climbed(improvement_id, metric_id)
    room.do(closing.decide, iteration_id, DecisionKind.ADOPT)
    room.do(watch, metric_id)
    told = {"everyone_has_it_on": room.now.date()}
    room.do(change_improvement, improvement_id, told)
    return improvement_id, metric_id


def relapsed(room: Room, limits: date | None = None) -> tuple[int, int]:
    """Embedded, and then ten values on their way back to the old average."""
    improvement_id, metric_id = ripe(room)
    room.do(embed, improvement_id, limits)
    room.forward(days=len(RELAPSE))
    room.measured(metric_id, RELAPSE)
    return improvement_id, metric_id


def marks(room: Room, metric_id: int) -> list[str]:
    """The marks of the points since embedding, as the chart of the page shows them."""
    page = room.ask(metric_page, metric_id)
    chart = chart_of(page.series, page.pilot_from)
    assert chart is not None
    return [dot.mark for dot in chart.dots[-len(RELAPSE) :]]


@pytest.mark.parametrize("taken", [True, False])
def test_a_relapse_is_painted_as_worse_and_opens_it_again(
    room: Room, taken: bool
) -> None:
    start = room.now.date() - timedelta(days=len(BETTER))
    improvement_id, metric_id = relapsed(room, start if taken else None)
    assert "worse" in marks(room, metric_id)
    assert "better" not in marks(room, metric_id)
    [drifted] = room.do(reopen_drifted)
    assert drifted.sentence.startswith(
        "Minutes to answer: It goes back: 10 of 10 points"
    )
    found = row(room.database, Improvement, improvement_id)
    assert found.state is ImprovementState.IN_PROGRESS
    assert found.next_what.startswith("Look into the drift: Minutes to answer")
    # It stays what it is after it was opened again.
    page = room.ask(metric_page, metric_id)
    assert standing(page.series, page.pilot_from).course is Course.WORSE
    assert "better" not in marks(room, metric_id)


def test_the_sentence_of_the_chart_no_longer_tells_of_success(
    room: Room, pages: Pages
) -> None:
    _, metric_id = relapsed(room)
    page = pages.get(f"/metrics/{metric_id}")
    assert "10 of 10 points since" in page.content
    assert "the old average; unlikely to be chance" not in page.content


def test_what_holds_stays_embedded_and_says_so(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = ripe(room)
    room.do(embed, improvement_id)
    room.forward(days=len(BETTER))
    room.measured(metric_id, BETTER)
    assert room.do(reopen_drifted) == []
    assert "no relapse in 8 points since" in pages.get(f"/metrics/{metric_id}").content


def test_what_was_opened_again_is_tried_again_before_it_is_embedded_again(
    room: Room, pages: Pages
) -> None:
    improvement_id, _ = relapsed(room)
    room.do(reopen_drifted)
    page = pages.get(f"/improvements/{improvement_id}")
    [primary] = page.root.all("a", class_="primary")
    assert primary.text == "Begin the next rung"
    assert pages.get(primary.attrs["href"]).h1 == "Begin a small rung"
    decided = pages.get("/iterations/1").root.all("a", class_="primary")
    assert [one.text for one in decided] == ["Begin the next rung"]


def test_the_level_is_offered_before_it_is_embedded(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = ripe(room)
    began = room.now.date() - timedelta(days=len(BETTER))
    page = pages.get(f"/improvements/{improvement_id}/move?to=embedded")
    assert "Minutes to answer: 32.8, limits" in page.content
    day = page.root.one("input", id="limits_from").attrs["value"]
    assert day == began.isoformat()
    pages.submit(f"/improvements/{improvement_id}/move")
    [made] = rows(
        room.database, Rebase.__table__.select().with_only_columns(Rebase.day)
    )
    assert made == began
    found = row(room.database, Improvement, improvement_id)
    assert (found.state, found.embedded_on) == (
        ImprovementState.EMBEDDED,
        room.now.date(),
    )
    assert "Embedded at this level" in pages.get(f"/metrics/{metric_id}").content


def test_limits_do_not_move_by_themselves(room: Room, pages: Pages) -> None:
    improvement_id, metric_id = ripe(room)
    pages.get(f"/improvements/{improvement_id}/move?to=embedded")
    page = pages.post(
        f"/improvements/{improvement_id}/move", {"to": "embedded"}, status=200
    )
    assert "stays under watch at the level it has reached" in page.content
    pages.submit(f"/improvements/{improvement_id}/move", limits_from="")
    found = row(room.database, Improvement, improvement_id)
    assert found.state is ImprovementState.EMBEDDED
    assert room.ask(metric_page, metric_id).rebases == ()
    assert "New limits are on offer" in pages.get(f"/metrics/{metric_id}").content


def test_a_day_to_come_is_refused_and_nothing_moves(room: Room, pages: Pages) -> None:
    improvement_id, _ = ripe(room)
    tomorrow = room.now.date() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        room.do(embed, improvement_id, tomorrow)
    assert refused.value.field == "limits_from"
    pages.get(f"/improvements/{improvement_id}/move?to=embedded")
    page = pages.submit(
        f"/improvements/{improvement_id}/move",
        limits_from=tomorrow.isoformat(),
        status=422,
    )
    assert "has not come yet." in page.content
    found = row(room.database, Improvement, improvement_id)
    assert found.state is ImprovementState.IN_PROGRESS


def test_what_drifted_is_named_on_the_command_line(rung: Rung, room: Room) -> None:
    assert rung("improvement", "drift").out == "Nothing drifted.\n"
    improvement_id, metric_id = relapsed(room)
    told = rung("improvement", "drift")
    assert told.code == 3
    assert told.out.startswith(
        f"{improvement_id} Calls are answered faster. Minutes to answer: It goes back"
    )
    [found] = rung("improvement", "drift", "--reopen", "--json").json["drifted"]
    assert (found["improvement"], found["metric"], found["state"]) == (
        improvement_id,
        metric_id,
        "in progress",
    )
    assert rung("improvement", "drift").out.endswith("It was opened again.\n")


def test_a_new_rung_after_a_relapse_is_judged_by_itself(room: Room) -> None:
    improvement_id, metric_id = relapsed(room)
    room.do(reopen_drifted)
    room.running(improvement_id, metric_id, "Ben")
    assert room.ask(metric_page, metric_id).series.watched() is None


def test_the_case_says_what_it_was_when_it_was_embedded_and_what_it_is_now(
    room: Room,
) -> None:
    improvement_id, _ = relapsed(room)
    room.do(reopen_drifted)
    records = room.ask(
        lambda session: records_of(
            session, session.get_one(Improvement, improvement_id), room.now
        )
    )
    [told] = case_facts(records).measured
    assert told.effect.after == pytest.approx(fmean(BETTER))
    assert told.better is None
    assert told.since.startswith("That was when it was embedded; since then 40.9 in 10")
    assert "It goes back: 10 of 10 points" in told.since
