"""Signing in, the account and the operators, as seen in a browser without script."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth import actions
from app.auth.rules import NAMES
from app.core.parts import KEY
from app.models.auth import SignIn
from tests.acting import acting
from tests.conftest import Clock
from tests.pages import PASSWORD, Pages


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(app)


@pytest.fixture
def anna(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def known(
    app: Flask, name: str, clock: Clock, permissions: tuple[str, ...] = NAMES
) -> None:
    with app.extensions[KEY].database.write() as session:
        actions.add_operator(acting(session, "setup", clock()), name, permissions)
        actions.set_password(
            acting(session, "setup", clock()), name, actions.prepared(PASSWORD, name)
        )


def signs_in(
    browser: Pages, name: str = "anna", password: str = PASSWORD, status: int = 200
) -> str:
    browser.get("/sign-in?next=/account")
    page = browser.submit("/sign-in", name=name, password=password, status=status)
    return page.h1


def test_signing_in_leads_to_the_page_that_was_asked_for(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    known(app, "anna", clock)
    page = browser.get("/audit?action=operator.add")
    assert page.h1 == "Sign in"
    page = browser.submit("/sign-in", name="anna", password=PASSWORD)
    assert page.h1 == "Audit trail"
    day, event = page.rows()
    assert len(day) == 1 and "Added operator anna" in event[-1]


def test_a_wrong_password_is_said_beside_the_field_and_the_name_is_kept(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    known(app, "anna", clock)
    browser.get("/sign-in")
    page = browser.submit("/sign-in", name="anna", password="wrong", status=422)
    assert page.errors == ["Name or password is wrong."]
    assert page.root.one("input", id="name").attrs["value"] == "anna"
    assert page.root.one("input", id="password").attrs.get("value", "") == ""


def test_a_lock_is_explained_with_its_end(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    known(app, "anna", clock)
    for _attempt in range(5):
        signs_in(browser, password="wrong", status=422)
    browser.get("/sign-in")
    page = browser.submit("/sign-in", name="anna", password=PASSWORD, status=422)
    assert "locked for 15 more minutes" in page.content


def test_a_new_installation_says_how_the_first_operator_is_made(browser: Pages) -> None:
    assert "rung init" in browser.get("/sign-in").content


def test_the_cookie_of_a_signed_out_browser_is_worth_nothing(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    known(app, "anna", clock)
    assert signs_in(browser) == "anna"
    stolen = browser.client.get_cookie("rung")
    assert stolen is not None
    browser.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("rung", stolen.value)
    assert thief.get("/account").headers["Location"].startswith("/sign-in")


def test_signing_in_leaves_nothing_of_the_session_before(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    known(app, "anna", clock)
    with browser.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    signs_in(browser)
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_the_first_operator_chooses_name_and_password_and_is_in(
    app: Flask, browser: Pages, clock: Clock
) -> None:
    with app.extensions[KEY].database.write() as session:
        link = actions.make_setup_link(session, now=clock())
    assert browser.get(link).h1 == "Welcome to Rung"
    page = browser.submit(name="anna", password="short", status=422)
    assert page.errors == [
        "Use at least 12 characters; several words in a row are fine."
    ]
    browser.submit(name="anna", password=PASSWORD)
    assert browser.get("/account").content.startswith("anna You may: read, plan")
    assert browser.get(link, status=404).content.startswith(
        "Not found This link was used already"
    )


def test_an_added_operator_is_invited_by_a_link_shown_once(
    app: Flask, anna: Pages
) -> None:
    anna.get("/operators/new")
    page = anna.submit(name="ben", permissions=["read", "plan"], person_uid="bhansen")
    url = page.root.one("code", id="setup-link").text
    assert url.startswith("http://127.0.0.1:8000/setup/")
    assert ["ben", "invited", "read, plan", "bhansen", "never", ""] in anna.get(
        "/operators"
    ).rows()

    ben = Pages(app)
    assert ben.get(url.removeprefix("http://127.0.0.1:8000")).h1 == "Welcome, ben"
    ben.submit(password=PASSWORD)
    assert ben.get("/account").h1 == "ben"
    ben.get("/operators", status=403)


def test_a_bad_new_operator_keeps_what_was_typed(anna: Pages) -> None:
    anna.get("/operators/new")
    page = anna.submit(
        name="anna", permissions=["approve"], person_uid="abc", status=422
    )
    assert page.errors == ["There is an operator called anna already."]
    assert page.root.one("input", value="approve").attrs.get("checked") is not None
    assert page.root.one("input", id="person_uid").attrs["value"] == "abc"


def test_permissions_are_changed_on_the_operators_page(
    anna: Pages, app: Flask, clock: Clock
) -> None:
    known(app, "ben", clock, ("read",))
    anna.get("/operators/2")
    page = anna.submit("/operators/2", permissions=["read", "approve"])
    assert page.told == "ben is changed."
    assert page.rows("operators")[1][2] == "read, approve"


def test_an_operator_is_disabled_and_that_can_be_undone_at_once(
    anna: Pages, app: Flask, clock: Clock
) -> None:
    known(app, "ben", clock, ("read",))
    anna.get("/operators/2")
    page = anna.submit("/operators/2/disable")
    assert (page.told, page.undoable) == ("ben can no longer sign in.", True)
    assert "disabled" in page.rows("operators")[1]
    page = anna.post("/operators/2/enable")
    assert page.told == "ben can sign in again."
    assert "active" in page.rows("operators")[1]


def test_the_last_manager_cannot_lock_everybody_out(anna: Pages) -> None:
    page = anna.post("/operators/1/disable", status=409)
    assert "the last who may manage operators" in page.content
    anna.get("/operators/1")
    page = anna.submit("/operators/1", permissions=["read"], status=422)
    assert "the last who may manage operators" in page.content


def test_a_new_link_is_made_for_who_forgot_the_password(
    anna: Pages, app: Flask, clock: Clock
) -> None:
    known(app, "ben", clock, ("read",))
    assert "/setup/" in anna.post("/operators/2/link").content


def test_changing_operators_asks_for_the_password_again(
    anna: Pages, clock: Clock
) -> None:
    clock.forward(minutes=16)
    anna.get("/operators/new")
    page = anna.submit(name="ben", permissions=["read", "plan"], status=401)
    assert page.h1 == "Your password, please"
    assert "A link for ben" in anna.submit(_password=PASSWORD).content
    assert any(
        row[0] == "ben" and row[2] == "read, plan"
        for row in anna.get("/operators").rows()
    )


def test_an_unknown_operator_is_not_found(anna: Pages) -> None:
    assert anna.get("/operators/99", status=404).h1 == "Not found"


def test_the_password_is_changed_and_other_browsers_are_signed_out(
    app: Flask, clock: Clock
) -> None:
    known(app, "anna", clock)
    here, there = Pages(app), Pages(app)
    signs_in(here)
    signs_in(there)
    here.get("/account")
    page = here.submit(
        "/account/password", old="not it", password="another long password", status=422
    )
    assert page.errors == ["This is not your present password."]
    page = here.submit(
        "/account/password", old=PASSWORD, password="another long password"
    )
    assert page.told == "Your password is changed; other browsers were signed out."
    assert page.h1 == "anna"
    assert there.get("/account").h1 == "Sign in"


def test_another_browser_is_signed_out_from_the_account_page(
    app: Flask, clock: Clock
) -> None:
    known(app, "anna", clock)
    lost, here = Pages(app), Pages(app)
    signs_in(lost)
    clock.forward(minutes=1)
    signs_in(here)
    page = here.get("/account")
    assert [row[3] for row in page.rows()] == ["this browser", "Sign out there"]
    page = here.submit("/account/sign-ins/1/end")
    assert page.told == "That browser is signed out."
    assert lost.get("/account").h1 == "Sign in"


def test_nobody_ends_the_sign_in_of_another(app: Flask, clock: Clock) -> None:
    known(app, "anna", clock)
    known(app, "ben", clock)
    ben, anna = Pages(app), Pages(app)
    signs_in(ben, "ben")
    signs_in(anna)
    anna.post("/account/sign-ins/1/end")
    assert ben.get("/account").h1 == "ben"


def test_the_look_is_kept_for_the_operator_and_for_the_browser(
    app: Flask, clock: Clock
) -> None:
    known(app, "anna", clock)
    here, there = Pages(app), Pages(app)
    signs_in(here)
    here.get("/account")
    page = here.submit("/account/look", theme="dark", zone="Europe/Berlin")
    assert page.root.one("html").attrs["data-theme"] == "dark"
    signs_in(there)
    assert there.get("/account").root.one("html").attrs["data-theme"] == "dark"


def test_the_look_is_switched_without_script_and_without_signing_in(
    browser: Pages,
) -> None:
    browser.get("/sign-in")
    page = browser.post("/theme", {"theme": "dark", "next": "/sign-in"})
    assert page.url == "/sign-in"
    assert page.root.one("html").attrs["data-theme"] == "dark"
    assert (
        "data-theme"
        not in browser.post("/theme", {"theme": "pink", "next": "/sign-in"})
        .root.one("html")
        .attrs
    )


def test_times_are_shown_in_the_zone_of_the_browser(app: Flask, clock: Clock) -> None:
    known(app, "anna", clock)
    browser = Pages(app)
    signs_in(browser)
    assert browser.get("/account").rows()[0][0] == "2 Mar 2026, 09:00"
    browser.submit("/account/look", zone="Asia/Tokyo")
    assert browser.get("/account").rows()[0][0] == "2 Mar 2026, 18:00"
    browser.client.set_cookie("zone", "Middle/Earth")
    assert browser.get("/account").rows()[0][0] == "2 Mar 2026, 09:00"


def test_an_unknown_time_zone_is_refused(anna: Pages) -> None:
    anna.get("/account")
    page = anna.submit("/account/look", zone="Middle/Earth", status=422)
    assert page.errors == ["There is no such time zone. Try “Europe/Berlin”."]


def test_a_sign_in_notes_every_minute_that_it_was_used(
    anna: Pages, clock: Clock
) -> None:
    def used() -> datetime:
        anna.get("/account")
        with anna.parts.database.read() as session:
            return session.scalars(select(SignIn.seen_at)).one()

    began = used()
    clock.forward(seconds=59)
    assert used() == began
    clock.forward(seconds=2)
    assert used() == clock()


def test_the_rail_shows_only_what_the_operator_may_use(app: Flask) -> None:
    def rail(permissions: tuple[str, ...]) -> list[str]:
        root = (
            Pages(app)
            .as_operator(permissions[0], permissions=permissions)
            .get("/account")
            .root
        )
        lists = root.one("nav", aria_label="Main").all("ul")
        return [link.text for one in lists for link in one.all("a")]

    reader = [
        "Today",
        "Desk",  # its statistics
        "Improvements Improve",
        "Access",
        "Services",
        "Settings",
    ]
    assert rail(("read",)) == reader
    assert rail(("operators",)) == ["Today", "Settings"]


def test_the_open_page_is_marked_in_the_rail_and_in_the_tabs(anna: Pages) -> None:
    for url in ("/operators", "/operators/new", "/operators/1"):
        root = anna.get(url).root
        lit = [link.text for link in root.all("a", aria_current="true")]
        assert lit == ["Settings"], url
        lit = [link.text for link in root.all("a", aria_current="page")]
        assert lit == ["Operators"], url
