"""What one operator does alone is told to the others, until each has seen it."""

from __future__ import annotations

from flask import Flask

from tests.conftest import Clock, Rung
from tests.pages import Pages


def start(pages: Pages) -> str:
    found = pages.get("/").root.all(id="notices")
    return found[0].text if found else ""


def test_the_others_are_told_on_the_start_page_until_they_have_seen_it(
    app: Flask, clock: Clock
) -> None:
    Pages(app).as_operator("bea", permissions=("read", "approve"))
    Pages(app).as_operator("rita", permissions=("read",))
    anna = Pages(app).as_operator("anna")
    anna.get("/operators/new")
    anna.submit(name="carl", permissions=["read", "apply"])
    assert "You should know" not in start(anna)
    assert "You should know" not in start(
        Pages(app).as_operator("rita", permissions=("read",))
    )
    bea = Pages(app).as_operator("bea", permissions=("read", "approve"))
    assert "anna added the operator carl: read, apply." in start(bea)
    page = bea.submit("/notices/seen")
    assert (page.url, page.told) == ("/", "Noted.")
    assert "You should know" not in page.content
    clock.forward(minutes=1)
    assert "You should know" not in start(
        Pages(app).as_operator("dave", permissions=("read", "apply"))
    )


def test_a_changed_permission_is_told_in_words(app: Flask) -> None:
    Pages(app).as_operator("bea", permissions=("read", "operators"))
    anna = Pages(app).as_operator("anna")
    number = 1
    anna.get(f"/operators/{number}")
    anna.submit(f"/operators/{number}", permissions=["read", "approve"])
    told = start(Pages(app).as_operator("bea", permissions=("read", "approve")))
    assert (
        "anna changed the operator bea: may now approve, may no longer operators."
        in told
    )


def test_seeing_one_notice_leaves_those_that_came_meanwhile(
    app: Flask, rung: Rung
) -> None:
    bea = Pages(app).as_operator("bea")
    rung("operator", "add", "carl", "--permission", "read")
    assert "added the operator carl" in start(bea)
    rung("operator", "add", "dora", "--permission", "read")
    page = bea.submit("/notices/seen")
    told = page.root.one(id="notices").text
    assert "dora" in told
    assert "carl" not in told


def test_nonsense_and_a_second_time_do_no_harm(app: Flask, rung: Rung) -> None:
    bea = Pages(app).as_operator("bea")
    rung("operator", "add", "carl", "--permission", "read")
    for last in ("", "x", "-1", "0"):
        bea.post("/notices/seen", {"last": last})
    assert "carl" in start(bea)
    for _ in range(2):
        bea.post("/notices/seen", {"last": "1"})
    assert "carl" not in start(bea)
