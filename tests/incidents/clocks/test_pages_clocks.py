"""Pages of clocks, escalations, numbers, basics and figures."""

from __future__ import annotations

from flask import Flask

from tests.incidents.builders import Desk
from tests.pages import Pages


def test_an_incident_shows_its_clocks_with_their_rules_and_who_had_it(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator("dora")
    desk = Desk(browser.parts.database, browser.parts.now())
    number = desk.reported(service_id=desk.service(urgency=2), impact=2)
    page = browser.get(f"/desk/{number}")
    assert (
        "Target: 8 business hours after the report, because P2; round the clock."
        in page.content
    )
    assert "Nobody yet 100 %" in page.root.one(id="clocks").text
