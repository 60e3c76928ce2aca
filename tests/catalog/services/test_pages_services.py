"""The catalogue in the browser: the list, a service's texts, urgency, the public page."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

from app.catalog.sheet.actions import add_fact, add_note, add_part
from app.models.catalog.words import ServiceKind, ServiceState
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_a_service_goes_from_a_name_to_the_public_page(pages: Pages) -> None:
    pages.get("/services/new")
    page = pages.submit(name="Mail & calendar")
    assert page.h1 == "Mail & calendar"
    assert primary(page) == []
    assert (
        "Name its owner first" in page.content
        and "Say in a customer's words" in page.content
    )
    pages.get("/services/1/edit/texts")
    pages.submit(
        summary="Write and read mail",
        how_to_get="Ask your manager",
        for_it="Two postfix servers",
    )
    pages.get("/services/1/edit/running")
    page = pages.submit(owner="olga")
    assert primary(page) == ["Publish it"]
    page = pages.post("/services/1/publish")
    assert page.told.startswith("Published.")
    public = pages.get("/services/public")
    assert (
        "Write and read mail" in public.content and "Ask your manager" in public.content
    )


def test_customers_see_no_internals_without_signing_in(app: Flask, desk: Desk) -> None:
    desk.service(
        "Mail",
        summary="Write",
        for_it="postfix",
        team_id=desk.team("Night shift"),
        through_owner=True,
    )
    desk.service("Network", kind=ServiceKind.PART, summary="Cables")
    desk.service("Secret", state=ServiceState.DRAFT, summary="Not yet")
    desk.do(add_note, 1, "dispute", "Who pays?")
    page = Page(app.test_client().get("/services/public"))
    assert page.status == 200 and "Mail" in page.content
    for internal in (
        "postfix",
        "Night shift",
        "olga",
        "Network",
        "Secret",
        "Who pays",
        "urgency",
        "published",
    ):
        assert internal not in page.content, internal


def test_the_list_is_searched_and_narrowed_and_says_what_is_missing(
    pages: Pages, desk: Desk
) -> None:
    desk.service("Mail", summary="Write")
    desk.service("Network", kind=ServiceKind.PART, summary="Cables", owner="")
    desk.service("Fax", state=ServiceState.RETIRED)
    assert [
        row[0].split("service")[0].split("part")[0].strip()
        for row in pages.get("/services").rows("Services")
    ] == [
        "Mail",
        "Network",
    ]
    assert len(pages.get("/services?kind=part").rows("Services")) == 1
    assert len(pages.get("/services?owner=-").rows("Services")) == 1
    assert len(pages.get("/services?state=retired").rows("Services")) == 1
    assert len(pages.get("/services?q=cables").rows("Services")) == 1
    assert "No service fits" in pages.get("/services?q=zebra").content
    page = pages.get("/services?kind=nonsense&sort=odd&page=-3")
    assert "1 of 2" in page.root.one(class_="aspects").text
    assert "text, script, facts" in page.rows("Services")[0][-1]


def test_the_list_takes_the_same_number_of_queries_for_any_length(
    pages: Pages, desk: Desk
) -> None:
    def count(path: str) -> int:
        seen: list[str] = []
        engine = pages.parts.database.engine
        note = lambda *parts: seen.append(parts[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        pages.get(path)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    first = desk.service("S0")
    pages.get("/services")  # counts what waits for one, which is kept for some seconds
    few = count("/services"), count(f"/services/{first}"), count("/services/duties")
    for number in range(1, 30):
        made = desk.service(f"S{number}")
        desk.do(add_part, first, made)
        desk.do(add_fact, first, f"Fact {number}")
    pages.get("/services")  # what is kept until a change was made anew
    assert (
        count("/services"),
        count(f"/services/{first}"),
        count("/services/duties"),
    ) == few


def test_the_suggested_urgency_is_shown_before_it_is_set(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service(urgency=None)
    desk.reported(service_id=made)
    pages.get(f"/services/{made}/urgency")
    page = pages.submit(tie="hampered", soon="week", way="full", do="suggest")
    assert "Suggested: urgency 3" in page.content
    assert "1 incident of this service is open. It keeps the urgency" in page.content
    page = pages.submit(button="Set the urgency", urgency="1", status=422)
    assert page.errors == ["The answers suggest 3. Say why it is 1 instead."]
    page = pages.submit(
        button="Set the urgency", urgency="", main_process="Sell in outlets"
    )
    assert page.told.startswith("The urgency is set")
    assert (
        "a supporting process (“Sell in outlets”)" in page.content
        and "Within the week" in page.content
    )


def test_two_people_writing_at_once_lose_nothing(
    app: Flask, pages: Pages, desk: Desk
) -> None:
    made = desk.service()
    ben = Pages(app).as_operator("ben")
    pages.get(f"/services/{made}/edit/texts")
    ben.get(f"/services/{made}/edit/texts")
    ben.submit(summary="Ben's text")
    page = pages.submit(summary="Olga's text", status=409)
    assert page.root.one("textarea", id="summary").text == "Olga's text"
    assert "Saved meanwhile: Ben's text" in page.content
    assert "Olga's text" in pages.submit().content


def test_who_may_only_read_changes_nothing(app: Flask, desk: Desk) -> None:
    made = desk.service()
    rita = Pages(app).as_operator("rita", permissions=("read",))
    page = rita.get(f"/services/{made}")
    assert page.root.all(class_="part-change") == [] and primary(page) == []
    for path in (
        "edit/texts",
        "urgency",
        "parts",
        "duties",
        "rights",
        "facts",
        "notes",
        "retire",
        "merge",
        "split",
    ):
        rita.get(f"/services/{made}/{path}", status=403)
    for path in (
        "publish",
        "unpublish",
        "bring-back",
        "parts/1/remove",
        "facts/1/move",
    ):
        rita.post(f"/services/{made}/{path}", status=403)


def test_a_notional_price_is_optional_and_shown(pages: Pages, desk: Desk) -> None:
    made = desk.service(summary="Sell")
    assert "Notional price" not in pages.get(f"/services/{made}").content
    pages.get(f"/services/{made}/edit/running")
    assert pages.submit(price="-1", status=422).errors == ["A price is not below 0."]
    pages.submit(price="12,50", price_unit="EUR a month")
    assert "12.5 EUR a month" in pages.get("/services/public").content


def test_a_service_need_not_be_provided_by_it(pages: Pages) -> None:
    pages.get("/services/new")
    page = pages.post("/services/new", {"name": "Car pool", "kind": "service"})
    assert "service, not by IT" in page.content


def test_an_owner_who_left_is_shown_and_counted_as_nobody(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service(owner="somebody who left")
    assert (
        "somebody who left, who cannot sign in"
        in pages.get(f"/services/{made}").content
    )
    assert "1 of 1 services has nobody" in pages.get("/services/duties").content
    page = pages.get(f"/services/{made}/edit/running")
    assert "somebody who left cannot sign in any more." in page.content
    assert page.root.one("input", name="owner").attrs["value"] == "somebody who left"
