"""An owner answers by a link, what is to go becomes a plan, and the next reading proves it gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.access.reviews.rules import MOST_QUESTIONS, MayBeAsked, worth_asking
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.requester_links import with_answer_link
from app.models.access.review import ReviewQuestion
from app.models.messages import ChannelKind, Message
from app.people.queries import find_person
from tests.access.engine.slapd_world import SlapdWorld, company, person_dn, right_dn
from tests.conftest import Clock
from tests.pages import Pages

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock, kind="demo") as world:
        world.done("right", "owner", "mail", "eve")
        yield world


def path_of(told: dict[str, str]) -> str:
    return "/v/" + told["link"].rpartition("/v/")[2]


def answers(world: SlapdWorld, **said: str) -> dict[str, str]:
    """Return the fields of a form that answers about people, by account."""
    with world.parts.database.read() as session:
        numbers = list(session.scalars(select(ReviewQuestion.id)))
    told = world.done("review", "show", "1")["questions"]
    return {
        f"q{number}": said[one["person"]]
        for number, one in zip(numbers, told, strict=True)
        if one["person"] in said
    }


def test_what_the_owner_no_longer_needs_is_planned_removed_and_proved(
    world: SlapdWorld, clock: Clock
) -> None:
    told = world.done("review", "start", "eve")
    names = [one["person"] for one in told["questions"]]
    assert sorted(names) == ["ada", "ben", "cyd", "dot"]
    anybody = Pages(world.app)
    page = anybody.get(path_of(told))
    assert "Does dot still need mail?" in page.content
    clock.forward(hours=1)
    sent = answers(world, dot="remove", ada="keep", ben="not mine")
    page = anybody.post(path_of(told), sent)
    assert "3 answers are kept" in page.content
    wave = str(world.done("review", "plan", "1")["wave"])
    assert world.member_of("dot") == {"mail"}
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    assert world.member_of("dot") == set()
    assert not any(
        one["gone"] for one in world.done("review", "show", "1")["questions"]
    )
    clock.forward(hours=1)
    world.sync()
    shown = world.done("review", "show", "1")["questions"]
    assert [one["person"] for one in shown if one["gone"]] == ["dot"]
    world.undone(wave)
    assert world.member_of("dot") == {"mail"}


def test_opening_the_link_changes_nothing_and_a_forged_one_leads_nowhere(
    world: SlapdWorld,
) -> None:
    told = world.done("review", "start", "eve")
    path = path_of(told)

    def events() -> int:
        with world.parts.database.read() as session:
            return session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before, anybody = events(), Pages(world.app)
    anybody.get(path)
    anybody.get(path)
    assert events() == before
    anybody.get(path[:-2] + "xx", status=404)
    anybody.post(path[:-2] + "xx", {"q1": "remove"}, status=404)
    assert events() == before


def test_a_new_link_makes_the_old_one_worthless_and_it_ends_after_a_month(
    world: SlapdWorld, clock: Clock
) -> None:
    old = path_of(world.done("review", "start", "eve"))
    Pages(world.app).as_operator("olga").post("/reviews/1/link")
    fresh = path_of(world.done("review", "show", "1"))
    anybody = Pages(world.app)
    anybody.get(old, status=404)
    anybody.get(fresh)
    clock.forward(days=31)
    anybody.get(fresh, status=404)


def test_nothing_is_asked_twice_and_nobody_is_asked_about_nothing(
    world: SlapdWorld,
) -> None:
    world.done("review", "start", "eve")
    world.done("review", "start", "eve", code=1)
    world.done("review", "start", "ada", code=1)
    world.done("review", "plan", "1", code=1)
    listed = world.done("review", "list")["reviews"]
    assert [(one["owner"], one["answered"]) for one in listed] == [("eve", 0)]


def test_after_the_plan_no_answer_is_taken(world: SlapdWorld) -> None:
    path = path_of(world.done("review", "start", "eve"))
    anybody = Pages(world.app)
    anybody.post(path, answers(world, dot="remove"))
    world.done("review", "plan", "1")
    page = anybody.post(path, answers(world, dot="keep"), status=409)
    assert "planned already" in page.content


def test_who_lost_it_meanwhile_is_not_planned(world: SlapdWorld) -> None:
    path = path_of(world.done("review", "start", "eve"))
    Pages(world.app).post(path, answers(world, dot="remove"))
    world.server.take(right_dn("mail"), person_dn("dot"))
    world.sync()
    world.done("review", "plan", "1", code=1)


def test_the_pages_start_show_and_plan(world: SlapdWorld) -> None:
    browser = Pages(world.app).as_operator("olga")
    assert "No reviews yet" in browser.get("/reviews").content
    browser.get("/reviews/new")
    page = browser.submit("/reviews/new", owner="eve")
    assert "0 of 4 questions are answered" in page.content
    Pages(world.app).post(
        path_of(world.done("review", "show", "1")), answers(world, dot="remove")
    )
    page = browser.get("/reviews/1")
    assert "Plan 1 removal" in page.content
    page = browser.submit("/reviews/1/plan")
    assert "The plan is made. Nothing was changed yet." in page.content
    assert "1/4" in browser.get("/reviews").content


MAYBE = st.builds(
    MayBeAsked,
    person_id=st.integers(1, 6),
    right_id=st.integers(1, 4),
    since=st.integers(0, 900).map(lambda days: START - timedelta(days=days)),
    off=st.booleans(),
    privileged=st.booleans(),
    last_asked=st.none() | st.just(date(2026, 1, 1)),
)


@given(
    st.lists(MAYBE, max_size=30),
    st.sets(st.tuples(st.integers(1, 6), st.integers(1, 4))),
)
def test_at_most_ten_are_asked_the_doubtful_first_and_nothing_answered_lately(
    held: list[MayBeAsked], answered: set[tuple[int, int]]
) -> None:
    found = worth_asking(held, answered)
    assert len(found) <= MOST_QUESTIONS
    assert not {one.pair for one in found} & answered
    assert [not one.off for one in found] == sorted(not one.off for one in found)


def test_the_link_travels_by_mail_and_stands_in_no_table(world: SlapdWorld) -> None:
    world.done("review", "start", "eve")
    parts, path = world.parts, path_of(world.done("review", "show", "1"))
    browser = Pages(world.app).as_operator("olga")
    page = browser.post("/reviews/1/mail", status=409)
    assert "eve has no mail address." in page.content
    with parts.acting("olga") as act:
        find_person(act.session, "eve").mail = "eve@acme.example"
        url = "mailto://mail.example?from=desk@acme.example&to={address}"
        draft = ChannelDraft("Mail", ChannelKind.MAIL, url)
        add_channel(act, draft, parts.trust)
    browser.get("/reviews/1")
    page = browser.submit("/reviews/1/mail")
    assert page.told == "The link goes to eve by mail."
    assert "Mailed to eve@acme.example: on its way." in page.content
    with parts.database.read() as session:
        sent = session.scalars(select(Message)).one()
        assert path not in sent.text and "4 questions wait for you" in sent.text
        text = with_answer_link(session, "review:1", sent.text, parts.settings)
    assert text.endswith(path)


def test_today_has_a_line_for_the_owner_and_one_for_who_plans(
    world: SlapdWorld,
) -> None:
    told = world.done("review", "start", "eve")
    owner = Pages(world.app).as_operator("eva", permissions=("read",), person_uid="eve")
    assert "4 questions about rights you answer for" in owner.get("/").content
    planner = Pages(world.app).as_operator("olga")
    assert "rights are to be removed" not in planner.get("/").content
    every = {"ada": "keep", "ben": "keep", "cyd": "keep", "dot": "remove"}
    Pages(world.app).post(path_of(told), answers(world, **every))
    assert "1 rights are to be removed" in planner.get("/").content
    assert "rights you answer for" not in owner.get("/").content
    world.done("review", "plan", "1")
    assert "are to be removed" not in planner.get("/").content
