"""Plans of many people: asked for on a page, made by the worker, stopped, refused, told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app.access.plan import working
from app.access.plan.asking import AT_ONCE, ask_plan, cancel_plan
from app.access.plan.values import (
    KeptOutside,
    PlanChoices,
    PlanOrder,
    choices_as_data,
    choices_from,
)
from app.access.plan.working import make_plan, run_asked_plans, take
from app.core import audit
from app.core.asked import AskedState
from app.core.asked_work import DEAD_AFTER, KEPT_FOR, NotOurs
from app.core.errors import Refused
from app.core.heartbeat import Beat, write_beat
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import freeze
from app.models.access.asked import AskedPlan
from app.models.access.wave import Switch, Wave
from app.models.directory import Membership, Reading
from app.upkeep.cleaning import NightlyCleaning
from tests.access.builders import World, a_world, crowd
from tests.acting import acting
from tests.conftest import Clock, Rung
from tests.pages import Page, Pages

MANY = AT_ONCE + 2
KEPT = KeptOutside("anna", "Kept until looked at.", "2099-06-01")


@pytest.fixture
def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[KEY]
    return found


@pytest.fixture
def world(parts: Parts, settings: Settings) -> World:
    world = a_world(parts.database, crowd(MANY), plans=settings.plans)
    world.role()
    return world


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def open_form(browser: Pages, world: World) -> Page:
    chosen = "&".join(f"person={number}" for number in world.people.values())
    return browser.get(f"/roles/1/plan?{chosen}")


def pressed(browser: Pages, world: World) -> Page:
    open_form(browser, world)
    return browser.submit("/roles/1/plan")


def an_order(world: World, **choices: object) -> PlanOrder:
    people = tuple(world.people.values())
    return PlanOrder(people, PlanChoices(KEPT, **choices), "anna")


def asked_of(world: World) -> list[AskedPlan]:
    with world.database.read() as session:
        return list(session.query(AskedPlan).order_by(AskedPlan.id))


def waves(world: World) -> int:
    with world.database.read() as session:
        return session.query(Wave).count()


def ask(world: World, **choices: object) -> int:
    with world.database.write() as session:
        act = acting(session, "anna", world.now())
        return ask_plan(act, 1, an_order(world, **choices)).id


def cancel(world: World, number: int) -> None:
    with world.database.write() as session:
        cancel_plan(acting(session, "anna", world.now()), number)


def nobody_holds_post(world: World) -> None:
    with world.database.write() as session:
        post = Membership.entitlement_id == world.rights["post"]
        session.execute(delete(Membership).where(post))


def test_a_plan_of_many_is_made_by_the_worker_and_watched_on_its_page(
    browser: Pages, world: World, parts: Parts
) -> None:
    page = pressed(browser, world)
    assert page.url == "/waves/asked/1" and waves(world) == 0
    assert f"0 of {MANY}" in page.content
    assert page.root.one(id="live").attrs["hx-get"] == page.url
    assert run_asked_plans(parts)
    (asked,) = asked_of(world)
    assert (asked.state, asked.done) == (AskedState.MADE, MANY)
    after = browser.client.get(page.url, headers={"HX-Request": "true"})
    assert after.headers["HX-Redirect"] == "/waves/1"
    assert browser.get("/waves/1").told.startswith("The plan of Clerk is made.")
    with world.database.read() as session:
        assert session.query(Switch).count() == MANY
        assert session.get_one(Wave, 1).author == "anna"


def test_a_request_works_out_no_plan_of_many_not_even_to_preview_it(
    browser: Pages, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_of: object) -> None:
        raise AssertionError("worked out in a request")

    monkeypatch.setattr("app.access.plan.views.draft", never)
    monkeypatch.setattr("app.access.plan.actions.plan_wave", never)
    page = open_form(browser, world)
    assert not page.root.all("button", formaction="/roles/1/plan/preview")
    browser.post("/roles/1/plan/preview", {"person": list(world.people.values())})
    assert pressed(browser, world).url == "/waves/asked/1"


def test_a_few_are_planned_as_soon_as_the_button_is_pressed(
    browser: Pages, world: World
) -> None:
    browser.get(f"/roles/1/plan?person={world.people['p000']}")
    assert browser.submit("/roles/1/plan").url == "/waves/1"
    assert asked_of(world) == []


def test_a_plan_that_is_refused_comes_back_to_the_form_as_it_was_typed(
    browser: Pages, world: World, parts: Parts
) -> None:
    nobody_holds_post(world)
    open_form(browser, world)
    page = browser.submit("/roles/1/plan", reason="Because of the move")
    assert run_asked_plans(parts) and waves(world) == 0
    page = browser.get(page.url, status=422)
    assert page.form("/roles/1/plan").one("input", id="reason").attrs["value"] == (
        "Because of the move"
    )
    assert "Nobody can be moved with these choices." in page.content
    assert "Would gain post" in page.content
    page = browser.submit("/roles/1/plan", gains="gain")
    assert page.url == "/waves/asked/2"
    assert run_asked_plans(parts) and waves(world) == 1


def test_a_plan_that_is_cancelled_while_it_is_made_leaves_nothing(
    world: World, parts: Parts
) -> None:
    number = ask(world)
    taken = take(parts, number)
    assert taken is not None
    cancel(world, number)
    with pytest.raises(NotOurs):
        working._made(parts, taken)
    assert asked_of(world)[0].state is AskedState.CANCELLED and waves(world) == 0
    with pytest.raises(Refused, match="over already"):
        cancel(world, number)


def test_cancelling_on_the_page_leads_back_to_the_fit(
    browser: Pages, world: World, parts: Parts
) -> None:
    pressed(browser, world)
    page = browser.submit("/waves/asked/1/cancel")
    assert page.url == "/roles/1/fit" and "cancelled" in page.told
    assert not run_asked_plans(parts) and waves(world) == 0


def test_who_asks_twice_gets_the_plan_under_way(world: World, parts: Parts) -> None:
    assert ask(world) == ask(world) == 1
    assert ask(world, accept_all_gains=True) == 2
    assert run_asked_plans(parts)
    assert ask(world) == 3, "the first is over, so this is another plan"


def test_without_a_new_reading_no_plan_is_made_and_it_is_said_why(
    world: World, parts: Parts, clock: Clock
) -> None:
    asked_id = ask(world)
    clock.forward(minutes=1)  # what was read is old, and nobody may sign in
    assert run_asked_plans(parts) and waves(world) == 0
    with world.database.read() as session:
        asked = session.get_one(AskedPlan, asked_id)
    assert asked.state is AskedState.REFUSED and "No password is set" in asked.reason


def test_a_plan_whose_worker_was_killed_is_taken_up_anew_and_made_once(
    world: World, parts: Parts, clock: Clock
) -> None:
    killed = take(parts, ask(world))
    assert killed is not None and not run_asked_plans(parts)
    clock.forward(seconds=DEAD_AFTER.total_seconds() + 1)
    with world.database.write() as session:
        session.execute(update(Reading).values(ended_at=clock()))
    assert run_asked_plans(parts) and waves(world) == 1
    with pytest.raises(NotOurs):
        working._made(parts, killed)
    assert waves(world) == 1


def changing(world: World, parts: Parts, *, times: int) -> Callable[[int], None]:
    """Change rights while a plan is worked out, so many times."""
    left = [times]

    def heard(done: int) -> None:
        if done == 1 and left[0]:
            left[0] -= 1
            with world.database.write() as session:
                everybody = update(Membership).values(absent_at=world.now())
                session.execute(everybody)
                if left[0] == 0:
                    first = Membership.person_id == world.people["p000"]
                    session.execute(delete(Membership).where(first))

    return heard


def test_rights_read_anew_meanwhile_are_those_of_the_plan(
    world: World, parts: Parts
) -> None:
    order = replace(an_order(world), tell=changing(world, parts, times=1))
    make_plan(parts, 1, order)
    with world.database.read() as session:
        planned = {row.person_id for row in session.query(Switch)}
    assert planned == set(world.people.values()) - {world.people["p000"]}


def test_where_rights_change_all_the_time_a_plan_is_made_all_the_same(
    world: World, parts: Parts
) -> None:
    order = replace(an_order(world), tell=changing(world, parts, times=50))
    assert make_plan(parts, 1, order) == 1


def test_others_read_and_write_while_a_plan_is_worked_out(
    world: World, parts: Parts
) -> None:
    def heard(_done: int) -> None:
        with parts.acting("ben") as act:
            audit.record(act.session, "ben", "test", "test:1", "Wrote", at=act.now)

    assert make_plan(parts, 1, replace(an_order(world), tell=heard)) == 1


def test_a_stop_for_all_changes_stops_no_plan(world: World, parts: Parts) -> None:
    ask(world)
    with world.database.write() as session:
        freeze(acting(session, "ben", world.now()), reason="Year's end")
    assert run_asked_plans(parts) and waves(world) == 1


def test_what_breaks_is_said_to_who_waits_for_the_plan(
    browser: Pages, world: World, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_of: object) -> None:
        raise RuntimeError("a mistake of ours")

    pressed(browser, world)
    monkeypatch.setattr("app.access.plan.working.draft", broken)
    run_asked_plans(parts)
    page = browser.get("/waves/asked/1", status=422)
    assert working.BROKEN in page.content
    assert page.root.one("input", id="owner").attrs["value"] == "anna"
    assert not run_asked_plans(parts)


def test_without_a_worker_the_page_says_so(
    browser: Pages, world: World, parts: Parts, app: Flask
) -> None:
    parts = replace(parts, settings=replace(parts.settings, expect_worker=True))
    app.extensions[KEY] = parts
    page = pressed(browser, world)
    assert "No worker runs on this machine" in page.content
    write_beat(parts.settings, Beat(parts.now()))
    assert "No worker" not in browser.get(page.url).content
    write_beat(parts.settings, Beat(parts.now() - timedelta(minutes=5)))
    assert "The worker was last alive" in browser.get(page.url).content


def test_who_asked_is_told_on_today_until_it_was_looked_at(
    browser: Pages, world: World, parts: Parts, app: Flask
) -> None:
    pressed(browser, world)
    run_asked_plans(parts)
    assert "Your plan of Clerk" in browser.get("/").content
    other = Pages(app).as_operator("ben")
    assert "Your plan of" not in other.get("/").content
    other.get("/waves/asked/1")
    assert "Your plan of Clerk" in browser.get("/").content
    assert browser.get("/waves/asked/1").url == "/waves/1"
    assert "Your plan of" not in browser.get("/").content


def test_the_command_line_makes_it_itself_and_waits(world: World, rung: Rung) -> None:
    done = rung("wave", "plan", "Clerk", "--all-fitting", "--json")
    assert done.code == 0 and len(done.json["people"]) == MANY
    assert asked_of(world) == []


def test_decisions_are_kept_as_they_were_made() -> None:
    choices = PlanChoices(
        KEPT,
        accept_all_gains=True,
        gains=frozenset({(3, 4), (1, 2)}),
        losses={(None, 5): "no longer needed", (1, 6): "moved"},
        kept={(2, 7): KeptOutside("ben", "until the audit", "2099-01-01")},
    )
    assert choices_from(choices_as_data(choices)) == choices


def test_what_was_asked_for_is_forgotten_a_week_after_it_was_over(
    world: World, parts: Parts, clock: Clock
) -> None:
    cancel(world, ask(world))
    waits = ask(world, accept_all_gains=True)
    clock.forward(seconds=KEPT_FOR.total_seconds() - 1)
    assert not NightlyCleaning()(parts) and len(asked_of(world)) == 2
    clock.forward(seconds=2)
    assert NightlyCleaning()(parts)
    assert [one.id for one in asked_of(world)] == [waits]
