"""Rows of the acceptance table as somebody at the pages sees them (docs/acceptance.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.improvements.complaints.actions import ComplaintSaid, hear
from app.improvements.register.actions import move
from app.improvements.rungs.actions import rehearse_undo
from app.models.improvements.words import (
    ImprovementNoteKind,
    ImprovementState,
    MetricRole,
    ParticipationState,
    Side,
)
from tests.improvements.builders import Room
from tests.improvements.crowd.builders import a_crowd, leave
from tests.pages import Page, Pages

DAY = timedelta(days=1)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def part(page: Page, name: str) -> str:
    """Return what stands in the part of a page with this id, in one line."""
    return re.sub(r"\s+", " ", page.root.one(id=name).text)


def test_what_kept_improvements_from_being_started_is_said_and_counted(
    pages: Pages, room: Room
) -> None:
    ideas = [room.raised(f"Idea {place}") for place in range(3)]
    room.begun()
    for number, why in zip(ideas, ("its cost", "cost and risk"), strict=False):
        pages.get(f"/improvements/{number}/edit/now")
        assert pages.submit(held_back=why).told == "Saved."
    pages.get(f"/improvements/{ideas[0]}/edit/now")
    pages.submit(nothing_cost="40 hours a month", nothing_risk="Trust goes")
    told = part(pages.get("/improvements/progress"), "never-started")
    assert "3 that wait were never started" in told
    assert "(its cost: 1, cost and risk: 1, nobody said why: 1)." in told
    assert told.endswith("the longest waits since 2 Mar 2026: Idea 0")
    sheet = pages.get(f"/improvements/{ideas[0]}/sheet").content
    assert "What kept it from being started its cost" in sheet
    case = pages.get(f"/improvements/{ideas[0]}/case").content
    assert "What kept it from being started: its cost." in case
    assert "Doing nothing costs: 40 hours a month." in case
    assert "Doing nothing risks: Trust goes." in case


def test_what_was_never_started_is_answered_with_one_person(
    pages: Pages, room: Room
) -> None:
    now = room.now
    room.now = now - 40 * DAY
    raised, accepted = room.raised("Raised long ago"), room.raised("Accepted long ago")
    room.do(move, accepted, ImprovementState.ACCEPTED)
    room.now = now
    page = pages.get(f"/improvements/{raised}")
    said = "Nobody has tried it for 40 days. What is never started is never finished"
    assert said in page.content
    assert "Try it with one person" in page.content
    [attention] = pages.get("/improvements").root.all(class_="attention")
    assert "Accepted long ago" in attention.text and said in attention.text
    assert "Raised long ago" not in attention.text


def test_progress_says_which_objective_of_the_business_each_serves(
    pages: Pages, room: Room
) -> None:
    first, _ = room.begun()
    room.begun("Second")
    pages.get(f"/improvements/{first}/edit/vision")
    pages.submit(objective="Shops never wait")
    told = part(pages.get("/improvements/progress"), "aims")
    assert "1 of 2 that are worked on name the business objective they serve" in told
    assert "Calls are answered faster Shops never wait" in told
    assert "Second no objective named" in told


def test_the_first_rung_asks_for_the_desk_and_a_high_risk_for_a_reason(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}/try")
    assert "Is the service desk involved?" in page.content
    typed = {
        "names": "Ada",
        "what_changes": "Ada writes",
        "risk_level": "high",
        "cost_level": "low",
        "desk_involved": "no",
    }
    page = pages.submit(**typed, status=422)
    assert "take a smaller step, or say why it is not simpler" in page.text
    assert page.root.one(name="names").text.strip() == "Ada"
    page = pages.submit(simple_reason="The old line is cut on Friday")
    assert page.told.startswith("Started.")
    sheet = pages.get(f"/improvements/{number}/sheet").content
    assert "Keep it simple: no, because: The old line is cut on Friday" in sheet
    assert "Start where you are: asked from 6 people on." in sheet
    assert "Progress iteratively: yes." in sheet
    assert "Service desk involved no" in sheet
    case = pages.get(f"/improvements/{number}/case").content
    assert "high risk" in case and "low cost" in case
    assert "The service desk is not involved yet." in case


def test_a_large_rung_says_all_that_is_missing_before_it_starts(
    pages: Pages, room: Room
) -> None:
    number, metric_id = room.begun(budget_hours=10, desk_involved=None)
    names = [f"Person {place}" for place in range(40)]
    rung = room.planned(
        number, metric_id, *names, budget_hours=12, risk_level=None, cost_level=None
    )
    text = pages.get(f"/iterations/{rung}").content
    for line in (
        "40 people at once; the first rung is 1. Make it smaller, or say why not.",
        "12 hours planned, 10 left.",
        "Answer whether the service desk is involved; no is an answer.",
        "Say how risky this rung is: low, medium or high.",
        "Say how costly this rung is: low, medium or high.",
    ):
        assert line in text, line
    pages.get(f"/improvements/{number}/edit/now")
    pages.submit(desk_involved="yes")
    pages.get(f"/iterations/{rung}/edit")
    pages.submit(
        size_reason="The old line ends on Friday",
        simple_reason="All forty share one line",
        risk_level="low",
        cost_level="medium",
    )
    pages.get(f"/iterations/{rung}")
    assert pages.submit(f"/iterations/{rung}/start").told.startswith("Started")
    shown = pages.get(f"/improvements/{number}/sheet").content
    assert "Progress iteratively: no, because: The old line ends on Friday" in shown
    case = pages.get(f"/improvements/{number}/case").content
    assert "low risk" in case and "medium cost" in case


def test_a_case_says_what_each_of_those_it_is_for_gets(
    pages: Pages, room: Room
) -> None:
    number, _ = room.begun()
    for kind, who, text in (
        (ImprovementNoteKind.PICTURE, "Shops", "The till never stops"),
        (ImprovementNoteKind.PICTURE, "Agents", "Nobody asks twice"),
        (ImprovementNoteKind.STAKEHOLDER, "Shops", "Fewer calls"),
    ):
        pages.get(f"/improvements/{number}/notes/new?kind={kind}")
        extra = {"answer": "yes"} if kind is ImprovementNoteKind.STAKEHOLDER else {}
        pages.submit(who=who, text=text, **extra)
    room.cost(number, Side.BENEFIT, what="Queues", for_whom="shops", actual=10)
    content = pages.get(f"/improvements/{number}/case").content
    told = (
        "What those it is for get",
        "Shops: a good day is: The till never stops.",
        "Shops: success is: Fewer calls (seen).",
        "shops: it brings: Queues: 12 hours planned, 10 hours gained (−16.7 %).",
        "Agents: a good day is: Nobody asks twice.",
        "Dis-benefits",
    )
    places = [content.find(one) for one in told]
    assert -1 not in places and places == sorted(places), places


def test_a_reader_votes_and_the_list_says_what_comes_next(
    app: Flask, pages: Pages, room: Room
) -> None:
    room.raised("First idea")
    wished = room.raised("Wished for")
    reader = Pages(app).as_operator("rita", permissions=("read",))
    reader.get(f"/improvements/{wished}")
    reader.submit(f"/improvements/{wished}/vote")
    rows = reader.get("/improvements/list?sort=votes").rows("Improvements")
    assert [(row[0].split(" other")[0], row[6]) for row in rows] == [
        ("Wished for", "1"),
        ("First idea", "0"),
    ]
    reader.get(f"/improvements/{wished}/comments")
    assert "Comment" in reader.submit(text="Our shop needs it first").content


def test_what_was_before_and_what_is_since_stand_side_by_side(
    pages: Pages, room: Room
) -> None:
    number, metric_id = room.begun()
    satisfied = room.metric(
        number,
        "Satisfied with the last contact",
        role=MetricRole.GUARDRAIL,
        unit="points",
        direction="up",
        target=None,
    )
    room.measured(satisfied, [4.0, 4.2] * 6)
    room.climbed(number, metric_id)
    room.measured(satisfied, [4.5, 4.7] * 4)
    [row] = pages.get("/improvements/progress").rows("Metrics of improvements")
    assert "41.3 before, 32.8 since" in row[3]
    rows = pages.get("/improvements/metrics").rows("How every metric stands")
    [csat] = [row for row in rows if "Satisfied" in row[0]]
    assert "4.1 before, 4.6 since" in csat[2]
    page = pages.get(f"/metrics/{satisfied}").content
    assert "4.1 points before the change, 4.6 points since." in page


def test_of_a_duration_the_case_says_the_same_numbers_as_its_chart(
    pages: Pages, room: Room
) -> None:
    room.now -= 20 * DAY
    number, metric_id = room.begun()
    waits = room.metric(
        number, "Hours to wait", role=MetricRole.OTHER, unit="hours", skewed=True
    )
    room.measured(waits, [2, 30, 4, 3, 8, 2] * 2)
    room.climbed(number, metric_id)
    room.measured(waits, [1, 2, 1, 9, 1, 2, 1, 1])
    page = pages.get(f"/metrics/{waits}").content
    assert "4.75 hours before the change, 1.57 hours since." in page
    case = pages.get(f"/improvements/{number}/case").content
    assert "Hours to wait (hours): From 4.75 to 1.57" in case


def test_what_is_heard_after_success_is_told_apart_by_process_and_treatment(
    pages: Pages, room: Room
) -> None:
    titles = {"Ping-pong": "ping-pong", "Cold answers": "how we were treated"}
    for place, (title, about) in enumerate(titles.items(), start=1):
        pages.get("/complaints/new")
        pages.submit(title=title, who="Ms Weber", defect=about)
        pages.get(f"/complaints/{place}")
        pages.submit(f"/complaints/{place}/improve")
        room.put(place, state=ImprovementState.EMBEDDED, embedded_on=room.now.date())
    room.forward(days=3)
    assert "Still heard" not in pages.get("/complaints").content
    said = ComplaintSaid("Ben", room.now.date(), "Still cold")
    room.do(hear, 2, said)
    page = pages.get("/complaints")
    assert "0 about processes, 1 about how people were treated." in page.content
    [row] = pages.get("/complaints?after=heard").rows("Complaints")
    assert row[0] == "Cold answers" and "heard 1 time since" in row[5]
    asked = urlencode({"defect": "how we were treated"})
    assert len(pages.get(f"/complaints?{asked}").rows("Complaints")) == 1
    # Opened again by drift, it is still heard since the day it was embedded.
    room.put(2, state=ImprovementState.IN_PROGRESS)
    assert "1 about how people" in pages.get("/complaints").content


def test_how_people_are_won_stands_beside_every_improvement(
    pages: Pages, room: Room
) -> None:
    number = room.raised()
    page = pages.get(f"/improvements/{number}/beside")
    assert "Most of what stops a change is organisational" in part(page, "win")
    [link] = page.root.one(id="win").all("a")
    assert pages.get(link.attrs["href"]).h1 == "Win people for a change"


def test_a_metric_that_judges_a_rung_under_way_stays_until_it_is_decided(
    pages: Pages, room: Room
) -> None:
    number, metric_id = room.begun()
    room.running(number, metric_id)
    pages.get(f"/metrics/{metric_id}")
    page = pages.submit(
        f"/metrics/{metric_id}/retire", reason="Too much work", status=409
    )
    assert "rung 1" in page.text.lower()
    assert "no longer measured" not in pages.get(f"/metrics/{metric_id}").content


def test_a_rung_is_decided_although_somebody_left_the_directory_in_the_middle(
    pages: Pages, room: Room
) -> None:
    rung = a_crowd(room, 1)
    room.do(rehearse_undo, rung, 60)
    room.everybody(rung, ParticipationState.SWITCHED)
    leave(room, "lyon0000")
    assert "gone from the directory" in pages.get(f"/iterations/{rung}").content
    [ada, _] = room.people(rung)
    pages.post(f"/participants/{ada}/move", {"to": "accepted", "confirmed_by": "Ada"})
    page = pages.post(f"/iterations/{rung}/review")
    told = "1 of 1 person: it works, 1 person gone from the directory."
    assert told in page.content
    page = pages.post(f"/iterations/{rung}/decide", {"kind": "scale", "reason": "Fine"})
    assert "scale" in page.content and "Person 0000 of Lyon" in page.content


def test_a_climb_is_seen_in_its_spread_its_case_and_in_progress(
    pages: Pages, room: Room
) -> None:
    pages.get("/sites/new")
    pages.submit(name="Osaka", timezone="Asia/Tokyo", language="Japanese")
    number, metric_id = room.begun(saving_unit="minutes a week", budget_hours=10)
    rung = room.planned(
        number, metric_id, "Ada", "Ben", size_reason="They share a desk"
    )
    pages.get(f"/iterations/{rung}")
    pages.submit(f"/iterations/{rung}/start")
    for place, person in enumerate(room.people(rung)):
        saved = {
            "technique": "a colleague",
            "saved": str(20 + 10 * place),
            "site_id": "Osaka",
        }
        assert pages.post(f"/participants/{person}", saved).status == 200
    room.do(rehearse_undo, rung, 60)
    room.everybody(rung, ParticipationState.SWITCHED, ParticipationState.ACCEPTED)
    pages.post(f"/iterations/{rung}/review")
    page = pages.post(f"/iterations/{rung}/decide", {"kind": "scale", "reason": "Fine"})
    assert "Decided: scale." in page.content and "Fine" in page.content
    [moved] = pages.get(f"/improvements/{number}/spread").rows("What moved people")
    assert moved == ["a colleague", "2", "2 of 2 (100 %)", "0 of 2 (0 %)"]
    [there] = pages.get(f"/improvements/{number}/spread").rows("By site")
    assert there[:2] == ["Osaka Asia/Tokyo, Japanese", "2"]
    case = pages.get(f"/improvements/{number}/case").content
    assert "2 people saved 25 minutes a week each (20 to 30); for 80 people" in case
    assert "decision to scale: Fine." in case
    progress = pages.get("/improvements/progress").content
    assert "2 people have at least one improvement" in progress
    pages.get(f"/improvements/{number}")
    page = pages.submit(f"/iterations/{rung}/carry")
    assert "Rung 2" in page.content and "10 advised" in page.content
