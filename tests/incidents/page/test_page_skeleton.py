"""The queue and the page of an incident answer, and only to those who work at the desk."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


def test_an_incident_is_reached_from_the_queue(pages: Pages) -> None:
    number = Desk(pages.parts.database).reported("The till does not start")
    queue = pages.get("/desk")
    assert [row[1].split(" Carla")[0] for row in queue.rows("Queue")] == [
        f"{number} The till does not start"
    ]
    page = pages.get(f"/desk/{number}")
    assert page.h1 == f"{number} The till does not start"
    assert "Reported" in page.root.one(id="conversation").text


def test_callers_data_are_only_for_the_desk(app: Flask, pages: Pages) -> None:
    number = Desk(pages.parts.database).reported()
    reader = Pages(app).as_operator("rita", permissions=("read",))
    for path in ("/desk", f"/desk/{number}"):
        reader.get(path, status=403)


def test_an_incident_that_is_not_there_is_said_plainly(pages: Pages) -> None:
    assert "There is no incident 99" in pages.get("/desk/99", status=404).content
