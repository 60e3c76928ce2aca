"""The one list: it keeps its filters in the address, comes back as it was left, and tells what is
new in it.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.web.lists import Listing
from app.core.web.news import News
from app.core.web.paging import Paging
from tests.directory.builders import a_directory, a_person
from tests.pages import HTMX, Pages


@pytest.fixture
def pages(app: Flask, database) -> Pages:
    with database.write() as session:
        acme = a_directory(session)
        for name, department in (("anna", "Post"), ("ben", "Post"), ("cleo", "Sales")):
            a_person(session, acme, name, department=department)
    return Pages(app).as_operator()


def names(pages: Pages, address: str) -> list[str]:
    return [row[0].lower() for row in pages.get(address).rows()]


def narrowed_live(pages: Pages, address: str) -> str:
    """Narrow a list as htmx does while somebody types; return the address it puts in the bar."""
    answered = pages.client.get(address, headers=HTMX)
    assert "<html" not in answered.text
    return answered.headers["HX-Replace-Url"]


def test_what_is_typed_stands_in_the_address_without_what_is_empty(pages):
    address = narrowed_live(pages, "/people?q=&department=Post&site=&state=")
    assert address == "/people?department=Post"
    assert names(pages, address) == ["anna", "ben"]


def test_a_list_comes_back_as_it_was_left(pages):
    narrowed_live(pages, "/people?q=&department=Post&page=7")
    assert names(pages, "/people") == ["anna", "ben"]
    assert pages.page is not None
    assert "Department: Post" in pages.page.content


def test_without_a_script_the_button_keeps_the_filter_too(pages):
    assert names(pages, "/people?q=cleo&department=&keep=1") == ["cleo"]
    assert pages.client.get("/people").location == "/people?q=cleo"


def test_what_a_link_from_elsewhere_asks_is_not_remembered(pages):
    assert names(pages, "/people?department=Sales") == ["cleo"]
    assert names(pages, "/people") == ["anna", "ben", "cleo"]


def test_clear_truly_clears(pages):
    narrowed_live(pages, "/people?department=Post")
    page = pages.get("/people")
    clear = next(link for link in page.root.all("a") if link.text.strip() == "clear")
    assert names(pages, clear.attrs["href"]) == ["anna", "ben", "cleo"]
    assert names(pages, "/people") == ["anna", "ben", "cleo"]


def test_taking_out_the_last_filter_clears_and_another_one_stays(pages):
    narrowed_live(pages, "/people?q=e&department=Post")
    chips = pages.get("/people").root.all("a", class_="chip")
    assert [chip.text for chip in chips] == [
        "Take out Name, account or mail: e",
        "Take out Department: Post",
    ]
    assert names(pages, chips[1].attrs["href"]) == ["ben", "cleo"]
    chips = pages.get("/people").root.all("a", class_="chip")
    assert names(pages, chips[0].attrs["href"]) == ["anna", "ben", "cleo"]


def test_emptying_the_box_forgets_too(pages):
    narrowed_live(pages, "/people?q=cleo")
    assert narrowed_live(pages, "/people?q=&department=") == "/people"
    assert names(pages, "/people") == ["anna", "ben", "cleo"]


def test_a_sort_is_kept_beside_the_filter(pages):
    narrowed_live(pages, "/people?department=Post")
    head = pages.get("/people").root.all("th", scope="col")[1]
    assert names(pages, head.one("a").attrs["href"]) == ["anna", "ben"]
    assert "sort=uid" in pages.client.get("/people").location


def test_signing_out_forgets_what_was_looked_for(pages):
    narrowed_live(pages, "/people?q=cleo")
    pages.post("/sign-out")
    pages.as_operator()
    assert names(pages, "/people") == ["anna", "ben", "cleo"]


def test_where_nothing_is_there_at_all_nothing_is_filtered(app: Flask):
    page = Pages(app).as_operator().get("/people")
    assert page.root.all("form", class_="filters") == []
    assert "No people yet" in page.content


def test_where_nothing_fits_the_filters_stay_and_all_can_be_shown(pages):
    page = pages.get("/people?q=zzz")
    assert "Nobody fits" in page.content
    show = next(link for link in page.root.all("a") if link.text == "Show all")
    assert names(pages, show.attrs["href"]) == ["anna", "ben", "cleo"]


def news(app: Flask, before: Listing, after: Listing) -> News:
    with app.test_request_context("/people", query_string={"seen": before.shown.seen}):
        return after.shown.news


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ({1: "new", 2: "mine"}, News()),
        ({1: "new", 2: "done"}, News(changed=1)),
        ({3: "new", 1: "new", 2: "mine"}, News(came=1)),
        ({1: "new"}, News(gone=1)),
        ({4: "new", 3: "new", 1: "mine", 2: "mine"}, News(came=2, changed=1)),
    ],
)
def test_new_and_changed_rows_are_counted(app: Flask, marks, told):
    page = Paging(1, total=2)
    with app.test_request_context("/people"):
        before = Listing("people", page=page, marks={1: "new", 2: "mine"})
        assert before.shown.news == News()
    assert news(app, before, Listing("people", page=page, marks=marks)) == told


def test_a_row_pushed_to_the_next_page_is_no_change(app: Flask):
    page = Paging(1, size=2, total=3)
    before = Listing("people", page=page, marks={1: "", 2: ""})
    after = Listing("people", page=page, marks={3: "", 1: ""})
    assert news(app, before, after) == News(came=1)
