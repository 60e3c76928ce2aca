"""Restored, closed, reopened, merged, in the browser, without script."""

from __future__ import annotations

import pytest
from flask import Flask

from app.incidents.restoration.actions import restore
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("dora")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_it_works_again_is_closed_and_comes_back(pages: Pages, desk: Desk) -> None:
    number = desk.reported(team_id=desk.team("Tills"))
    pages.get(f"/desk/{number}/do/restore")
    page = pages.submit(what="A new cable", at="2026-03-02T09:00")
    assert primary(page) == ["Close"]
    page = pages.submit(f"/desk/{number}/now/close")
    assert "Closed on 2 Mar 2026." in page.content
    pages.get(f"/desk/{number}/do/reopen")
    page = pages.submit(reason="It is dark again")
    assert primary(page) == ["Take it"]
    assert desk.incident(number).restored_at is None


def test_a_duplicate_is_merged_with_its_requester_and_contacts(
    pages: Pages, desk: Desk
) -> None:
    first, second = desk.reported("One"), desk.reported("Two", requester="Petra")
    pages.get(f"/desk/{second}/do/merge")
    page = pages.submit(into_id=str(first))
    assert f"The same as incident {first}; it goes on there." in page.content
    assert desk.incident(first).contacts == 2
    assert "Petra" in str(desk.events(first)[-1].data)
    pages.get(f"/desk/{first}/do/merge")
    assert (
        "Name the other incident"
        in pages.submit(into_id=str(first), status=422).content
    )


def test_a_problem_is_written_down_only_after_restoration_and_where_the_desk_wants_it(
    pages: Pages, desk: Desk
) -> None:
    number = desk.reported()
    desk.do(restore, number, "Restarted")
    assert "Problem behind it" not in pages.get(f"/desk/{number}").content
    with_problems(desk)
    page = pages.get(f"/desk/{number}")
    assert "Problem behind it" in page.content
    pages.get(f"/desk/{number}/do/problem")
    assert "Memory leak" in pages.submit(text="Memory leak").root.one(id="problem").text


def with_problems(desk: Desk) -> None:
    from app.models.incidents.desk import DeskPolicy  # noqa: PLC0415

    with desk.database.write() as session:
        session.add(
            DeskPolicy(
                content={"problem_records": True},
                created_at=desk.now,
                created_by="test",
            )
        )
        session.info["audit_events"] = 1
