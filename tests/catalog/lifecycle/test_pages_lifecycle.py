"""Publishing and ending a service in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.models.catalog.words import ServiceState
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_publishing_without_owner_says_why_it_is_refused(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service(state=ServiceState.DRAFT, owner="", summary="Sell")
    page = pages.post(f"/services/{made}/publish", status=409)
    assert "Name its owner first: exactly one person answers for it" in page.content


@pytest.mark.parametrize(
    ("what", "fields", "told"),
    [
        ("retire", {"reason": "Unused", "successor_id": "Mail"}, "Retired."),
        ("merge", {"reason": "One mail", "successor_id": "Mail"}, "Merged."),
        ("split", {"reason": "Too big", "names": "LAN\nWAN"}, "Split."),
    ],
)
def test_a_service_ends_with_a_reason(
    pages: Pages, desk: Desk, what: str, fields: Any, told: str
) -> None:
    made = desk.service("Fax")
    desk.service("Mail")
    desk.reported(service_id=made)
    page = pages.get(f"/services/{made}/{what}")
    assert "1 incident (1 open) and 0 articles keep their reference" in page.content
    assert pages.submit(**{**fields, "reason": ""}, status=422).errors == ["Say why."]
    assert pages.submit(**fields).told.startswith(told)
    page = pages.get(f"/services/{made}")
    assert "What takes its place" in page.content
    assert pages.post(f"/services/{made}/bring-back").told == "It is back, as a draft."


def test_merging_into_nothing_is_refused_beside_the_field(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service("Fax")
    pages.get(f"/services/{made}/merge")
    assert pages.submit(reason="x", status=422).errors == ["Name the other service."]
