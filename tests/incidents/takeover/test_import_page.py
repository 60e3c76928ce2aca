"""Incidents of another tool in the browser: looked at, corrected, taken once, rejects kept."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.incidents.takeover.actions import LARGEST
from app.models.incidents.incident import Incident
from app.models.incidents.words import IncidentState
from tests.incidents.builders import rows
from tests.incidents.takeover.test_importing import GLPI
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    browser = Pages(app).as_operator("anna")
    browser.get("/desk/import")
    return browser


def taken(pages: Pages) -> int:
    return rows(pages.parts.database, select(func.count()).select_from(Incident))[0]


def test_a_file_is_looked_at_then_taken_once_and_its_rejects_are_kept(
    pages: Pages,
) -> None:
    page = pages.submit(
        "/desk/import", tool="glpi", file=(BytesIO(GLPI.encode("utf-16")), "old.csv")
    )
    assert (
        "2 incidents can be taken over, 4 lines cannot. Nothing is written yet."
        in page.content
    )
    assert "Read as utf-16" in page.content and taken(pages) == 0
    assert [row[0] for row in page.rows("The first of them")] == ["1", "2"]
    assert "“Lost” is not known" in page.rows("Lines that are not taken")[0][1]
    page = pages.submit("/desk/import/1/take")
    assert page.told == "2 incidents are new here."
    assert rows(pages.parts.database, select(Incident.state).order_by(Incident.id)) == [
        IncidentState.CLOSED,
        IncidentState.NEW,
    ]
    assert "3,the state “Lost” is not known" not in page.html
    kept = pages.client.get("/desk/import/1/rejects.csv").text
    assert "“Lost” is not known" in kept and "No end" in kept
    pages.get("/desk/import")
    pages.submit("/desk/import", tool="glpi", text=GLPI)
    assert "Nothing new was found" in pages.submit("/desk/import/2/take").told
    assert taken(pages) == 2


def test_a_heading_nobody_knows_is_named_and_can_be_corrected(pages: Pages) -> None:
    page = pages.submit("/desk/import", text=GLPI.replace("Title", "Betreff"))
    assert "No column for: title" in page.content
    page = pages.submit("/desk/import/1", title="Betreff")
    assert "2 incidents can be taken over" in page.content
    pages.submit("/desk/import/1/take")
    assert taken(pages) == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"text": ""}, "Choose a file"),
        ({"text": "x" * (LARGEST + 1)}, "rung incident import FILE"),
        (
            {"file": (BytesIO(b"\x00\x01\x02"), "a.csv")},
            "Save it as CSV or plain text, in UTF-8",
        ),
    ],
)
def test_what_is_no_file_is_refused_with_what_to_do(
    pages: Pages, sent: dict[str, object], told: str
) -> None:
    assert told in pages.submit("/desk/import", status=422, **sent).content


def test_the_page_needs_the_permission_policy(app: Flask) -> None:
    Pages(app).as_operator("dora", permissions=("desk",)).get(
        "/desk/import", status=403
    )
