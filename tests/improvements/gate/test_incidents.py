"""Incidents and improvements: raised from one, shown on both, and counted by the gate."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvements.gate.checks import RungShown, incidents_quiet, must_show
from app.improvements.gate.queries import scene_of, signal_in, standing_in
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.queries import get_improvement
from app.improvements.sheet.queries import now_page
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ImprovementNoteKind
from tests.improvements.builders import Room, counted
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_an_incident_becomes_an_improvement_with_its_words(
    pages: Pages, desk: Desk
) -> None:
    service = desk.service("Till")
    number = desk.reported(
        "The till freezes", description="Every Monday at nine.", service_id=service
    )
    pages.get(f"/desk/{number}")
    page = pages.submit(f"/desk/{number}/improve")
    assert page.told == "Raised; the words of the incident went along."
    assert page.h1 == "The till freezes"
    assert "Every Monday at nine." in page.content and "Till" in page.content
    assert "1 incident belongs to it." in page.content
    assert "led to The till freezes" in pages.get(f"/desk/{number}").content


def test_an_incident_is_linked_on_its_page(pages: Pages, desk: Desk) -> None:
    improvement, number = (
        Room(desk.database).raised("Tills start faster"),
        desk.reported(),
    )
    pages.get(f"/desk/{number}")
    page = pages.submit(
        f"/desk/{number}/links", target=f"improvement:{improvement}", kind="symptom"
    )
    assert page.told == "They are linked."
    assert "came of Tills start faster" in page.content
    again = pages.post(
        f"/desk/{number}/links",
        {"target": f"improvement:{improvement}", "kind": "cause"},
        status=422,
    )
    assert again.errors == ["It is linked to Tills start faster already."]
    pages.get(f"/desk/{number}")
    assert pages.submit("/desk/links/1/remove").told == "The link is gone."


def test_who_does_not_work_at_the_desk_sees_no_incidents_of_an_improvement(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported("The till freezes")
    pages.post(f"/desk/{number}/improve")
    page = pages.as_operator("rita", permissions=("read",)).get("/improvements/1")
    assert "belongs to it" not in page.content


@pytest.mark.parametrize(
    ("said", "note", "counted", "quiet"),
    [
        (None, "", None, None),
        (None, "", True, True),
        (None, "", False, False),
        (True, "", None, True),
        (True, "", False, False),
        (True, "Two were about a printer.", False, True),
        (False, "x", True, False),
    ],
)
def test_a_count_is_only_outvoted_by_somebody_who_says_why(
    said: bool | None, note: str, counted: bool | None, quiet: bool | None
) -> None:
    assert incidents_quiet(said, note, counted) is quiet


def test_the_gate_counts_the_incidents_of_its_people(desk: Desk) -> None:
    room, service = Room(desk.database), desk.service("Till")
    improvement_id, metric_id = room.begun(service="till")
    carla = desk.person("Carla Cash")
    iteration_id = room.running(improvement_id, metric_id, "carla.cash")
    with desk.database.write() as session:
        one = session.query(Participation).filter_by(iteration_id=iteration_id).one()
        one.audited = False  # type: ignore[misc]  # only the moment of the switch is put here
        assert one.person_id == carla
        one.switched_at = room.now
    desk.forward(days=4)
    for _ in range(3):
        desk.reported(person_id=carla, service_id=service)

    def signal(session):
        scene = scene_of(session, get_improvement(session, improvement_id))
        iteration = session.get_one(Iteration, iteration_id)
        hits.append(standing_in(scene, iteration, desk.now.date()).shown.hit)
        return signal_in(scene, iteration, desk.now.date())

    hits: list[int] = []
    found = desk.ask(signal)
    assert hits == [1]
    assert (found.after, found.before, found.quiet) == (3, 0, False)
    with counted(desk.database) as statements:
        desk.ask(
            lambda session: scene_of(session, get_improvement(session, improvement_id))
        )
    assert len(statements) < 14


def test_the_line_of_the_gate_says_what_was_counted() -> None:
    shown = RungShown(
        participants=8,
        accepted=8,
        incidents_quiet=False,
        incidents_told="4 incidents of 8 people.",
    )
    [line] = [check for check in must_show(shown) if check.key == "incidents"]
    assert (
        line.sentence
        == "More incidents among the participants than usual. 4 incidents of 8 people."
    )
    assert line.ok is False


def test_the_service_of_an_improvement_is_one_of_the_catalogue_even_if_it_is_no_it(
    pages: Pages, desk: Desk
) -> None:
    room, service = Room(desk.database), desk.service("Canteen", is_it=False)
    number = room.raised("Lunch is ready at noon")
    page = pages.get(f"/improvements/{number}/edit/standing")
    assert [
        node.attrs["value"]
        for node in page.root.one("datalist", id="service-names").all("option")
    ] == ["Canteen"]
    assert "canteen" in pages.submit(service="canteen").content
    shown = desk.ask(now_page, number, desk.now.date())
    assert shown.service_id == service


def test_what_the_hands_on_taught_becomes_an_article(pages: Pages, desk: Desk) -> None:
    room = Room(desk.database)
    number = room.raised("The new till")
    room.do(
        add_note,
        number,
        NoteDraft(ImprovementNoteKind.ARTICLE, "The drawer opens with a key"),
    )
    page = pages.get(f"/improvements/{number}/beside")
    [link] = [node for node in page.root.all("a") if node.text == "Write the article"]
    written = pages.get(link.attrs["href"])
    assert (
        written.form("/knowledge/new").one("input", name="title").attrs["value"]
        == "The drawer opens with a key"
    )
    pages.submit("/knowledge/new", issue="It stays shut.", resolution="Turn the key.")
    assert pages.get("/knowledge/1").h1 == "The drawer opens with a key"
