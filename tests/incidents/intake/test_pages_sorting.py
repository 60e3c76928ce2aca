"""Another service is named in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_another_service_gives_another_priority_and_is_counted(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported(service_id=desk.service(urgency=1), impact=2)
    other = desk.service("Mail", urgency=4)
    pages.get(f"/desk/{number}/do/service")
    pages.submit(service_id="mail", reason="The error names the mail server")
    found = desk.incident(number)
    assert (found.service_id, found.urgency, found.priority) == (other, 4, 4)
    assert desk.events(number)[-1].data["priority"] == [1, 4]
