"""One service in the browser: its page, every tab, its history, and who answers for what."""

from __future__ import annotations

import pytest
from flask import Flask

from app.catalog.sheet.actions import add_part
from app.models.catalog.words import ServiceKind, ServiceState
from tests.catalog.builders import a_person
from tests.catalog.services.test_service_users import a_right, member
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def test_a_service_is_drawn_with_its_parts_and_lists_them_beside(
    pages: Pages, desk: Desk
) -> None:
    shop, net = desk.service("Shop <1>"), desk.service("Network", kind=ServiceKind.PART)
    pages.get(f"/services/{shop}/parts")
    page = pages.submit(part_id="Network", note="orders")
    assert page.told == "It is a part of it now."
    page = pages.get(f"/services/{shop}")
    assert "Shop <1> needs Network." in page.html.replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    assert page.html.count("chart-node part") >= 2
    assert "Network" in page.root.one(class_="composite-lists").text
    pages.get(f"/services/{net}/parts")
    page = pages.submit(part_id="shop", status=422)
    assert page.errors == ["Network would need itself: Shop <1> is built on it."]


def test_who_does_what_is_one_small_table(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/duties")
    page = pages.submit(of_process="Changes", party="Ann", letter="R", status=422)
    assert "Say first who is accountable for Changes" in page.errors[0]
    page = pages.submit(of_process="Changes", party="Ann", letter="A")
    assert page.told == "Ann is accountable now."
    rows = pages.get(f"/services/{made}").rows("Who does what")
    assert rows == [
        ["the service itself", "olga as its owner", "–", "–", "–"],
        ["Changes", "Ann", "–", "–", "–"],
    ]
    page = pages.post(f"/services/{made}/duties/1/remove")
    assert page.told == "Taken out."


def test_rights_show_their_lens_and_how_many_use_the_service(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service()
    ann = a_person(desk.database, "Ann")
    member(desk.database, a_right(desk.database, "till-users"), person=ann)
    pages.get(f"/services/{made}/rights")
    assert pages.submit(right="tills", status=422).errors == [
        "There is no right “tills”."
    ]
    page = pages.submit(right="till-users")
    assert page.rows("Rights")[0][:3] == ["till-users", "direct members only", "1"]
    assert "Used by 1 person." in pages.get(f"/services/{made}").content
    page = pages.post(f"/services/{made}/rights/1/remove")
    assert "None: everybody counts as using it." in page.content


def test_facts_are_added_moved_and_asked_for_no_longer(
    pages: Pages, desk: Desk
) -> None:
    made = desk.service()
    caption = "Facts in the order they are asked for"
    for name in ("Till number", "Error text"):
        pages.get(f"/services/{made}/facts")
        pages.submit(f"/services/{made}/facts", name=name, hint="On the sticker")
    page = pages.post(f"/services/{made}/facts/2/move", {"up": "1"})
    assert [row[0] for row in page.rows(caption)] == ["Error text", "Till number"]
    page = pages.post(f"/services/{made}/facts/2/retire")
    assert [row[0] for row in page.rows(caption)] == ["Till number"]
    pages.get(f"/services/{made}/facts")
    assert pages.submit(
        f"/services/{made}/facts", name="till number", status=422
    ).errors == ["The desk asks for this already."]


def test_a_dispute_is_kept_and_settled(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/notes")
    pages.submit(kind="dispute", text="Who replaces paper?")
    assert "1 open dispute" in pages.get(f"/services/{made}").content
    pages.post(f"/services/{made}/notes/1/settle", {"how": " "}, status=422)
    page = pages.post(f"/services/{made}/notes/1/settle", {"how": "The outlets"})
    assert "dispute, settled" in page.content and "The outlets" in page.content


def test_the_history_tells_before_after_and_why(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/edit/texts")
    pages.submit(summary="Sell things")
    desk.service("Mail")
    pages.get(f"/services/{made}/retire")
    pages.submit(reason="Unused")
    rows = pages.get(f"/services/{made}/history").rows("Events")
    assert rows[0][2] == "Retired Cash desk" and rows[0][4] == "Unused"
    assert "Sell things" in rows[1][3] and rows[1][1] == "olga"


def test_a_part_that_is_not_there_is_not_found(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get("/services/77", status=404)
    pages.get(f"/services/{made}/edit/nonsense", status=404)
    pages.post(f"/services/{made}/facts/9/retire", status=404)


def test_the_report_counts_where_nobody_answers(pages: Pages, desk: Desk) -> None:
    desk.service("Mail")
    desk.service("Till", owner="")
    page = pages.get("/services/duties")
    assert "1 of 2 services has nobody" in page.content
    assert "Till,published,," in pages.get("/services/duties.csv").response.text


def test_the_answer_to_why_me_stands_beside_the_owner(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    for path in (f"/services/{made}", f"/services/{made}/edit/running"):
        page = pages.get(path)
        assert "Why should I be responsible for the admins' work?" in page.content
        assert "You answer for the whole" in page.content


def test_a_draft_and_a_retired_one_are_told_apart_in_the_picture(
    pages: Pages, desk: Desk
) -> None:
    top, middle, leaf = (
        desk.service(name)
        for name in ("Order to invoice", "ERP", "A part with quite a long name")
    )
    draft = desk.service("New", state=ServiceState.DRAFT)
    for service, part in (
        (top, middle),
        (middle, leaf),
        (middle, draft),
        (draft, leaf),
    ):
        desk.do(add_part, service, part)
    page = pages.get(f"/services/{middle}")
    assert (
        "chart-node customer draft" in page.html
        and "chart-node customer here" in page.html
    )
    assert (
        page.html.count('class="chart-needs"') == 4 + 4 + 4
    )  # as columns, wide and narrow, and as a tree where what is shared is repeated
