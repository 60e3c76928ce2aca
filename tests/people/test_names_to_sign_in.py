"""Somebody is found by every name under which they sign in, wherever people are looked for."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from app.people.queries import find_person
from tests.access.builders import World, a_world
from tests.pages import Pages

ADA = {
    "name": "Ada Lang",
    "mail": "a.lang@post.test",
    "principal": "ada.lang@corp.test",
    "domain_login": "ACME\\ada",
}
NAMES = ["Ada Lang", "ada", *list(ADA.values())[1:], "ACME\\ADA"]


@pytest.fixture
def world(app: Flask, settings: Settings) -> World:
    held = {"ada": "mail", "ben": "mail"}
    database = app.extensions[KEY].database
    return a_world(database, held, plans=settings.plans, people={"ada": ADA})


@pytest.mark.parametrize("name", NAMES)
def test_a_person_is_found_by_each_name_in_search_list_and_fit(
    app: Flask, world: World, name: str
) -> None:
    browser = Pages(app).as_operator("anna")
    world.role("Clerk", "mail")
    address = f"/people/{world.people['ada']}"
    for path, asks in (("/people", "q"), ("/find", "q"), ("/roles/1/fit", "text")):
        browser.client.get("/people?keep=1")
        answer = browser.client.get(
            path, query_string={asks: name}, follow_redirects=True
        )
        text = answer.get_data(as_text=True)
        assert answer.request.path == address or address in text, path
        assert "Ben" not in text, path


def test_a_login_with_a_domain_of_which_the_directory_tells_nothing_finds_too(
    app: Flask, world: World
) -> None:
    browser = Pages(app).as_operator("anna")
    answer = browser.client.get("/people", query_string={"q": "OTHER\\ben"})
    assert "Ben" in answer.get_data(as_text=True)


def test_what_is_typed_in_a_field_or_a_terminal_may_be_any_of_them(
    world: World,
) -> None:
    with world.database.read() as session:
        for name in NAMES[1:]:
            assert find_person(session, name).uid == "ada", name


def test_the_page_of_a_person_shows_the_names_to_sign_in_with(
    app: Flask, world: World
) -> None:
    page = Pages(app).as_operator("anna").get(f"/people/{world.people['ada']}")
    assert "Signs in as ada.lang@corp.test · ACME\\ada" in page.content
