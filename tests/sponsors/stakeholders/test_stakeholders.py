"""Who has a say: noted, seen by few, followed up, deleted for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid
from app.improvements.complaints.actions import ComplaintSaid, join, register
from app.models.improvements.words import TaskState
from app.models.sponsors.stakeholder import (
    Stakeholder,
    StakeholderAction,
    StakeholderAssessment,
    StakeholderContact,
)
from app.models.sponsors.words import Barrier, ContactKind, Stance
from app.sponsors.rules import Scores
from app.sponsors.stakeholders import actions
from app.sponsors.stakeholders.actions import ContactDraft, StepDraft, Stood
from app.sponsors.stakeholders.queries import (
    stakeholder_lines,
    stakeholder_page,
    support_of,
)
from tests.conftest import Rung
from tests.improvements.builders import MONDAY, Room
from tests.pages import Pages

TODAY = MONDAY.date()
SECRET = "the director fears for the budget"


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def room(pages: Pages) -> Room:
    return Room(pages.parts.database)


def noted(
    room: Room, improvement: int, name: str, stance: Stance, **values: object
) -> int:
    made = room.do(
        actions.add_stakeholder, improvement, {"name": name, **values}, Stood(stance)
    )
    return int(made.id)


def kick_off(room: Room) -> int:
    """The five of a kick-off in 2006, whose support is +27."""
    number = room.raised()
    noted(room, number, "Sponsor", Stance.LEADING, power=3, is_sponsor=True)
    noted(room, number, "Application development", Stance.RESISTANT, power=3)
    noted(room, number, "Service desk", Stance.SUPPORTIVE, power=2)
    noted(room, number, "PC support", Stance.SUPPORTIVE, power=1)
    noted(room, number, "Infrastructure", Stance.NEUTRAL, power=2)
    return number


def test_the_support_of_a_kick_off_is_shown_with_its_sum_grid_and_list(
    pages: Pages, room: Room
) -> None:
    number = kick_off(room)
    page = pages.get(f"/improvements/{number}/stakeholders")
    assert "Support +27 of 100" in page.text
    assert "100 × (6 power for it − 3 against it) ÷ 11 in all = +27" in page.text
    grid = page.root.one(class_="power-grid")
    assert "Application development resistant" in grid.text
    assert len(page.rows("most powerful first")) == 5
    found = pages.get(f"/improvements/{number}/stakeholders?text=desk")
    assert [row[0] for row in found.rows("most powerful first")] == ["Service desk"]
    lines = pages.get(f"/improvements/{number}/stakeholders.csv").html.splitlines()
    assert len(lines) == 6 and "Application development" in lines[1]
    everywhere = pages.get("/stakeholders")
    assert "+27" in everywhere.text and "PC support" in everywhere.text
    assert "Stakeholders" in pages.get(f"/improvements/{number}").text


def test_who_may_not_know_sees_nothing_of_them(app: Flask, room: Room) -> None:
    number = kick_off(room)
    reader = Pages(app).as_operator("rita", permissions=("read", "improve"))
    for address in (
        "/stakeholders",
        "/stakeholders.csv",
        "/stakeholders/1",
        f"/improvements/{number}/stakeholders",
        f"/improvements/{number}/stakeholders.csv",
    ):
        reader.get(address, status=403)
    for address in (f"/improvements/{number}", "/", f"/improvements/{number}/history"):
        page = reader.get(address)
        assert "Application development" not in page.html
        assert "Stakeholders" not in page.content
    assert Pages(app).get("/stakeholders/1").url == "/sign-in"


def test_somebody_is_noted_assessed_and_followed_up_in_the_browser(
    pages: Pages, room: Room
) -> None:
    number = room.raised(sponsor="Dora Director")
    page = pages.get(f"/improvements/{number}/stakeholders")
    assert "Dora Director" in page.text
    pages.get(f"/improvements/{number}/stakeholders/new?sponsor=Dora+Director")
    page = pages.submit(
        kind="person",
        power="3",
        interest="3",
        stance="resistant",
        desired="leading",
        reason=SECRET,
        problem="Nobody knows who owns a call",
        benefit="Fewer angry branches",
        driver="The audit in June",
        liaison="Lena",
        agents="Ben\nEva",
        leads="Branches",
    )
    assert page.h1 == "Dora Director" and "sponsor" in page.content
    for words in (SECRET, "Fewer angry branches", "Ben, Eva", "lower than needed"):
        assert words in page.content
    page = pages.submit(
        "/stakeholders/1/assess",
        **{
            "assess-stance": "neutral",
            "assess-reason": "She asked for figures",
            "assess-awareness": "5",
            "assess-desire": "2",
        },
    )
    assert "What is missing first: desire" in page.content
    assert len(page.root.one(id="stood").all("li")) == 2
    page = pages.submit(
        "/stakeholders/1/contact",
        **{
            "contact-kind": "one to one",
            "contact-technique": "Showed the figures",
            "contact-result": "Wants them each week",
        },
    )
    assert "Wants them each week" in page.root.one(id="contacts").text
    assert "heard today" in page.content
    pages.get("/stakeholders/1")
    page = pages.submit("/stakeholders/1/steps", **{"step-what": "Straighten that up"})
    step = {"to": "done", "result": "Settled"}
    page = pages.post("/stakeholders/steps/1/end", step)
    assert "done: Settled" in page.root.one(id="steps").text
    pages.get("/stakeholders/1/edit")
    assert pages.submit(driver="The audit in May").h1 == "Dora Director"


def test_an_external_company_has_a_say_too(pages: Pages, room: Room) -> None:
    number = room.raised()
    said = ComplaintSaid("Ben", TODAY)
    heard = room.do(register, "The network is down at night", said).id
    room.do(join, heard, number)
    pages.get(f"/improvements/{number}/stakeholders/new")
    page = pages.submit(
        name="Their analysts",
        kind="external group",
        company="Netco",
        complaint_id=str(heard),
        stance="resistant",
    )
    about = page.root.one(id="about").text
    assert "Netco" in about and "The network is down at night" in about
    (row,) = pages.get(f"/improvements/{number}/stakeholders").rows("most powerful")
    assert "Netco" in row[0] and "external group" in row[1]


def test_what_was_deleted_is_gone_everywhere_and_the_trail_never_held_it(
    room: Room,
) -> None:
    number = room.raised()
    there = noted(room, number, "Dora Director", Stance.RESISTANT, reason=SECRET)
    room.do(actions.change_stakeholder, there, {"driver": SECRET})
    room.do(actions.assess, there, Stood(Stance.NEUTRAL, None, SECRET))
    draft = ContactDraft(ContactKind.PHONE, result=SECRET)
    room.do(actions.note_contact, there, draft)
    step = room.do(actions.add_step, there, StepDraft(SECRET, "anna", TODAY)).id
    room.do(actions.end_step, step, TaskState.DONE, SECRET)
    assert room.do(actions.delete_stakeholder, there) == number
    kinds = (Stakeholder, StakeholderAssessment, StakeholderContact, StakeholderAction)
    for kind in kinds:
        assert (
            room.ask(lambda s, k=kind: s.scalar(select(func.count()).select_from(k)))
            == 0
        )
    trail = room.ask(lambda session: session.scalars(select(AuditEvent)).all())
    told = " ".join(f"{e.label} {e.before} {e.after} {e.reason}" for e in trail)
    assert SECRET not in told and "Dora" not in told
    assert sum(event.subject == f"stakeholder:{there}" for event in trail) >= 6


def test_history_is_kept_and_the_latest_day_counts(room: Room) -> None:
    number = room.raised()
    there = noted(room, number, "Sales", Stance.UNAWARE, kind="group")
    before = MONDAY - timedelta(days=40)
    room.do(actions.assess, there, Stood(Stance.RESISTANT, before.date(), "Said no"))
    page = room.ask(stakeholder_page, there, TODAY)
    assert page.one.stance is Stance.UNAWARE and len(page.assessments) == 2
    scores = Scores(5, 5, 1, 1, 1)
    room.do(actions.assess, there, Stood(Stance.LEADING, None, "", scores))
    page = room.ask(stakeholder_page, there, TODAY)
    assert page.one.stance is Stance.LEADING and page.stuck_at is Barrier.KNOWLEDGE
    told = room.ask(support_of, number, TODAY)
    assert told is not None and told.moved == 200
    assert told.moved_text == "+200"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "X", "power": 4}, "power"),
        ({"name": "X", "stance": "leading"}, "stance"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    room: Room, values: dict[str, object], field: str
) -> None:
    number = room.raised()
    with pytest.raises(Invalid) as refused:
        room.do(actions.add_stakeholder, number, values, Stood(Stance.NEUTRAL))
    assert refused.value.field == field


def test_days_and_scores_that_cannot_be_are_refused(room: Room) -> None:
    there = noted(room, room.raised(), "Sales", Stance.NEUTRAL)
    tomorrow = TODAY + timedelta(days=3)
    for act, draft in (
        (actions.assess, Stood(Stance.NEUTRAL, tomorrow)),
        (actions.assess, Stood(Stance.NEUTRAL, scores=Scores(6))),
        (actions.note_contact, ContactDraft(ContactKind.PHONE)),
        (actions.add_step, StepDraft("  ")),
        (actions.add_step, StepDraft("Ask", due=TODAY - timedelta(days=1))),
    ):
        with pytest.raises(Invalid):
            room.do(act, there, draft)


def test_a_silent_sponsor_and_a_step_that_is_due_wait_on_today_of_who_may_know(
    app: Flask, pages: Pages, room: Room
) -> None:
    number, _metric = room.begun()
    room.now = pages.parts.now() - timedelta(days=40)
    there = noted(room, number, "Dora Director", Stance.NEUTRAL, is_sponsor=True)
    room.do(
        actions.add_step, there, StepDraft("Bring figures", "olga", room.now.date())
    )
    waits = pages.get("/").root.one(id="waits").text
    assert "Bring figures" in waits and "Ask Dora Director, the sponsor" in waits
    reader = Pages(app).as_operator("rita", permissions=("read", "improve"))
    assert "Dora" not in reader.get("/").html
    room.now = pages.parts.now()
    room.do(actions.note_contact, there, ContactDraft(ContactKind.PHONE, result="Fine"))
    assert "the sponsor" not in pages.get("/").root.one(id="waits").text
    (line,) = room.ask(stakeholder_lines, room.now.date(), number)
    assert line.clock.words == "heard today" and line.open_steps == 1


def test_stakeholders_on_the_command_line(rung: Rung, room: Room) -> None:
    number = kick_off(room)
    told = rung("stakeholder", "list", str(number), "--json").json
    assert len(told["stakeholders"]) == 5
    assert told["support"][str(number)]["index"] == 27
    out = rung("stakeholder", "list", "--text", "sponsor").out
    assert out.startswith("1 Sponsor (person, sponsor): leading, should be supportive")
    assert rung("stakeholder", "list", "99").code == 1


def test_stakeholders_are_written_on_the_command_line(rung: Rung, room: Room) -> None:
    number = room.raised()
    add = ("stakeholder", "add", str(number), "Service desk", "--kind", "group")
    made = rung(*add, "--power", "3", "--sponsor", "--json").json
    assert (made["name"], made["stance"]) == ("Service desk", "unaware")
    there = str(made["stakeholder"])
    more = (
        "--stance",
        "leading",
        "--because",
        "Asked for it",
        "--benefit",
        "Fewer calls",
    )
    assert (
        rung("stakeholder", "set", there, *more, "--json").json["stance"] == "leading"
    )
    (told,) = rung("stakeholder", "list", "--json").json["stakeholders"]
    assert (told["power"], told["sponsor"], told["stance"]) == (3, True, "leading")
    assert told["benefit"] == "Fewer calls"
    assert rung("stakeholder", "set", there).code == 2
    assert rung("stakeholder", "set", there, "--day", "2026-01-01").code == 2
    future = ("--stance", "neutral", "--day", "2099-01-01")
    assert rung("stakeholder", "set", there, *future).code == 1
    assert rung("stakeholder", "remove", there, "--json").json["removed"] is True
    assert rung("stakeholder", "remove", there).code == 1
    assert rung("stakeholder", "add", "99", "Nobody").code == 1
