"""How a metric stands, in words a manager reads without the chart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.improvements.metrics.queries import metrics_of, series_of
from app.improvements.metrics.standing import Course, MetricStanding, standings
from app.improvements.notes.actions import NoteDraft, add_note
from app.models.improvements.words import ImprovementNoteKind, MetricRole
from tests.improvements.builders import BETTER, USUAL, Room
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def stands(room: Room, number: int, changed: bool) -> MetricStanding:
    """Return how the primary metric stands."""
    with room.database.read() as session:
        series = series_of(session, metrics_of(session, number))
        since = room.now.date() - timedelta(days=len(BETTER)) if changed else None
        return standings(series, since)[0]


def test_a_metric_nobody_measured_says_so(room: Room) -> None:
    number = room.raised()
    room.metric(number)
    found = stands(room, number, changed=False)
    assert (found.course, found.sign, found.promise) == (Course.NONE, "missing", "")


@pytest.mark.parametrize(
    ("values", "course", "sign"),
    [
        ((*USUAL, *BETTER), Course.BETTER, "better"),
        ((*USUAL, *(80 - one for one in BETTER)), Course.WORSE, "worse"),
        ((*USUAL, *USUAL[:8]), Course.STEADY, "steady"),
        ((41, 40, *BETTER), Course.EARLY, "steady"),
    ],
)
def test_the_course_since_a_change_is_one_of_four(
    room: Room, values: tuple[float, ...], course: Course, sign: str
) -> None:
    number = room.raised()
    room.measured(room.metric(number), values)
    found = stands(room, number, changed=True)
    assert (found.course, found.sign) == (course, sign)
    assert found.latest is not None and found.latest.value == values[-1]


def test_without_a_change_the_latest_point_speaks(room: Room) -> None:
    number = room.raised()
    room.measured(room.metric(number), (*USUAL, 90))
    assert stands(room, number, changed=False).course is Course.WORSE


def test_guardrails_stand_on_the_first_tab_and_all_metrics_on_theirs(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    angry = room.metric(number, "Angry calls", role=MetricRole.GUARDRAIL)
    room.measured(angry)
    room.running(number, metric)
    page = pages.get(f"/improvements/{number}")
    assert "Angry calls" in page.root.one(id="guardrails").text
    rows = pages.get(f"/improvements/{number}/measures").rows("How they stand")
    assert [row[0].split(" primary")[0].split(" guardrail")[0] for row in rows] == [
        "Minutes to answer",
        "Angry calls",
    ]
    assert "no change beyond chance" in rows[1][2]


def test_the_overview_says_of_each_improvement_what_its_number_does(
    pages: Pages, room: Room, clock
) -> None:
    number, metric = room.begun("Calls are answered faster")
    room.climbed(number, metric)
    clock.time = room.now
    page = pages.as_operator().get("/improvements/progress")
    (row,) = page.rows("Metrics of improvements")
    assert row[0].startswith("Calls are answered faster")
    assert "getting better" in row[3] and "met at times" in row[4]


def test_an_empty_installation_says_that_nothing_has_started(pages: Pages) -> None:
    page = pages.get("/improvements/progress")
    assert page.root.all(class_="lead")[0].text == "Nothing has started yet."


def test_many_points_show_the_latest_thirty_until_somebody_asks_for_all(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    metric = room.metric(number)
    room.measured(metric, [40 + place % 5 for place in range(80)])
    page = pages.get(f"/metrics/{metric}")
    assert "The latest 30 of 80;" in page.content
    assert len(page.root.one("figure").one("table").all("tr")) == 31
    page = pages.get(f"/metrics/{metric}?points=all")
    assert len(page.root.one("figure").one("table").all("tr")) == 81
    assert pages.get(f"/metrics/{metric}/values.csv").response.text.count("\n") > 80


def test_a_rung_and_a_note_with_a_day_are_marked_on_the_chart(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    room.climbed(number, metric)
    day = room.now.date() - timedelta(days=3)
    draft = NoteDraft(ImprovementNoteKind.LEARN, "The exchange was down")
    draft = NoteDraft(draft.kind, draft.text, happened_on=day)
    room.do(add_note, number, draft)
    page = pages.get(f"/metrics/{metric}")
    told = [row.text for row in page.root.one("figure").one("table").all("tr")]
    assert any("Rung 1 began" in row for row in told)
    assert any("The exchange was down" in row for row in told)


def test_a_note_is_begun_at_a_point_with_its_day_filled_in(
    pages: Pages, room: Room
) -> None:
    number, metric = room.begun()
    page = pages.get(f"/metrics/{metric}")
    links = [
        node.attrs["href"]
        for node in page.root.all("a")
        if "/notes/new?on=" in node.attrs.get("href", "")
    ]
    page = pages.get(links[0])
    assert page.root.one("input", id="happened_on").attrs["value"] == "2026-03-01"
    assert pages.get(f"/improvements/{number}/notes/new?on=yesterday").status == 200


def test_limits_of_a_share_never_pass_the_whole(pages: Pages, room: Room) -> None:
    number = room.raised()
    metric = room.metric(number, "Kept promises", unit="%", target=95)
    room.measured(metric, (99, 90, 98, 96, 97, 91, 99, 94, 92, 95, 97, 93))
    rows = pages.get(f"/metrics/{metric}/values.csv").response.text.splitlines()
    upper = [float(line.split(",")[4]) for line in rows[1:]]
    assert set(upper) == {100.0}


def test_the_values_of_a_metric_come_ten_at_a_time(pages: Pages, room: Room) -> None:
    metric = room.metric(room.raised())
    room.measured(metric, [40 + place % 5 for place in range(25)])
    page = pages.get(f"/metrics/{metric}")
    assert len(page.rows("Values, the latest first")) == 10
    last = pages.get(f"/metrics/{metric}?page=3")
    assert len(last.rows("Values, the latest first")) == 5
    oldest = next(
        link.attrs["href"] for link in last.root.all("a") if "Correct" in link.text
    )
    assert "was written down as" in pages.get(oldest).content


def test_all_metrics_stand_on_one_page_and_are_looked_for(
    room: Room, pages: Pages
) -> None:
    number, metric_id = room.begun()
    more = {"role": MetricRole.GUARDRAIL, "target": None}
    wrong = room.metric(number, "Calls to the wrong person", **more)
    room.climbed(number, metric_id)
    room.measured(wrong, (1, 2))
    page = pages.get("/improvements/metrics")
    assert "2 metrics of improvements that are tried or done" in page.content
    first, second = page.rows("How every metric stands")
    assert "getting better" in first[2] and "unlikely to be chance" in first[4]
    assert "Calls to the wrong person" in second[0]
    found = pages.get("/improvements/metrics?course=getting better&q=answer")
    assert len(found.rows("How every metric stands")) == 1
    assert "No metric is like that" in pages.get("/improvements/metrics?q=zz").content
    csv = pages.client.get("/improvements/metrics.csv").text
    assert "Minutes to answer" in csv and "unlikely to be chance" in csv


def test_the_page_of_all_metrics_says_what_it_is_for_while_there_are_none(
    pages: Pages,
) -> None:
    assert "Nothing is measured yet" in pages.get("/improvements/metrics").content
