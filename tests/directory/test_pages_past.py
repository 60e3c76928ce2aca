"""Pages of a right and a person as of a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.directory import Directory, Entitlement, Membership
from app.models.people import Person
from tests.access.builders import MONDAY, World, a_world
from tests.pages import Pages

RECORD = MONDAY - timedelta(days=30)


@pytest.fixture
def here(app: Flask, settings) -> World:
    made = a_world(
        app.extensions["rung"].database,
        {"ada": "mail", "ben": "mail post"},
        plans=settings.plans,
    )
    with made.database.write() as session:
        session.info["audit_events"] = 1
        for directory in session.scalars(select(Directory)):
            directory.known_since = RECORD
        for membership in session.scalars(select(Membership)):
            membership.since = RECORD
    return made


def addresses(here: World) -> tuple[str, str]:
    with here.database.read() as session:
        right = session.scalars(
            select(Entitlement.id).where(Entitlement.cn == "mail")
        ).one()
        person = session.scalars(select(Person.id).where(Person.uid == "ada")).one()
    return f"/rights/{right}/past", f"/people/{person}/past"


def test_a_right_and_a_person_are_shown_as_of_a_day(app: Flask, here: World) -> None:
    browser = Pages(app).as_operator("anna")
    right, person = addresses(here)
    today = f"{browser.parts.now():%Y-%m-%d}"
    page = browser.get(f"{right}?on={today}")
    assert "You look at the past" in page.content
    assert [row[0].split()[0] for row in page.rows("Who held it")] == ["Ada", "Ben"]
    assert [
        row[0] for row in browser.get(f"{person}?on={today}").rows("Rights held")
    ] == ["mail"]
    assert [row[0] for row in browser.get(person).rows("Rights held now")] == ["mail"]


def test_what_is_not_on_record_is_said(app: Flask, here: World) -> None:
    browser = Pages(app).as_operator("anna")
    for address in addresses(here):
        assert (
            "There is no record before"
            in browser.get(f"{address}?on=2020-01-01").content
        )
        assert (
            "This is in the future" in browser.get(f"{address}?on=2999-01-01").content
        )
        assert "Give a day as" in browser.get(f"{address}?on=yesterday").content


def test_the_way_there_and_the_file(app: Flask, here: World) -> None:
    browser = Pages(app).as_operator("anna")
    right, person = addresses(here)
    for link in (right, person):
        links = browser.get(link.removesuffix("/past")).root.all("a")
        assert link in [each.attrs["href"] for each in links]
    answer = browser.client.get(f"{right}.csv")
    assert answer.status_code == 200 and "ada" in answer.get_data(as_text=True)
    assert browser.client.get(f"{person}.csv?on=2020-01-01").status_code == 409
