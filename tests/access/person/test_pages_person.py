"""A person's page: one sentence for each right, history, the open switch, one undo, the roles that
fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from app.models.access.role import Role
from app.models.access.words import SwitchState
from app.models.directory import Membership, Reading, ReadingChange
from app.models.incidents.incident import Incident
from tests.access.builders import (
    COMPANY,
    MONDAY,
    DemoWorld,
    World,
    a_world,
    crowd,
    demo_world,
    tiles,
)
from tests.conftest import Clock
from tests.pages import Page, Pages


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    people = {
        "ada": {
            "title": "Clerk",
            "department": "Office",
            "site": "Bern",
            "mail": "ada@acme.test",
        }
    }
    return a_world(
        app.extensions[KEY].database,
        people=people,
        nested=[("mail", "news")],
        plans=settings.plans,
    )


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def moved(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which Cyd was moved to the role Clerk, keeping the wiki as an exception."""
    with demo_world(settings, clock) as world:
        world.approve(world.wave(world.role(), "cyd"), settings)
        world.apply(1, settings)
        world.run()
        yield world


def sources(page: Page) -> dict[str, str]:
    return {row[0]: row[1] for row in page.rows("Every right, and where it comes from")}


def events(page: Page) -> list[str]:
    return [row[2] for row in page.rows("What happened")]


def person(world: World, name: str) -> str:
    return f"/people/{world.people[name]}"


def test_the_page_says_who_it_is_and_what_is_held(browser: Pages, world: World) -> None:
    page = browser.get(person(world, "ada"))
    assert (
        page.h1 == "Ada"
        and "3 rights: 0 through roles, 0 kept as exceptions." in page.content
    )
    for fact in (
        "account on ada",
        "Title Clerk",
        "Department Office",
        "Site Bern",
        "ada@acme.test",
    ):
        assert fact in page.content


def test_direct_and_nested_rights_say_where_they_come_from(
    browser: Pages, world: World
) -> None:
    with world.database.write() as session:
        row = session.query(Membership).filter_by(
            person_id=world.people["ada"], entitlement_id=world.rights["post"]
        )
        row.one().since = MONDAY + timedelta(days=62)
        always = session.query(Membership).filter_by(
            entitlement_id=world.rights["mail"]
        )
        for each in always:
            each.since = MONDAY
    assert sources(browser.get(person(world, "ada"))) == {
        "mail": "Direct member since before 2 Mar 2026, the first reading.",
        "news": "Nested via mail → news.",
        "post": "Direct member since 3 May 2026.",
    }


def test_rights_through_a_role_say_which_group_since_when_and_what_was_before(
    moved: DemoWorld,
) -> None:
    page = Pages(moved.app).as_operator("anna").get(person(moved, "cyd"))
    assert sources(page) == {
        "mail": "Through role Clerk v1 via group Clerk since 2 Mar 2026; before: direct.",
        "post": "Through role Clerk v1 via group Clerk since 2 Mar 2026; before: direct.",
        "wiki": "Direct member since before 2 Mar 2026, the first reading. "
        "Exception until 1 Jun 2026: Kept until looked at. (anna)",
    }
    assert "3 rights: 2 through roles, 1 kept as exceptions." in page.content


def test_an_exception_that_was_ended_does_not_hide_the_one_in_force(
    moved: DemoWorld, settings: Settings
) -> None:
    browser = Pages(moved.app).as_operator("anna")
    browser.get(f"/waves/1/undo?person={moved.people['cyd']}")
    browser.submit()
    moved.run()
    assert "Exception" not in sources(browser.get(person(moved, "cyd")))["wiki"]
    moved.approve(moved.wave(1, "cyd"), settings)
    moved.apply(2, settings)
    moved.run()
    assert (
        "Exception until 1 Jun 2026"
        in sources(browser.get(person(moved, "cyd")))["wiki"]
    )
    kept = browser.get("/roles/1").rows("Exceptions")
    assert [row[2] for row in kept] == ["1 Jun 2026", "1 Jun 2026 ended"]


def test_a_reading_afterwards_tells_the_same(moved: DemoWorld, clock: Clock) -> None:
    clock.forward(minutes=5)
    before = sources(Pages(moved.app).as_operator("anna").get(person(moved, "cyd")))
    moved.read()
    assert (
        sources(Pages(moved.app).as_operator("anna").get(person(moved, "cyd")))
        == before
    )


def test_a_role_held_as_members_says_so_and_a_gain_was_not_held_before(
    settings: Settings, clock: Clock
) -> None:
    with demo_world(settings, clock, lens="direct") as world:
        world.approve(world.wave(world.role(), "dot", accept_all_gains=True), settings)
        world.apply(1, settings)
        world.run()
        page = Pages(world.app).as_operator("anna").get(person(world, "dot"))
        assert sources(page) == {
            "mail": "Through role Clerk v1 as a member since 2 Mar 2026; before: direct.",
            "post": "Through role Clerk v1 as a member since 2 Mar 2026; before: not held.",
        }


def test_the_open_switch_is_shown_and_undone_from_here(moved: DemoWorld) -> None:
    browser = Pages(moved.app).as_operator("anna")
    page = browser.get(person(moved, "cyd"))
    assert "Open move: wave 1 of Clerk" in page.content
    assert "3 of 5 done, 1 running" in str(page.html)
    assert not page.root.all(id="plan-into"), "one move at a time"
    (undo,) = page.root.one("main").all("a", class_="primary")
    assert (
        undo.text == "Undo Clerk"
        and undo.attrs["href"] == f"/waves/1/undo?person={moved.people['cyd']}"
    )
    browser.get(undo.attrs["href"])
    browser.submit()
    moved.run()
    page = browser.get(person(moved, "cyd"))
    assert (
        set(sources(page)) == {"mail", "post", "wiki"} and "In no role." in page.content
    )
    assert "Undo Clerk" not in page.content


def test_the_history_tells_who_did_what_about_this_person_only(
    moved: DemoWorld, settings: Settings
) -> None:
    moved.approve_next(moved.wave(1, "ada", "ben"), settings)
    browser = Pages(moved.app).as_operator("anna")
    assert (
        events(browser.get(person(moved, "cyd")))
        == [
            "Wave 1 of Clerk: soaking",
            "Cyd in wave 1 of Clerk: soaking",
            "Applied wave 1 of Clerk",
            "Approved wave 1 of Clerk",
            "Planned wave 1 of Clerk",
        ][1:]
    )
    assert events(browser.get(person(moved, "ada"))) == [
        "Approved wave 2 of Clerk",
        "Planned wave 2 of Clerk",
    ]


def test_what_readings_found_is_part_of_the_history(
    browser: Pages, world: World
) -> None:
    with world.database.write() as session:
        reading = session.query(Reading).one()
        text = "Ada (ada) was given post."
        session.add(
            ReadingChange(
                reading_id=reading.id,
                kind="given",
                text=text,
                person_id=world.people["ada"],
            )
        )
    page = browser.get(person(world, "ada"))
    assert page.rows("What happened") == [
        ["2 Mar 2026, 09:00", "seen by a reading", "Ada (ada) was given post."]
    ]


def test_the_best_fitting_roles_come_first(browser: Pages, world: World) -> None:
    world.role("Clerk", "mail post")
    world.role("Reader", "mail")
    world.role("Writer", "post wiki")
    world.role("Other", "wiki")
    with world.database.write() as session:
        retired = session.query(Role).filter_by(name="Other").one()
        retired.retired_at = MONDAY
        session.info["audit_events"] = 1
    page = browser.get(person(world, "ada"))
    fitting = page.root.one(id="plan-into").all("li")
    named = [item.all("a")[0].text for item in fitting]
    assert named == ["Clerk", "Reader", "Writer"]
    assert (
        fitting[2].text
        == "Writer ● covered 1 of 2 held · ○ missing 1 to gain · ◆ extra 1 besides "
        "· gains wiki · keeps or loses mail, as you decide Plan : Writer"
    )
    assert "nothing changes" in fitting[0].text


def test_one_glance_says_how_many_rights_come_from_where(moved: DemoWorld) -> None:
    page = Pages(moved.app).as_operator("anna").get(person(moved, "cyd"))
    assert tiles(page) == {
        "rights through roles": "2 of 3",
        "held directly": "0 of 3",
        "only through groups inside groups": "0 of 3",
        "kept as exceptions": "1 of 3",
    }
    marks = [row[2] for row in page.rows("Every right, and where it comes from")]
    assert marks == ["role", "role", "exception"]


def test_a_joiner_who_holds_nothing_is_planned_into_a_role_from_his_page(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    held = {"ada": "mail post", "joe": ""}
    world = a_world(app.extensions[KEY].database, held, plans=settings.plans)
    world.role()
    page = browser.get(person(world, "joe"))
    assert "gains mail, post" in page.root.one(id="plan-into").text
    page = browser.get(f"/roles/1/plan?person={world.people['joe']}")
    assert page.h1 == "Plan a wave of Clerk" and "mail would be gained" in page.content
    page = browser.submit("/roles/1/plan", button="Make the plan", gains="gain")
    assert page.told == "Wave 1 of Clerk is planned. Nothing was changed yet."
    nobody = browser.get(f"{person(world, 'joe')}/plan?role=Atlantis", status=422)
    assert "Nothing is called so" in nobody.content and nobody.h1 == "Joe"


def test_mail_and_phone_can_be_used_and_reported_incidents_are_listed(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    people = {"ada": {"mail": "ada@acme.test", "phone": "+41 31 300 11 22"}}
    world = a_world(app.extensions[KEY].database, people=people, plans=settings.plans)
    with world.database.write() as session:
        session.add(
            Incident(
                title="The printer is dumb",
                person_id=world.people["ada"],
                reported_at=MONDAY,
                touched_at=MONDAY,
                target_at=MONDAY,
                mail_token="a1b2",
                created_by="anna",
            )
        )
        session.info["audit_events"] = 1
    page = browser.get(person(world, "ada"))
    links = {link.attrs.get("href") for link in page.root.one("main").all("a")}
    assert {"mailto:ada@acme.test", "tel:+41313001122"} <= links
    assert "The printer is dumb" in page.root.one(id="incidents").text


def test_a_role_is_made_from_these_rights(browser: Pages, world: World) -> None:
    page = browser.get(person(world, "ada"))
    (link,) = page.root.one("main").all("a", class_="primary")
    assert link.attrs["href"] == "/roles/new?from_person=ada"


def test_somebody_who_is_gone_or_has_no_right_is_shown_plainly(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    held = {**COMPANY, "max": ""}
    people = {
        "ada": {"gone_at": MONDAY},
        "ben": {"disabled": True},
        "cyd": {"service": True},
    }
    world = a_world(
        app.extensions[KEY].database, held, people=people, plans=settings.plans
    )
    page = browser.get(person(world, "ada"))
    assert (
        "No longer in the directory since 2 Mar 2026." in page.content
        and "None as last read." in page.content
    )
    assert "account off" in browser.get(person(world, "ben")).content
    page = browser.get(person(world, "cyd"))
    assert (
        "service account" in page.content
        and "Make a role from these rights" not in page.content
    )
    assert "Holds no right." in browser.get(person(world, "max")).content


def test_many_rights_are_all_listed(
    app: Flask, browser: Pages, settings: Settings
) -> None:
    many = " ".join(f"right-{number:03}" for number in range(120))
    world = a_world(
        app.extensions[KEY].database, {**crowd(3), "max": many}, plans=settings.plans
    )
    assert len(sources(browser.get(person(world, "max")))) == 120


def test_an_unknown_person_is_not_found(browser: Pages, world: World) -> None:
    assert "There is no person 999." in browser.get("/people/999", status=404).content


def test_who_may_only_read_is_offered_neither_undo_nor_role(moved: DemoWorld) -> None:
    page = (
        Pages(moved.app)
        .as_operator("rita", permissions=("read",))
        .get(person(moved, "cyd"))
    )
    assert not page.root.one("main").all("a", class_="button")


def test_a_conflict_is_told_with_its_reason(
    browser: Pages, world: World, settings: Settings
) -> None:
    world.approve(world.wave(world.role(), "ada"), settings)
    world.put(1, SwitchState.CONFLICT)
    page = browser.get(person(world, "ada"))
    assert "Open move: wave 1 of Clerk" in page.content
    assert "2 of 5 done" in page.html and "conflict" in page.content
