"""An incident is assessed again by running the script once more."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.catalog.scripts.rules import taken
from app.core.errors import Conflict, Refused
from app.incidents.intake.actions import assess
from app.models.incidents.incident import Classification
from tests.catalog.scripts.test_scripts import STRICTER, in_force
from tests.incidents.builders import Desk, rows
from tests.pages import Pages


def test_the_answers_set_impact_priority_and_target_and_the_earlier_ones_stay(
    desk: Desk,
) -> None:
    service = desk.service()
    script = in_force(desk, service)
    number = desk.reported(service_id=service, impact=4)
    before = desk.incident(number).target_at
    desk.forward(hours=1)
    desk.do(assess, number, script, taken(["where:2", "other:0"]))
    found = desk.incident(number)
    assert (found.impact, found.priority, found.rank) == (3, 2, 2)
    assert found.target_at and before and found.target_at < before
    assert desk.events(number)[-1].text == "Assessed again: P2 = impact 3 × urgency 1"
    assert [
        each.impact
        for each in rows(
            desk.database, select(Classification).order_by(Classification.id)
        )
    ] == [4, 3]


def test_unfinished_answers_and_another_script_are_refused(desk: Desk) -> None:
    service = desk.service()
    script = in_force(desk, service)
    number = desk.reported(service_id=service, impact=4)
    with pytest.raises(Refused, match="to their end"):
        desk.do(assess, number, script, taken(["where:2"]))
    in_force(desk, service, STRICTER)
    with pytest.raises(Conflict, match="changed meanwhile"):
        desk.do(assess, number, script, taken(["where:0"]))
    with pytest.raises(Refused, match="of a service"):
        desk.do(assess, desk.reported(), script, taken(["where:0"]))


def test_it_is_assessed_again_in_the_browser(app: Flask) -> None:
    browser = Pages(app).as_operator()
    desk = Desk(browser.parts.database)
    service = desk.service()
    in_force(desk, service)
    number = desk.reported(service_id=service, impact=4)
    address = f"/desk/{number}/assess"
    browser.get(address)
    page = browser.submit(address, chosen="where:1")
    assert "P1 = impact 2 × urgency 1. It was P3." in page.content
    forms = [
        form for form in page.root.all("form") if form.attrs.get("id") == "take-over"
    ]
    data = {
        node.attrs["name"]: node.attrs["value"]
        for node in forms[0].all("input")
        if "name" in node.attrs
    }
    page = browser.post(address, data)
    assert page.told == "Assessed again: P1 = impact 2 × urgency 1."


def test_without_a_script_there_is_nothing_to_ask(app: Flask) -> None:
    browser = Pages(app).as_operator()
    desk = Desk(browser.parts.database)
    page = browser.get(
        f"/desk/{desk.reported(service_id=desk.service())}/assess", status=409
    )
    assert "no influence script" in page.content
    reader = Pages(app).as_operator("rita", permissions=("read", "scripts"))
    reader.get("/desk/1/assess", status=403)
